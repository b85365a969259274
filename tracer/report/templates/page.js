"use strict";

// The page of one bundle. Facts come from the embedded JSON and reach the page as text only, never
// as markup. The order below: data, state, what is shown, drawing, panes, search, start.

(() => {
  // ------------------------------------------------------------------------------------ data

  const evidence = JSON.parse(document.getElementById("evidence").textContent);
  const firstView = JSON.parse(document.getElementById("first-view").textContent);

  const objects = ({ columns, rows }) =>
    rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));

  const nodes = objects(evidence.nodes).map((node, id) => ({
    ...node,
    id,
    short: node.short || node.name,
  }));
  const links = objects(evidence.links).map((link, id) => ({ ...link, id }));
  const effects = objects(evidence.effects);
  const openSites = objects(evidence.open);
  const taps = objects(evidence.taps);
  const byKey = new Map(nodes.map((node) => [node.key, node.id]));
  const entries = new Set(evidence.entries);
  const outgoing = nodes.map(() => []);
  const incoming = nodes.map(() => []);
  for (const link of links) {
    outgoing[link.from].push(link);
    incoming[link.to].push(link);
  }
  const isInside = (id) => nodes[id].kind === "function" || nodes[id].kind === "module";
  const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const placeOf = (node) => (node.path ? `${node.path}:${node.line}` : "");

  // ----------------------------------------------------------------------------------- state

  // The whole state stands in the URL's hash, so that a link shows what its sender saw.
  const DEFAULTS = {
    focus: "", // a node's key; empty: entry points and chains
    select: "", // the node in the pane
    callers: "1", // steps; 0: off
    callees: "2",
    outside: "effects",
    tab: "answer",
    from: "", // of the path that was asked for
    to: "",
  };
  let state = { ...DEFAULTS };

  function stateFromHash() {
    const given = new URLSearchParams(location.hash.slice(1));
    const found = { ...DEFAULTS };
    for (const key of Object.keys(DEFAULTS)) {
      if (given.has(key)) found[key] = given.get(key);
    }
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
      if (value !== DEFAULTS[key]) shown.set(key, value);
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
    if (!isSameView) drawView();
    showControls();
    showSelection();
    if (next.tab !== before.tab || next.select !== before.select || !isSameView) showPane();
  }

  const viewKey = ({ focus, callers, callees, outside, tab, from, to }) =>
    tab === "path" && from && to
      ? JSON.stringify(["path", from, to])
      : JSON.stringify(focus ? [focus, callers, callees, outside] : ["", outside]);

  // --------------------------------------------------------------------------- what is shown

  const MOST_NODES = 150;

  /** Node ids of the view, and a sentence on what it is and what it leaves out. */
  function currentView() {
    if (state.tab === "path" && state.from && state.to) {
      const from = byKey.get(state.from);
      const to = byKey.get(state.to);
      const path = shortestPath(from, to);
      const ids = path ? [from, ...path.map((link) => link.to)] : [from, to, ...callersOfBoth(from, to)];
      const note = path ? "The shortest path." : "NO PATH: both ends, and who calls both.";
      return { ids: new Set(ids), note };
    }
    if (!state.focus) {
      const ids = new Set(evidence.first.filter(isWanted));
      const cut = evidence.firstCut ? `: ${evidence.firstCut}` : "";
      return { ids, note: `Entry points and chains${cut}.` };
    }
    const focus = byKey.get(state.focus);
    const ids = new Set([focus]);
    const cut =
      cone(ids, focus, Number(state.callees), (id) => outgoing[id].map((link) => link.to)) +
      cone(ids, focus, Number(state.callers), (id) => incoming[id].map((link) => link.from));
    const parts = [`Around ${nodes[focus].short}: ${plural(ids.size, "box").replace("boxs", "boxes")}.`];
    if (cut) parts.push(`${cut} more within these steps are not drawn; take fewer steps.`);
    return { ids, note: parts.join(" ") };
  }

  const isWanted = (id) =>
    isInside(id) ||
    state.outside === "all" ||
    (state.outside === "effects" && nodes[id].kind !== "external");

  /** Add what lies within so many steps; the answer is how many boxes found no room. */
  function cone(ids, start, steps, neighbours) {
    let border = [start];
    const met = new Set(border);
    let cut = 0;
    for (let step = 0; step < steps; step += 1) {
      const next = [];
      for (const id of border.flatMap(neighbours)) {
        if (met.has(id) || !isWanted(id)) continue;
        met.add(id);
        if (ids.size < MOST_NODES) {
          ids.add(id);
          next.push(id);
        } else if (!ids.has(id)) {
          cut += 1;
        }
      }
      border = next;
    }
    return cut;
  }

  function shortestPath(from, to) {
    const came = new Map([[from, null]]);
    const queue = [from];
    for (const id of queue) {
      if (id === to) break;
      for (const link of outgoing[id]) {
        if (!came.has(link.to)) {
          came.set(link.to, link);
          queue.push(link.to);
        }
      }
    }
    if (!came.has(to)) return null;
    const path = [];
    for (let link = came.get(to); link; link = came.get(link.from)) path.unshift(link);
    return path;
  }

  const callersOfBoth = (from, to) => {
    const callers = incoming[to].map((link) => link.from);
    return [...new Set(incoming[from].map((link) => link.from))].filter((id) => callers.includes(id));
  };

  function reachedFrom(from) {
    const met = new Set([from]);
    for (const id of met) for (const link of outgoing[id]) met.add(link.to);
    return met;
  }

  /**
   * Centres of the boxes, and the bends of lines that pass other columns: `place` of
   * tracer/report/layout.py a second time; a test compares the two.
   */
  function place(ids) {
    const shown = [...ids].sort(
      (a, b) => nodes[a].layer - nodes[b].layer || nodes[a].order - nodes[b].order,
    );
    const columnOf = columnsOf(shown);
    const items = new Map(
      shown.map((id) => [id, { id, height: nodes[id].height, before: [], y: 0 }]),
    );
    const columns = Array.from({ length: Math.max(-1, ...columnOf.values()) + 1 }, () => []);
    for (const id of shown) columns[columnOf.get(id)].push(items.get(id));
    for (const link of links) {
      if (!items.has(link.from) || !items.has(link.to)) continue;
      const last = columnOf.get(link.to);
      let previous = items.get(link.from);
      for (let column = columnOf.get(link.from) + 1; column < last; column += 1) {
        const slot = { link, height: evidence.gaps.way, before: [previous], y: 0 };
        columns[column].push(slot);
        previous = slot;
      }
      if (columnOf.get(link.from) < last) items.get(link.to).before.push(previous);
    }
    const boxes = new Map();
    const ways = new Map();
    let left = 0;
    for (const column of columns) {
      setHeights(column);
      const width = Math.max(...column.map(({ id }) => (id === undefined ? 0 : nodes[id].width)));
      for (const { id, link, y } of column) {
        if (link) {
          ways.set(link.id, [...(ways.get(link.id) ?? []), [left, y], [left + width, y]]);
        } else {
          boxes.set(id, { x: left + Math.floor(nodes[id].width / 2), y });
        }
      }
      left += width + evidence.gaps.column;
    }
    return { boxes, ways };
  }

  /** The longest way to each node among those shown; what nobody calls stands by its callees. */
  function columnsOf(shown) {
    const inside = new Set(shown);
    const leadsRight = ({ from, to }) =>
      inside.has(from) && inside.has(to) && nodes[from].layer < nodes[to].layer;
    const columns = new Map();
    for (const id of shown) {
      const before = incoming[id].filter(leadsRight).map(({ from }) => columns.get(from) + 1);
      columns.set(id, Math.max(0, ...before));
    }
    for (const id of shown) {
      const after = outgoing[id].filter(leadsRight).map(({ to }) => columns.get(to) - 1);
      if (after.length && !incoming[id].some(leadsRight)) columns.set(id, Math.min(...after));
    }
    return columns;
  }

  /** Items at the mean height of what leads to them, as far as their neighbours let them. */
  function setHeights(column) {
    const wanted = new Map();
    for (const item of column) {
      if (!item.before.length) continue;
      const sum = item.before.reduce((total, each) => total + each.y, 0);
      wanted.set(item, Math.floor(sum / item.before.length));
    }
    const ordered = [
      ...column.filter((item) => wanted.has(item)).sort((a, b) => wanted.get(a) - wanted.get(b)),
      ...column.filter((item) => !wanted.has(item)),
    ];
    let free = null;
    for (const item of ordered) {
      const half = Math.floor(item.height / 2);
      const want = wanted.get(item) ?? (free === null ? 0 : free + half);
      item.y = free === null ? want : Math.max(want, free + half);
      free = item.y + half + evidence.gaps.row;
    }
    const pulling = wanted.size ? ordered.filter((item) => wanted.has(item)) : ordered;
    const away = pulling.reduce((sum, item) => sum + item.y - (wanted.get(item) ?? 0), 0);
    const pull = Math.floor(away / pulling.length);
    for (const item of ordered) item.y -= pull;
  }

  // --------------------------------------------------------------------------------- drawing

  const VERDICTS = {
    confirmed: { color: "--confirmed", dashes: false, width: 2.4 },
    "dynamic only": { color: "--dynamic-only", dashes: [14, 4, 3, 4], width: 2.4 },
    "not taken": { color: "--not-taken", dashes: [9, 6], width: 1.8 },
    "not reached": { color: "--not-reached", dashes: [2, 5], width: 1.8 },
    undecided: { color: "--undecided", dashes: [5, 4], width: 1.6 },
    executed: { color: "--executed", dashes: [8, 3], width: 2.4 },
    "seen under stand-ins": { color: "--stand-ins", dashes: [2, 3], width: 2.4 },
    "not run": { color: "--not-run", dashes: false, width: 1.2 },
    "": { color: "--touch", dashes: [1, 3], width: 1.6 },
  };
  const KINDS = {
    function: "function",
    module: "module level",
    external: "outside",
    file: "file or archive",
    state: "state",
    effect: "other effect",
  };
  const MONO =
    'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';
  const MARGIN = 20;
  const FAINT_ZOOM = 0.62; // below this no label can be read, so the view starts at its left edge
  const READABLE_ZOOM = 0.8;

  const nodeSet = new vis.DataSet();
  const edgeSet = new vis.DataSet();
  const graphElement = document.getElementById("graph");
  let colors = {};
  let isDrawn = false;

  function readColors() {
    const style = getComputedStyle(document.documentElement);
    colors = new Proxy({}, { get: (_, name) => style.getPropertyValue(name).trim() });
  }

  readColors();
  const network = new vis.Network(
    graphElement,
    { nodes: nodeSet, edges: edgeSet },
    firstView.options,
  );

  function drawView() {
    const { ids, note } = currentView();
    const isFirst = !isDrawn && !state.focus && state.tab !== "path" && isFirstView(ids);
    const { boxes, ways } = isFirst ? firstPlacement() : place(ids);
    const drawn = links.filter((link) => ids.has(link.from) && ids.has(link.to));
    nodeSet.clear();
    edgeSet.clear();
    nodeSet.add([...ids].map((id) => drawnNode(id, boxes.get(id))));
    for (const link of drawn) drawLink(link, ways.get(link.id) ?? []);
    isDrawn = true;
    document.getElementById("view-note").textContent = ids.size
      ? note
      : "Nothing to draw: the answer holds no function.";
    showWhole();
  }

  const isFirstView = (ids) =>
    ids.size === firstView.nodes.length && firstView.nodes.every((node) => ids.has(node.id));

  const firstPlacement = () => ({
    boxes: new Map(firstView.nodes.map(({ id, x, y }) => [id, { x, y }])),
    ways: new Map(firstView.edges.map(({ id, way }) => [id, way])),
  });

  function drawnNode(id, { x, y }) {
    const node = nodes[id];
    return { id, x, y, label: node.label, shape: "custom", ctxRenderer: boxRenderer(node) };
  }

  /** A line, in as many pieces as it has bends; a bend is a node without extent. */
  function drawLink(link, way) {
    const style = lineStyle(link);
    const bends = way.map(([x, y], index) => ({
      id: `${link.id}/${index}`,
      x,
      y,
      shape: "custom",
      ctxRenderer: () => ({ drawNode() {}, nodeDimensions: { width: 0, height: 0 } }),
    }));
    nodeSet.add(bends);
    const stops = [link.from, ...bends.map((bend) => bend.id), link.to];
    edgeSet.add(
      stops.slice(1).map((to, index) => ({
        ...style,
        id: `${link.id}/${index}`,
        link: link.id,
        from: stops[index],
        to,
        arrows: { to: { enabled: index === bends.length } },
      })),
    );
  }

  function lineStyle(link) {
    const { color, dashes, width } = VERDICTS[link.verdict] ?? VERDICTS["not run"];
    const paint = colors[color];
    return {
      color: { color: paint, highlight: paint, hover: paint, inherit: false },
      dashes,
      width,
      font: {
        size: 11,
        face: MONO,
        color: colors["--ink"],
        strokeWidth: 4,
        strokeColor: colors["--paper"],
        align: "horizontal",
      },
    };
  }

  function boxRenderer(node) {
    const fill = entries.has(node.id) ? "--box-entry" : `--box-${node.kind}`;
    return ({ ctx, x, y, state: { selected, hover } }) => ({
      drawNode() {
        const { width, height } = node;
        const left = x - width / 2;
        const top = y - height / 2;
        const isFocus = node.key === state.focus;
        ctx.save();
        ctx.fillStyle = colors[node.kind === "function" && !entries.has(node.id) ? "--box" : fill];
        ctx.strokeStyle = colors[selected || hover || isFocus ? "--accent" : "--box-line"];
        ctx.lineWidth = selected ? 3 : entries.has(node.id) || isFocus ? 2.4 : 1.2;
        ctx.setLineDash(node.kind === "external" ? [4, 3] : []);
        outline(ctx, node.kind, left, top, width, height);
        ctx.fill();
        ctx.stroke();
        ctx.setLineDash([]);
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.fillStyle = colors["--ink"];
        const lines = node.label.split("\n");
        let line = top + 13;
        const write = (text) => {
          ctx.fillText(text, x, line, width - 12);
          line += 16;
        };
        ctx.font = `11px ${MONO}`;
        ctx.fillStyle = colors["--muted"];
        if (node.owner) write(node.owner);
        ctx.font = `${entries.has(node.id) ? "bold " : ""}13px ${MONO}`;
        ctx.fillStyle = colors["--ink"];
        lines.forEach(write);
        ctx.font = `11px ${MONO}`;
        ctx.fillStyle = colors["--muted"];
        write(node.detail);
        ctx.restore();
      },
      nodeDimensions: { width: node.width, height: node.height },
    });
  }

  /** Kinds differ in outline, not in colour alone. */
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
      if (kind === "module") {
        ctx.moveTo(left + 5, top);
        ctx.lineTo(left + 5, bottom);
      }
    }
  }

  /** Fit the view; where that would make labels too small, start at its left edge instead. */
  function showWhole(isForced = false) {
    const shown = nodeSet.getIds().filter((id) => nodes[id]);
    if (!shown.length) return;
    const at = network.getPositions(shown);
    const edge = (side, sign) =>
      sign * Math.max(...shown.map((id) => sign * at[id][side] + nodes[id][side === "x" ? "width" : "height"] / 2));
    const [left, right, top, bottom] = [edge("x", -1), edge("x", 1), edge("y", -1), edge("y", 1)];
    const { clientWidth: width, clientHeight: height } = graphElement;
    const fitting = Math.min(1.1, width / (right - left + 2 * MARGIN), height / (bottom - top + 2 * MARGIN));
    if (fitting >= FAINT_ZOOM || isForced) {
      const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
      network.moveTo({ position: middle, scale: fitting, animation: false });
      return;
    }
    const focus = byKey.get(state.focus);
    const start = shown.find((id) => id === focus) ?? shown.find((id) => entries.has(id)) ?? shown[0];
    const halfWidth = width / READABLE_ZOOM / 2;
    const x = Math.max(left - MARGIN + halfWidth, focus === undefined ? -Infinity : at[start].x);
    const isLow = (bottom - top + 2 * MARGIN) * READABLE_ZOOM <= height;
    const y = isLow ? (top + bottom) / 2 : at[start].y;
    network.moveTo({ position: { x, y }, scale: READABLE_ZOOM, animation: false });
  }

  function showSelection() {
    const id = byKey.get(state.select);
    const labelled = edgeSet.get({ filter: (edge) => edge.label });
    edgeSet.update(labelled.map((edge) => ({ id: edge.id, label: undefined })));
    if (id === undefined || !nodeSet.get(id)) {
      network.unselectAll();
      return;
    }
    network.selectNodes([id], false);
    const near = edgeSet.get({ filter: (edge) => edge.from === id || edge.to === id });
    edgeSet.update(near.map((edge) => ({ id: edge.id, label: linesOf(links[edge.link]) })));
  }

  const effectKinds = (link) => [...new Set(link.effects.map((effect) => effect[1]))].join(", ");

  function linesOf(link) {
    const lines = [...new Set([...link.sites, ...link.effects].map((site) => site[0]))];
    return lines.length > 2 ? `${lines.slice(0, 2).join(", ")} …` : lines.join(", ");
  }

  const linkOf = (edge) => links[edgeSet.get(edge).link];
  network.on("click", ({ nodes: [id], edges: [edge] }) => {
    if (nodes[id]) change({ select: nodes[id].key, tab: "function" });
    else if (edge !== undefined) say(linkSentence(linkOf(edge)));
  });
  network.on("doubleClick", ({ nodes: [id] }) => {
    if (nodes[id]) focusOn(id);
  });
  network.on("hoverNode", ({ node: id }) => {
    const node = nodes[id];
    if (node) say([node.name, placeOf(node), node.summary].filter(Boolean).join("   "));
  });
  network.on("hoverEdge", ({ edge }) => say(linkSentence(linkOf(edge))));
  network.once("afterDrawing", () => {
    performance.mark("painted");
    document.documentElement.dataset.painted = "yes";
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColors();
    drawView();
    showSelection();
    showLegend();
  });

  const say = (text) => {
    document.getElementById("hover-note").textContent = text;
  };

  function linkSentence(link) {
    const sites = link.sites.map(([line, verdict, found, calls, notes]) =>
      [`line ${line}`, verdict, found, calls ? plural(calls, "call") : "", notes]
        .filter(Boolean)
        .join(", "),
    );
    const touched = link.effects.map(([line, kind, operation]) => `line ${line}, ${kind} ${operation}`);
    return `${nodes[link.from].short} → ${nodes[link.to].short}: ${[...sites, ...touched].join("; ")}`;
  }

  // ----------------------------------------------------------------------------------- panes

  const TABS = {
    answer: ["Answer", showAnswer],
    function: ["Function", showFunction],
    path: ["Path", showPath],
    effects: ["Effects", showEffects],
    artifacts: ["Artefacts", showArtifacts],
    taps: ["Taps", showTaps],
    open: ["Open", showOpen],
  };
  const pane = document.getElementById("pane-body");

  /** An element with text or children; the only way anything reaches the page. */
  function make(tag, options = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(options)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (key === "class") element.className = value;
      else element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  /** A name that may break after dots and underscores; a place only between folders. */
  const breakable = (name, where = /(?<=[._])/) =>
    name.split(where).flatMap((part, index) => (index ? [make("wbr"), part] : [part]));

  /** A link that changes the view; its address can be copied or opened elsewhere. */
  const viewLink = (changes, ...children) =>
    make(
      "a",
      {
        href: `#${hashOf({ ...state, ...changes })}`,
        onclick: (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          change(changes);
        },
      },
      ...children,
    );
  const focused = (id) => ({
    focus: nodes[id].key,
    select: nodes[id].key,
    tab: "function",
    from: "",
    to: "",
  });
  const focusOn = (id) => change(focused(id));
  const nodeLink = (id) =>
    id >= 0 ? viewLink(focused(id), ...breakable(nodes[id].short)) : "not shown";
  /** Text with its `code spans` set as code. */
  const spans = (text) =>
    text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? codeText(part) : part));
  const listed = (items) => items.flatMap((item, index) => (index ? [", ", item] : [item]));
  const verdictWord = (verdict) =>
    make("span", { class: "verdict", "data-verdict": verdict, title: evidence.verdicts[verdict] ?? "" }, verdict);
  const quiet = (text) => make("p", { class: "quiet" }, text);
  const codeText = (text) => (text ? make("code", {}, ...breakable(String(text), /(?<=\/)|(?<=\.)(?!py\b)/)) : "");
  const places = (list) => make("span", { class: "place" }, ...breakable(list.join(", "), /(?<=\/)/));

  const cellOf = (cell) =>
    typeof cell === "number"
      ? make("td", { class: "figure" }, String(cell))
      : make("td", {}, cell ?? "");

  function table(caption, heads, rows) {
    const body = rows.map((row) => make("tr", {}, ...row.map(cellOf)));
    return make(
      "div",
      { class: "table-box" },
      make(
        "table",
        { class: "facts" },
        make("caption", {}, caption),
        make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
        make("tbody", {}, ...body),
      ),
    );
  }

  const tableOr = (nothing, caption, heads, rows) =>
    rows.length
      ? table(`${caption} (${rows.length})`, heads, rows)
      : make("div", {}, make("h3", {}, caption), quiet(nothing));

  function showPane() {
    const current = TABS[state.tab] ? state.tab : "answer";
    for (const tab of document.querySelectorAll("[role=tab]")) {
      const isCurrent = tab.dataset.tab === current;
      tab.setAttribute("aria-selected", String(isCurrent));
      tab.tabIndex = isCurrent ? 0 : -1;
    }
    pane.setAttribute("aria-labelledby", `tab-${current}`);
    pane.replaceChildren(...TABS[current][1]());
    pane.scrollTop = 0;
  }

  function showAnswer() {
    const parts = [
      make("p", { class: "lead" }, ...spans(evidence.question)),
      quiet(`${evidence.shape} · ${evidence.tree} · tracer ${evidence.tool}`),
      evidence.card ? make("pre", { class: "card", "aria-label": "The verifier's card" }, evidence.card) : quiet("No card: nothing was verified."),
      make("h3", {}, "Entry points"),
      evidence.candidates.length
        ? make(
            "ul",
            {},
            ...evidence.candidates.map(([id, role, signals]) =>
              make("li", {}, nodeLink(id), " ", ...spans(role), " ", make("span", { class: "quiet" }, ...spans(signals))),
            ),
          )
        : make("ul", {}, ...evidence.entries.map((id) => make("li", {}, nodeLink(id)))),
      make("h3", {}, "Chains to sinks"),
    ];
    parts.push(
      evidence.chains.length
        ? make("ol", {}, ...evidence.chains.map(chainItem))
        : quiet("No chain from an entry point to a sink."),
    );
    parts.push(make("h3", {}, "What surprised"));
    parts.push(
      evidence.findings.length
        ? make(
            "ul",
            {},
            ...evidence.findings.map(([kind, text, anchors]) =>
              make("li", {}, make("strong", {}, kind), ": ", ...spans(text), " ", places(anchors)),
            ),
          )
        : quiet("No finding."),
    );
    parts.push(
      tableOr("The evidence states no unknown.", "Not known", ["what", "why", "what would decide it"],
        evidence.unknowns.map((row) => row.map((text) => make("span", {}, ...spans(text))))),
      tableOr("No condition above a call or an effect told here depends on anything besides arguments, as far as guards were read.", "Hidden inputs", ["depends on", "condition", "where"],
        evidence.hidden.map(([name, condition, where]) => [codeText(name), codeText(condition), places([where])])),
    );
    parts.push(
      evidence.runs.length
        ? table("Runs", ["run", "command", "calls", "state"], evidence.runs)
        : quiet(`No run: ${evidence.whyNoRun}`),
    );
    parts.push(quiet(`Edges: ${evidence.counts || "none"}.`), ...evidence.limits.map(quiet));
    return parts;
  }

  function chainItem({ steps, sinks, verdict, others, also }) {
    const way = steps.flatMap((id, index) => (index ? [" → ", nodeLink(id)] : [nodeLink(id)]));
    const more = others ? [`; ${plural(others, "more way")}`] : [];
    if (also.length) more.push(", also from ", ...listed(also.map(nodeLink)));
    return make("li", {}, ...way, ": ", codeText(sinks), " ", verdictWord(verdict), ...more);
  }

  function showFunction() {
    const id = byKey.get(state.select || state.focus);
    if (id === undefined) {
      return [quiet("Choose a function: click a box, or press / and type. A double click shows its callers and callees.")];
    }
    const node = nodes[id];
    const own = openSites.filter((site) => site.node === id);
    const touched = effects.filter((effect) => effect.node === id);
    const parts = [
      make("h2", { class: "code" }, ...breakable(node.name)),
      make(
        "p",
        {},
        make("span", { class: "place" }, placeOf(node)),
        ` ${entries.has(id) ? "entry point, " : ""}${KINDS[node.kind]} `,
        make("button", { type: "button", onclick: () => focusOn(id) }, "Focus"),
        " ",
        placeOf(node)
          ? make("button", { type: "button", onclick: (event) => copy(placeOf(node), event.target) }, "Copy place")
          : null,
      ),
    ];
    if (node.parameters !== null && isInside(id)) parts.push(quiet(`(${node.parameters})`));
    if (node.summary) parts.push(make("p", {}, ...spans(node.summary)));
    parts.push(callTable("Callers", "No caller among the edges of this answer.", incoming[id], "from"));
    if (isInside(id)) {
      parts.push(callTable("Callees", "No callee among the edges of this answer.", outgoing[id], "to"));
      parts.push(
        tableOr("None.", "Effects", ["line", "effect", "operation", "on", "what"],
          touched.map((effect) => [effect.line, effect.kind, codeText(effect.operation), codeText(effect.subject), codeText(effect.payload || effect.keys)])),
        tableOr("None: every call site here has its callees.", "Open call sites", ["line", "call", "why"],
          own.map((site) => [site.line, codeText(site.text), [site.reason, site.detail].filter(Boolean).join(": ")])),
        sourceOf(id),
      );
    }
    return parts;
  }

  function callTable(caption, nothing, found, end) {
    const rows = found.flatMap((link) => [
      ...link.sites.map(([line, verdict, how, calls, notes, why]) => [
        nodeLink(link[end]),
        line,
        callNotes(verdict, calls, [how, notes, why === nodes[link.to].summary ? "" : why]),
      ]),
      ...link.effects.map(([line, kind, operation]) => [
        nodeLink(link[end]),
        line,
        make("span", {}, `${kind} `, codeText(operation)),
      ]),
    ]);
    if (end === "to") rows.sort((a, b) => a[1] - b[1]);
    return tableOr(nothing, caption, [end === "from" ? "caller" : "callee", "line", "verdict, how, when, why"], rows);
  }

  const callNotes = (verdict, calls, notes) =>
    make(
      "span",
      {},
      verdictWord(verdict),
      calls ? `, ${plural(calls, "call")}` : "",
      make("div", { class: "quiet" }, ...spans(notes.filter(Boolean).join(" · "))),
    );

  function sourceOf(id) {
    const found = evidence.sources.of[id];
    const heading = make("h3", {}, "Source");
    if (!Array.isArray(found)) {
      const reason = found || (found === 0 ? evidence.sources.noRoom : "no definition is known");
      return make("div", {}, heading, quiet(`Not shown: ${reason}. ${placeOf(nodes[id])}`));
    }
    const marks = new Map();
    for (const link of outgoing[id]) {
      for (const [line] of [...link.sites, ...link.effects]) {
        marks.set(line, [...(marks.get(line) ?? []), link.to]);
      }
    }
    const lines = found.flatMap(([first, text, runs], index) => [
      ...(index ? [make("span", { class: "gap" }, "      ⋮")] : []),
      ...sourceLines(first, text, runs, marks),
    ]);
    return make("div", {}, heading, make("pre", { class: "source", tabindex: "0", "aria-label": "Source" }, ...lines));
  }

  function sourceLines(first, text, runs, marks) {
    const lines = [[]];
    let at = 0;
    for (let index = 0; index < runs.length; index += 2) {
      const pieces = text.slice(at, at + runs[index]).split("\n");
      at += runs[index];
      pieces.forEach((piece, number) => {
        if (number) lines.push([]);
        if (piece) {
          const kind = runs[index + 1];
          lines.at(-1).push(kind ? make("span", { class: `k${kind}` }, piece) : piece);
        }
      });
    }
    return lines.map((pieces, index) => {
      const line = first + index;
      const callees = [...new Set(marks.get(line) ?? [])];
      return make(
        "span",
        { class: callees.length ? "marked" : "", "data-line": line },
        make("span", { class: "number" }, String(line)),
        ...pieces,
        ...callees.map((id) =>
          viewLink(focused(id), `→ ${nodes[id].short}`),
        ),
      );
    });
  }

  function showPath() {
    const field = (name, key) =>
      make("input", { id: name, list: "functions", value: key ? nodes[byKey.get(key)].name : "", autocomplete: "off", spellcheck: "false" });
    const from = field("path-from", state.from);
    const to = field("path-to", state.to);
    const ask = (event) => {
      event.preventDefault();
      const ends = [from, to].map((input) => named(input.value));
      [from, to].forEach((input, index) =>
        input.setCustomValidity(ends[index] === undefined ? "No such function in this answer" : ""),
      );
      if (event.target.reportValidity()) change({ tab: "path", from: nodes[ends[0]].key, to: nodes[ends[1]].key });
    };
    const parts = [
      make("h2", {}, "Path from one function to another"),
      make(
        "form",
        { class: "path-form", onsubmit: ask, oninput: () => [from, to].forEach((input) => input.setCustomValidity("")) },
        make("label", { for: "path-from" }, "From"),
        from,
        make("label", { for: "path-to" }, "To"),
        to,
        make("button", { type: "submit" }, "Find path"),
      ),
      make("datalist", { id: "functions" }, ...nodes.map((node) => make("option", { value: node.name }))),
    ];
    if (state.from && state.to) parts.push(...pathAnswer(byKey.get(state.from), byKey.get(state.to)));
    if (evidence.paths.length) {
      parts.push(make("h3", {}, "Asked by the question"), make("ul", {}, ...evidence.paths.map(askedPath)));
    }
    return parts;
  }

  const named = (text) => nodes.find((node) => node.name === text || node.short === text || node.key === text)?.id;

  function pathAnswer(from, to) {
    const path = shortestPath(from, to);
    if (path) {
      return [
        table(`The shortest path: ${plural(path.length, "step")}`, ["caller", "line", "callee", "verdict"],
          path.map((link) => [nodeLink(link.from), linesOf(link), nodeLink(link.to), link.verdict ? verdictWord(link.verdict) : effectKinds(link)])),
      ];
    }
    const reached = reachedFrom(from);
    const open = openSites.filter((site) => reached.has(site.node));
    const both = callersOfBoth(from, to);
    const answer = [
      make("p", { class: "bad", id: "no-path" }, `NO PATH from ${nodes[from].name} to ${nodes[to].name}`),
      quiet(`None among the ${plural(links.length, "link")} of this page. ${nodes[from].short} reaches ${reached.size - 1} others; ${plural(open.length, "open call site")} among them could lead further.`),
    ];
    if (both.length) answer.push(make("p", {}, "Siblings: both are called by ", ...listed(both.map(nodeLink)), "."));
    if (open.length) {
      answer.push(
        table("Open call sites on the frontier", ["in", "line", "call", "why"],
          open.map((site) => [nodeLink(site.node), site.line, codeText(site.text), site.reason])),
      );
    }
    return answer;
  }

  function askedPath({ from, to, names, isPath, siblings, callers, open }) {
    const isShown = from >= 0 && to >= 0;
    const ends = isShown ? `${nodes[from].name} to ${nodes[to].name}` : names.join(" to ");
    return make(
      "li",
      {},
      isShown
        ? viewLink({ tab: "path", from: nodes[from].key, to: nodes[to].key }, ...breakable(ends))
        : ends,
      ": ",
      isPath ? "path" : make("span", { class: "bad" }, "NO PATH"),
      callers.length ? "; siblings called by " : "",
      ...listed(callers.map(nodeLink)),
      siblings.length ? " at " : "",
      siblings.length ? places(siblings) : "",
      `; ${plural(open, "open call site")} on the frontier`,
    );
  }

  function showEffects() {
    return [
      tableOr("No effect stands in the answer.", "What the answer does to the world",
        ["effect", "operation", "in", "line", "on", "what", "under"],
        effects.map((effect) => [effect.kind, codeText(effect.operation), nodeLink(effect.node), effect.line,
          codeText(effect.subject), codeText([effect.payload, effect.keys].filter(Boolean).join(" ")), codeText(effect.under)])),
    ];
  }

  function showArtifacts() {
    if (!evidence.artifacts.length) return [quiet("No artefact with named members stands in the answer.")];
    return evidence.artifacts.flatMap(({ names, writers, readers, members, unknown }) => [
      make("h2", { class: "code" }, names.join(" = ")),
      sideLine("Written by", writers),
      sideLine("Read by", readers),
      tableOr("No member names were derived.", "Members", ["member", "written at", "read at", "what goes in"],
        members.map(([path, written, content, read, also]) => [
          memberName(path, also),
          sidePlaces(written, writers, "not written"),
          sidePlaces(read, readers, "not read"),
          codeText(content),
        ])),
      ...unknown.map((text) => quiet(`Not followed: ${text}`)),
    ]);
  }

  /** Places of a member; the path is left out where it is that of the side's function above. */
  function sidePlaces(anchors, layouts, nothing) {
    if (!anchors.length) return make("span", { class: "quiet" }, nothing);
    const paths = new Set(layouts.map(([, anchor]) => anchor.replace(/:[\d-]+$/, "")));
    const [path] = paths.size === 1 ? paths : [""];
    const short = anchors.map((anchor) => (path && anchor.startsWith(`${path}:`) ? anchor.slice(path.length) : anchor));
    return make("span", { class: "place", title: anchors.join(", ") }, ...breakable(short.join(", "), /(?<=[/_ ])/));
  }

  const memberName = (path, also) =>
    make(
      "span",
      {},
      make("code", {}, ...breakable(path, /(?<=[/._])/)),
      ...also.map((other) => make("div", { class: "quiet place" }, ...breakable(`also ${other}`, /(?<=[/._])/))),
    );

  const sideLine = (label, layouts) =>
    make("p", {}, `${label}: `,
      ...(layouts.length
        ? layouts.flatMap(([id, anchor, direction], index) => [index ? "; " : "", nodeLink(id), " ", places([anchor]), ` ${direction}`])
        : ["nothing in the evidence"]));

  function showTaps() {
    return [
      tableOr("No tap was proposed.", "Values read in live frames",
        ["tap", "expected", "observed"],
        taps.map((tap) => [
          make(
            "div",
            {},
            codeText(tap.key),
            make("div", {}, "reads ", codeText(tap.expression), ` ${tap.moment}`),
            places([tap.place]),
          ),
          tap.expected ? codeText(tap.expected) : "nothing claimed",
          make(
            "div",
            {},
            make("strong", { class: tap.outcome === "differs" ? "bad" : "" }, tap.outcome),
            " ",
            codeText(tap.observed.join(" | ")),
            ` ${tap.unit}`,
            make("div", { class: "quiet" }, ...spans(tap.purpose)),
          ),
        ])),
    ];
  }

  function showOpen() {
    return [
      tableOr("Every call site of the answer has its callees.", "Call sites with no known callee, or more than are listed",
        ["in", "line", "call", "why"],
        openSites.map((site) => [nodeLink(site.node), site.line, codeText(site.text), [site.reason, site.detail].filter(Boolean).join(": ")])),
    ];
  }

  async function copy(text, button) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "No clipboard";
    }
    setTimeout(() => { button.textContent = label; }, 1200);
  }

  /** Samples of what occurs in this answer: each line style with its word, each outline. */
  function showLegend() {
    const verdicts = new Set(links.map((link) => link.verdict).filter(Boolean));
    const kinds = new Set(nodes.map((node) => node.kind));
    const sample = (width, draw) => {
      const canvas = make("canvas", { width, height: 16, "aria-hidden": "true" });
      draw(canvas.getContext("2d"));
      return canvas;
    };
    const lines = Object.keys(evidence.verdicts).filter((verdict) => verdicts.has(verdict));
    if (links.some((link) => !link.verdict)) lines.push("");
    const lineItems = lines.map((verdict) => {
      const { color, dashes, width } = VERDICTS[verdict];
      const drawn = sample(40, (ctx) => {
        ctx.strokeStyle = colors[color];
        ctx.lineWidth = width;
        ctx.setLineDash(dashes || []);
        ctx.moveTo(0, 8);
        ctx.lineTo(40, 8);
        ctx.stroke();
      });
      const meaning = evidence.verdicts[verdict] ?? "what the line touches";
      return make("span", { title: meaning }, drawn, verdict || "effect");
    });
    const kindItems = Object.keys(KINDS)
      .filter((kind) => kinds.has(kind))
      .map((kind) => {
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
    document.getElementById("legend").replaceChildren(...lineItems, ...kindItems);
  }

  // -------------------------------------------------------------------------------- controls

  function showControls() {
    for (const side of ["callers", "callees"]) {
      const steps = Number(state[side]);
      document.getElementById(`${side}-on`).checked = steps > 0;
      document.getElementById(`${side}-depth`).textContent = String(steps);
      for (const part of ["on", "less", "more"]) {
        document.getElementById(`${side}-${part}`).disabled = !state.focus;
      }
    }
    document.getElementById("outside").value = state.outside;
  }

  function connectControls() {
    const on = (id, event, action) => document.getElementById(id).addEventListener(event, action);
    on("show-chains", "click", () => change({ focus: "", from: "", to: "", tab: "answer" }));
    on("fit", "click", () => showWhole(true));
    on("outside", "change", (event) => change({ outside: event.target.value }));
    for (const side of ["callers", "callees"]) {
      on(`${side}-on`, "change", (event) => change({ [side]: event.target.checked ? DEFAULTS[side] : "0" }));
      on(`${side}-less`, "click", () => change({ [side]: String(Math.max(0, Number(state[side]) - 1)) }));
      on(`${side}-more`, "click", () => change({ [side]: String(Math.min(9, Number(state[side]) + 1)) }));
    }
    const tabs = document.getElementById("tabs");
    for (const [name, [label]] of Object.entries(TABS)) {
      tabs.append(
        make("button", { type: "button", role: "tab", id: `tab-${name}`, "data-tab": name, "aria-controls": "pane-body", onclick: () => change({ tab: name }) }, label),
      );
    }
    tabs.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const all = [...tabs.children];
      const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
      next.focus();
      next.click();
    });
    document.addEventListener("keydown", (event) => {
      const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/") {
        event.preventDefault();
        document.getElementById("search").select();
      } else if (event.key === "c") {
        document.getElementById("show-chains").click();
      } else if (event.key === "f") {
        document.getElementById("fit").click();
      }
    });
  }

  // ---------------------------------------------------------------------------------- search

  const MOST_FOUND = 30;

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
      [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === index)));
      const item = list.children[index];
      if (item?.id) input.setAttribute("aria-activedescendant", item.id);
      item?.scrollIntoView({ block: "nearest" });
    };
    const take = (index) => {
      if (!found[index]) return;
      close();
      input.blur();
      focusOn(found[index].id);
    };
    const look = () => {
      const all = matches(input.value.trim().toLowerCase());
      found = all.slice(0, MOST_FOUND);
      const items = found.map((node, index) =>
        make(
          "li",
          { role: "option", id: `found-${index}`, onmousedown: (event) => { event.preventDefault(); take(index); } },
          make("span", { class: "code" }, node.name),
          make("span", { class: "place quiet" }, placeOf(node) || KINDS[node.kind]),
        ),
      );
      if (!input.value.trim()) return close();
      if (all.length > found.length) items.push(make("li", { class: "quiet" }, `${found.length} of ${all.length} shown`));
      if (!all.length) items.push(make("li", { class: "quiet" }, "Nothing of that name in this answer"));
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
      else if (event.key === "Escape") { input.value = ""; close(); input.blur(); }
      else return;
      event.preventDefault();
    });
  }

  /** Names that hold the text: whole last parts first, then starts of parts, then the rest. */
  function matches(text) {
    if (!text) return [];
    const graded = [];
    for (const node of nodes) {
      const name = node.name.toLowerCase();
      const at = name.indexOf(text);
      if (at < 0 && !node.path.toLowerCase().includes(text)) continue;
      const isWhole = name === text || name.endsWith(`.${text}`);
      const isStart = at === 0 || (at > 0 && ".:_".includes(name[at - 1]));
      graded.push([isWhole ? 0 : isStart ? 1 : at >= 0 ? 2 : 3, isInside(node.id) ? 0 : 1, name.length, node]);
    }
    graded.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3].id - b[3].id);
    return graded.map((item) => item[3]);
  }

  // ----------------------------------------------------------------------------------- start

  connectControls();
  connectSearch();
  showLegend();
  apply(stateFromHash());
  window.tracerPage = { network, nodes, links, byKey, place, change }; // for tests and consoles
})();
