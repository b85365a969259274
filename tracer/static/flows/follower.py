"""Follows one value from where it starts, over calls, names and stores, until it ends.

What carries the value is a node of a scope; each carrier knows the hop that brought it there. A
scope is read again whenever something new arrives in it; what it leads to elsewhere waits in a
queue, so that near hops come before far ones and the bound cuts the far ones. Functions have one
state for all callers: what goes in through one may seem to come out at another, and such a hop says
`may`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import cast

from tracer.model.flow import FlowHop, HopKind, Sureness
from tracer.model.graph import OpenReason
from tracer.model.source import Callee, FunctionId, Span
from tracer.static import flat
from tracer.static.flat import FlatSite, unpack_span
from tracer.static.flows.ends import tell_ends
from tracer.static.flows.index import FlowIndex, operands
from tracer.static.flows.inner import into_inner_scopes
from tracer.static.flows.storing import keep, read_back, store
from tracer.static.flows.trail import MOST_HOPS, Carrier, Trail, weaker
from tracer.static.program import map_arguments
from tracer.static.values import Ref
from tracer.tables.flow import FlowChange, FlowTable

_MOST_CALLERS = 8
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
        self._entered: dict[Ref, list[tuple[Ref, int]]] = {}  # through which sites
        self._returned: set[Ref] = set()

    @property
    def hops(self) -> list[FlowHop]:
        """The hops so far, each once."""
        return self._trail.hops

    # What the value starts as

    def start_binding(self, ref: Ref, binding: int) -> None:
        """What a name is bound to."""
        name, _, _, line = self._trail.program.flat(ref).bindings[binding]
        self._trail.lead_on(ref)
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
                if parameter != number or given >= _MOST_CALLERS:
                    continue
                given += 1
                self._trail.lead_on(caller)
                span = read.arguments[argument].span
                text = self._trail.index.at(caller, span)
                start = self._trail.hop(
                    HopKind.START, caller, span.line, text, detail="an argument"
                )
                self._enter(caller, site, ref, number, text, Carrier(start))
        if not given:
            self._trail.lead_on(ref)
            hop = self._trail.hop(HopKind.START, ref, self._trail.index.first_line(ref), name)
            self._arrive(ref, number, Carrier(hop))

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
                self._return(ref, line, carrier)
        if (carrier := self._trail.any_of(ref, scope.yields)) is not None:
            self._return(ref, scope.def_line, carrier)
        into_inner_scopes(self._trail, ref, ref)

    def _of_node(self, ref: Ref, number: int, node: tuple[object, ...]) -> Carrier | None:
        match node[0]:
            case flat.NAME:
                return self._of_name(ref, node)
            case flat.CALL:
                return self._of_call(ref, cast(int, node[1]))
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
                return self._made(ref, span, carrier)
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

    # Calls

    def _of_call(self, ref: Ref, number: int) -> Carrier | None:
        if (returned := self._trail.carriers.get((ref, ~number))) is not None:
            span = unpack_span(self._trail.program.flat(ref).sites[number][1])
            return self._made(ref, span, returned, is_sure=False)
        site = self._trail.program.flat(ref).sites[number]
        if site[7]:
            return None
        carried = [
            (place, carrier)
            for place, argument in enumerate(site[4])
            if (carrier := self._trail.carriers.get((ref, argument[1]))) is not None
        ]
        receiver = self._receiver(ref, site)
        if not carried and receiver is None:
            return None
        callees = self._trail.index.solution.callees.get((ref, number))
        if callees is not None and callees.functions:
            self._into_functions(ref, number, site, carried)
            return None
        why = None if callees is None or callees.ids or not callees.open else callees.open.reason
        if why is OpenReason.GENERATED:
            return self._into_fields(ref, number, site, carried)
        ids = () if callees is None else callees.ids
        made = self._outside(ref, number, site, ids, carried, receiver)
        name = self._trail.program.site_text(ref, number).rpartition(".")[2]
        if made is None or (name.endswith("_") and not name.startswith("__")):
            return made  # by their names, methods that change the object in place
        return self._made(ref, unpack_span(site[1]), made)

    def _made(
        self, ref: Ref, span: Span, carrier: Carrier, *, is_sure: bool = True
    ) -> Carrier | None:
        """What is made of the value, where a context manager may make another thing of it.

        A function of the sources may give back what it was given, so that nothing is sure.
        """
        for context in self._trail.index.contexts.around(ref, span.line):
            known = self._trail.table.context(context.callees, self._trail.topics)
            if known is None:
                continue
            detail = f"`{self._trail.index.at(ref, span)}` under `{context.text}`: {known.what}"
            if self._trail.topics & {*known.loses} and is_sure:
                self._trail.hop(HopKind.LOST, ref, span.line, "", carrier, detail)
                return None
            if self._trail.topics & {*known.loses, *known.changes}:
                step = replace(carrier, sureness=weaker(carrier.sureness, Sureness.MAY))
                return Carrier(self._trail.hop(HopKind.CHANGED, ref, span.line, "", step, detail))
            return carrier
        return carrier

    def _receiver(self, ref: Ref, site: FlatSite) -> Carrier | None:
        node = self._trail.program.flat(ref).nodes[site[2]]
        return self._trail.carriers.get((ref, cast(int, node[1]))) if node[0] == flat.ATTR else None

    def _into_functions(
        self, ref: Ref, number: int, site: FlatSite, carried: list[tuple[int, Carrier]]
    ) -> None:
        callees = self._trail.index.solution.callees[ref, number]
        read = self._trail.program.scope(ref).sites[number]
        many = len(callees.functions) > 1 or callees.open is not None
        for function, is_bound in callees.functions:
            pairs = {
                argument: parameter
                for parameter, argument in map_arguments(
                    self._trail.program.scope(function), read, is_bound
                )
            }
            for place, carrier in carried:
                text = self._trail.index.at(ref, read.arguments[place].span)
                if place in pairs:
                    step = weaker(carrier.sureness, Sureness.MAY if many else Sureness.SURE)
                    self._enter(
                        ref, number, function, pairs[place], text, replace(carrier, sureness=step)
                    )
                elif self._trail.program.flat(function).name == "__post_init__":
                    owner = self._trail.program.parent(function)
                    self._into_field(ref, site, place, owner, carrier)
                else:
                    line = read.arguments[place].span.line
                    detail = f"`{text}` fills no parameter that is known by name or position"
                    self._trail.hop(
                        HopKind.LEAVES,
                        ref,
                        line,
                        "",
                        replace(carrier, sureness=Sureness.UNKNOWN),
                        detail,
                        self._trail.program.id(function),
                    )

    def _enter(
        self, ref: Ref, number: int, function: Ref, parameter: int, text: str, carrier: Carrier
    ) -> None:
        sites = self._entered.setdefault(function, [])
        if (ref, number) not in sites:
            sites.append((ref, number))
        name = self._trail.program.flat(function).parameters[parameter][0]
        line = unpack_span(self._trail.program.flat(ref).sites[number][1]).line
        key = ("passed", ref, number, function, parameter)
        if key in self._trail.told:
            return
        self._trail.told[key] = hop = self._trail.hop(
            HopKind.PASSED, ref, line, name, carrier, text, self._trail.program.id(function)
        )
        self._arrive(function, parameter, Carrier(hop))
        if function in self._returned:
            self._give_back(function, (ref, number))

    def _arrive(self, function: Ref, parameter: int, carrier: Carrier) -> None:
        for number, binding in enumerate(self._trail.program.flat(function).bindings):
            node = self._trail.program.flat(function).nodes[binding[1]]
            if node[0] == flat.PARAMETER and node[1] == parameter:
                self._trail.hold(function, number, carrier)

    def _into_fields(
        self, ref: Ref, number: int, site: FlatSite, carried: list[tuple[int, Carrier]]
    ) -> Carrier | None:
        """A class whose `__init__` stands in no source: its fields are its parameters."""
        owners = self._made_by(ref, site)
        if len(owners) != 1:
            self._unknown_call(ref, number, site, carried)
            return None
        for place, carrier in carried:
            self._into_field(ref, site, place, next(iter(owners)), carrier)
        return None

    def _into_field(
        self, ref: Ref, site: FlatSite, place: int, owner: Ref, carrier: Carrier
    ) -> None:
        name = site[4][place][0]
        fields = self._trail.index.fields(owner)
        positional = [number for number, argument in enumerate(site[4]) if not argument[0]]
        if not name and positional.index(place) < len(fields):
            name = fields[positional.index(place)]
        if name in ("", "*", "**"):
            return
        line = unpack_span(site[4][place][2]).line
        holder = f"{self._trail.program.flat(owner).qualname}.{name}"
        hop = self._trail.hop(HopKind.STORED, ref, line, holder, carrier, "a field of what is made")
        read_back(self._trail, name, frozenset((owner,)), Carrier(hop))

    def _made_by(self, ref: Ref, site: FlatSite) -> frozenset[Ref]:
        expr = self._trail.program.view(ref).expr(site[2])
        found = self._trail.index.owners(ref, site[2])
        if found:
            return found
        name = getattr(expr, "id", "") or getattr(expr, "name", "")
        return frozenset(self._trail.index.classes_by_name.get(name, ()))

    def _outside(
        self,
        ref: Ref,
        number: int,
        site: FlatSite,
        ids: tuple[Callee, ...],
        carried: list[tuple[int, Carrier]],
        receiver: Carrier | None,
    ) -> Carrier | None:
        node = self._trail.program.flat(ref).nodes[site[2]]
        method = cast(str, node[2]) if node[0] == flat.ATTR and not ids else ""
        carrier = receiver if receiver is not None else carried[0][1]
        span = unpack_span(site[1])
        text = self._trail.program.site_text(ref, number)
        if self._trail.table.is_asking(ids, method):
            return None
        callee = ids[0] if len(ids) == 1 else None
        if self._trail.table.is_comparing(ids, method):
            self._trail.hop(
                HopKind.COMPARED, ref, span.line, "", carrier, self._call(ref, number), callee
            )
            return None
        if node[0] == flat.ATTR and self._trail.table.is_keeping(ids, method):
            if carried:
                keep(self._trail, ref, cast(int, node[1]), text, span.line, carried[0][1])
            return None
        change = self._trail.table.change_by_call(
            ids, method, [argument[0] for argument in site[4]]
        )
        sureness = Sureness.BY_NAME if method and change else Sureness.UNKNOWN
        step = replace(carrier, sureness=weaker(carrier.sureness, sureness))
        if change is None:
            if not ids and receiver is None:
                self._unknown_call(ref, number, site, carried)
                return step
            hop = self._trail.hop(HopKind.TRANSFORMED, ref, span.line, "", step, text, callee)
            return Carrier(hop)
        return self._changed(
            ref,
            number,
            change,
            span.line,
            replace(
                step,
                sureness=(weaker(carrier.sureness, Sureness.BY_NAME if method else Sureness.SURE)),
            ),
            callee,
        )

    def _changed(
        self,
        ref: Ref,
        number: int,
        change: FlowChange,
        line: int,
        carrier: Carrier,
        callee: Callee | None,
    ) -> Carrier | None:
        detail = f"{self._call(ref, number)}: {change.what}"
        if self._trail.topics & {*change.loses}:
            self._trail.hop(HopKind.LOST, ref, line, "", carrier, detail, callee)
            return None
        if self._trail.topics & {*change.arrives}:
            self._trail.hop(HopKind.ARRIVES, ref, line, "", carrier, detail, callee)
            return None
        kind = HopKind.CHANGED if self._trail.topics & {*change.changes} else HopKind.TRANSFORMED
        return Carrier(self._trail.hop(kind, ref, line, "", carrier, detail, callee))

    def _call(self, ref: Ref, number: int) -> str:
        return self._trail.index.at(
            ref, unpack_span(self._trail.program.flat(ref).sites[number][1])
        )

    def _unknown_call(
        self, ref: Ref, number: int, site: FlatSite, carried: list[tuple[int, Carrier]]
    ) -> None:
        callees = self._trail.index.solution.callees.get((ref, number))
        why = "the callee is not known"
        if callees is not None and callees.open is not None:
            detail = f": {callees.open.detail}" if callees.open.detail else ""
            why = f"{callees.open.reason}{detail}"
        for place, carrier in carried:
            line = unpack_span(site[4][place][2]).line
            text = f"{self._trail.program.site_text(ref, number)}: {why}"
            step = replace(carrier, sureness=Sureness.UNKNOWN)
            self._trail.hop(HopKind.LEAVES, ref, line, "", step, text)

    # Back to callers, and into inner functions

    def _return(self, ref: Ref, line: int, carrier: Carrier) -> None:
        if ref in self._returned or not self._trail.index.is_function(ref):
            return
        self._returned.add(ref)
        hop = self._trail.hop(HopKind.RETURNED, ref, line, "", carrier)
        self._trail.told["returned", ref] = hop
        sites = self._entered.get(ref)
        if sites is None:
            known = self._trail.index.callers.get(ref, ())
            sites = [
                (r, s) for r, s, _ in known if self._trail.is_wanted(self._trail.program.id(r))
            ]
            if len(sites) > _MOST_CALLERS:
                self._trail.miss(
                    f"callers of `{self._trail.program.flat(ref).qualname}` beyond the first "
                    f"{_MOST_CALLERS}",
                    len(sites) - _MOST_CALLERS,
                )
        for site in sites[:_MOST_CALLERS]:
            self._give_back(ref, site)

    def _give_back(self, function: Ref, site: tuple[Ref, int]) -> None:
        ref, number = site
        self._trail.lead_on(ref)
        hop = self._trail.told["returned", function]
        sites = self._entered.get(function, ())
        sureness = Sureness.MAY if len(sites) > 1 else Sureness.SURE
        # Kept beside the call's own node, whose number may not be known yet.
        self._trail.carriers.setdefault((ref, ~number), Carrier(hop, sureness))
        self._trail.queue_up(ref)
