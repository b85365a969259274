connectTabs();
connectControls();
connectSearch();
connectKeys();
for (const inner of graphElement.querySelectorAll("[tabindex]")) inner.tabIndex = -1; // one stop, ours
apply(stateFromHash());
performance.mark("interactive");
window.tracerPage = { network, nodes, links, byKey, place, change, mermaidText, editorAddress }; // for tests and consoles
