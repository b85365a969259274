// `place` of tracer/report/layout.py a second time, for the views that a reader opens; a test
// compares the two. Layers, orders and sizes come from Python.

/** Centres of the boxes, and the bends of lines that pass other columns. */
function place(ids, drawn = linksAmong(ids)) {
  const shown = [...ids].sort((a, b) => nodes[a].layer - nodes[b].layer || nodes[a].order - nodes[b].order);
  const columnOf = columnsOf(shown, drawn);
  const items = new Map(shown.map((id) => [id, { id, height: nodes[id].height, before: [], y: 0 }]));
  const columns = Array.from({ length: Math.max(-1, ...columnOf.values()) + 1 }, () => []);
  for (const id of shown) columns[columnOf.get(id)].push(items.get(id));
  for (const link of drawn) {
    const last = columnOf.get(link.to);
    let previous = items.get(link.from);
    for (let column = columnOf.get(link.from) + 1; column < last; column += 1) {
      const slot = { link, height: evidence.gaps.way, before: [previous], y: 0 };
      columns[column].push(slot);
      previous = slot;
    }
    if (columnOf.get(link.from) < last) items.get(link.to).before.push(previous);
  }
  const boxes = new Map();
  const ways = new Map();
  let left = 0;
  for (const column of columns) {
    setHeights(column);
    const width = Math.max(0, ...column.map(({ id }) => (id === undefined ? 0 : nodes[id].width)));
    for (const { id, link, y } of column) {
      if (link) ways.set(link.id, [...(ways.get(link.id) ?? []), [left, y], [left + width, y]]);
      else boxes.set(id, { x: left + Math.floor(nodes[id].width / 2), y });
    }
    left += width + evidence.gaps.column;
  }
  return { boxes, ways };
}

/** The longest way to each node among those shown; what nobody calls stands by its callees. */
function columnsOf(shown, drawn) {
  const callers = new Map(shown.map((id) => [id, []]));
  const callees = new Map(shown.map((id) => [id, []]));
  for (const { from, to } of drawn) {
    if (nodes[from].layer >= nodes[to].layer) continue;
    callers.get(to).push(from);
    callees.get(from).push(to);
  }
  const columns = new Map();
  for (const id of shown) columns.set(id, Math.max(0, ...callers.get(id).map((each) => columns.get(each) + 1)));
  for (const id of shown) {
    const after = callees.get(id).map((each) => columns.get(each) - 1);
    if (after.length && !callers.get(id).length) columns.set(id, Math.min(...after));
  }
  return columns;
}

/** Items at the mean height of what leads to them, as far as their neighbours let them. */
function setHeights(column) {
  const wanted = new Map();
  for (const item of column) {
    if (!item.before.length) continue;
    const sum = item.before.reduce((total, each) => total + each.y, 0);
    wanted.set(item, Math.floor(sum / item.before.length));
  }
  const ordered = [
    ...column.filter((item) => wanted.has(item)).sort((a, b) => wanted.get(a) - wanted.get(b)),
    ...column.filter((item) => !wanted.has(item)),
  ];
  let free = null;
  for (const item of ordered) {
    const half = Math.floor(item.height / 2);
    const want = wanted.get(item) ?? (free === null ? 0 : free + half);
    item.y = free === null ? want : Math.max(want, free + half);
    free = item.y + half + evidence.gaps.row;
  }
  const pulling = wanted.size ? ordered.filter((item) => wanted.has(item)) : ordered;
  const away = pulling.reduce((sum, item) => sum + item.y - (wanted.get(item) ?? 0), 0);
  const pull = pulling.length ? Math.floor(away / pulling.length) : 0;
  for (const item of ordered) item.y -= pull;
}
