// The view on the canvas: vis-network draws, with positions given and physics off.

const nodeSet = new vis.DataSet();
const edgeSet = new vis.DataSet();
const network = new vis.Network(graphElement, { nodes: nodeSet, edges: edgeSet }, firstView.options);
let isDrawn = false;
let isMoved = false; // by the reader, since the view was drawn
let isFaded = false; // all lines but those of the chosen box
let drawnIds = new Set();
let drawnLinks = [];
let drawnPoints = [];

function drawView() {
  const view = currentView();
  const { ids, drawn } = folded(view.ids);
  const isFirst = !isDrawn && !state.focus && !state.fold && isFirstView(ids, drawn);
  const { boxes, ways } = isFirst ? firstPlacement() : place(ids, drawn);
  const items = [...ids].map((id) => drawnNode(id, boxes.get(id)));
  const lines = drawn.flatMap((link, index) => drawnLine(link, index, ways.get(link.id) ?? [], boxes, items));
  drawnIds = ids;
  drawnPoints = items.slice(ids.size);
  drawnLinks = drawn; // before the sets change, for each change may draw
  nodeSet.clear();
  edgeSet.clear();
  nodeSet.add(items);
  edgeSet.add(lines);
  isDrawn = true;
  isMoved = false;
  isFaded = false;
  document.getElementById("view-note").textContent = ids.size
    ? view.note
    : "Nothing to draw: the answer holds no function, or the filters leave none.";
  showWhole();
}

const isFirstView = (ids, drawn) =>
  ids.size === firstView.nodes.length &&
  drawn.length === firstView.edges.length &&
  firstView.nodes.every((node) => ids.has(node.id));

const firstPlacement = () => ({
  boxes: new Map(firstView.nodes.map(({ id, x, y }) => [id, { x, y }])),
  ways: new Map(firstView.edges.map(({ id, way }) => [id, way])),
});

function drawnNode(id, { x, y }) {
  const node = nodes[id];
  return { id, x, y, label: node.label, shape: "custom", ctxRenderer: boxRenderer(node) };
}

const boxRenderer = (node) => ({ ctx, x, y, state: marks }) => ({
  drawNode: () => drawBox(ctx, x, y, node, { ...marks, isFocus: node.key === state.focus }),
  nodeDimensions: { width: node.width, height: node.height },
});

const point = (id, x, y) => ({
  id,
  x,
  y,
  shape: "custom",
  ctxRenderer: () => ({ drawNode() {}, nodeDimensions: { width: 0, height: 0 } }),
});

/**
 * A line, in as many pieces as it has bends. It leaves a box at its right side and comes in at the
 * left; ports and bends are nodes without extent. What leads back goes from middle to middle, and
 * within a column in a bow.
 */
function drawnLine(link, index, way, boxes, items) {
  const style = lineStyle(link.verdict);
  const [from, to] = [boxes.get(link.from), boxes.get(link.to)];
  const out = { x: from.x + nodes[link.from].width / 2, y: from.y };
  // vis-network puts the head of an exactly level curve at its wrong end.
  const into = { x: to.x - nodes[link.to].width / 2, y: to.y === from.y ? to.y + 1 : to.y };
  const leadsRight = out.x < into.x;
  const inner = way.map(([x, y], number) => point(`${link.id}/${number}`, x, y));
  const isColumn = !leadsRight && link.from !== link.to && Math.abs(left(link.from, from) - left(link.to, to)) < 2;
  const ports = leadsRight
    ? [point(`${link.id}/out`, out.x, out.y), ...inner, point(`${link.id}/in`, into.x, into.y)]
    : isColumn
      ? [point(`${link.id}/out`, out.x, out.y), point(`${link.id}/in`, to.x + nodes[link.to].width / 2, to.y)]
      : inner;
  items.push(...ports);
  const stops = leadsRight || isColumn ? ports.map(({ id }) => id) : [link.from, ...ports.map(({ id }) => id), link.to];
  // Where its label stands at the caller's far end and at the callee's, and how the line bends there.
  link.ends = leadsRight ? [ports[1], ports.at(-2)] : [into, out];
  link.rises = leadsRight ? [ports[1].y <= out.y, into.y < ports.at(-2).y] : [true, false];
  return stops.slice(1).map((stop, number) => ({
    ...style,
    id: `${link.id}/${number}`,
    link: index,
    from: stops[number],
    to: stop,
    ...(isColumn && { smooth: { type: to.y > from.y ? "curvedCW" : "curvedCCW", roundness: 0.5 } }),
    arrows: { to: { enabled: number === stops.length - 2, type: isMay(link) ? "vee" : "arrow" } },
  }));
}

const left = (id, { x }) => x - nodes[id].width / 2;

/** Fit the view; where that would make labels too small, start at its left edge instead. */
function showWhole(isForced = false) {
  const at = network.getPositions([...drawnIds]);
  const shown = [...drawnIds].map((id) => ({ ...nodes[id], ...at[id] }));
  if (!shown.length) return;
  const focus = shown.find(({ id }) => id === byKey.get(state.focus));
  network.moveTo({ ...framing(shown, drawnPoints.map(({ y }) => y), focus, isForced), animation: false });
}

/** Bring a box into the canvas without changing the scale. */
function reveal(id) {
  const { x, y } = network.getPositions([id])[id];
  const at = network.canvasToDOM({ x, y });
  const { clientWidth: width, clientHeight: height } = graphElement;
  const half = (nodes[id].width / 2) * network.getScale();
  if (at.x - half > 0 && at.x + half < width && at.y > 20 && at.y < height - 20) return;
  network.moveTo({ position: { x, y }, animation: false });
}

function redraw() {
  readColors();
  drawView();
  showSelection();
  showControls();
}
