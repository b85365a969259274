"""Calls between project functions that were seen and not read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tracer.model.evidence import DynamicOrigin, EdgeVerdict, ReconciledEdge, SeenBy
from tracer.model.graph import CallGraph, Resolution, SiteKind
from tracer.model.source import Function, FunctionId, FunctionKind, qualname_of
from tracer.reconcile.observed import SeenCall
from tracer.reconcile.origins import origin_facts, origin_of_call
from tracer.reconcile.placing import site_of
from tracer.reconcile.tests import tests_of, with_tests

_Key = tuple[FunctionId, int, FunctionId]  # caller, line, callee


def unread_calls(
    graph: CallGraph,
    calls: Mapping[FunctionId, Sequence[SeenCall]],
    claimed: Collection[int],
    wanted: Collection[FunctionId],
    functions: Mapping[FunctionId, Function],
) -> list[ReconciledEdge]:
    """One edge per caller, line and callee, in order of the first sighting.

    Args:
        calls: What was seen, by caller.
        claimed: By identity, the sightings that an edge of the graph accounts for.
        wanted: The functions of the answer; one end of an edge is among them.
        functions: Of the graph, by id.
    """
    sites: dict[FunctionId, list[Resolution]] = {}
    for read in graph.resolutions:
        if read.site.caller in calls:
            sites.setdefault(read.site.caller, []).append(read)
    facts = origin_facts(graph, functions)
    found: dict[_Key, ReconciledEdge] = {}
    tests: dict[_Key, list[SeenCall]] = {}
    for caller, seen in calls.items():
        for call in seen:
            if id(call) in claimed or call.callee is None:
                continue
            if caller not in wanted and call.callee not in wanted:
                continue
            key = (caller, call.line, call.callee)
            if (edge := found.get(key)) is not None:
                found[key] = replace(
                    edge,
                    calls=edge.calls + call.calls,
                    workloads=tuple(sorted({*edge.workloads, call.workload})),
                )
                tests[key].append(call)
                continue
            at_line = [read for read in sites.get(caller, []) if call.is_near(read.site.span)]
            resolution = site_of(call, at_line)
            origin, cause = origin_of_call(call, resolution, facts, at_line)
            tests[key] = [call]
            found[key] = ReconciledEdge(
                caller=caller,
                callee=call.callee,
                line=call.line,
                span=call.span,
                text=resolution.site.text if resolution else qualname_of(call.callee),
                kind=_kind(functions.get(call.callee)),
                verdict=EdgeVerdict.DYNAMIC_ONLY,
                guards=resolution.site.guards if resolution else (),
                cause=cause,
                seen_by=SeenBy.CALL,
                calls=call.calls,
                order=call.order,
                workloads=(call.workload,),
                through=call.through or _through(origin, resolution),
                origin=origin,
            )
    _place(found, tests)
    return [with_tests(edge, tests_of(tests[key])) for key, edge in found.items()]


def _place(found: dict[_Key, ReconciledEdge], tests: dict[_Key, list[SeenCall]]) -> None:
    """Calls from lines that nobody looked at are told with those of the pair that have a line."""
    for key in [key for key in found if not key[1]]:
        caller, _, callee = key
        placed = next((k for k in found if k[1] and (k[0], k[2]) == (caller, callee)), None)
        if placed is None:
            continue
        more = found.pop(key)
        tests[placed] += tests.pop(key)
        first = found[placed]
        found[placed] = replace(
            first,
            cause=f"{first.cause}; of this and other lines of the caller, {more.calls:,} more calls"
            " were counted",
            workloads=tuple(sorted({*first.workloads, *more.workloads})),
        )


def _through(origin: DynamicOrigin, resolution: Resolution | None) -> str | None:
    """The callee in C that called back: the frames cannot tell, the call site can."""
    if origin is not DynamicOrigin.C_CALLER or resolution is None:
        return None
    return ", ".join(resolution.callees)


def _kind(callee: Function | None) -> SiteKind:
    if callee is not None and callee.kind is FunctionKind.MODULE:
        return SiteKind.IMPORT
    if callee is not None and callee.kind is FunctionKind.CLASS_BODY:
        return SiteKind.CLASS_BODY
    return SiteKind.CALL
