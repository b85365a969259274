// One field finds functions, effects, members, taps, verdicts and panes; `A > B` asks for a path.

const MOST_FOUND = 30;

/** Names that hold the text: whole last parts first, then starts of parts, then the rest. */
function nodesNamed(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const graded = [];
  for (const node of nodes) {
    if (node.kind === "group") continue;
    const name = node.name.toLowerCase();
    const at = name.indexOf(wanted);
    if (at < 0 && node.key.toLowerCase() !== wanted && !`${node.path}:${node.line}`.toLowerCase().includes(wanted)) continue;
    const plain = name.replace(/#\d+$/, ""); // one of several definitions of that name
    const isWhole = plain === wanted || plain.endsWith(`.${wanted}`) || node.short.toLowerCase() === wanted;
    const isStart = at === 0 || (at > 0 && ".:_".includes(name[at - 1]));
    const isTied = incoming[node.id].length + outgoing[node.id].length > 0; // overloads are not
    const grades = [isWhole ? 0 : isStart ? 1 : at >= 0 ? 2 : 3, isInside(node.id) ? 0 : 1, isTied ? 0 : 1, entries.has(node.id) ? 0 : 1, plain.length, node.id];
    graded.push([grades, node]);
  }
  const decisive = (a, b) => a[0].findIndex((grade, index) => grade !== b[0][index]);
  graded.sort((a, b) => { const index = decisive(a, b); return a[0][index] - b[0][index]; });
  return graded.map((item) => item[1]);
}

/** What else can be asked for by name: text, hint, what a choice changes. */
function otherThings() {
  const members = evidence.artifacts.flatMap(({ members: inner, names }) =>
    inner.map(([path]) => [path, `member of ${names.join(" = ")}`, { tab: "artifacts", row: path }]));
  const found = evidence.foundArtifacts.flatMap(({ matches, path }) =>
    matches.filter((match) => !match[1]).map(([member]) => [member, `in ${path}`, { tab: "artifacts", row: member }]));
  const known = new Set(members.map(([path]) => path));
  return [
    ...members,
    ...found.filter(([path]) => !known.has(path)),
    ...taps.map((tap) => [tap.key, `tap at ${tap.place}`, { tab: "taps", row: tap.key }]),
    ...Object.keys(VERDICTS).filter((verdict) => links.some((link) => link.sites.some((row) => row[1] === verdict)))
      .map((verdict) => [verdict, "verdict: the edges", { tab: "edges", row: verdict }]),
    ...[...new Set(effects.map(({ kind }) => kind))].map((kind) => [kind, "effect: what leads to it", { tab: "effects", row: kind, effect: kind, focus: "", from: "", to: "" }]),
    ...[...groupOf.keys()].map((path) => [path, "module: only its functions", { module: path, focus: "", from: "", to: "" }]),
    ...Object.entries(TABS).map(([tab, [label]]) => [label.toLowerCase(), "pane", { tab, row: "" }]),
  ];
}

function things(text) {
  const [, left, right] = /^(.+?)\s*(?:>|→| to )\s*(.+)$/.exec(text) ?? [];
  if (left) {
    const [from, to] = [nodesNamed(left).slice(0, 3), nodesNamed(right).slice(0, 4)];
    const pairs = from.flatMap((a, x) => to.map((b, y) => [x + y, a, b])).sort((a, b) => a[0] - b[0]);
    return pairs.filter(([, a, b]) => a !== b).map(([, a, b]) => ({
      text: `${a.short} → ${b.short}`, hint: "path from one to the other",
      changes: { tab: "path", from: a.key, to: b.key, row: "" },
    }));
  }
  const wanted = text.toLowerCase();
  const named = nodesNamed(text);
  const found = named.map((node) => ({ text: node.name, hint: placeOf(node) || KINDS[node.kind], changes: focused(node.id) }));
  const others = otherThings().filter(([name]) => name.toLowerCase().includes(wanted));
  const asThings = others.map(([name, hint, changes]) => ({ text: name, hint, changes }));
  const isWhole = ({ text: name }) => name.toLowerCase() === wanted || name.toLowerCase().endsWith(`/${wanted}`);
  const isNamed = named[0] && `.${named[0].name}`.toLowerCase().endsWith(`.${wanted}`);
  const whole = isNamed ? [] : asThings.filter(isWhole);
  return [...whole, ...found, ...asThings.filter((thing) => !whole.includes(thing))];
}

function connectSearch() {
  const input = document.getElementById("search");
  const list = document.getElementById("found");
  let found = [];
  let current = 0;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    current = index;
    [...list.children].forEach((item, number) => item.id && item.setAttribute("aria-selected", String(number === index)));
    const item = list.children[index];
    if (item?.id) input.setAttribute("aria-activedescendant", item.id);
    item?.scrollIntoView({ block: "nearest" });
  };
  const take = (index) => {
    if (!found[index]) return;
    close();
    input.value = "";
    graphElement.focus({ preventScroll: true });
    change({ ...found[index].changes, side: "" });
  };
  const look = () => {
    const text = input.value.trim();
    if (!text) return close();
    const all = things(text);
    found = all.slice(0, MOST_FOUND);
    const items = found.map(({ text: name, hint }, index) =>
      make(
        "li",
        { role: "option", id: `found-${index}`, onmousedown: (event) => { event.preventDefault(); take(index); } },
        make("span", { class: "code" }, name),
        make("span", { class: "place quiet" }, hint),
      ),
    );
    const note = !all.length ? "Nothing of that name in this answer" : all.length > found.length ? `${found.length} of ${all.length} shown` : "";
    if (note) items.push(make("li", { class: "quiet", role: "option", "aria-disabled": "true" }, note));
    list.replaceChildren(...items);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(0);
  };
  input.addEventListener("input", look);
  input.addEventListener("focus", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") mark(Math.min(current + 1, found.length - 1));
    else if (event.key === "ArrowUp") mark(Math.max(current - 1, 0));
    else if (event.key === "Enter") take(current);
    else if (event.key === "Escape") { input.value = ""; close(); graphElement.focus(); }
    else return;
    event.preventDefault();
  });
}
