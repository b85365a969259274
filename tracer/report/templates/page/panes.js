// The pane beside the graph.

const TABS = {
  answer: ["Answer", showAnswer],
  function: ["Function", showFunction],
  path: ["Path", showPath],
  edges: ["Edges", showEdges],
  effects: ["Effects", showEffects],
  artifacts: ["Artefacts", showArtifacts],
  taps: ["Taps", showTaps],
  open: ["Open", showOpen],
  run: ["Run", showRun],
  memory: ["Memory", showMemory],
};
const pane = document.getElementById("pane-body");

function showPane() {
  const current = TABS[state.tab] ? state.tab : "answer";
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const isCurrent = tab.dataset.tab === current;
    tab.setAttribute("aria-selected", String(isCurrent));
    tab.tabIndex = isCurrent ? 0 : -1;
  }
  pane.setAttribute("aria-labelledby", `tab-${current}`);
  pane.replaceChildren(...TABS[current][1]().filter(Boolean));
  for (const box of pane.querySelectorAll(".table-box")) {
    if (box.scrollWidth <= box.clientWidth) continue; // a keyboard must reach what scrolls
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", box.querySelector("caption").textContent);
  }
  const chosen = pane.querySelector(".chosen");
  pane.scrollTop = 0;
  if (chosen) pane.scrollTop = chosen.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
}

function connectTabs() {
  const tabs = document.getElementById("tabs");
  Object.entries(TABS).forEach(([name, [label]], index) => {
    tabs.append(
      make("button", {
        type: "button", role: "tab", id: `tab-${name}`, "data-tab": name, "aria-controls": "pane-body",
        title: `${label} (${(index + 1) % 10})`, onclick: () => change({ tab: name, row: "", side: "" }),
      }, label),
    );
  });
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...tabs.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    next.click();
  });
}
