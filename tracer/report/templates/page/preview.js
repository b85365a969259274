// The first view on a plain canvas. It is there before vis-network is read, whose start takes longer
// than all the rest, and gives way to it: same boxes, same lines, same place.

const LONGEST_WAIT = 250; // ms; a tab in the background gets no frame

const firstView = JSON.parse(document.getElementById("first-view").textContent);
const MEANINGS = firstView.legend.meanings;

if (location.hash.length < 2 && firstView.nodes.length) {
  document.getElementById("view-note").textContent = firstView.note;
  showLegend(new Set(), false);
  drawPreview();
  await painted();
}

function drawPreview() {
  const { clientWidth: width, clientHeight: height } = graphElement;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * devicePixelRatio, height * devicePixelRatio];
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px`, display: "block" });
  const ctx = canvas.getContext("2d");
  const lines = firstView.edges.map(({ way }) => way);
  const { position, scale } = framing(firstView.nodes, lines.flat().map(([, y]) => y));
  ctx.scale(devicePixelRatio, devicePixelRatio);
  ctx.translate(width / 2, height / 2);
  ctx.scale(scale, scale);
  ctx.translate(-position.x, -position.y);
  const boxes = new Map(firstView.nodes.map((node) => [node.id, node]));
  for (const line of firstView.edges) drawPreviewLine(ctx, line, boxes.get(line.from), boxes.get(line.to));
  for (const box of firstView.nodes) drawBox(ctx, box.x, box.y, box, {});
  graphElement.replaceChildren(canvas); // vis-network takes its place
}

/** From right to left side over the bends; what leads back, from middle to middle. */
function drawPreviewLine(ctx, { way, verdict, isMay }, from, to) {
  const [start, end] = [from.x + from.width / 2, to.x - to.width / 2];
  const leadsRight = start < end;
  const stops = leadsRight
    ? [[start, from.y], ...way, [end, to.y]]
    : [[from.x, from.y], ...way, [to.x, to.y]];
  const { color, dashes, width } = lineStyle(verdict);
  ctx.strokeStyle = color.color;
  ctx.fillStyle = color.color;
  ctx.lineWidth = width;
  ctx.setLineDash(dashes || []);
  ctx.beginPath();
  stops.slice(1).forEach(([x, y], index) => {
    const [fromX, fromY] = stops[index];
    const bow = firstView.options.edges.smooth.roundness * (x - fromX);
    ctx.moveTo(fromX, fromY);
    ctx.bezierCurveTo(fromX + bow, fromY, x - bow, y, x, y);
  });
  ctx.stroke();
  ctx.setLineDash([]);
  if (leadsRight) drawHead(ctx, end, to.y, firstView.options.edges.arrows.to.scaleFactor * 15 + 3 * width, isMay);
}

/** The head of an arrow, as vis-network draws it; open where the callee is one of several. */
function drawHead(ctx, x, y, length, isOpen) {
  ctx.beginPath();
  ctx.moveTo(x - length, y - 0.3 * length);
  ctx.lineTo(x, y);
  ctx.lineTo(x - length, y + 0.3 * length);
  if (isOpen) {
    ctx.stroke();
    return;
  }
  ctx.lineTo(x - 0.9 * length, y);
  ctx.closePath();
  ctx.fill();
}

/** When the browser has shown what was drawn. */
function painted() {
  return new Promise((done) => {
    setTimeout(done, LONGEST_WAIT);
    requestAnimationFrame(() => setTimeout(() => {
      performance.mark("painted");
      done();
    }));
  });
}
