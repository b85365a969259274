// The legend: samples of what occurs, each verdict a switch for its lines.

/**
 * @param hidden Verdicts whose lines are switched off.
 * @param isFolding Whether folded modules are drawn.
 * @param flip What a click on a verdict does; none while the page is still being read.
 */
function showLegend(hidden, isFolding, flip = null) {
  const { verdicts, kinds, hasEntries, hasMay, hasOpen } = firstView.legend;
  const sample = (width, draw) => {
    const canvas = make("canvas", { width, height: 16, "aria-hidden": "true" });
    draw(canvas.getContext("2d"));
    return canvas;
  };
  const lineItems = Object.keys(VERDICTS).filter((verdict) => verdicts.includes(verdict)).map((verdict) => {
    const { color, dashes, width, sign } = VERDICTS[verdict];
    const drawn = sample(40, (ctx) => {
      ctx.strokeStyle = colors[color];
      ctx.lineWidth = width;
      ctx.setLineDash(dashes || []);
      ctx.moveTo(0, 8);
      ctx.lineTo(40, 8);
      ctx.stroke();
    });
    const meaning = MEANINGS[verdict] ?? "what the line touches";
    return make(
      "button",
      { type: "button", class: "switch", "aria-pressed": String(!hidden.has(verdict)), title: `${meaning}. Click: hide or show`, onclick: flip && (() => flip(verdict)) },
      drawn,
      `${verdict}${sign && ` ${sign}`}`,
    );
  });
  const kindItems = Object.keys(KINDS).filter((kind) => kinds.includes(kind) || (kind === "group" && isFolding)).map((kind) => {
    const drawn = sample(28, (ctx) => {
      ctx.fillStyle = colors[kind === "function" ? "--box" : `--box-${kind}`];
      ctx.strokeStyle = colors["--box-line"];
      ctx.setLineDash(kind === "external" ? [4, 3] : []);
      outline(ctx, kind, 2, 2, 24, 12);
      ctx.fill();
      ctx.stroke();
    });
    return make("span", {}, drawn, KINDS[kind]);
  });
  const notes = [];
  if (hasEntries) notes.push(make("span", { class: "entry-note" }, "bold: entry point"));
  if (hasMay) notes.push(make("span", {}, "open arrow: may, one of several"));
  if (hasOpen) notes.push(make("span", {}, "?2: open call sites"));
  document.getElementById("legend").replaceChildren(...lineItems, ...kindItems, ...notes);
}
