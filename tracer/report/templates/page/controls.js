// The toolbar above the graph.

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
  showLegend(hiddenVerdicts(), Boolean(state.fold), flipVerdict);
}

function flipVerdict(verdict) {
  const left = listOf(state.hide).filter((each) => each !== verdict);
  change({ hide: (hiddenVerdicts().has(verdict) ? left : [...left, verdict]).join(",") });
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
