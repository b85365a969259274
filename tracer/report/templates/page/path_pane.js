// From A to B: every shortest chain, or NO PATH with the frontier.

function showPath() {
  const field = (id, key) =>
    make("input", { id, value: key ? nodes[byKey.get(key)].name : "", autocomplete: "off", spellcheck: "false", placeholder: "the name, or its end" });
  const from = field("path-from", state.from);
  const to = field("path-to", state.to);
  const ask = (event) => {
    event.preventDefault();
    const ends = [from, to].map((input) => nodesNamed(input.value)[0]?.id);
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
      make(
        "span",
        { class: "actions" },
        make("button", { type: "submit" }, "Find path"),
        button("Other way round", () => change({ tab: "path", from: state.to, to: state.from })),
      ),
    ),
    quiet("Shorter: press / and type “A > B”."),
  ];
  if (state.from && state.to) parts.push(...pathAnswer(byKey.get(state.from), byKey.get(state.to)));
  if (evidence.paths.length) {
    parts.push(make("h3", {}, "Asked by the question"), make("ul", {}, ...evidence.paths.map(askedPath)));
  }
  return parts;
}

function pathAnswer(from, to) {
  const found = shortestPaths(from, to);
  if (!found) return noPath(from, to);
  if (from === to) return [quiet("Both ends are the same function.")];
  const { chains, count, length } = found;
  const head = count === 1 ? `The shortest path: ${plural(length, "step")}` : `${plural(count, "shortest path")}: ${plural(length, "step")} each`;
  return [
    make("h3", { id: "paths" }, head),
    count > chains.length ? quiet(`${chains.length} of ${plural(count, "path")} listed.`) : null,
    ...chains.map((chain, index) =>
      table(count === 1 ? "Steps" : `Path ${index + 1}`, ["caller and line", "callee", "verdict"],
        chain.map((link) => [make("span", {}, nodeLink(link.from), `:${linesOf(link)}`), nodeLink(link.to), stepVerdict(link)]))),
  ];
}

const stepVerdict = (link) =>
  link.verdict
    ? make("span", {}, verdictWord(link.verdict), isMay(link) ? ", may" : "")
    : [...effectKindsOf(link)].join(", ");

function noPath(from, to) {
  const reached = reachedFrom([from]);
  const open = openSites.filter((each) => reached.has(each.node));
  const both = callersOfBoth(from, to);
  const back = shortestPaths(to, from);
  const asked = evidence.paths.find((each) => each.from === from && each.to === to);
  const parts = [
    make("p", { class: "bad", id: "no-path" }, `NO PATH from ${nodes[from].name} to ${nodes[to].name}`),
    quiet(`None by the ${plural(links.filter(isFollowed).length, "link")} of this page: ${nodes[from].short} reaches ${plural(reached.size - 1, "box", "boxes")}, and ${plural(open.length, "call")} in them ${open.length === 1 ? "is" : "are"} open.`),
    asked
      ? quiet(`Over the whole tree: ${asked.isPath ? "a path, by what is not on this page." : `no path. ${notRuledOut(asked.open)}`}`)
      : quiet("The page holds the answer's part of the tree only; what lies beyond it was not asked."),
  ];
  if (both.length) parts.push(make("p", {}, "Siblings: both are led to from ", ...listed(both.map(nodeLink)), "."));
  if (back) {
    parts.push(make("p", {}, "The other way round there is one: ", viewLink({ tab: "path", from: nodes[to].key, to: nodes[from].key }, plural(back.length, "step")), "."));
  }
  if (open.length) {
    parts.push(
      table(`Frontier: open call sites that it reaches (${open.length})`, ["in", "line", "call", "why"],
        open.map((each) => [nodeLink(each.node), each.line, codeText(each.text), each.reason])),
    );
  }
  return parts;
}

// What an open call site calls is not known.
function notRuledOut(count) {
  if (!count) return "No call on the way is open.";
  const are = count === 1 ? "1 call on the way is" : `${count} calls on the way are`;
  return `${are} open: where ${count === 1 ? "it leads" : "they lead"} is not known, so that a path by one of them is not ruled out.`;
}

function askedPath({ from, to, names, isPath, siblings, callers, open }) {
  const isShown = from >= 0 && to >= 0;
  const ends = isShown ? `${nodes[from].name} to ${nodes[to].name}` : names.join(" to ");
  return make(
    "li",
    {},
    isShown ? viewLink({ tab: "path", from: nodes[from].key, to: nodes[to].key }, ...breakable(ends)) : ends,
    ": ",
    isPath ? "path" : make("span", { class: "bad" }, "NO PATH"),
    callers.length ? "; siblings led to from " : "",
    ...listed(callers.map(nodeLink)),
    siblings.length ? " at " : "",
    siblings.length ? places(siblings) : "",
    `; ${plural(open, "open call site")} on the frontier`,
  );
}
