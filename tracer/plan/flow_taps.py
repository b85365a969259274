"""Taps on the way of a value: one on each hop that gives it a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from tracer.model.flow import FlowHop, HopKind, ValueFlow
from tracer.model.graph import CallGraph
from tracer.model.plan import Tap, TapMoment
from tracer.model.source import Function, FunctionId, path_of
from tracer.plan.statements import Syntax, syntax_of
from tracer.static.sources import SourceTree

MOST_FLOW_TAPS = 12

_TAPPED = frozenset(
    {
        HopKind.START,
        HopKind.BOUND,
        HopKind.RENAMED,
        HopKind.PASSED,
        HopKind.STORED,
        HopKind.CAPTURED,
    }
)
_READABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")


def tapped_flows(
    flows: tuple[ValueFlow, ...], graph: CallGraph, tree: SourceTree
) -> tuple[tuple[ValueFlow, ...], tuple[Tap, ...]]:
    """The flows with the keys of their taps, and the taps: one on each hop that binds a name, the
    values in turn, the first hops first."""
    known = graph.function_index()
    paths = frozenset(path_of(hop.function) for flow in flows for hop in flow.hops)
    parsed = syntax_of(tree, paths)
    taps: dict[tuple[str, int, str], Tap] = {}
    keys: dict[tuple[int, int], str] = {}
    places = [
        (position, number)
        for position, flow in enumerate(flows)
        for number, hop in enumerate(flow.hops)
        if hop.kind in _TAPPED
    ]
    places.sort(key=lambda place: (_depth(flows[place[0]], place[1]), place))
    used: set[str] = set()
    for position, number in places:
        hop = flows[position].hops[number]
        found = _tap(hop, flows[position], known, parsed)
        if found is None:
            continue
        place = (found.path, found.line, found.expression)
        if place not in taps:
            if len(taps) >= MOST_FLOW_TAPS:
                continue
            taps[place] = replace(found, key=_unique(found.key, used))
        keys[position, number] = taps[place].key
    with_keys = tuple(
        replace(
            flow,
            hops=tuple(
                replace(hop, tap=keys.get((position, number), ""))
                for number, hop in enumerate(flow.hops)
            ),
        )
        for position, flow in enumerate(flows)
    )
    return with_keys, tuple(taps.values())


def _depth(flow: ValueFlow, number: int) -> int:
    depth = 0
    while (number := flow.hops[number].follows) >= 0:
        depth += 1
    return depth


def _unique(key: str, used: set[str]) -> str:
    number, found = 1, key
    while found in used:
        number += 1
        found = f"{key}.{number}"
    used.add(found)
    return found


def _tap(
    hop: FlowHop,
    flow: ValueFlow,
    known: Mapping[FunctionId, Function],
    parsed: Mapping[str, Syntax],
) -> Tap | None:
    purpose = f"`{flow.name}` on its way: {hop.kind}"
    if hop.kind is HopKind.PASSED:
        callee = known.get(FunctionId(hop.callee)) if hop.callee else None
        if callee is None:
            return None
        return Tap(
            f"flow.{_owner(callee)}.{hop.holder}",
            hop.holder,
            callee.path,
            callee.def_line,
            TapMoment.ENTRY,
            callee.qualname,
            purpose=purpose,
        )
    owner = known.get(hop.function)
    syntax = parsed.get(path_of(hop.function))
    if owner is None or syntax is None:
        return None
    statement = syntax.statement_at(hop.line)
    if hop.kind is HopKind.STORED and hop.detail:
        return None  # a field of an object that has no name yet, or a container
    if statement is None or not _READABLE.match(hop.holder) or owner.is_holder:
        return None
    return Tap(
        f"flow.{_owner(owner)}.{hop.holder}",
        hop.holder,
        owner.path,
        statement.lines[0],
        TapMoment.AFTER,
        owner.qualname,
        statement.lines,
        purpose,
    )


def _owner(function: Function) -> str:
    return function.qualname.replace(".<locals>", "")
