"""Loops around calls: what a function does then happens once for each element."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tracer.model.evidence import ChainHop, Evidence, ReconciledEdge
from tracer.model.graph import GuardKind, SiteKind
from tracer.model.source import FunctionId, is_function, path_of

Loop = tuple[str, str]
"""`name in names`, and where the call in the loop stands."""


def inherited_loops(evidence: Evidence) -> Mapping[FunctionId, tuple[Loop, ...]]:
    """For each function the loops that all its known calls stand in, or their callers do.

    Outermost first. With several calls only loops around every one of them count, and the first
    call tells where.
    """
    calls: defaultdict[FunctionId, list[ReconciledEdge]] = defaultdict(list)
    for edge in evidence.edges:
        is_call = edge.kind is not SiteKind.IMPORT and not edge.is_unreachable
        if is_function(edge.callee) and is_call and edge.callee != edge.caller:
            calls[edge.callee].append(edge)
    known: dict[FunctionId, tuple[Loop, ...]] = {}

    def above(function: FunctionId) -> tuple[Loop, ...]:
        if function not in known:
            known[function] = ()  # calls in a circle
            of_calls = [(*above(edge.caller), *_own(edge)) for edge in calls.get(function, ())]
            if of_calls and all(of_calls):
                texts = [{text for text, _ in loops} for loops in of_calls]
                known[function] = tuple(
                    loop for loop in of_calls[0] if all(loop[0] in found for found in texts)
                )
        return known[function]

    return {function: loops for function in sorted(calls) if (loops := above(function))}


def loops_on(evidence: Evidence, hops: Iterable[ChainHop]) -> tuple[Loop, ...]:
    """The loops around the calls of a way, outermost first."""
    edges = {(edge.caller, edge.line, edge.callee): edge for edge in evidence.edges}
    found = [edges.get((hop.caller, hop.line, hop.callee)) for hop in hops]
    return tuple(loop for edge in found if edge is not None for loop in _own(edge))


def _own(edge: ReconciledEdge) -> tuple[Loop, ...]:
    place = f"{path_of(edge.caller)}:{edge.line}"
    return tuple((guard.text, place) for guard in edge.guards if guard.kind is GuardKind.FOR)
