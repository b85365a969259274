"""What functions of the answer were seen to do, joined with what reading says that they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from tracer.model.evidence import SeenEffect
from tracer.model.graph import CallGraph, Effect, Resolution
from tracer.model.recording import ObservedEffect, Place, Recording
from tracer.model.source import FunctionId
from tracer.reconcile.frames import FrameIndex

_EVENTS = {  # of audit events: what the call is named that most programs make
    "open": "builtins.open",
    "socket.connect": "socket.socket.connect",
    "urllib.Request": "urllib.request.urlopen",
}


def join_effects(
    graph: CallGraph,
    recordings: Sequence[Recording],
    functions: Collection[FunctionId],
    effects: Sequence[Effect],
    canonical: Callable[[str], str] = str,
) -> tuple[SeenEffect, ...]:
    """Each effect that a function of the answer was seen to cause, beside the one that was read.

    Args:
        graph: The whole static graph.
        recordings: In the bundle's order.
        functions: The functions of the answer.
        effects: Of the answer; what was read is told by its position here.
        canonical: The one name that a table has for several.

    Returns:
        By run, in its order; of effects within effects the outermost. One that no call or store of
        the line was read as says why: that is what static missed.
    """
    index = FrameIndex(graph.functions)
    wanted = frozenset(functions)
    by_function: defaultdict[FunctionId, list[int]] = defaultdict(list)
    for position, effect in enumerate(effects):
        by_function[effect.function].append(position)
    sites: defaultdict[FunctionId, list[Resolution]] = defaultdict(list)
    for resolution in graph.resolutions:
        if resolution.site.caller in wanted:
            sites[resolution.site.caller].append(resolution)
    return tuple(
        _joined(recording, seen, function, place, effects, by_function, sites, canonical)
        for recording in recordings
        for seen, function, place in _outermost(recording, index)
        if function in wanted
    )


def _outermost(
    recording: Recording, index: FrameIndex
) -> Iterable[tuple[ObservedEffect, FunctionId, Place]]:
    numbers = {effect.number for effect in recording.effects}
    for effect in recording.effects:
        if effect.chain and effect.within not in numbers:
            yield effect, index.name(effect.chain[0].frame), effect.chain[0]


def _joined(
    recording: Recording,
    seen: ObservedEffect,
    function: FunctionId,
    place: Place,
    effects: Sequence[Effect],
    by_function: Mapping[FunctionId, list[int]],
    sites: Mapping[FunctionId, list[Resolution]],
    canonical: Callable[[str], str],
) -> SeenEffect:
    here = [
        position
        for position in by_function.get(function, ())
        if effects[position].span.line <= place.line <= effects[position].span.end_line
    ]
    read_as = _read_as(seen, place, here, effects, canonical)
    return SeenEffect(
        workload=recording.workload.name,
        number=seen.number,
        function=function,
        line=place.line,
        kind=seen.kind,
        operation=seen.operation,
        subject=seen.subject,
        payload=seen.payload,
        keys=seen.keys,
        part=seen.part,
        through=seen.through,
        times=seen.times,
        read_as=read_as,
        cause="" if read_as is not None else _cause(seen, place, sites.get(function, ())),
    )


def _read_as(
    seen: ObservedEffect,
    place: Place,
    here: list[int],
    effects: Sequence[Effect],
    canonical: Callable[[str], str],
) -> int | None:
    """Of the effects that were read on the line: the same operation first, then the same kind.

    Where columns are known, calls of one line are told apart by the end of their expression.
    """
    if place.span is not None:
        end = (place.span.end_line, place.span.end_column)
        at_end = [p for p in here if (effects[p].span.end_line, effects[p].span.end_column) == end]
        here = at_end or here
    operation = canonical(_EVENTS.get(seen.operation, seen.operation))
    same = [p for p in here if canonical(effects[p].operation) == operation]
    named = [p for p in here if _last(effects[p].operation) == _last(operation)]
    alike = [p for p in here if effects[p].kind == seen.kind]
    return next(iter(same or named or alike), None)


def _last(operation: str) -> str:
    return operation.rpartition(".")[2]


def _cause(seen: ObservedEffect, place: Place, sites: Sequence[Resolution]) -> str:
    near = [r for r in sites if r.site.span.line <= place.line <= r.site.span.end_line]
    if place.span is not None:
        end = (place.span.end_line, place.span.end_column)
        near = [r for r in near if (r.site.span.end_line, r.site.span.end_column) == end]
    still_open = next((r for r in near if r.open_reason is not None and r.is_open), None)
    if still_open is not None and still_open.open_reason is not None:
        detail = f": {still_open.open_detail}" if still_open.open_detail else ""
        return f"the site was left open ({still_open.open_reason.value}{detail})"
    if seen.through:
        return f"{seen.through} led to it, of which the table says nothing"
    if not near:
        return "no call that was read ends there: an implicit call"
    read = ", ".join(callee for r in near for callee in r.callees)
    return f"the site was read as {read}, of which the table says no such effect"
