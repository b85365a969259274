// The whole state stands in the URL's hash, so that a link shows what its sender saw.

const DEFAULTS = {
  focus: "", // a node's key; empty: entry points and chains
  select: "", // the node in the pane
  callers: "1", // steps; 0: off
  callees: "2",
  outside: "effects",
  hide: "", // verdicts whose lines are not drawn and not followed
  module: "", // only functions whose file or name holds this
  effect: "", // only what leads to effects of this kind
  fold: "", // files drawn as one box; `*` and then: all but these
  tab: "answer",
  row: "", // what is marked, or chosen, in a table
  from: "", // of the path that was asked for
  to: "",
  side: "", // `off`: no pane beside the graph
};
let state = { ...DEFAULTS };

function stateFromHash() {
  const given = new URLSearchParams(location.hash.slice(1));
  const found = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS)) if (given.has(key)) found[key] = given.get(key);
  for (const key of ["focus", "select", "from", "to"]) {
    if (found[key] && !byKey.has(found[key])) found[key] = "";
  }
  for (const key of ["callers", "callees"]) {
    if (!/^\d$/.test(found[key])) found[key] = DEFAULTS[key];
  }
  return found;
}

function hashOf(values) {
  const shown = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== DEFAULTS[key] && key in DEFAULTS) shown.set(key, value);
  }
  return shown.toString();
}

function change(changes) {
  const next = { ...state, ...changes };
  const hash = hashOf(next);
  if (hash !== hashOf(state)) location.hash = hash; // the browser keeps the history
  apply(next);
}

window.addEventListener("hashchange", () => {
  const next = stateFromHash();
  if (hashOf(next) !== hashOf(state)) apply(next);
});

function apply(next) {
  const isSameView = viewKey(next) === viewKey(state) && isDrawn;
  const before = state;
  state = next;
  document.documentElement.dataset.side = state.side;
  showControls(); // before the view is fitted: the legend takes its room from the graph
  if (!isSameView || before.side !== next.side) drawView();
  showSelection();
  const isSamePane = ["tab", "select", "row", "from", "to"].every((key) => next[key] === before[key]);
  if (!isSamePane || !isSameView) showPane();
}

const viewKey = ({ focus, callers, callees, outside, hide, module, effect, fold, from, to }) =>
  JSON.stringify(
    from && to
      ? ["path", from, to, hide, fold]
      : [focus, ...(focus ? [callers, callees] : []), outside, hide, module, effect, fold],
  );

/** What a click on a function changes. */
function focused(id) {
  const node = nodes[id];
  const changes = { focus: node.key, select: node.key, tab: "function", row: "", from: "", to: "" };
  if (node.kind === "group") return { select: node.key, tab: "function", row: "" };
  return isFolded(node.path) ? { ...changes, fold: toggled(node.path) } : changes;
}
const focusOn = (id) => change(focused(id));
const chainsView = () => ({ focus: "", from: "", to: "", effect: "", module: "", tab: "answer", row: "" });

function isFolded(path) {
  if (!state.fold || !path) return false;
  const [first, ...others] = state.fold.split(",");
  const item = foldItem(path);
  return first === "*" ? !others.includes(item) : [first, ...others].includes(item);
}

function toggled(path) {
  const found = listOf(state.fold);
  const item = foldItem(path);
  return (found.includes(item) ? found.filter((each) => each !== item) : [...found, item]).join(",");
}

/** A path in a list that commas part. */
const foldItem = (path) => path.replace(/[%,]/g, encodeURIComponent);

const hiddenVerdicts = () => new Set(listOf(state.hide));
