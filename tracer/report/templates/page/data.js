// The embedded facts. They reach the page as text only, never as markup.

async function embedded() {
  const element = document.getElementById("evidence");
  if (element.type === "application/json") return JSON.parse(element.textContent);
  const packed = atob(element.textContent);
  const bytes = new Uint8Array(packed.length); // `from` asks an iterator, for half a million of them
  for (let at = 0; at < packed.length; at += 1) bytes[at] = packed.charCodeAt(at);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(plain).json();
}

if (!window.DecompressionStream) {
  document.getElementById("view-note").textContent =
    "This browser cannot unpack the page: Chrome 80, Firefox 113 or Safari 16.4 can. " +
    "callchain/static.md and callgraph/dynamic.txt hold the same facts as text.";
}
const evidence = await embedded();

const objects = ({ columns, rows }) =>
  rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));

const entries = new Set(evidence.entries);
const nodes = objects(evidence.nodes).map((node, id) => ({
  ...node,
  id,
  isEntry: entries.has(id),
  short: node.short || node.name,
  open: 0,
}));
const links = objects(evidence.links).map((link, id) => ({ ...link, id }));
const effects = objects(evidence.effects);
const seenEffects = objects(evidence.seenEffects);
const stateChanges = objects(evidence.stateChanges);
const openSites = objects(evidence.open);
const taps = objects(evidence.taps);
for (const { node } of openSites) if (node >= 0) nodes[node].open += 1;

// A folded module is a box, too; its numbers follow those of the functions.
const groupOf = new Map(); // path of a file -> number of the box that folds it
for (const { path, owner, label, width, height } of objects(evidence.modules)) {
  groupOf.set(path, nodes.length);
  nodes.push({
    key: `module:${path}`, kind: "group", owner, label, detail: "", name: path, short: path,
    path, line: 1, end: 0, summary: "", parameters: null, layer: 0, order: 0, width, height,
    effects: [], open: 0, id: nodes.length, members: [],
  });
}
for (const node of nodes) {
  if (node.kind !== "group" && groupOf.has(node.path)) nodes[groupOf.get(node.path)].members.push(node.id);
}

const byKey = new Map(nodes.map((node) => [node.key, node.id]));
const outgoing = nodes.map(() => []);
const incoming = nodes.map(() => []);
for (const link of links) {
  outgoing[link.from].push(link);
  incoming[link.to].push(link);
}

const isInside = (id) => nodes[id].kind === "function" || nodes[id].kind === "module";
const plural = (count, noun, nouns = `${noun}s`) => `${count.toLocaleString("en")} ${count === 1 ? noun : nouns}`;
const placeOf = (node) => (node.path ? `${node.path}:${node.line}` : "");
const listOf = (text) => text.split(",").filter(Boolean);

/** A call site of a link, by name. */
const site = ([line, verdict, found, calls, order = "", through = "", notes = "", why = ""]) => ({
  line, verdict, found, calls, order, through, notes, why,
});
const isMay = (link) => link.sites.length > 0 && link.sites.every((row) => row[2].endsWith(" may"));
const effectKindsOf = (link) => new Set([...link.effects.map((row) => row[1]), ...nodes[link.to].effects]);
