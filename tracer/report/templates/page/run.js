// The recorded call tree, indented; what was answered before; times, where somebody gives them.

const OPEN_DEPTH = 5; // deeper calls are folded until asked for

function showRun() {
  if (!evidence.runs.length) return [quiet(`No run: ${evidence.whyNoRun}`)];
  const parts = evidence.trees.flatMap((tree, number) => treeParts(tree, number));
  if (!evidence.trees.length) parts.push(quiet("No call tree is embedded; callgraph/dynamic.txt may hold one."));
  return [...parts, timesField()];
}

function treeParts({ head, rows, notes }) {
  const selected = byKey.get(state.select);
  const here = rows.filter((row) => row[1] === selected && row[1] >= 0);
  const items = treeItems(rows, selected);
  const parts = [make("pre", { class: "card" }, head.join("\n")), ...notes.map((note) => quiet(note))];
  if (selected !== undefined && isInside(selected)) {
    parts.push(make("p", {}, here.length
      ? `${nodes[selected].short} stands in ${plural(here.length, "line")} of this tree, marked.`
      : `${nodes[selected].short} does not run in this tree.`));
  }
  return [...parts, make("ul", { class: "tree", "aria-label": "Call tree, in call order" }, ...items)];
}

/** One item a line; what lies below a folded one is hidden. */
function treeItems(rows, selected) {
  const items = [];
  const isOpen = rows.map(([depth]) => depth < OPEN_DEPTH);
  const parents = [];
  rows.forEach(([depth, id], index) => {
    parents[depth] = index;
    if (id === selected && id >= 0) for (let above = 0; above < depth; above += 1) isOpen[parents[above]] = true;
  });
  const refresh = () => {
    let closed = Infinity;
    rows.forEach(([depth], index) => {
      if (depth <= closed) closed = Infinity;
      items[index].hidden = depth > closed;
      if (depth < closed && !isOpen[index]) closed = depth;
    });
  };
  rows.forEach((row, index) => {
    const [depth, id, line, rest, name, place] = row;
    const hasInner = (rows[index + 1]?.[0] ?? 0) > depth;
    const toggle = hasInner
      ? make("button", {
          type: "button", class: "twist", "aria-expanded": String(isOpen[index]), "aria-label": "Calls below",
          onclick: (event) => {
            isOpen[index] = !isOpen[index];
            event.currentTarget.setAttribute("aria-expanded", String(isOpen[index]));
            refresh();
          },
        })
      : make("span", { class: "twist" });
    items.push(make(
      "li",
      {
        class: id === selected && id >= 0 ? "chosen" : null,
        "aria-current": id === selected && id >= 0 ? "true" : null,
        style: `padding-left: ${Math.min(depth, 40) * 14}px`,
      },
      toggle,
      id >= 0 ? viewLink({ ...focused(id), tab: "run" }, nodes[id].short) : make("span", {}, name),
      make("span", { class: "quiet" }, ` ${joinedWith(" ", [id >= 0 ? "" : place, line ? `from line ${line}` : "", rest])}`),
    ));
  });
  refresh();
  return items;
}

/** The page holds no clock times; those of `trace/timings.json` can be shown beside it. */
function timesField() {
  const shown = make("div", {});
  const read = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    try {
      const { seconds } = JSON.parse(await file.text());
      shown.replaceChildren(table("Seconds", ["stage", "seconds"], Object.entries(seconds).map(([stage, spent]) => [stage, Number(spent)])));
    } catch {
      shown.replaceChildren(quiet(`${file.name}: expected trace/timings.json of this bundle`));
    }
  };
  return make(
    "div",
    {},
    make("h3", {}, "Times"),
    make("label", { class: "quiet" }, "Not in this page. To show them, choose trace/timings.json: ", make("input", { type: "file", accept: ".json", onchange: read })),
    shown,
  );
}

function showMemory() {
  const { earlier, contradictions, documents } = evidence.memory;
  const list = (caption, items, nothing) => [
    make("h3", {}, caption),
    items.length ? make("ul", {}, ...items.map((item) => make("li", {}, ...breakable(item, /(?<=[/_])/)))) : quiet(nothing),
  ];
  return [
    ...list("Answered before", earlier, "No earlier bundle was at hand when this was asked."),
    ...list("Contradictions with earlier bundles", contradictions, "None found."),
    ...list("Documents that say what does not hold", documents, "None found."),
  ];
}
