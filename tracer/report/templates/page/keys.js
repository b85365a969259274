// The keyboard: every habit has a key, and `?` tells them.

const current = () => nodes[byKey.get(state.select || state.focus)];
const onCurrent = (action) => () => { const node = current(); if (node) action(node); };

const KEYS = [
  ["/", "find a function, effect, member, verdict; “A > B” asks for a path", () => document.getElementById("search").select()],
  ["← →", "to a caller, to a callee"],
  ["↑ ↓", "to the next box of the column"],
  ["Enter", "focus on the chosen box; open a folded module", onCurrent((node) => openBox(node.id))],
  ["c", "entry points and chains", () => change(chainsView())],
  ["[", "one step of callees less", () => step("callees", -1)],
  ["]", "one step of callees more", () => step("callees", 1)],
  ["{", "one step of callers less", () => step("callers", -1)],
  ["}", "one step of callers more", () => step("callers", 1)],
  ["z", "fold or unfold the module of the chosen box", onCurrent((node) => node.path && change({ fold: toggled(node.path) }))],
  ["Z", "fold or unfold all modules", () => foldAll()],
  ["1 … 9, 0", "panes, in their order"],
  ["s", "source of the chosen function", onCurrent((node) => showSource(node))],
  ["w", "pane on or off", () => change({ side: state.side ? "" : "off" })],
  ["f", "fit all", () => showWhole(true)],
  ["y", "copy path:line", onCurrent((node) => node.path && copy(placeOf(node)))],
  ["m", "copy the view as Mermaid", () => copyMermaid()],
  ["o", "open in the editor", onCurrent((node) => node.path && openInEditor(node))],
  ["O", "which editor, and where the sources lie", () => showSettings()],
  ["t", "dark or light", () => nextTheme()],
  ["?", "this help", () => showHelp()],
];

function showSource(node) {
  change({ select: node.key, tab: "function", row: "", side: "" });
  document.getElementById("source")?.scrollIntoView({ block: "start" });
}

function showHelp() {
  showDialog("Keys", [
    make("dl", { class: "keys" }, ...KEYS.flatMap(([key, text]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, text)])),
    quiet("Back and forward of the browser go through views. The address holds the whole view: copy it to share it."),
  ]);
}

function connectKeys() {
  const actions = new Map(KEYS.filter((item) => item[2]).map(([key, , action]) => [key, action]));
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.type !== "checkbox";
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.getElementById("dialog").open) return;
    const isInPane = document.getElementById("pane").contains(target);
    if (event.key.startsWith("Arrow")) {
      if (isInPane) return; // scrolls
      event.preventDefault();
      walk(event.key);
    } else if (event.key === "Enter") {
      if (target !== document.body && target !== graphElement) return; // presses what has the focus
      actions.get("Enter")();
    } else if (/^\d$/.test(event.key)) {
      const name = Object.keys(TABS)[(Number(event.key) + 9) % 10];
      if (name) change({ tab: name, row: "", side: "" });
    } else if (actions.has(event.key)) {
      event.preventDefault();
      actions.get(event.key)();
    }
  });
  document.getElementById("help").addEventListener("click", showHelp);
  document.getElementById("theme").addEventListener("click", nextTheme);
}
