// Source of a function, its call lines marked and linked.

function sourceOf(id) {
  const found = evidence.sources.of[id];
  const heading = make("h3", { id: "source" }, "Source");
  if (!Array.isArray(found)) {
    const reason = found || (found === 0 ? evidence.sources.noRoom : "no definition is known");
    return make("div", {}, heading, quiet(`Not shown: ${reason}. ${placeOf(nodes[id])}`));
  }
  const marks = new Map();
  for (const link of outgoing[id]) {
    for (const row of [...link.sites, ...link.effects]) {
      marks.set(row[0], [...(marks.get(row[0]) ?? []), link]);
    }
  }
  const open = new Set(openSites.filter((each) => each.node === id).map((each) => each.line));
  const lines = found.flatMap(([first, text, runs], index) => [
    ...(index ? [make("span", { class: "gap" }, "      ⋮")] : []),
    ...sourceLines(first, text, runs, marks, open),
  ]);
  return make("div", {}, heading, make("pre", { class: "source", tabindex: "0", role: "region", "aria-label": "Source" }, ...lines));
}

function sourceLines(first, text, runs, marks, open) {
  const lines = [[]];
  let at = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const pieces = text.slice(at, at + runs[index]).split("\n");
    at += runs[index];
    pieces.forEach((piece, number) => {
      if (number) lines.push([]);
      if (piece) {
        const kind = runs[index + 1];
        lines.at(-1).push(kind ? make("span", { class: `k${kind}` }, piece) : piece);
      }
    });
  }
  return lines.map((pieces, index) => {
    const line = first + index;
    const found = marks.get(line) ?? [];
    return make(
      "span",
      { class: found.length || open.has(line) ? "marked" : "", "data-line": line },
      make("span", { class: "number" }, String(line)),
      ...pieces,
      ...[...new Set(found.map((link) => link.to))].map((id) => calleeMark(id, found, line)),
      open.has(line) ? make("span", { class: "open-mark" }, "? open") : null,
    );
  });
}

/** What a line leads to, with the sign of its verdict. */
function calleeMark(id, found, line) {
  const rows = found.filter((link) => link.to === id).flatMap((link) => link.sites.filter((row) => row[0] === line));
  const verdict = rows[0]?.[1] ?? "";
  const sign = VERDICTS[verdict]?.sign ?? "";
  const link = viewLink(focused(id), `→ ${nodes[id].short}${sign && ` ${sign}`}`);
  if (verdict) link.title = `${verdict}: ${MEANINGS[verdict] ?? ""}`;
  return link;
}
