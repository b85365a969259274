// One box: who calls it, what it calls, what it does to the world, its source.

function showFunction() {
  const id = byKey.get(state.select || state.focus);
  if (id === undefined) {
    return [quiet("Choose a function: click a box, walk with the arrow keys, or press / and type. A double click or Enter shows its callers and callees.")];
  }
  const node = nodes[id];
  if (node.kind === "group") return groupFacts(node);
  const parts = [headOf(node)];
  if (node.parameters !== null && isInside(id)) parts.push(quiet(`(${node.parameters})`));
  if (node.summary) parts.push(make("p", {}, ...spans(node.summary)));
  if (node.kind === "state") return [...parts, ...stateFacts(node)];
  parts.push(callTable("Callers", "No caller among the edges of this answer.", incoming[id], "from"));
  if (!isInside(id)) return parts;
  const touched = effects.filter((effect) => effect.node === id);
  const own = openSites.filter((each) => each.node === id);
  parts.push(
    callTable("Callees", "No callee among the edges of this answer.", outgoing[id], "to"),
    sourceOf(id),
    tableOr("None.", "Effects", ["line", "effect", "operation", "on", "what"],
      touched.map((effect) => [effect.line, effect.kind, codeText(effect.operation), codeText(effect.subject), codeText(effect.payload || effect.keys)])),
    tableOr("None: every call site here has its callees.", "Open call sites", ["line", "call", "why"],
      own.map((each) => [each.line, codeText(each.text), joinedWith(": ", [each.reason, each.detail])])),
  );
  return parts;
}

function headOf(node) {
  const place = placeOf(node);
  return make(
    "div",
    {},
    make("h2", { class: "code" }, ...breakable(node.name)),
    make(
      "p",
      { class: "actions" },
      place ? make("span", { class: "place" }, place) : null,
      make("span", {}, `${entries.has(node.id) ? "entry point, " : ""}${KINDS[node.kind]}`),
      button("Focus", () => focusOn(node.id), "Callers and callees of this (Enter)"),
      place ? button("Copy place", (event) => copy(place, event.target), "path:line (y)") : null,
      place ? button("Open in editor", () => openInEditor(node), "(o)") : null,
      place ? button(isFolded(node.path) ? "Unfold module" : "Fold module", () => change({ fold: toggled(node.path) }), "(z)") : null,
    ),
  );
}

function groupFacts(node) {
  const drawn = new Set(node.shown ?? []);
  return [
    make("h2", { class: "code" }, ...breakable(node.path, /(?<=\/)/)),
    make(
      "p",
      { class: "actions" },
      `${plural(node.members.length, "function")} of this answer, ${drawn.size} in this view`,
      button("Unfold", () => change({ fold: toggled(node.path) }), "(z)"),
      button("Open in editor", () => openInEditor(node), "(o)"),
    ),
    make("ul", {}, ...node.members.map((id) => make("li", {}, nodeLink(id), " ", make("span", { class: "place quiet" }, `:${nodes[id].line}`)))),
  ];
}

/** Who reads and writes a state, and what the runs saw change. */
function stateFacts(node) {
  const touching = incoming[node.id].flatMap((link) =>
    link.effects.map(([line, kind, operation]) => [kind, nodeLink(link.from), line, codeText(operation)]));
  const order = (row) => (row[0].endsWith("write") ? 0 : 1);
  touching.sort((a, b) => order(a) - order(b));
  const seen = stateChanges.filter((each) => each.subject === node.name).sort((a, b) => a.order - b.order);
  return [
    tableOr("No run saw it change, or none watched it.", "Changes that runs saw, in their order", ["where", "what, and called from where"],
      seen.map((each) => [
        make("div", {}, places([each.place]), make("div", {}, verdictWord(each.verdict), each.times > 1 ? ` ×${each.times}` : "")),
        make("div", {}, ...changedKeys(each.keys), make("div", { class: "quiet" }, `${each.how}, called from `, ...callersOf(each.callers))),
      ])),
    tableOr("Nothing in this answer touches it.", "Written and read in source", ["effect", "in", "line", "operation"], touching),
  ];
}

const MOST_CALLERS = 3;

/** The lines that called, innermost first, each with the function it stands in. */
function callersOf(anchors) {
  if (!anchors.length) return ["nowhere in the namespace"];
  const told = listed(anchors.slice(0, MOST_CALLERS).map((anchor) => make("span", {}, ...functionAt(anchor))));
  const more = anchors.length - MOST_CALLERS;
  return more > 0 ? [...told, make("span", { title: anchors.join(", ") }, ` and ${more} more`)] : told;
}

/** The innermost function of this answer that holds the place. */
function holderOf(anchor) {
  const [, path, line] = /^(.*?):(\d+)/.exec(anchor) ?? [];
  const inner = groupOf.has(path) ? nodes[groupOf.get(path)].members : [];
  const above = inner.filter((id) => nodes[id].kind === "function" && nodes[id].line <= Number(line) && Number(line) <= nodes[id].end);
  return above.sort((a, b) => nodes[b].line - nodes[a].line)[0];
}

function functionAt(anchor) {
  const id = holderOf(anchor);
  return id === undefined ? [places([anchor])] : [nodeLink(id), `:${/:(\d+)/.exec(anchor)[1]}`];
}

const MOST_KEYS = 2;
const MOST_CHARACTERS = 64;

/** The first keys with their values; the others wait behind a word. */
function changedKeys(keys) {
  const clipped = (text) => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);
  const told = keys.map(([key, how, old, now]) => {
    const values = [old, now].filter(Boolean).join(" → ");
    return make("div", {}, codeText(key || "(itself)"), ` ${how} `, make("code", { title: values }, clipped(values)));
  });
  if (told.length <= MOST_KEYS + 1) return told;
  const rest = told.splice(MOST_KEYS);
  return [...told, make("details", {}, make("summary", {}, `${rest.length} more keys`), ...rest)];
}

function callTable(caption, nothing, found, end) {
  const rows = found.flatMap((link) => [
    ...link.sites.map((row) => {
      const { line, why } = site(row);
      return [nodeLink(link[end]), line, siteNotes(row, why === nodes[link.to].summary ? "" : why)];
    }),
    ...link.effects.map(([line, kind, operation]) => [
      nodeLink(link[end]),
      line,
      make("span", {}, `${kind} `, codeText(operation)),
    ]),
  ]);
  if (end === "to") rows.sort((a, b) => a[1] - b[1]);
  return tableOr(nothing, caption, [end === "from" ? "caller" : "callee", "line", "verdict, how, when, why"], rows);
}

function siteNotes(row, why = "") {
  const { verdict, found, calls, order, through, notes } = site(row);
  return make(
    "span",
    {},
    verdictWord(verdict),
    calls ? `, ${plural(calls, "call")}` : "",
    through ? make("span", {}, ", through ", codeText(through)) : "",
    make("span", { class: "quiet" }, ...spans(joinedWith(" · ", [" ", notes, found, order === "" ? "" : `first at call ${order}`, why]))),
  );
}
