// Tables over the whole answer: edges, effects, open call sites, taps.

const MOST_ROWS = 500;

function showEdges() {
  const all = links.flatMap((link) => link.sites.map((row) => ({ link, row })));
  const counts = new Map();
  for (const { row } of all) counts.set(row[1], (counts.get(row[1]) ?? 0) + 1);
  const chosen = counts.has(state.row) ? state.row : "";
  const shown = all.filter(({ row }) => !chosen || row[1] === chosen);
  const choice = (verdict, label) =>
    make("button", { type: "button", "aria-pressed": String(chosen === verdict), onclick: () => change({ tab: "edges", row: verdict }) }, label);
  const rows = shown.slice(0, MOST_ROWS).map(({ link, row }) => {
    const { line, why } = site(row);
    return [make("span", {}, nodeLink(link.from), `:${line} → `, nodeLink(link.to)), siteNotes(row, why === nodes[link.to].summary ? "" : why)];
  });
  return [
    make(
      "div",
      { class: "choices", role: "group", "aria-label": "Verdict" },
      choice("", `all ${all.length}`),
      ...Object.keys(VERDICTS).filter((verdict) => counts.has(verdict))
        .map((verdict) => choice(verdict, `${verdict} ${counts.get(verdict)}`)),
    ),
    chosen ? quiet(`${chosen}: ${MEANINGS[chosen]}.`) : null,
    shown.length > MOST_ROWS ? quiet(`${MOST_ROWS} of ${shown.length} shown, by caller and line.`) : null,
    tableOr("No edge stands in the answer.", chosen ? `Edges ${chosen}` : "Edges", ["edge", "verdict, why, how, when"], rows),
  ];
}

function showEffects() {
  const kinds = [...new Set(effects.map((effect) => effect.kind))].sort();
  const chosen = kinds.includes(state.row) ? state.row : "";
  const choice = (kind) =>
    make("button", { type: "button", "aria-pressed": String(chosen === kind), onclick: () => change({ tab: "effects", row: kind }) }, kind || "all");
  const shown = effects.filter((effect) => !chosen || effect.kind === chosen);
  return [
    make("div", { class: "choices", role: "group", "aria-label": "Effect" }, choice(""), ...kinds.map(choice)),
    chosen
      ? make("p", {}, viewLink({ effect: state.effect === chosen ? "" : chosen, focus: "", from: "", to: "" },
          state.effect === chosen ? "Show all in the graph" : `Show in the graph what leads to ${chosen}`))
      : null,
    tableOr("No effect stands in the answer.", "What the answer does to the world",
      ["effect", "in", "on what"],
      shown.map((effect) => [
        make("div", {}, `${effect.kind} `, verdictWord(effect.verdict), make("div", {}, codeText(effect.operation))),
        make("span", {}, nodeLink(effect.node), `:${effect.line}`),
        effectSubject(effect),
      ])),
    seenEffects.length
      ? table(`Seen in a run, not found by reading (${seenEffects.length})`, ["effect", "in", "on what, and why it was missed"],
          seenEffects.map((each) => [
            make("div", {}, each.kind, make("div", {}, codeText(each.operation)), each.times > 1 ? `×${each.times}` : ""),
            make("span", {}, nodeLink(each.node), `:${each.line}`),
            make("div", {}, codeText(joinedWith(" ", [each.subject, each.what])),
              make("div", { class: "quiet" }, joinedWith("; ", [each.cause, each.through && `through ${each.through}`]))),
          ]))
      : null,
  ];
}

/** What an effect touches, what goes there, and under which condition. */
const effectSubject = ({ subject, payload, keys, under }) =>
  make(
    "div",
    {},
    ...listed([subject, joinedWith(" ", [payload, keys])].filter(Boolean).map(codeText)),
    under ? make("div", { class: "quiet" }, "under ", codeText(under)) : null,
  );

function showOpen() {
  return [
    tableOr("Every call site of the answer has its callees.", "Call sites with no known callee, or more than are listed",
      ["in", "line", "call", "why"],
      openSites.map((each) => [nodeLink(each.node), each.line, codeText(each.text), joinedWith(": ", [each.reason, each.detail])])),
  ];
}

function showTaps() {
  const rank = ["differs", "as expected", "read"];
  const order = (tap) => (rank.includes(tap.outcome) ? rank.indexOf(tap.outcome) : rank.length);
  return [
    tableOr("No tap was proposed.", "Values read in live frames", ["tap", "expected", "observed"],
      [...taps].sort((a, b) => order(a) - order(b)).map((tap) =>
        markedRow(state.row === tap.key, [
          make("div", {}, codeText(tap.key), make("div", {}, "reads ", codeText(tap.expression), ` ${tap.moment}`), places([tap.place])),
          tap.expected ? codeText(tap.expected) : "nothing claimed",
          make(
            "div",
            {},
            make("strong", { class: tap.outcome === "differs" ? "bad" : null }, tap.outcome),
            " ",
            codeText(tap.observed.join(" | ")),
            ` ${tap.unit}`,
            tap.underStandIns ? make("div", { class: "bad" }, "read under stand-ins") : null,
            make("div", { class: "quiet" }, ...spans(joinedWith(". ", [tap.purpose, tap.detail]))),
          ),
        ]))),
  ];
}
