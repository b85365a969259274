"""The static half as one step: a tree in, its call graph out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracer.errors import SourceError
from tracer.model.graph import CallGraph, Tier
from tracer.pipeline.progress import StageClock
from tracer.static.call_graph import solve_call_graph
from tracer.static.solver import DEFAULT_TIERS, Solution
from tracer.static.sources import SourceTree, read_tree
from tracer.tables.effects import EffectTable
from tracer.tables.flow import FlowTable, load_flow_table, split_tables
from tracer.tables.load import load_effect_table


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a tree."""

    tree: SourceTree
    graph: CallGraph
    table: EffectTable = field(default_factory=EffectTable)  # what is known of code outside
    flows: FlowTable = field(default_factory=FlowTable)  # what is known of values on their way
    solution: Solution | None = None  # only where values are to be followed, and until they were


def counted(graph: CallGraph) -> tuple[str, ...]:
    """Functions, call sites and those of them that are open, in words."""
    functions = sum(not function.is_holder for function in graph.functions)
    open_sites = sum(resolution.is_open for resolution in graph.resolutions)
    return (
        f"{functions} functions",
        f"{len(graph.resolutions)} call sites",
        f"{open_sites} unresolved",
    )


def read_sources(
    root: Path,
    tables: Sequence[Path],
    clock: StageClock,
    tiers: frozenset[Tier] = DEFAULT_TIERS,
    with_effects: bool = True,
    choose: Callable[[SourceTree], tuple[Collection[str] | None, Collection[str]]] | None = None,
    keeps_solution: bool = False,
) -> Reading:
    """Read a tree and build its call graph.

    Args:
        tiers: Guesses are made only where their tier is among these.
        with_effects: Whether effects and guards are read too.
        choose: Gives the paths of the files to start from (None: all), and those of context.
        keeps_solution: Whether values will be followed; whoever did lets the solution go.

    Raises:
        SourceError: The root cannot be listed, or no Python file stands below it.
        TableError: A table of the user's has another form.
    """
    effect_tables, flow_tables = split_tables(tables)
    table, flows = load_effect_table(effect_tables), load_flow_table(flow_tables)
    with clock.stage("static") as result:
        tree = read_tree(root)
        if not tree.files:
            raise SourceError(f"{root}: expected a folder with Python files, found none in it")
        entries, context = (None, ()) if choose is None else choose(tree)
        graph, solution = solve_call_graph(
            tree, table, clock.advance, tiers, entries, context, with_effects
        )
        if not keeps_solution:
            solution.forget()
        read = len({function.path for function in graph.functions})
        result.append(
            f"{len(graph.files)} files"
            if entries is None
            else f"{read} of {len(graph.files)} files"
        )
        result.extend(counted(graph))
        if problems := sum(bool(file.problem) for file in graph.files):
            result.append(f"{problems} unreadable")
    for limit in graph.limits:
        clock.warn(f"static: {limit}; sites that may have more callees say `too many`")
    return Reading(tree, graph, table, flows, solution if keeps_solution else None)
