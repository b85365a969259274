// What a hand does on the graph: choose, focus, hover, walk with the arrow keys.

function showSelection() {
  const id = byKey.get(state.select);
  const isShown = id !== undefined && drawnIds.has(id);
  const isNear = ({ from, to }) => from === id || to === id;
  if (isShown || isFaded) {
    edgeSet.update(edgeSet.map(({ id: piece, link, color }) => ({
      id: piece,
      color: { ...color, opacity: !isShown || isNear(drawnLinks[link]) ? 1 : 0.35 },
    })));
  }
  isFaded = isShown;
  if (!isShown) {
    network.unselectAll();
    return;
  }
  network.selectNodes([id], false);
  reveal(id);
  say([nodes[id].name, placeOf(nodes[id]), nodes[id].summary].filter(Boolean).join("   "));
}

/** Line and verdict at the far ends of the chosen box's lines, where each has its own height. */
network.on("afterDrawing", (ctx) => {
  const id = byKey.get(state.select);
  if (id === undefined || !drawnIds.has(id)) return;
  ctx.save();
  ctx.font = `11px ${MONO}`;
  ctx.textBaseline = "middle";
  for (const link of drawnLinks) {
    if (link.from !== id && link.to !== id) continue;
    const isOut = link.from === id;
    const { x, y } = link.ends[isOut ? 0 : 1];
    const isBelow = isOut ? !link.rises[0] : link.rises[1]; // on the side that the line leaves free
    const text = lineLabel(link);
    const width = ctx.measureText(text).width;
    const start = isOut ? x - 10 - width : x + 5;
    const middle = y + (isBelow ? 10 : -8);
    ctx.fillStyle = colors["--paper"]; // lines pass there by the dozen
    ctx.fillRect(start - 2, middle - 6, width + 4, 12);
    ctx.fillStyle = colors["--ink"];
    ctx.fillText(text, start, middle);
  }
  ctx.restore();
});

/** Lines of the calls and the sign of the verdict, short enough for the gap between two columns. */
function lineLabel(link) {
  const sign = VERDICTS[link.verdict || "effect"]?.sign ?? "";
  return `${linesOf(link, 1)}${sign && ` ${sign}`}`;
}

function linesOf(link, most = 2) {
  const lines = [...new Set([...link.sites, ...link.effects].map((row) => row[0]))];
  return lines.length > most ? `${lines.slice(0, most).join(", ")} …` : lines.join(", ");
}

const linkOf = (edge) => drawnLinks[edgeSet.get(edge).link];

network.on("click", ({ nodes: [id], edges: [edge] }) => {
  if (nodes[id]) change({ select: nodes[id].key, tab: "function", row: "" });
  else if (edge !== undefined) say(linkSentence(linkOf(edge)));
});
network.on("doubleClick", ({ nodes: [id] }) => {
  if (nodes[id]) openBox(id);
});
network.on("hoverNode", ({ node: id }) => {
  const node = nodes[id];
  if (node) say([node.name, placeOf(node), node.summary].filter(Boolean).join("   "));
});
network.on("hoverEdge", ({ edge }) => say(linkSentence(linkOf(edge))));
for (const event of ["dragStart", "zoom"]) network.on(event, () => { isMoved = true; });
network.on("resize", () => {
  if (!isDrawn || isMoved) return;
  queueMicrotask(() => { // after vis-network has scaled the view by its own rule
    showWhole();
    const id = byKey.get(state.select);
    if (drawnIds.has(id)) reveal(id);
  });
});
network.once("afterDrawing", () => {
  if (!performance.getEntriesByName("painted").length) performance.mark("painted");
  performance.mark("living");
  document.documentElement.dataset.painted = "yes";
});

/** Focus on a function; a folded file opens. */
function openBox(id) {
  if (nodes[id].kind === "group") change({ fold: toggled(nodes[id].path) });
  else focusOn(id);
}

const say = (text) => {
  document.getElementById("hover-note").textContent = text;
};

function linkSentence(link) {
  const sites = link.sites.map((row) => {
    const { line, verdict, found, calls, order, through, notes } = site(row);
    return [
      `line ${line}`, verdict, found, calls ? plural(calls, "call") : "",
      order === "" ? "" : `first seen as call ${order}`, through && `through ${through}`, notes,
    ].filter(Boolean).join(", ");
  });
  const touched = link.effects.map(([line, kind, operation]) => `line ${line}, ${kind} ${operation}`);
  return `${nodes[link.from].short} → ${nodes[link.to].short}: ${[...sites, ...touched].join("; ")}`;
}

/** Left: a caller. Right: a callee. Up and down: the next box of the column. */
function walk(key) {
  const shown = [...drawnIds];
  if (!shown.length) return;
  const current = byKey.get(state.select);
  const at = network.getPositions(shown);
  const byHeight = (a, b) => at[a].y - at[b].y;
  let next;
  if (!drawnIds.has(current)) {
    next = drawnIds.has(byKey.get(state.focus)) ? byKey.get(state.focus) : firstShown(shown, at);
  } else if (key === "ArrowLeft" || key === "ArrowRight") {
    const [near, far] = key === "ArrowLeft" ? ["to", "from"] : ["from", "to"];
    const ends = drawnLinks.filter((link) => link[near] === current).map((link) => link[far]);
    next = ends.sort((a, b) => Math.abs(at[a].y - at[current].y) - Math.abs(at[b].y - at[current].y))[0];
  } else {
    const leftOf = (id) => at[id].x - nodes[id].width / 2;
    const column = shown.filter((id) => Math.abs(leftOf(id) - leftOf(current)) < 2).sort(byHeight);
    next = column[column.indexOf(current) + (key === "ArrowUp" ? -1 : 1)];
  }
  if (next !== undefined) change({ select: nodes[next].key, tab: "function", row: "" });
}

/** The entry point furthest to the left, and there the highest. */
function firstShown(shown, at) {
  const left = (id) => Math.round((at[id].x - nodes[id].width / 2) / 4); // centres are rounded
  const starts = shown.filter((id) => entries.has(id));
  return (starts.length ? starts : shown).sort((a, b) => left(a) - left(b) || at[a].y - at[b].y)[0];
}
