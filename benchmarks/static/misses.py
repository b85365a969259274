"""Table 3: what kinds of executed edges a graph misses."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from benchmarks.static.definitions import Definitions, Edge, Kind
from benchmarks.static.executed import NO_RECORDING, missing_truth
from benchmarks.static.packages import Package
from benchmarks.static.recorded import How, Recording
from benchmarks.static.tables import Table
from benchmarks.static.tools import Bench, Tool

# The first that holds is the class of a miss.
CLASSES = (
    "property", "constructor", "object called", "special method", "lambda", "closure or wrapper",
    "override", "sibling class", "generator resumed, or callback", "method of an unknown receiver",
    "function as a value",
)  # fmt: skip
_CONSTRUCTORS = {"__init__", "__new__", "__post_init__", "__init_subclass__", "__attrs_post_init__"}
_INTRO = (
    "Missed executed edges (explicit and implicit), by a heuristic on the callee's definition: "
    "missed of executed edges of that class, all packages together. `override`: the graph has the "
    "method of a base or derived class for that caller; `sibling class`: the method of an "
    "unrelated class; both depend on the tool's own graph. `callback`: no call expression "
    "evaluated to the callee."
)


def miss_table(bench: Bench, tools: Sequence[Tool], packages: Sequence[Package]) -> Table:
    """A row for each class; a column for each tool, and one example missed by the first tool."""
    present = [tool for tool in tools if not tool.absent]
    head = ["class", *(tool.name for tool in present), f"example ({present[0].name})"]
    table = Table("3 Classes of miss", head, intro=_INTRO)
    table.notes += [f"{tool.name}: {tool.absent}" for tool in tools if tool.absent]
    table.notes += missing_truth(packages)
    if not any(package.truth for package in packages):
        table.notes.append(NO_RECORDING)
        return table
    counts = {tool.name: {name: [0, 0] for name in CLASSES} for tool in present}
    examples: dict[str, str] = {}
    failed: dict[str, list[str]] = {}
    for package in packages:
        if package.recording is None:
            continue
        for tool in present:
            run = bench.run(tool, package.program)
            if run.graph is None:
                failed.setdefault(tool.name, []).append(package.program.name)
            edges = package.definitions.internal_edges(run.graph or {})
            classified = classify(edges, package.recording, package.definitions)
            for edge, name in sorted(classified.items()):
                is_missed = edge not in edges
                counts[tool.name][name][0] += is_missed
                counts[tool.name][name][1] += 1
                if is_missed and tool is present[0]:
                    how = package.recording.edges[edge].name.lower()
                    examples.setdefault(name, f"`{edge[0]}` → `{edge[1]}` ({how})")
    for name in CLASSES:
        cells = ["{} of {}".format(*counts[tool.name][name]) for tool in present]
        table.add(name, *cells, examples.get(name, ""))
    totals = [[sum(pair[at] for pair in counts[t.name].values()) for at in (0, 1)] for t in present]
    table.add("all", *("{} of {}".format(*total) for total in totals), "")
    for tool_name, names in failed.items():
        table.notes.append(f"{tool_name} gave no graph for {', '.join(names)}: all missed")
    return table


def classify(
    edges: Collection[Edge], recording: Recording, definitions: Definitions
) -> dict[Edge, str]:
    """The class of every executed direct edge, had it been missed.

    `override` and `sibling class` depend on the graph, so classes are told for one graph.
    """
    by_method: dict[tuple[str, str], set[str]] = {}
    for caller, callee in edges:
        owner, _, method = callee.rpartition(".")
        by_method.setdefault((caller, method), set()).add(owner)
    return {
        edge: _class_of(edge, by_method, recording, definitions)
        for edge in sorted(recording.direct)
    }


def _class_of(
    edge: Edge,
    by_method: dict[tuple[str, str], set[str]],
    recording: Recording,
    definitions: Definitions,
) -> str:
    caller, callee = edge
    owner, _, name = callee.rpartition(".")
    is_method = definitions.kinds.get(owner) is Kind.CLASS
    if callee in definitions.properties:
        return "property"
    if name in _CONSTRUCTORS:
        return "constructor"
    if name == "__call__":
        return "object called"
    if name.startswith("__") and name.endswith("__"):
        return "special method"
    if name == "<lambda>":
        return "lambda"
    if definitions.is_function(owner):
        return "closure or wrapper"
    others = by_method.get((caller, name), set()) - {owner}
    if is_method and others:
        return "override" if _is_related(owner, others, definitions) else "sibling class"
    if recording.edges[edge] is How.IMPLICIT:
        return "generator resumed, or callback"
    return "method of an unknown receiver" if is_method else "function as a value"


def _is_related(owner: str, others: Collection[str], definitions: Definitions) -> bool:
    mine = _ancestry(owner, definitions)
    for other in others:
        theirs = _ancestry(other, definitions)
        if _last(owner) in theirs or _last(other) in mine or mine & theirs:
            return True
    return False


def _ancestry(owner: str, definitions: Definitions) -> set[str]:
    """The last parts of the names of all bases, as far as these files define them."""
    by_last: dict[str, list[str]] = {}
    for name, written in definitions.bases.items():
        by_last.setdefault(_last(name), []).extend(written)
    found: set[str] = set()
    waiting = list(definitions.bases.get(owner, ()))
    while waiting:
        base = waiting.pop()
        if base not in found and base not in ("object", "Generic", "Protocol", "ABC"):
            found.add(base)
            waiting.extend(by_last.get(base, ()))
    return found


def _last(name: str) -> str:
    return name.rpartition(".")[2]
