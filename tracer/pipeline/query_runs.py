"""What a bundle tells of edges, joined with the index: only where the sources are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tracer.bundle.edges import BundleEdges, JudgedEdge, RecordedEdge, read_bundle_edges
from tracer.bundle.place import find_bundle
from tracer.model.source import FunctionId
from tracer.pipeline.query_index import OpenIndex
from tracer.query.index import FunctionRow, GraphIndex
from tracer.query.runs import STRONGEST_FIRST, Runs, SeenEdge, SeenPlace


def read_runs(bundle: Path, opened: OpenIndex) -> Runs:
    """The edges of a bundle in the words of the index.

    Where the tree is another one than the bundle was made of, only edges count whose caller reads
    as it did then; calls that were recorded outside the answer have no such digest, and are left
    out.

    Raises:
        BundleError: There is no bundle, or it cannot be read.
    """
    found = read_bundle_edges(find_bundle(bundle))
    is_current = found.sources == opened.index.meta["tree"] and not opened.changed
    judged: Iterable[JudgedEdge] = found.judged
    staleness = "current"
    if not is_current:
        same = _same_functions(found, opened)
        shifts = _shifts(found, opened.index, same)
        judged = [_moved(edge, shifts.get(edge.caller)) for edge in judged if edge.caller in same]
        staleness = (
            f"made of other sources: {len(same)} of {len(found.texts)} functions of its answer "
            "read as they did, and only these are told of"
        )
    edges: dict[tuple[str, str], SeenEdge] = {}
    if is_current:
        edges = _recorded(found.recorded, opened.index)
    edges.update(_judged(judged, _totals(found.recorded)))
    return Runs(edges, found.workloads, staleness)


def _judged(
    edges: Iterable[JudgedEdge], totals: Mapping[tuple[str, str, bool], int]
) -> dict[tuple[str, str], SeenEdge]:
    grouped: dict[tuple[str, str], list[JudgedEdge]] = {}
    for edge in edges:
        grouped.setdefault((edge.caller, edge.callee), []).append(edge)
    found = {}
    for pair, places in grouped.items():
        best = min(places, key=lambda edge: STRONGEST_FIRST.index(edge.verdict))
        lines = {edge.line for edge in places if edge.verdict == best.verdict and edge.line}
        counts = Counter[int]()
        for edge in places:
            counts[edge.line] += edge.calls
        is_under_stand_ins = best.verdict == "seen under stand-ins"
        name = _name(pair[0]), _name(pair[1]), is_under_stand_ins
        total = totals.get(name, counts.total()) if counts.total() else 0
        found[pair] = SeenEdge(
            best.verdict,
            total,
            tuple(sorted(lines)),
            best.through,
            best.cause,
            by_line=_by_line(counts) if total == counts.total() and 0 not in counts else (),
            places=tuple(
                SeenPlace(edge.line, edge.verdict, edge.calls, edge.cause, edge.span, edge.text)
                for edge in places
            ),
        )
    return found


def _shifts(found: BundleEdges, index: GraphIndex, functions: frozenset[str]) -> dict[str, int]:
    """By how many lines each function has moved that reads as it did.

    One that has gained or lost blank lines is left out: its own lines moved by various numbers.
    """
    now = {row.id: (row.first_line, row.end_line) for row in index.all_functions()}
    shifts = {}
    for function in functions & now.keys() & found.extents.keys():
        (first, last), (then_first, then_last) = now[function], found.extents[function]
        if last - first == then_last - then_first:
            shifts[function] = first - then_first
    return shifts


def _moved(edge: JudgedEdge, lines: int | None) -> JudgedEdge:
    """The edge where it stands today; without lines, and what names lines, where nobody knows.

    Args:
        lines: By how many it has moved.
    """
    if lines == 0:
        return edge
    if lines is None or edge.span is None:
        return replace(edge, line=0, cause="", span=None)
    line, column, end_line = edge.span
    return replace(
        edge, line=edge.line + lines, cause="", span=(line + lines, column, end_line + lines)
    )


def _totals(edges: Iterable[RecordedEdge]) -> dict[tuple[str, str, bool], int]:
    """How often one function called another, at lines that are known or not.

    By path and qualname: pairs of which one end is defined more than once are left out.
    """
    counted: dict[tuple[str, str, bool], Counter[tuple[int, int]]] = {}
    for edge in edges:
        (path, name, line), (other_path, other_name, other_line) = edge.caller, edge.callee
        key = f"{path}::{name}", f"{other_path}::{other_name}", edge.is_under_stand_ins
        counted.setdefault(key, Counter())[line, other_line] += edge.calls
    return {key: counts.total() for key, counts in counted.items() if len(counts) == 1}


def _name(function: str) -> str:
    """An id without the number of a name that is defined more than once: `f#2`."""
    return function.rpartition("#")[0] or function


def _recorded(edges: Iterable[RecordedEdge], index: GraphIndex) -> dict[tuple[str, str], SeenEdge]:
    """Calls that were seen and that the bundle's answer does not judge, judged by the index."""
    rows = index.all_functions()
    known = {(row.path, row.qualname, row.def_line): row for row in rows}
    grouped: dict[tuple[FunctionRow, FunctionRow], list[RecordedEdge]] = {}
    for edge in edges:
        pair = known.get(edge.caller), known.get(edge.callee)
        if pair[0] is not None and pair[1] is not None:
            grouped.setdefault((pair[0], pair[1]), []).append(edge)
    read = _read_lines(index, {(pair[0].node, pair[1].node) for pair in grouped})
    found: dict[tuple[str, str], SeenEdge] = {}
    for (caller, callee), seen in grouped.items():
        own = [edge for edge in seen if not edge.is_under_stand_ins] or seen
        lines = {line for edge in own for line in edge.lines}
        of_reading = read.get((caller.node, callee.node), frozenset())
        is_read = bool(lines & of_reading)
        verdict = "confirmed" if is_read else "dynamic only"
        if own[0].is_under_stand_ins:
            verdict = "seen under stand-ins"
        counts = Counter[int]()
        for edge in own:
            counts[edge.lines[0] if edge.lines else 0] += edge.calls
        found[caller.id, callee.id] = SeenEdge(
            verdict,
            counts.total(),
            tuple(sorted(lines & of_reading or lines)),
            own[-1].through,
            by_line=_by_line(counts) if all(len(edge.lines) == 1 for edge in own) else (),
        )
    return found


def _by_line(counts: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((line, calls) for line, calls in counts.items() if calls))


def _read_lines(
    index: GraphIndex, pairs: Collection[tuple[int, int]]
) -> Mapping[tuple[int, int], frozenset[int]]:
    """The lines at which reading has the one call the other: all lines of each expression."""
    found: dict[tuple[int, int], set[int]] = {}
    for edge in index.edges(callers={caller for caller, _ in pairs}):
        pair = edge.caller, edge.callee
        if pair in pairs and not edge.site.is_unreachable:
            found.setdefault(pair, set()).update(range(edge.site.line, edge.site.end_line + 1))
    return {pair: frozenset(lines) for pair, lines in found.items()}


def _same_functions(found: BundleEdges, opened: OpenIndex) -> frozenset[str]:
    # Only where the tree has changed: it has to be read again.
    from tracer.static.sources import read_tree
    from tracer.verify.reading import Reading
    from tracer.verify.texts import function_texts

    then = dict(found.texts)
    reading = Reading(read_tree(opened.root))
    now = function_texts([FunctionId(function) for function in then], reading)
    return frozenset(text.function for text in now if then[text.function] == text.sha256)
