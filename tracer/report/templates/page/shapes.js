// How boxes and lines look. Kinds differ in outline and verdicts in dashes, not in colour alone.

const VERDICTS = {
  confirmed: { color: "--confirmed", dashes: false, width: 2.4, sign: "✓" },
  "dynamic only": { color: "--dynamic-only", dashes: [14, 4, 3, 4], width: 2.4, sign: "+" },
  "not taken": { color: "--not-taken", dashes: [9, 6], width: 1.8, sign: "✗" },
  "not reached": { color: "--not-reached", dashes: [2, 5], width: 1.8, sign: "–" },
  undecided: { color: "--undecided", dashes: [5, 4], width: 1.6, sign: "?" },
  executed: { color: "--executed", dashes: [8, 3], width: 2.4, sign: "≈" },
  "seen under stand-ins": { color: "--stand-ins", dashes: [2, 3], width: 2.4, sign: "*" },
  "not run": { color: "--not-run", dashes: false, width: 1.2, sign: "" },
  effect: { color: "--touch", dashes: [1, 3], width: 1.6, sign: "" },
};
const KINDS = {
  function: "function",
  module: "module level",
  group: "folded module",
  external: "outside",
  file: "file or archive",
  state: "state",
  effect: "other effect",
};
const MONO =
  'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

let colors = {};
function readColors() {
  const style = getComputedStyle(document.documentElement);
  colors = new Proxy({}, { get: (_, name) => style.getPropertyValue(name).trim() });
}
readColors();

const fillOf = (box) =>
  colors[box.isEntry ? "--box-entry" : box.kind === "function" ? "--box" : `--box-${box.kind}`];

/** A box around its middle; `marks` say whether it is the focus, chosen, or pointed at. */
function drawBox(ctx, x, y, box, { isFocus, selected, hover }) {
  const { width, height, isEntry } = box;
  const left = x - width / 2;
  const top = y - height / 2;
  ctx.save();
  ctx.fillStyle = fillOf(box);
  ctx.strokeStyle = colors[selected || hover || isFocus ? "--accent" : "--box-line"];
  ctx.lineWidth = selected ? 3.5 : isEntry || isFocus ? 2.4 : 1.2;
  ctx.setLineDash(box.kind === "external" ? [4, 3] : []);
  outline(ctx, box.kind, left, top, width, height);
  ctx.fill();
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  let line = top + 13;
  const write = (text, font, color) => {
    ctx.font = `${font} ${MONO}`;
    ctx.fillStyle = colors[color];
    ctx.fillText(text, x, line, width - 12);
    line += 16;
  };
  if (box.owner) write(box.owner, "11px", "--muted");
  for (const part of box.label.split("\n")) write(part, isEntry ? "bold 13px" : "13px", "--ink");
  write(box.detail, "11px", "--muted");
  if (box.open) badge(ctx, `?${box.open}`, left + width, top);
  ctx.restore();
}

/** How many call sites are open in the function, at the corner of its box. */
function badge(ctx, text, right, top) {
  ctx.font = `bold 10px ${MONO}`;
  const width = ctx.measureText(text).width + 6;
  ctx.fillStyle = colors["--paper"];
  ctx.strokeStyle = colors["--undecided"];
  ctx.lineWidth = 1.2;
  ctx.beginPath();
  ctx.roundRect(right - width + 3, top - 7, width, 14, 7);
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = colors["--ink"];
  ctx.fillText(text, right - width / 2 + 3, top + 0.5);
}

function outline(ctx, kind, left, top, width, height) {
  const right = left + width;
  const bottom = top + height;
  ctx.beginPath();
  if (kind === "file") {
    const bow = 5; // a drum: what is kept
    ctx.moveTo(left, top + bow);
    ctx.quadraticCurveTo(left + width / 2, top - bow, right, top + bow);
    ctx.lineTo(right, bottom - bow);
    ctx.quadraticCurveTo(left + width / 2, bottom + bow, left, bottom - bow);
    ctx.closePath();
  } else if (kind === "state") {
    const cut = 10; // a hexagon
    ctx.moveTo(left + cut, top);
    ctx.lineTo(right - cut, top);
    ctx.lineTo(right, top + height / 2);
    ctx.lineTo(right - cut, bottom);
    ctx.lineTo(left + cut, bottom);
    ctx.lineTo(left, top + height / 2);
    ctx.closePath();
  } else if (kind === "effect") {
    const lean = 8; // a parallelogram
    ctx.moveTo(left + lean, top);
    ctx.lineTo(right, top);
    ctx.lineTo(right - lean, bottom);
    ctx.lineTo(left, bottom);
    ctx.closePath();
  } else if (kind === "function") {
    ctx.roundRect(left, top, width, height, 8);
  } else {
    ctx.rect(left, top, width, height);
    if (kind === "group") ctx.rect(left + 3, top + 3, width - 6, height - 6); // a stack
    if (kind === "module") {
      ctx.moveTo(left + 5, top);
      ctx.lineTo(left + 5, bottom);
    }
  }
}

function lineStyle(verdict) {
  const { color, dashes, width } = VERDICTS[verdict || "effect"] ?? VERDICTS["not run"];
  const paint = colors[color];
  return {
    color: { color: paint, highlight: paint, hover: paint, inherit: false },
    dashes,
    width,
  };
}
