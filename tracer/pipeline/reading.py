"""The static half as one step: a tree in, its call graph out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import SourceError
from tracer.model.graph import CallGraph
from tracer.pipeline.progress import StageClock
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import SourceTree, read_tree
from tracer.tables.load import load_effect_table


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a tree."""

    tree: SourceTree
    graph: CallGraph


def read_sources(root: Path, tables: Sequence[Path], clock: StageClock) -> Reading:
    """Read a tree and build its call graph.

    Raises:
        SourceError: The root cannot be listed, or no Python file stands below it.
        TableError: A table of the user's has another form.
    """
    table = load_effect_table(tables)
    with clock.stage("static") as result:
        tree = read_tree(root)
        if not tree.files:
            raise SourceError(f"{root}: expected a folder with Python files, found none in it")
        graph = build_call_graph(tree, table, clock.advance)
        open_sites = sum(resolution.open_reason is not None for resolution in graph.resolutions)
        result.append(f"{len(graph.files)} files")
        result.append(f"{len(graph.functions)} functions")
        result.append(f"{len(graph.resolutions)} call sites")
        result.append(f"{open_sites} unresolved")
        if problems := sum(bool(file.problem) for file in graph.files):
            result.append(f"{problems} unreadable")
    return Reading(tree, graph)
