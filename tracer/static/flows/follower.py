"""Follows one value from where it starts, over calls, names and stores, until it ends.

What carries the value is a node of a scope; each carrier knows the hop that brought it there. A
scope is read again whenever something new arrives in it; what it leads to elsewhere waits in a
queue, so that near hops come before far ones and the bound cuts the far ones. Functions have one
state for all callers: what goes in through one may seem to come out at another, and such a hop says
`may`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import cast

from tracer.model.flow import FlowHop, HopKind, Sureness
from tracer.model.graph import OpenReason
from tracer.model.source import Callee, FunctionId, FunctionKind, Span
from tracer.static import flat
from tracer.static.flat import FlatSite, unpack_span
from tracer.static.flows.index import FlowIndex, operands
from tracer.static.kinds import AccessKind
from tracer.static.program import map_arguments
from tracer.static.values import Ref
from tracer.tables.flow import FlowChange, FlowTable

MOST_HOPS = 300
_MOST_CALLERS = 8
_ROUNDS = 4

_SURENESS = list(Sureness)


@dataclass(frozen=True, slots=True)
class Carrier:
    """That a node holds the value, or something made of it."""

    hop: int
    sureness: Sureness = Sureness.SURE


def weaker(one: Sureness, other: Sureness) -> Sureness:
    """The one that promises less."""
    return max(one, other, key=_SURENESS.index)


class Follower:
    """The way of one value, while it is followed."""

    def __init__(
        self,
        index: FlowIndex,
        table: FlowTable,
        topics: Collection[str],
        is_wanted: Callable[[FunctionId], bool],
    ) -> None:
        self._index = index
        self._program = index.program
        self._table = table
        self._topics = set(topics)
        self._is_wanted = is_wanted
        self.hops: list[FlowHop] = []
        self._carriers: dict[tuple[Ref, int], Carrier] = {}
        self._held: dict[tuple[Ref, int], Carrier] = {}  # by binding
        self._queue: deque[Ref] = deque()
        self._entered: dict[Ref, list[tuple[Ref, int]]] = {}  # through which sites
        self._told: dict[tuple[object, ...], int] = {}
        self._returned: set[Ref] = set()
        self._unfollowed: dict[str, int] = {}
        # Where attributes of the very object may be read: what the start leads to; None: anywhere.
        self._led_to: set[FunctionId] | None = set()
        self._roots: set[Ref] = set()  # where the value starts, and whom nothing else leads to

    # What the value starts as

    def start_binding(self, ref: Ref, binding: int) -> None:
        """What a name is bound to."""
        name, _, _, line = self._program.flat(ref).bindings[binding]
        self._start_in(ref)
        hop = self._hop(HopKind.START, ref, line or self._index.first_line(ref), name)
        self._hold(ref, binding, Carrier(hop))

    def start_parameter(self, ref: Ref, number: int) -> None:
        """What callers pass: from each call that is known, or from the parameter on."""
        name = self._program.flat(ref).parameters[number][0]
        scope = self._program.scope(ref)
        given = 0
        for caller, site, is_bound in self._index.callers.get(ref, ()):
            if not self._is_wanted(self._program.id(caller)):
                continue
            read = self._program.scope(caller).sites[site]
            for parameter, argument in map_arguments(scope, read, is_bound):
                if parameter != number or given >= _MOST_CALLERS:
                    continue
                given += 1
                self._start_in(caller)
                span = read.arguments[argument].span
                text = self._index.at(caller, span)
                start = self._hop(HopKind.START, caller, span.line, text, detail="an argument")
                self._enter(caller, site, ref, number, text, Carrier(start))
        if not given:
            self._start_in(ref)
            hop = self._hop(HopKind.START, ref, self._index.first_line(ref), name)
            self._arrive(ref, number, Carrier(hop))

    def start_attribute(self, owners: Collection[Ref], name: str) -> None:
        """What is stored in an attribute of these classes, wherever that is done."""
        self._led_to = None
        for ref, number in self._index.attribute_stores.get(name, ()):
            access = self._program.flat(ref).accesses[number]
            bases = self._index.owners(ref, access[1])
            if not any(self._index.are_kin(base, owner) for base in bases for owner in owners):
                continue
            holder = f"{self._index.text(ref, access[1])}.{name}"
            line = unpack_span(access[6]).line
            hop = self._hop(HopKind.START, ref, line, holder)
            self._read_back(name, frozenset(owners), Carrier(hop))

    def follow(self) -> tuple[str, ...]:
        """Go on until nothing new arrives anywhere.

        Returns:
            What was not followed, with counts.
        """
        while self._queue and len(self.hops) < MOST_HOPS:
            self._scan(self._queue.popleft())
        limits = [f"{text}: {count}" for text, count in sorted(self._unfollowed.items())]
        if len(self.hops) >= MOST_HOPS:
            limits.append(f"{MOST_HOPS} hops shown, the nearest first; the way goes on")
        else:
            self._ends()
        return tuple(limits)

    # One scope

    def _scan(self, ref: Ref) -> None:
        scope = self._program.flat(ref)
        for _ in range(_ROUNDS):
            before = len(self._carriers), len(self._held), len(self.hops)
            for number, node in enumerate(scope.nodes):
                if (ref, number) not in self._carriers:
                    carrier = self._of_node(ref, number, node)
                    if carrier is not None:
                        self._carriers[ref, number] = carrier
            for number, binding in enumerate(scope.bindings):
                self._bind(ref, number, binding)
            if before == (len(self._carriers), len(self._held), len(self.hops)):
                break
            if len(self.hops) >= MOST_HOPS:
                return
        for access in scope.accesses:
            if not access[8] and (carrier := self._carriers.get((ref, access[4]))) is not None:
                self._store(ref, access, carrier)
        lines = scope.return_lines or (scope.end_line,) * len(scope.returns)
        for result, line in zip(scope.returns, lines, strict=True):
            if (carrier := self._carriers.get((ref, result))) is not None:
                self._return(ref, line, carrier)
        if (carrier := self._any(ref, scope.yields)) is not None:
            self._return(ref, scope.def_line, carrier)
        self._into_inner_scopes(ref, ref)

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
                if carrier := self._any(ref, parts):
                    line = unpack_span(cast(int, node[4])).line
                    self._hop(HopKind.COMPARED, ref, line, "", carrier)
                return None
            case flat.PROTOCOL | flat.TEXT:
                return None
            case flat.ITEM:
                return self._carriers.get((ref, cast(int, node[1])))
            case flat.OPERATE | flat.UNARY:
                carrier = self._any(ref, operands(node))
                is_in_place = node[0] == flat.OPERATE and node[5]
                if carrier is None or is_in_place:
                    return carrier
                span = unpack_span(cast(int, node[4 if node[0] == flat.OPERATE else 3]))
                return self._made(ref, span, carrier)
            case flat.LITERAL:
                _, elements, _, _, _ = self._program.flat(ref).containers[cast(int, node[1])]
                return self._any(ref, (each if each >= 0 else ~each for each in elements))
        return self._any(ref, operands(node))

    def _of_name(self, ref: Ref, node: tuple[object, ...]) -> Carrier | None:
        name = cast(str, node[1])
        reaching = self._program.spelled_out(ref, name, cast("tuple[int, ...]", node[2]))
        found = [held for each in reaching if (held := self._held.get((ref, each))) is not None]
        if not found:
            return None
        if len(found) < len(reaching):
            return Carrier(found[0].hop, weaker(found[0].sureness, Sureness.MAY))
        return found[0]

    def _of_attribute(self, ref: Ref, node: tuple[object, ...]) -> Carrier | None:
        carrier = self._carriers.get((ref, cast(int, node[1])))
        name = cast(str, node[2])
        if carrier is None or name in self._table.asking_attributes:
            return None
        change = self._table.change_by_attribute(name)
        if change is not None and self._topics & {*change.loses}:
            line = unpack_span(cast(int, node[3])).line
            self._hop(HopKind.LOST, ref, line, "", carrier, detail=f"`.{name}`: {change.what}")
            return None
        return carrier

    def _any(self, ref: Ref, nodes: Iterable[int]) -> Carrier | None:
        for node in nodes:
            if (carrier := self._carriers.get((ref, node))) is not None:
                return carrier
        return None

    def _bind(self, ref: Ref, number: int, binding: flat.FlatBinding) -> None:
        name, value, _, line = binding
        carrier = self._carriers.get((ref, value))
        if carrier is None or (ref, number) in self._held:
            return
        scope = self._program.flat(ref)
        node = scope.nodes[value]
        is_same = node[0] == flat.NAME and node[1] == name
        if not name.isidentifier() or is_same or node[0] == flat.NARROW:
            self._hold(ref, number, carrier)  # a narrowed name, or an item that is followed
            return
        is_read_back = node[0] == flat.ATTR and self.hops[carrier.hop].kind is HopKind.READ_BACK
        kind = HopKind.RENAMED if node[0] == flat.NAME or is_read_back else HopKind.BOUND
        hop = self._hop(kind, ref, line or scope.def_line, name, carrier)
        self._hold(ref, number, Carrier(hop))

    # Calls

    def _of_call(self, ref: Ref, number: int) -> Carrier | None:
        if (returned := self._carriers.get((ref, ~number))) is not None:
            span = unpack_span(self._program.flat(ref).sites[number][1])
            return self._made(ref, span, returned, is_sure=False)
        site = self._program.flat(ref).sites[number]
        if site[7]:
            return None
        carried = [
            (place, carrier)
            for place, argument in enumerate(site[4])
            if (carrier := self._carriers.get((ref, argument[1]))) is not None
        ]
        receiver = self._receiver(ref, site)
        if not carried and receiver is None:
            return None
        callees = self._index.solution.callees.get((ref, number))
        if callees is not None and callees.functions:
            self._into_functions(ref, number, site, carried)
            return None
        why = None if callees is None or callees.ids or not callees.open else callees.open.reason
        if why is OpenReason.GENERATED:
            return self._into_fields(ref, number, site, carried)
        ids = () if callees is None else callees.ids
        made = self._outside(ref, number, site, ids, carried, receiver)
        name = self._program.site_text(ref, number).rpartition(".")[2]
        if made is None or (name.endswith("_") and not name.startswith("__")):
            return made  # by their names, methods that change the object in place
        return self._made(ref, unpack_span(site[1]), made)

    def _made(
        self, ref: Ref, span: Span, carrier: Carrier, *, is_sure: bool = True
    ) -> Carrier | None:
        """What is made of the value, where a context manager may make another thing of it.

        A function of the sources may give back what it was given, so that nothing is sure.
        """
        for context in self._index.contexts.around(ref, span.line):
            known = self._table.context(context.callees, self._topics)
            if known is None:
                continue
            detail = f"`{self._index.at(ref, span)}` under `{context.text}`: {known.what}"
            if self._topics & {*known.loses} and is_sure:
                self._hop(HopKind.LOST, ref, span.line, "", carrier, detail)
                return None
            if self._topics & {*known.loses, *known.changes}:
                step = replace(carrier, sureness=weaker(carrier.sureness, Sureness.MAY))
                return Carrier(self._hop(HopKind.CHANGED, ref, span.line, "", step, detail))
            return carrier
        return carrier

    def _receiver(self, ref: Ref, site: FlatSite) -> Carrier | None:
        node = self._program.flat(ref).nodes[site[2]]
        return self._carriers.get((ref, cast(int, node[1]))) if node[0] == flat.ATTR else None

    def _into_functions(
        self, ref: Ref, number: int, site: FlatSite, carried: list[tuple[int, Carrier]]
    ) -> None:
        callees = self._index.solution.callees[ref, number]
        read = self._program.scope(ref).sites[number]
        many = len(callees.functions) > 1 or callees.open is not None
        for function, is_bound in callees.functions:
            pairs = {
                argument: parameter
                for parameter, argument in map_arguments(
                    self._program.scope(function), read, is_bound
                )
            }
            for place, carrier in carried:
                text = self._index.at(ref, read.arguments[place].span)
                if place in pairs:
                    step = weaker(carrier.sureness, Sureness.MAY if many else Sureness.SURE)
                    self._enter(
                        ref, number, function, pairs[place], text, replace(carrier, sureness=step)
                    )
                elif self._program.flat(function).name == "__post_init__":
                    owner = self._program.parent(function)
                    self._into_field(ref, site, place, owner, carrier)
                else:
                    line = read.arguments[place].span.line
                    detail = f"`{text}` fills no parameter that is known by name or position"
                    self._hop(
                        HopKind.LEAVES,
                        ref,
                        line,
                        "",
                        replace(carrier, sureness=Sureness.UNKNOWN),
                        detail,
                        self._program.id(function),
                    )

    def _enter(
        self, ref: Ref, number: int, function: Ref, parameter: int, text: str, carrier: Carrier
    ) -> None:
        sites = self._entered.setdefault(function, [])
        if (ref, number) not in sites:
            sites.append((ref, number))
        name = self._program.flat(function).parameters[parameter][0]
        line = unpack_span(self._program.flat(ref).sites[number][1]).line
        key = ("passed", ref, number, function, parameter)
        if key in self._told:
            return
        self._told[key] = hop = self._hop(
            HopKind.PASSED, ref, line, name, carrier, text, self._program.id(function)
        )
        self._arrive(function, parameter, Carrier(hop))
        if function in self._returned:
            self._give_back(function, (ref, number))

    def _arrive(self, function: Ref, parameter: int, carrier: Carrier) -> None:
        for number, binding in enumerate(self._program.flat(function).bindings):
            node = self._program.flat(function).nodes[binding[1]]
            if node[0] == flat.PARAMETER and node[1] == parameter:
                self._hold(function, number, carrier)

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
        fields = self._index.fields(owner)
        positional = [number for number, argument in enumerate(site[4]) if not argument[0]]
        if not name and positional.index(place) < len(fields):
            name = fields[positional.index(place)]
        if name in ("", "*", "**"):
            return
        line = unpack_span(site[4][place][2]).line
        holder = f"{self._program.flat(owner).qualname}.{name}"
        hop = self._hop(HopKind.STORED, ref, line, holder, carrier, "a field of what is made")
        self._read_back(name, frozenset((owner,)), Carrier(hop))

    def _made_by(self, ref: Ref, site: FlatSite) -> frozenset[Ref]:
        expr = self._program.view(ref).expr(site[2])
        found = self._index.owners(ref, site[2])
        if found:
            return found
        name = getattr(expr, "id", "") or getattr(expr, "name", "")
        return frozenset(self._index.classes_by_name.get(name, ()))

    def _outside(
        self,
        ref: Ref,
        number: int,
        site: FlatSite,
        ids: tuple[Callee, ...],
        carried: list[tuple[int, Carrier]],
        receiver: Carrier | None,
    ) -> Carrier | None:
        node = self._program.flat(ref).nodes[site[2]]
        method = cast(str, node[2]) if node[0] == flat.ATTR and not ids else ""
        carrier = receiver if receiver is not None else carried[0][1]
        span = unpack_span(site[1])
        text = self._program.site_text(ref, number)
        if self._table.is_asking(ids, method):
            return None
        callee = ids[0] if len(ids) == 1 else None
        if self._table.is_comparing(ids, method):
            self._hop(
                HopKind.COMPARED, ref, span.line, "", carrier, self._call(ref, number), callee
            )
            return None
        if node[0] == flat.ATTR and self._table.is_keeping(ids, method):
            if carried:
                self._keep(ref, cast(int, node[1]), text, span.line, carried[0][1])
            return None
        change = self._table.change_by_call(ids, method, [argument[0] for argument in site[4]])
        sureness = Sureness.BY_NAME if method and change else Sureness.UNKNOWN
        step = replace(carrier, sureness=weaker(carrier.sureness, sureness))
        if change is None:
            if not ids and receiver is None:
                self._unknown_call(ref, number, site, carried)
                return step
            hop = self._hop(HopKind.TRANSFORMED, ref, span.line, "", step, text, callee)
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
        if self._topics & {*change.loses}:
            self._hop(HopKind.LOST, ref, line, "", carrier, detail, callee)
            return None
        if self._topics & {*change.arrives}:
            self._hop(HopKind.ARRIVES, ref, line, "", carrier, detail, callee)
            return None
        kind = HopKind.CHANGED if self._topics & {*change.changes} else HopKind.TRANSFORMED
        return Carrier(self._hop(kind, ref, line, "", carrier, detail, callee))

    def _call(self, ref: Ref, number: int) -> str:
        return self._index.at(ref, unpack_span(self._program.flat(ref).sites[number][1]))

    def _unknown_call(
        self, ref: Ref, number: int, site: FlatSite, carried: list[tuple[int, Carrier]]
    ) -> None:
        callees = self._index.solution.callees.get((ref, number))
        why = "the callee is not known"
        if callees is not None and callees.open is not None:
            detail = f": {callees.open.detail}" if callees.open.detail else ""
            why = f"{callees.open.reason}{detail}"
        for place, carrier in carried:
            line = unpack_span(site[4][place][2]).line
            text = f"{self._program.site_text(ref, number)}: {why}"
            step = replace(carrier, sureness=Sureness.UNKNOWN)
            self._hop(HopKind.LEAVES, ref, line, "", step, text)

    # Stores

    def _store(self, ref: Ref, access: flat.FlatAccess, carrier: Carrier) -> None:
        kind, base, name, _, _, _, packed, *_ = access
        line = unpack_span(packed).line
        match kind:
            case AccessKind.SET_ATTRIBUTE:
                self._store_attribute(ref, base, name, line, carrier)
            case AccessKind.SET_ITEM:
                self._keep(ref, base, f"{self._index.text(ref, base)}[…]", line, carrier)
            case AccessKind.SET_GLOBAL | AccessKind.SET_NONLOCAL:
                hop = self._hop(HopKind.STORED, ref, line, name, carrier, kind.partition(" ")[2])
                self._hold_around(ref, name, kind == AccessKind.SET_GLOBAL, Carrier(hop))

    def _store_attribute(self, ref: Ref, base: int, name: str, line: int, carrier: Carrier) -> None:
        owners = self._index.owners(ref, base)
        holder = f"{self._index.text(ref, base) or '…'}.{name}"
        hop = self._hop(HopKind.STORED, ref, line, holder, carrier)
        if owners:
            self._read_back(name, owners, Carrier(hop))
        else:
            self._miss(f"reads of `.{name}` of an object whose class is not known", 1)

    def _keep(self, ref: Ref, base: int, holder: str, line: int, carrier: Carrier) -> None:
        """Put into a container: whoever reads the container reads it."""
        hop = Carrier(self._hop(HopKind.STORED, ref, line, holder, carrier))
        node = self._program.flat(ref).nodes[base]
        while node[0] == flat.ITEM:
            base = cast(int, node[1])
            node = self._program.flat(ref).nodes[base]
        if node[0] == flat.NAME:
            name = cast(str, node[1])
            bindings = self._program.spelled_out(ref, name, cast("tuple[int, ...]", node[2]))
            for binding in bindings:
                self._hold(ref, binding, hop)
            if not bindings:
                self._hold_around(ref, name, False, hop)
        elif node[0] == flat.ATTR:
            owners = self._index.owners(ref, cast(int, node[1]))
            if owners:
                self._read_back(cast(str, node[2]), owners, hop)

    def _hold_around(self, ref: Ref, name: str, is_global: bool, carrier: Carrier) -> None:
        """All bindings of a name in the scope around that has it."""
        around = (ref[0], 0) if is_global else self._program.parent(ref)
        while around[1] >= 0 and not self._program.bindings(around, name):
            around = self._program.parent(around)
        if around[1] < 0:
            return
        for binding in self._program.bindings(around, name):
            self._hold(around, binding, carrier)

    def _read_back(self, name: str, owners: frozenset[Ref], carrier: Carrier) -> None:
        places: dict[Ref, list[int]] = {}
        for ref, node in self._index.attributes.get(name, ()):
            if ("read", ref, node, owners) in self._told:
                continue
            base = cast(int, self._program.flat(ref).nodes[node][1])
            bases = self._index.owners(ref, base)
            if bases and not any(self._index.are_kin(b, o) for b in bases for o in owners):
                continue
            if not bases and len(self._classes_with(name)) > 1:
                self._miss(f"reads of `.{name}` of an object whose class is not known", 1)
                continue
            self._told["read", ref, node, owners] = carrier.hop
            places.setdefault(ref, []).append(node)
        for ref, nodes in places.items():
            if not self._is_wanted(self._program.id(ref)):
                self._miss(f"functions that read `.{name}` in tests and the like", 1)
                continue
            if self._led_to is not None and self._program.id(ref) not in self._led_to:
                self._miss(
                    f"functions that read `.{name}` and that its start is not seen to call", 1
                )
                continue
            for node in nodes:
                parts = self._program.flat(ref).nodes[node]
                step = weaker(carrier.sureness, self._base_sureness(ref, cast(int, parts[1])))
                line = unpack_span(cast(int, parts[3])).line
                holder = self._index.text(ref, node)
                key = ("at", ref, holder, line, carrier.hop)
                if key not in self._told:
                    self._told[key] = self._hop(
                        HopKind.READ_BACK, ref, line, holder, replace(carrier, sureness=step)
                    )
                self._carry(ref, node, Carrier(self._told[key]))

    def _base_sureness(self, ref: Ref, base: int) -> Sureness:
        """How sure it is that the attribute read is the one stored: `self` of the class is; any
        other object of the class may be another one."""
        expr = self._program.view(ref).expr(base)
        if self._program.class_of_receiver(ref, expr) is not None:
            return Sureness.SURE
        return Sureness.MAY if self._index.owners(ref, base) else Sureness.BY_NAME

    def _classes_with(self, name: str) -> set[Ref]:
        found = {
            owner
            for ref, number in self._index.attribute_stores.get(name, ())
            for owner in self._index.owners(ref, self._program.flat(ref).accesses[number][1])
        }
        for owner in self._program.classes:
            if name in self._index.fields(owner):
                found.add(owner)
        return found

    # Back to callers, and into inner functions

    def _return(self, ref: Ref, line: int, carrier: Carrier) -> None:
        if ref in self._returned or not self._index.is_function(ref):
            return
        self._returned.add(ref)
        hop = self._hop(HopKind.RETURNED, ref, line, "", carrier)
        self._told["returned", ref] = hop
        sites = self._entered.get(ref)
        if sites is None:
            known = self._index.callers.get(ref, ())
            sites = [(r, s) for r, s, _ in known if self._is_wanted(self._program.id(r))]
            sites = self._on_the_way(ref, sites)
            if len(sites) > _MOST_CALLERS:
                self._miss(
                    f"callers of `{self._program.flat(ref).qualname}` beyond the first "
                    f"{_MOST_CALLERS}",
                    len(sites) - _MOST_CALLERS,
                )
        for site in sites[:_MOST_CALLERS]:
            self._give_back(ref, site)

    def _on_the_way(self, function: Ref, sites: list[tuple[Ref, int]]) -> list[tuple[Ref, int]]:
        """Of the callers of a function that the start leads to, those that it leads to as well.

        Others call it in other runs: what is given back to them is not this value.
        """
        if self._led_to is None or function in self._roots:
            return sites
        led = [site for site in sites if self._program.id(site[0]) in self._led_to]
        if led and len(led) < len(sites):
            name = self._program.flat(function).qualname
            self._miss(
                f"callers of `{name}` that its start is not seen to call", len(sites) - len(led)
            )
        return led or sites

    def _give_back(self, function: Ref, site: tuple[Ref, int]) -> None:
        ref, number = site
        if self._led_to is not None and self._program.id(ref) not in self._led_to:
            self._start_in(ref)
        hop = self._told["returned", function]
        sites = self._entered.get(function, ())
        sureness = Sureness.MAY if len(sites) > 1 else Sureness.SURE
        # Kept beside the call's own node, whose number may not be known yet.
        self._carriers.setdefault((ref, ~number), Carrier(hop, sureness))
        self._queue_up(ref)

    def _into_inner_scopes(self, ref: Ref, around: Ref) -> None:
        """What an inner function reads of this one's names; and what it only seems to change."""
        held = {
            self._program.flat(ref).bindings[number][0]: carrier
            for (owner, number), carrier in self._held.items()
            if owner == ref
        }
        if not held:
            return
        for child in self._index.children.get(around, ()):
            scope = self._program.flat(child)
            for name, carrier in held.items():
                if self._program.bindings(child, name):
                    self._shadow(ref, child, name, carrier)
                    continue
                for number, node in enumerate(scope.nodes):
                    if node[0] == flat.NAME and node[1] == name and not node[2]:
                        self._capture(child, number, name, carrier)
            if scope.kind != FunctionKind.CLASS_BODY.value or self._index.children.get(child):
                self._into_inner_scopes(ref, child)

    def _capture(self, child: Ref, number: int, name: str, carrier: Carrier) -> None:
        if (child, number) in self._carriers:
            return
        key = ("captured", child, name)
        if key not in self._told:
            if not self._is_wanted(self._program.id(child)):
                return
            line = self._index.first_line(child)
            self._told[key] = self._hop(HopKind.CAPTURED, child, line, name, carrier)
        self._carry(child, number, Carrier(self._told[key]))

    def _shadow(self, ref: Ref, child: Ref, name: str, carrier: Carrier) -> None:
        """`x = …` in an inner function without `nonlocal` leaves the outer `x` as it was."""
        scope = self._program.flat(child)
        is_parameter = any(parameter[0] == name for parameter in scope.parameters)
        if is_parameter or not (self._index.is_function(ref) and self._index.is_function(child)):
            return
        if not self._is_read_behind(ref, child, name):
            return  # two variables that only share a name
        first = self._program.bindings(child, name)[0]
        line = scope.bindings[first][3] or scope.def_line
        key = ("shadowed", child, name)
        if key in self._told:
            return
        text = f"a `{name}` of its own: without `nonlocal` the outer one stays as it was"
        self._told[key] = self._hop(HopKind.SHADOWED, child, line, "", carrier, text)

    def _is_read_behind(self, ref: Ref, child: Ref, name: str) -> bool:
        """Whether the outer function reads its name behind the definition of the inner one."""
        is_behind = False
        for node in self._program.flat(ref).nodes:
            is_behind |= node[0] == flat.DEFINED and node[1] == child[1]
            if is_behind and node[0] == flat.NAME and node[1] == name:
                return True
        return False

    # Ends

    def _ends(self) -> None:
        """Names that nothing reads, and results that nothing takes."""
        for (ref, number), carrier in sorted(self._held.items()):
            if not self._index.is_function(ref):
                continue
            scope = self._program.flat(ref)
            name, _, _, line = scope.bindings[number]
            if not name.isidentifier() or name.startswith("_") or self._is_read(ref, number, name):
                continue
            later = [
                each
                for each in self._program.bindings(ref, name)
                if each > number and scope.bindings[each][3] > line
            ]
            hop = self.hops[carrier.hop]
            if hop.kind in (HopKind.STORED, HopKind.DROPPED):
                continue
            if later:
                end = scope.bindings[later[0]][3]
                text = f"`{name}` is bound anew before anything read it"
                self._hop(HopKind.OVERWRITTEN, ref, end, "", carrier, text)
            else:
                text = f"nothing reads `{name}` behind this line"
                self._hop(HopKind.DROPPED, ref, line or scope.def_line, "", carrier, text)
        for (ref, node), carrier in sorted(self._carriers.items()):
            if node >= 0:
                continue
            result = self._index.call_node(ref, ~node)
            if result is not None and result not in self._index.used(ref):
                line = unpack_span(self._program.flat(ref).sites[~node][1]).line
                text = f"nothing takes what `{self._program.site_text(ref, ~node)}` gives"
                self._hop(HopKind.DROPPED, ref, line, "", carrier, text)

    def _is_read(self, ref: Ref, number: int, name: str) -> bool:
        scope = self._program.flat(ref)
        for node in scope.nodes:
            if node[0] == flat.NAME and node[1] == name:
                reaching = cast("tuple[int, ...]", node[2])
                if number in self._program.spelled_out(ref, name, reaching):
                    return True
        return self._is_read_within(ref, name)

    def _is_read_within(self, ref: Ref, name: str) -> bool:
        for child in self._index.children.get(ref, ()):
            if not self._program.bindings(child, name) and (
                any(n[0] == flat.NAME and n[1] == name for n in self._program.flat(child).nodes)
                or self._is_read_within(child, name)
            ):
                return True
        return False

    # Bookkeeping

    def _hop(
        self,
        kind: HopKind,
        ref: Ref,
        line: int,
        holder: str,
        carrier: Carrier | None = None,
        detail: str = "",
        callee: Callee | None = None,
    ) -> int:
        follows = -1 if carrier is None else carrier.hop
        key = ("hop", kind, ref, line, holder, follows, detail)
        if key in self._told:
            return self._told[key]
        self.hops.append(
            FlowHop(
                kind,
                self._program.id(ref),
                line,
                holder,
                Sureness.SURE if carrier is None else carrier.sureness,
                follows,
                callee,
                detail,
                self._index.line(ref, line),
            )
        )
        self._told[key] = len(self.hops) - 1
        return len(self.hops) - 1

    def _start_in(self, ref: Ref) -> None:
        self._roots.add(ref)
        if self._led_to is not None:
            self._led_to |= self._index.led_to(self._program.id(ref))

    def _carry(self, ref: Ref, node: int, carrier: Carrier) -> None:
        if (ref, node) not in self._carriers:
            self._carriers[ref, node] = carrier
            self._queue_up(ref)

    def _hold(self, ref: Ref, binding: int, carrier: Carrier) -> None:
        if (ref, binding) not in self._held:
            self._held[ref, binding] = carrier
            self._queue_up(ref)

    def _queue_up(self, ref: Ref) -> None:
        if ref not in self._queue:
            self._queue.append(ref)

    def _miss(self, what: str, count: int) -> None:
        self._unfollowed[what] = self._unfollowed.get(what, 0) + count
