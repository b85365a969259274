"""From the values that a question is about to their ways."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from tracer.model.flow import FlowHop, HopKind, ValueFlow
from tracer.model.source import FunctionId, path_of
from tracer.static.flows.follower import Follower
from tracer.static.flows.index import FlowIndex
from tracer.static.flows.starts import Start
from tracer.static.values import Ref
from tracer.tables.flow import FlowTable, FlowTopic


def follow_values(
    index: FlowIndex,
    starts: Iterable[Start],
    table: FlowTable,
    topics: Sequence[FlowTopic],
    is_wanted: Callable[[FunctionId], bool],
    asked: Collection[FunctionId] = (),
) -> tuple[ValueFlow, ...]:
    """The way of each value.

    Args:
        starts: In the order of the answer.
        topics: What the question asks of values: which changes on the way matter.
        is_wanted: Whether a function is one to follow into; tests and the like are not.
        asked: Functions that the question names: that a value's way does not touch them is said.
    """
    flows: list[ValueFlow] = []
    names = [topic.name for topic in topics] or ["value"]
    ends = tuple(dict.fromkeys(end for topic in topics for end in topic.ends))
    for start in starts:
        follower = Follower(index, table, names, is_wanted)
        for place in start.places:
            _begin(follower, start, place)
        limits = follower.follow()
        hops = _in_order(follower.hops)
        touched = {hop.function for hop in hops}
        paths = {index.program.paths[ref[0]] for ref, _ in start.places}
        flows.append(
            ValueFlow(
                start.name,
                start.why,
                names[0],
                any(set(names) & {*change.arrives} for change in table.changes),
                ends,
                hops,
                limits,
                tuple(
                    function
                    for function in asked
                    if path_of(function) in paths and not touched & index.led_to(function)
                ),
            )
        )
    return tuple(flow for flow in flows if flow.hops)


def _begin(follower: Follower, start: Start, place: tuple[Ref, int]) -> None:
    ref, number = place
    match start.kind:
        case "binding":
            follower.start_binding(ref, number)
        case "parameter":
            follower.start_parameter(ref, number)
        case "attribute" if place == start.places[0]:
            follower.start_attribute([owner for owner, _ in start.places], start.name)


def _in_order(hops: Sequence[FlowHop]) -> tuple[FlowHop, ...]:
    """Depth first, so that what follows from a hop stands behind it; ends before ways on."""
    below: dict[int, list[int]] = {}
    for number, hop in enumerate(hops):
        below.setdefault(hop.follows, []).append(number)
    ordered: list[FlowHop] = []

    def add(number: int, parent: int) -> None:
        hop = hops[number]
        position = len(ordered)
        ordered.append(replace(hop, follows=parent))
        after = sorted(below.get(number, ()), key=lambda each: (hops[each].kind not in ENDS, each))
        stack.extend((each, position) for each in reversed(after))

    stack = [(number, -1) for number in reversed(below.get(-1, []))]
    while stack:
        add(*stack.pop())
    return tuple(ordered)


ENDS = frozenset(
    {
        HopKind.ARRIVES,
        HopKind.LOST,
        HopKind.DROPPED,
        HopKind.OVERWRITTEN,
        HopKind.SHADOWED,
        HopKind.LEAVES,
        HopKind.COMPARED,
    }
)
"""Behind these a value is followed no further."""
