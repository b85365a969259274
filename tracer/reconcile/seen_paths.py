"""Paths that reading did not find, and a run went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracer.model.evidence import ChainHop, EdgeVerdict, PathAnswer, ReconciledEdge
from tracer.model.graph import CallGraph
from tracer.model.source import Callee, FunctionId
from tracer.paths import GraphView, find_path, view_of


def with_seen_calls(
    paths: Sequence[PathAnswer], graph: CallGraph, edges: Sequence[ReconciledEdge]
) -> tuple[PathAnswer, ...]:
    """The answers, where what was seen and not read closes a gap a path instead of none.

    Args:
        paths: As reading answers them.
        graph: What was read.
        edges: Joined with the runs; those that only stand-ins made happen close nothing.
    """
    seen = [edge for edge in edges if edge.verdict is EdgeVerdict.DYNAMIC_ONLY and edge.line]
    if not seen or all(path.is_path for path in paths):
        return tuple(paths)
    view = _with(view_of(graph), seen)
    found = [path if path.is_path else find_path(view, path.source, path.target) for path in paths]
    return tuple(new if new.is_path else old for new, old in zip(found, paths, strict=True))


def _with(view: GraphView, edges: Sequence[ReconciledEdge]) -> GraphView:
    out: dict[FunctionId, dict[Callee, ChainHop]] = {}
    for edge in sorted(edges, key=lambda each: (each.caller, each.callee, each.line)):
        hop = ChainHop(edge.caller, edge.callee, edge.line)
        out.setdefault(edge.caller, {}).setdefault(edge.callee, hop)
    callees = dict(view.callees)
    for caller, more in out.items():
        known = {hop.callee: hop for hop in callees.get(caller, ())}
        callees[caller] = tuple(hop for _, hop in sorted({**more, **known}.items()))
    return replace(view, callees=callees)
