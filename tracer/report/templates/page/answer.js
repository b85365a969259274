// The answer: the verifier's card, the chains, what surprised, what is not known.

function showAnswer() {
  const parts = [
    make("p", { class: "lead" }, ...spans(evidence.question)),
    quiet(`${evidence.shape} · ${evidence.tree} · tracer ${evidence.tool}`),
    evidence.card ? cardOf(evidence.card) : quiet("No card: nothing was verified."),
    make("h3", {}, `Chains to sinks${evidence.chains.length ? ` (${evidence.chains.length})` : ""}`),
    evidence.chains.length
      ? make("ol", { class: "chains" }, ...evidence.chains.slice(0, MOST_ANSWERS).map(chainItem))
      : quiet("No chain from an entry point to a sink."),
    evidence.chains.length > MOST_ANSWERS
      ? quiet(`${MOST_ANSWERS} of ${evidence.chains.length} shown, the most relevant first.`)
      : null,
    make("h3", {}, "Entry points"),
    evidence.candidates.length
      ? make("ul", {}, ...evidence.candidates.map(candidateItem))
      : make("ul", {}, ...evidence.entries.map((id) => make("li", {}, nodeLink(id)))),
    make("h3", {}, "What surprised"),
    evidence.findings.length
      ? make("ul", {}, ...evidence.findings.map(findingItem))
      : quiet("No finding."),
    tableOr("The evidence states no unknown.", "Not known", ["what", "why", "what would decide it"],
      evidence.unknowns.map((row) => row.map((text) => make("span", {}, ...spans(text))))),
    tableOr(
      "No condition above a call or an effect told here depends on anything besides arguments, as far as guards were read.",
      "Hidden inputs",
      ["depends on", "condition", "where"],
      evidence.hidden.map(([name, condition, where]) => [codeText(name), codeText(condition), places([where])]),
    ),
    evidence.runs.length
      ? table("Runs", ["run", "command", "calls", "state", "stand-ins"], evidence.runs)
      : quiet(`No run: ${evidence.whyNoRun}`),
    quiet(`Edges: ${evidence.counts || "none"}.`),
    ...evidence.limits.map((limit) => quiet(limit)),
  ];
  return parts;
}

const MOST_ANSWERS = 60;

/** The card's lines are a word, blanks and a text; what starts with blanks goes on. */
function cardOf(card) {
  const items = [];
  for (const line of card.split("\n")) {
    const [, word, text] = /^(\S+)\s{2,}(.*)$/.exec(line) ?? [];
    if (word) items.push([word, [text]]);
    else if (items.length && line.trim()) items.at(-1)[1].push(line.trim());
    else if (line.trim()) return make("pre", { class: "card" }, card); // not a card as we know it
  }
  return make(
    "dl",
    { class: "card", "aria-label": "The verifier's card" },
    ...items.flatMap(([word, lines]) => [
      make("dt", {}, word),
      make("dd", { class: word === "VERDICT" ? "lead" : null }, ...lines.flatMap((line, index) => (index ? [make("br"), line] : [line]))),
    ]),
  );
}

function chainItem({ steps, sinks, verdict, stop, others, also }) {
  const way = steps.flatMap((id, index) => (index ? [" → ", nodeLink(id)] : [nodeLink(id)]));
  const more = others ? [`; ${plural(others, "more way")}`] : [];
  if (also.length) more.push(", also from ", ...listed(also.map(nodeLink)));
  const told = stop ? [": ", ...spans(stop)] : [];
  return make("li", {}, ...way, ": ", codeText(sinks), " ", verdictWord(verdict), ...told, make("span", { class: "quiet" }, ...more));
}

const candidateItem = ([id, role, signals]) =>
  make(
    "li",
    {},
    nodeLink(id),
    " ",
    ...spans(role),
    make("details", { class: "quiet" }, make("summary", {}, "why it was chosen"), ...spans(signals)),
  );

const findingItem = ([kind, text, anchors]) =>
  make("li", {}, make("strong", {}, kind), ": ", ...spans(text), " ", places(anchors));
