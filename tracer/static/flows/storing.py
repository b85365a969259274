"""Into attributes and containers, and back out of them."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from tracer.model.flow import HopKind
from tracer.static import flat
from tracer.static.flat import unpack_span
from tracer.static.flows.reads import base_sureness, classes_with
from tracer.static.flows.trail import Carrier, Trail, weaker
from tracer.static.kinds import AccessKind
from tracer.static.values import Ref


def store(trail: Trail, ref: Ref, access: flat.FlatAccess, carrier: Carrier) -> None:
    """What becomes of a value that is stored."""
    kind, base, name, _, _, _, packed, *_ = access
    line = unpack_span(packed).line
    match kind:
        case AccessKind.SET_ATTRIBUTE:
            _store_attribute(trail, ref, base, name, line, carrier)
        case AccessKind.SET_ITEM:
            keep(trail, ref, base, f"{trail.index.text(ref, base)}[…]", line, carrier)
        case AccessKind.SET_GLOBAL | AccessKind.SET_NONLOCAL:
            hop = trail.hop(HopKind.STORED, ref, line, name, carrier, kind.partition(" ")[2])
            _hold_around(trail, ref, name, kind == AccessKind.SET_GLOBAL, Carrier(hop))


def keep(trail: Trail, ref: Ref, base: int, holder: str, line: int, carrier: Carrier) -> None:
    """Put into a container: whoever reads the container reads it."""
    hop = Carrier(trail.hop(HopKind.STORED, ref, line, holder, carrier))
    node = trail.program.flat(ref).nodes[base]
    while node[0] == flat.ITEM:
        base = cast(int, node[1])
        node = trail.program.flat(ref).nodes[base]
    if node[0] == flat.NAME:
        name = cast(str, node[1])
        bindings = trail.program.spelled_out(ref, name, cast("tuple[int, ...]", node[2]))
        for binding in bindings:
            trail.hold(ref, binding, hop)
        if not bindings:
            _hold_around(trail, ref, name, False, hop)
    elif node[0] == flat.ATTR:
        owners = trail.index.owners(ref, cast(int, node[1]))
        if owners:
            read_back(trail, cast(str, node[2]), owners, hop)


def read_back(trail: Trail, name: str, owners: frozenset[Ref], carrier: Carrier) -> None:
    """Let the reads of an attribute carry what was stored."""
    places: dict[Ref, list[int]] = {}
    for ref, node in trail.index.attributes.get(name, ()):
        if ("read", ref, node, owners) in trail.told:
            continue
        base = cast(int, trail.program.flat(ref).nodes[node][1])
        bases = trail.index.owners(ref, base)
        if bases and not any(trail.index.are_kin(b, o) for b in bases for o in owners):
            continue
        if not bases and len(classes_with(trail.index, name)) > 1:
            trail.miss(f"reads of `.{name}` of an object whose class is not known", 1)
            continue
        trail.told["read", ref, node, owners] = carrier.hop
        places.setdefault(ref, []).append(node)
    for ref, nodes in places.items():
        if not trail.is_wanted(trail.program.id(ref)):
            trail.miss(f"functions that read `.{name}` in tests and the like", 1)
            continue
        if trail.led_to is not None and trail.program.id(ref) not in trail.led_to:
            trail.miss(f"functions that read `.{name}` and that its start is not seen to call", 1)
            continue
        for node in nodes:
            parts = trail.program.flat(ref).nodes[node]
            step = weaker(carrier.sureness, base_sureness(trail.index, ref, cast(int, parts[1])))
            line = unpack_span(cast(int, parts[3])).line
            holder = trail.index.text(ref, node)
            key = ("at", ref, holder, line, carrier.hop)
            if key not in trail.told:
                trail.told[key] = trail.hop(
                    HopKind.READ_BACK, ref, line, holder, replace(carrier, sureness=step)
                )
            trail.carry(ref, node, Carrier(trail.told[key]))


def _store_attribute(
    trail: Trail, ref: Ref, base: int, name: str, line: int, carrier: Carrier
) -> None:
    owners = trail.index.owners(ref, base)
    holder = f"{trail.index.text(ref, base) or '…'}.{name}"
    hop = trail.hop(HopKind.STORED, ref, line, holder, carrier)
    if owners:
        read_back(trail, name, owners, Carrier(hop))
    else:
        trail.miss(f"reads of `.{name}` of an object whose class is not known", 1)


def _hold_around(trail: Trail, ref: Ref, name: str, is_global: bool, carrier: Carrier) -> None:
    """All bindings of a name in the scope around that has it."""
    around = (ref[0], 0) if is_global else trail.program.parent(ref)
    while around[1] >= 0 and not trail.program.bindings(around, name):
        around = trail.program.parent(around)
    if around[1] < 0:
        return
    for binding in trail.program.bindings(around, name):
        trail.hold(around, binding, carrier)
