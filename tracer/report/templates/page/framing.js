// Where the graph is looked at from.

const MARGIN = 16;
const FAINT_ZOOM = 0.6; // below this no label can be read, so the view starts at its left edge
const READABLE_ZOOM = 0.8;

const graphElement = document.getElementById("graph");

/**
 * The middle of the view and its scale: all boxes, or the left edge where labels would be too small.
 * @param boxes With their middles and sizes; at least one.
 * @param heights Of the lines' points, which may pass below all boxes.
 * @param focus The box to begin with, if there is one; else an entry point is.
 */
function framing(boxes, heights, focus, isForced = false) {
  const left = Math.min(...boxes.map(({ x, width }) => x - width / 2));
  const right = Math.max(...boxes.map(({ x, width }) => x + width / 2));
  const top = Math.min(...boxes.map(({ y, height }) => y - height / 2), ...heights);
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height / 2), ...heights);
  const { clientWidth: width, clientHeight: height } = graphElement;
  const fitting = Math.min(1.1, width / (right - left + 2 * MARGIN), height / (bottom - top + 2 * MARGIN));
  if (fitting >= FAINT_ZOOM || isForced) {
    return { position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale: fitting };
  }
  const start = focus ?? boxes.find(({ isEntry }) => isEntry) ?? boxes[0];
  const half = { x: width / READABLE_ZOOM / 2, y: height / READABLE_ZOOM / 2 };
  const isLow = bottom - top + 2 * MARGIN <= 2 * half.y;
  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
  const x = Math.max(left - MARGIN + half.x, focus ? start.x : -Infinity);
  const y = isLow ? (top + bottom) / 2 : clamp(start.y, top - MARGIN + half.y, bottom + MARGIN - half.y);
  return { position: { x, y }, scale: READABLE_ZOOM };
}
