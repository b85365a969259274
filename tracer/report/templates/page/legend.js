// The toolbar, and the legend: samples of what occurs, each verdict a switch for its lines.

function showLegend() {
  const hidden = hiddenVerdicts();
  const sample = (width, draw) => {
    const canvas = make("canvas", { width, height: 16, "aria-hidden": "true" });
    draw(canvas.getContext("2d"));
    return canvas;
  };
  const lineItems = Object.keys(VERDICTS).filter((verdict) => usedVerdicts.has(verdict)).map((verdict) => {
    const { color, dashes, width, sign } = VERDICTS[verdict];
    const drawn = sample(40, (ctx) => {
      ctx.strokeStyle = colors[color];
      ctx.lineWidth = width;
      ctx.setLineDash(dashes || []);
      ctx.moveTo(0, 8);
      ctx.lineTo(40, 8);
      ctx.stroke();
    });
    const meaning = evidence.verdicts[verdict] ?? "what the line touches";
    const flip = () => {
      const left = listOf(state.hide).filter((each) => each !== verdict);
      change({ hide: (hidden.has(verdict) ? left : [...left, verdict]).join(",") });
    };
    return make(
      "button",
      { type: "button", class: "switch", "aria-pressed": String(!hidden.has(verdict)), title: `${meaning}. Click: hide or show`, onclick: flip },
      drawn,
      `${verdict}${sign && ` ${sign}`}`,
    );
  });
  const kindItems = Object.keys(KINDS).filter((kind) => usedKinds.has(kind) && (kind !== "group" || state.fold)).map((kind) => {
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
  if (entries.size) notes.push(make("span", { class: "entry-note" }, "bold: entry point"));
  if (hasMay) notes.push(make("span", {}, "open arrow: may, one of several"));
  if (openSites.length) notes.push(make("span", {}, "?2: open call sites"));
  document.getElementById("legend").replaceChildren(...lineItems, ...kindItems, ...notes);
}

function showControls() {
  for (const side of ["callers", "callees"]) {
    const steps = Number(state[side]);
    document.getElementById(`${side}-on`).checked = steps > 0;
    document.getElementById(`${side}-depth`).textContent = String(steps);
    for (const part of ["on", "less", "more"]) {
      document.getElementById(`${side}-${part}`).disabled = !state.focus || Boolean(state.from && state.to);
    }
  }
  document.getElementById("outside").value = state.outside;
  document.getElementById("effect").value = state.effect;
  document.getElementById("module").value = state.module;
  const filters = [state.outside !== DEFAULTS.outside, state.effect, state.module].filter(Boolean).length;
  document.querySelector("#filters summary").textContent = filters ? `Filters (${filters})` : "Filters";
  document.getElementById("fold").setAttribute("aria-pressed", String(Boolean(state.fold)));
  document.getElementById("show-chains").setAttribute("aria-pressed", String(!state.focus && !(state.from && state.to)));
  showLegend();
}

function step(side, by) {
  if (state.focus) change({ [side]: String(Math.max(0, Math.min(9, Number(state[side]) + by))) });
}

const foldAll = () => change({ fold: state.fold ? "" : "*" });

function connectControls() {
  const on = (id, event, action) => document.getElementById(id).addEventListener(event, action);
  on("show-chains", "click", () => change(chainsView()));
  on("fit", "click", () => showWhole(true));
  on("fold", "click", foldAll);
  on("mermaid", "click", copyMermaid);
  on("wide", "click", () => change({ side: state.side ? "" : "off" }));
  on("outside", "change", (event) => change({ outside: event.target.value }));
  on("effect", "change", (event) => change({ effect: event.target.value, from: "", to: "" }));
  on("module", "change", (event) => change({ module: event.target.value.trim(), from: "", to: "" }));
  for (const side of ["callers", "callees"]) {
    on(`${side}-on`, "change", (event) => change({ [side]: event.target.checked ? DEFAULTS[side] : "0" }));
    on(`${side}-less`, "click", () => step(side, -1));
    on(`${side}-more`, "click", () => step(side, 1));
  }
  const kinds = [...new Set(links.flatMap((link) => [...effectKindsOf(link)]))].sort();
  document.getElementById("effect").append(...kinds.map((kind) => make("option", { value: kind }, kind)));
}
