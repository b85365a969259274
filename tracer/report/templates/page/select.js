// What is shown: the boxes of the view, and a sentence on what it is and what it leaves out.

const MOST_NODES = 150;

function currentView() {
  if (state.from && state.to) return pathView(byKey.get(state.from), byKey.get(state.to));
  const found = state.focus ? focusView(byKey.get(state.focus)) : firstIds();
  const hidden = listOf(state.hide);
  if (hidden.length) found.note += ` Lines hidden: ${hidden.join(", ")}.`;
  if (state.module) found.note += ` Only functions in “${state.module}”.`;
  return { ...found, ids: withoutStrays(found.ids) };
}

function firstIds() {
  if (state.effect) return effectView(state.effect);
  const ids = new Set(evidence.first.filter(isWanted));
  return { ids, note: firstView.note };
}

function focusView(focus) {
  const ids = new Set([focus]);
  const cut =
    cone(ids, focus, Number(state.callees), (id) => outgoing[id].filter(isFollowed).map(({ to }) => to)) +
    cone(ids, focus, Number(state.callers), (id) => incoming[id].filter(isFollowed).map(({ from }) => from));
  const parts = [`Around ${nodes[focus].short}: ${plural(ids.size, "box", "boxes")}.`];
  if (cut) parts.push(`${cut} more within these steps are not drawn; take fewer steps.`);
  if (!state.effect) return { ids, note: parts.join(" ") };
  const leading = leadingTo(state.effect, ids);
  parts.push(`Of these, ${leading.size} lead to ${state.effect}.`);
  leading.add(focus);
  return { ids: leading, note: parts.join(" ") };
}

/** Everything between the entry points and the effects of a kind, as far as there is room. */
function effectView(kind) {
  const reached = reachedFrom([...entries]);
  const leading = leadingTo(kind, null);
  const all = [...leading].filter((id) => reached.has(id) || !entries.size);
  const ids = new Set(all.slice(0, MOST_NODES));
  const cut = all.length > ids.size ? `; ${all.length - ids.size} more are not drawn` : "";
  return { ids, note: `What leads from entry points to ${kind}${cut}.` };
}

/** Boxes from which links lead to an effect of the kind, nearest first. */
function leadingTo(kind, within) {
  const isIn = (id) => !within || within.has(id);
  const starts = links.filter(
    (link) => isFollowed(link) && isIn(link.from) && isIn(link.to) && effectKindsOf(link).has(kind),
  );
  const met = new Set(starts.flatMap(({ from, to }) => [to, from]));
  for (const id of met) {
    if (!isInside(id)) continue; // others call it for other effects
    for (const link of incoming[id]) if (isFollowed(link) && isIn(link.from)) met.add(link.from);
  }
  return met;
}

const isWanted = (id) =>
  isInside(id)
    ? !state.module || `${nodes[id].path} ${nodes[id].name}`.includes(state.module)
    : state.outside === "all" || (state.outside === "effects" && nodes[id].kind !== "external");

const isFollowed = (link) => !state.hide || !hiddenVerdicts().has(link.verdict || "effect");

/** Add what lies within so many steps; the answer is how many boxes found no room. */
function cone(ids, start, steps, neighbours) {
  let border = [start];
  const met = new Set(border);
  let cut = 0;
  for (let step = 0; step < steps; step += 1) {
    const next = [];
    for (const id of border.flatMap(neighbours)) {
      if (met.has(id) || !isWanted(id)) continue;
      met.add(id);
      if (ids.size < MOST_NODES) {
        ids.add(id);
        next.push(id);
      } else if (!ids.has(id)) {
        cut += 1;
      }
    }
    border = next;
  }
  return cut;
}

/** A filter takes away lines; boxes that then hang on nothing go with them. */
function withoutStrays(ids) {
  if (!state.hide && !state.module) return ids;
  const tied = new Set(linksAmong(ids).flatMap(({ from, to }) => [from, to]));
  const kept = [...ids].filter((id) => tied.has(id) || entries.has(id) || nodes[id].key === state.focus);
  return new Set(kept);
}

/** Links with both ends among these, in the order of callers and lines. */
const linksAmong = (ids) =>
  [...ids]
    .sort((a, b) => a - b)
    .flatMap((id) => outgoing[id].filter((link) => ids.has(link.to) && isFollowed(link)));

/** Fold files into boxes; links between the same two boxes become one, the strongest verdict first. */
function folded(ids) {
  const drawn = linksAmong(ids);
  if (!state.fold) return { ids, drawn };
  const boxOf = (id) => (isFolded(nodes[id].path) ? groupOf.get(nodes[id].path) : id);
  const boxes = new Set([...ids].map(boxOf));
  for (const box of boxes) {
    if (nodes[box].kind !== "group") continue;
    const inside = nodes[box].members.filter((id) => ids.has(id));
    nodes[box].layer = Math.min(...inside.map((id) => nodes[id].layer));
    nodes[box].order = Math.min(...inside.map((id) => nodes[id].order));
    nodes[box].detail = plural(inside.length, "function");
    nodes[box].shown = inside;
  }
  const merged = new Map();
  for (const link of drawn) {
    const [from, to] = [boxOf(link.from), boxOf(link.to)];
    if (from === to && from !== link.from) continue; // within a folded file
    const known = merged.get(`${from}>${to}`);
    if (!known) merged.set(`${from}>${to}`, { ...link, from, to });
    else Object.assign(known, strongest(known, link), { sites: [...known.sites, ...link.sites], effects: [...known.effects, ...link.effects] });
  }
  return { ids: boxes, drawn: [...merged.values()].sort((a, b) => a.from - b.from) };
}

function strongest(one, other) {
  const order = ["confirmed", "dynamic only", "seen under stand-ins", "executed", "undecided", "not taken", "not reached", "not run", ""];
  return { verdict: order[Math.min(order.indexOf(one.verdict), order.indexOf(other.verdict))] };
}
