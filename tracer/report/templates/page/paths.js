// From one function to another: all shortest chains, or none and where reading ended.

const MOST_CHAINS = 20;

/** Links on shortest chains, how many chains there are, and the first of them. */
function shortestPaths(from, to) {
  const steps = new Map([[from, 0]]);
  const ways = new Map([[from, 1]]); // number of chains so far
  const queue = [from];
  for (const id of queue) {
    if (id === to) break;
    for (const link of outgoing[id]) {
      if (!isFollowed(link)) continue;
      if (!steps.has(link.to)) {
        steps.set(link.to, steps.get(id) + 1);
        ways.set(link.to, 0);
        queue.push(link.to);
      }
      if (steps.get(link.to) === steps.get(id) + 1) ways.set(link.to, ways.get(link.to) + ways.get(id));
    }
  }
  if (!steps.has(to)) return null;
  const leadsHere = (id) =>
    incoming[id].filter((link) => isFollowed(link) && steps.get(link.from) === steps.get(id) - 1);
  const on = new Set();
  const met = new Set([to]);
  for (const id of met) {
    if (id === from) continue;
    for (const link of leadsHere(id)) {
      on.add(link);
      met.add(link.from);
    }
  }
  const chains = [];
  const walk = (id, rest) => {
    if (chains.length >= MOST_CHAINS) return;
    if (id === from) chains.push(rest);
    else for (const link of leadsHere(id)) walk(link.from, [link, ...rest]);
  };
  walk(to, []);
  return { links: on, ids: met, chains, count: ways.get(to), length: steps.get(to) };
}

function pathView(from, to) {
  const found = shortestPaths(from, to);
  const hidden = state.hide ? ` Not over lines that are hidden: ${listOf(state.hide).join(", ")}.` : "";
  if (found) {
    const ids = new Set([...found.ids].slice(0, MOST_NODES));
    const many = found.count > 1 ? `${plural(found.count, "shortest chain")}` : "The shortest chain";
    return { ids, note: `${many} from ${nodes[from].short} to ${nodes[to].short}: ${plural(found.length, "step")}.${hidden}` };
  }
  const ids = new Set([from, to, ...callersOfBoth(from, to)]);
  return { ids, note: `NO PATH from ${nodes[from].short} to ${nodes[to].short}: both ends, and who calls both.${hidden}` };
}

const callersOfBoth = (from, to) => {
  const callers = new Set(incoming[to].map((link) => link.from));
  return [...new Set(incoming[from].map((link) => link.from))].filter((id) => callers.has(id));
};

function reachedFrom(starts) {
  const met = new Set(starts);
  for (const id of met) for (const link of outgoing[id]) if (isFollowed(link)) met.add(link.to);
  return met;
}
