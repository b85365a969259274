"""Follows one value from where it starts, over calls, names and stores, until it ends.

What carries the value is a node of a scope; each carrier knows the hop that brought it there. A
scope is read again whenever something new arrives in it; what it leads to elsewhere waits in a
queue, so that near hops come before far ones and the bound cuts the far ones. Functions have one
state for all callers: what goes in through one may seem to come out at another, and such a hop says
`may`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import cast

from tracer.model.flow import FlowHop, HopKind, Sureness
from tracer.model.source import FunctionId
from tracer.static import flat
from tracer.static.flat import unpack_span
from tracer.static.flows.crossing import arrive, enter, made_within, of_call
from tracer.static.flows.ends import tell_ends
from tracer.static.flows.index import FlowIndex, operands
from tracer.static.flows.inner import into_inner_scopes
from tracer.static.flows.returning import MOST_CALLERS, give_back_all
from tracer.static.flows.storing import read_back, store
from tracer.static.flows.trail import MOST_HOPS, Carrier, Trail, weaker
from tracer.static.program import map_arguments
from tracer.static.values import Ref
from tracer.tables.flow import FlowTable

_ROUNDS = 4


class Follower:
    """The way of one value, while it is followed."""

    def __init__(
        self,
        index: FlowIndex,
        table: FlowTable,
        topics: Collection[str],
        is_wanted: Callable[[FunctionId], bool],
    ) -> None:
        self._trail = Trail(index, table, topics, is_wanted)

    @property
    def hops(self) -> list[FlowHop]:
        """The hops so far, each once."""
        return self._trail.hops

    # What the value starts as

    def start_binding(self, ref: Ref, binding: int) -> None:
        """What a name is bound to."""
        name, _, _, line = self._trail.program.flat(ref).bindings[binding]
        self._trail.start_in(ref)
        hop = self._trail.hop(HopKind.START, ref, line or self._trail.index.first_line(ref), name)
        self._trail.hold(ref, binding, Carrier(hop))

    def start_parameter(self, ref: Ref, number: int) -> None:
        """What callers pass: from each call that is known, or from the parameter on."""
        name = self._trail.program.flat(ref).parameters[number][0]
        scope = self._trail.program.scope(ref)
        given = 0
        for caller, site, is_bound in self._trail.index.callers.get(ref, ()):
            if not self._trail.is_wanted(self._trail.program.id(caller)):
                continue
            read = self._trail.program.scope(caller).sites[site]
            for parameter, argument in map_arguments(scope, read, is_bound):
                if parameter != number or given >= MOST_CALLERS:
                    continue
                given += 1
                self._trail.start_in(caller)
                span = read.arguments[argument].span
                text = self._trail.index.at(caller, span)
                start = self._trail.hop(
                    HopKind.START, caller, span.line, text, detail="an argument"
                )
                enter(self._trail, caller, site, ref, number, text, Carrier(start))
        if not given:
            self._trail.start_in(ref)
            hop = self._trail.hop(HopKind.START, ref, self._trail.index.first_line(ref), name)
            arrive(self._trail, ref, number, Carrier(hop))

    def start_attribute(self, owners: Collection[Ref], name: str) -> None:
        """What is stored in an attribute of these classes, wherever that is done."""
        self._trail.led_to = None
        for ref, number in self._trail.index.attribute_stores.get(name, ()):
            access = self._trail.program.flat(ref).accesses[number]
            bases = self._trail.index.owners(ref, access[1])
            if not any(
                self._trail.index.are_kin(base, owner) for base in bases for owner in owners
            ):
                continue
            holder = f"{self._trail.index.text(ref, access[1])}.{name}"
            line = unpack_span(access[6]).line
            hop = self._trail.hop(HopKind.START, ref, line, holder)
            read_back(self._trail, name, frozenset(owners), Carrier(hop))

    def follow(self) -> tuple[str, ...]:
        """Go on until nothing new arrives anywhere.

        Returns:
            What was not followed, with counts.
        """
        while self._trail.queue and len(self._trail.hops) < MOST_HOPS:
            self._scan(self._trail.queue.popleft())
        limits = [f"{text}: {count}" for text, count in sorted(self._trail.unfollowed.items())]
        if len(self._trail.hops) >= MOST_HOPS:
            limits.append(f"{MOST_HOPS} hops shown, the nearest first; the way goes on")
        else:
            tell_ends(self._trail)
        return tuple(limits)

    # One scope

    def _scan(self, ref: Ref) -> None:
        scope = self._trail.program.flat(ref)
        for _ in range(_ROUNDS):
            before = len(self._trail.carriers), len(self._trail.held), len(self._trail.hops)
            for number, node in enumerate(scope.nodes):
                if (ref, number) not in self._trail.carriers:
                    carrier = self._of_node(ref, number, node)
                    if carrier is not None:
                        self._trail.carriers[ref, number] = carrier
            for number, binding in enumerate(scope.bindings):
                self._bind(ref, number, binding)
            if before == (len(self._trail.carriers), len(self._trail.held), len(self._trail.hops)):
                break
            if len(self._trail.hops) >= MOST_HOPS:
                return
        for access in scope.accesses:
            if (
                not access[8]
                and (carrier := self._trail.carriers.get((ref, access[4]))) is not None
            ):
                store(self._trail, ref, access, carrier)
        lines = scope.return_lines or (scope.end_line,) * len(scope.returns)
        for result, line in zip(scope.returns, lines, strict=True):
            if (carrier := self._trail.carriers.get((ref, result))) is not None:
                give_back_all(self._trail, ref, line, carrier)
        if (carrier := self._trail.any_of(ref, scope.yields)) is not None:
            give_back_all(self._trail, ref, scope.def_line, carrier)
        into_inner_scopes(self._trail, ref, ref)

    def _of_node(self, ref: Ref, number: int, node: tuple[object, ...]) -> Carrier | None:
        match node[0]:
            case flat.NAME:
                return self._of_name(ref, node)
            case flat.CALL:
                return of_call(self._trail, ref, cast(int, node[1]))
            case flat.ATTR:
                return self._of_attribute(ref, node)
            case flat.COMPARE:
                parts = (cast(int, node[2]), cast(int, node[3]))
                if carrier := self._trail.any_of(ref, parts):
                    line = unpack_span(cast(int, node[4])).line
                    self._trail.hop(HopKind.COMPARED, ref, line, "", carrier)
                return None
            case flat.PROTOCOL | flat.TEXT:
                return None
            case flat.ITEM:
                return self._trail.carriers.get((ref, cast(int, node[1])))
            case flat.OPERATE | flat.UNARY:
                carrier = self._trail.any_of(ref, operands(node))
                is_in_place = node[0] == flat.OPERATE and node[5]
                if carrier is None or is_in_place:
                    return carrier
                span = unpack_span(cast(int, node[4 if node[0] == flat.OPERATE else 3]))
                return made_within(self._trail, ref, span, carrier)
            case flat.LITERAL:
                _, elements, _, _, _ = self._trail.program.flat(ref).containers[cast(int, node[1])]
                return self._trail.any_of(ref, (each if each >= 0 else ~each for each in elements))
        return self._trail.any_of(ref, operands(node))

    def _of_name(self, ref: Ref, node: tuple[object, ...]) -> Carrier | None:
        name = cast(str, node[1])
        reaching = self._trail.program.spelled_out(ref, name, cast("tuple[int, ...]", node[2]))
        found = [
            held for each in reaching if (held := self._trail.held.get((ref, each))) is not None
        ]
        if not found:
            return None
        if len(found) < len(reaching):
            return Carrier(found[0].hop, weaker(found[0].sureness, Sureness.MAY))
        return found[0]

    def _of_attribute(self, ref: Ref, node: tuple[object, ...]) -> Carrier | None:
        carrier = self._trail.carriers.get((ref, cast(int, node[1])))
        name = cast(str, node[2])
        if carrier is None or name in self._trail.table.asking_attributes:
            return None
        change = self._trail.table.change_by_attribute(name)
        if change is not None and self._trail.topics & {*change.loses}:
            line = unpack_span(cast(int, node[3])).line
            self._trail.hop(
                HopKind.LOST, ref, line, "", carrier, detail=f"`.{name}`: {change.what}"
            )
            return None
        return carrier

    def _bind(self, ref: Ref, number: int, binding: flat.FlatBinding) -> None:
        name, value, _, line = binding
        carrier = self._trail.carriers.get((ref, value))
        if carrier is None or (ref, number) in self._trail.held:
            return
        scope = self._trail.program.flat(ref)
        node = scope.nodes[value]
        is_same = node[0] == flat.NAME and node[1] == name
        if not name.isidentifier() or is_same or node[0] == flat.NARROW:
            self._trail.hold(ref, number, carrier)  # a narrowed name, or an item that is followed
            return
        is_read_back = (
            node[0] == flat.ATTR and self._trail.hops[carrier.hop].kind is HopKind.READ_BACK
        )
        kind = HopKind.RENAMED if node[0] == flat.NAME or is_read_back else HopKind.BOUND
        hop = self._trail.hop(kind, ref, line or scope.def_line, name, carrier)
        self._trail.hold(ref, number, Carrier(hop))
