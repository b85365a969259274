"""Over calls: into functions and fields of the sources, or through what lies outside."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from tracer.model.flow import HopKind, Sureness
from tracer.model.graph import OpenReason
from tracer.model.source import Callee, Span
from tracer.static import flat
from tracer.static.flat import FlatSite, unpack_span
from tracer.static.flows.returning import give_back
from tracer.static.flows.storing import keep, read_back
from tracer.static.flows.trail import Carrier, Trail, weaker
from tracer.static.program import map_arguments
from tracer.static.values import Ref
from tracer.tables.flow import FlowChange


def of_call(trail: Trail, ref: Ref, number: int) -> Carrier | None:
    """What carries the value behind a call."""
    if (returned := trail.carriers.get((ref, ~number))) is not None:
        span = unpack_span(trail.program.flat(ref).sites[number][1])
        return made_within(trail, ref, span, returned, is_sure=False)
    site = trail.program.flat(ref).sites[number]
    if site[7]:
        return None
    carried = [
        (place, carrier)
        for place, argument in enumerate(site[4])
        if (carrier := trail.carriers.get((ref, argument[1]))) is not None
    ]
    receiver = _receiver(trail, ref, site)
    if not carried and receiver is None:
        return None
    callees = trail.index.solution.callees.get((ref, number))
    if callees is not None and callees.functions:
        _into_functions(trail, ref, number, site, carried)
        return None
    why = None if callees is None or callees.ids or not callees.open else callees.open.reason
    if why is OpenReason.GENERATED:
        return _into_fields(trail, ref, number, site, carried)
    ids = () if callees is None else callees.ids
    made = _outside(trail, ref, number, site, ids, carried, receiver)
    name = trail.program.site_text(ref, number).rpartition(".")[2]
    if made is None or (name.endswith("_") and not name.startswith("__")):
        return made  # by their names, methods that change the object in place
    return made_within(trail, ref, unpack_span(site[1]), made)


def made_within(
    trail: Trail, ref: Ref, span: Span, carrier: Carrier, *, is_sure: bool = True
) -> Carrier | None:
    """What is made of the value, where a context manager may make another thing of it.

    A function of the sources may give back what it was given, so that nothing is sure.
    """
    for context in trail.index.contexts.around(ref, span.line):
        known = trail.table.context(context.callees, trail.topics)
        if known is None:
            continue
        detail = f"`{trail.index.at(ref, span)}` under `{context.text}`: {known.what}"
        if trail.topics & {*known.loses} and is_sure:
            trail.hop(HopKind.LOST, ref, span.line, "", carrier, detail)
            return None
        if trail.topics & {*known.loses, *known.changes}:
            step = replace(carrier, sureness=weaker(carrier.sureness, Sureness.MAY))
            return Carrier(trail.hop(HopKind.CHANGED, ref, span.line, "", step, detail))
        return carrier
    return carrier


def enter(
    trail: Trail, ref: Ref, number: int, function: Ref, parameter: int, text: str, carrier: Carrier
) -> None:
    """Pass the value to a parameter."""
    sites = trail.entered.setdefault(function, [])
    if (ref, number) not in sites:
        sites.append((ref, number))
    name = trail.program.flat(function).parameters[parameter][0]
    line = unpack_span(trail.program.flat(ref).sites[number][1]).line
    key = ("passed", ref, number, function, parameter)
    if key in trail.told:
        return
    trail.told[key] = hop = trail.hop(
        HopKind.PASSED, ref, line, name, carrier, text, trail.program.id(function)
    )
    arrive(trail, function, parameter, Carrier(hop))
    if function in trail.returned:
        give_back(trail, function, (ref, number))


def arrive(trail: Trail, function: Ref, parameter: int, carrier: Carrier) -> None:
    """Let a parameter hold the value."""
    for number, binding in enumerate(trail.program.flat(function).bindings):
        node = trail.program.flat(function).nodes[binding[1]]
        if node[0] == flat.PARAMETER and node[1] == parameter:
            trail.hold(function, number, carrier)


def _receiver(trail: Trail, ref: Ref, site: FlatSite) -> Carrier | None:
    node = trail.program.flat(ref).nodes[site[2]]
    return trail.carriers.get((ref, cast(int, node[1]))) if node[0] == flat.ATTR else None


def _into_functions(
    trail: Trail, ref: Ref, number: int, site: FlatSite, carried: list[tuple[int, Carrier]]
) -> None:
    callees = trail.index.solution.callees[ref, number]
    read = trail.program.scope(ref).sites[number]
    many = len(callees.functions) > 1 or callees.open is not None
    for function, is_bound in callees.functions:
        pairs = {
            argument: parameter
            for parameter, argument in map_arguments(trail.program.scope(function), read, is_bound)
        }
        for place, carrier in carried:
            text = trail.index.at(ref, read.arguments[place].span)
            if place in pairs:
                step = weaker(carrier.sureness, Sureness.MAY if many else Sureness.SURE)
                enter(
                    trail,
                    ref,
                    number,
                    function,
                    pairs[place],
                    text,
                    replace(carrier, sureness=step),
                )
            elif trail.program.flat(function).name == "__post_init__":
                owner = trail.program.parent(function)
                _into_field(trail, ref, site, place, owner, carrier)
            else:
                line = read.arguments[place].span.line
                detail = f"`{text}` fills no parameter that is known by name or position"
                trail.hop(
                    HopKind.LEAVES,
                    ref,
                    line,
                    "",
                    replace(carrier, sureness=Sureness.UNKNOWN),
                    detail,
                    trail.program.id(function),
                )


def _into_fields(
    trail: Trail, ref: Ref, number: int, site: FlatSite, carried: list[tuple[int, Carrier]]
) -> Carrier | None:
    """A class whose `__init__` stands in no source: its fields are its parameters."""
    owners = _made_by(trail, ref, site)
    if len(owners) != 1:
        _unknown_call(trail, ref, number, site, carried)
        return None
    for place, carrier in carried:
        _into_field(trail, ref, site, place, next(iter(owners)), carrier)
    return None


def _into_field(
    trail: Trail, ref: Ref, site: FlatSite, place: int, owner: Ref, carrier: Carrier
) -> None:
    name = site[4][place][0]
    fields = trail.index.fields(owner)
    positional = [number for number, argument in enumerate(site[4]) if not argument[0]]
    if not name and positional.index(place) < len(fields):
        name = fields[positional.index(place)]
    if name in ("", "*", "**"):
        return
    line = unpack_span(site[4][place][2]).line
    holder = f"{trail.program.flat(owner).qualname}.{name}"
    hop = trail.hop(HopKind.STORED, ref, line, holder, carrier, "a field of what is made")
    read_back(trail, name, frozenset((owner,)), Carrier(hop))


def _made_by(trail: Trail, ref: Ref, site: FlatSite) -> frozenset[Ref]:
    expr = trail.program.view(ref).expr(site[2])
    found = trail.index.owners(ref, site[2])
    if found:
        return found
    name = getattr(expr, "id", "") or getattr(expr, "name", "")
    return frozenset(trail.index.classes_by_name.get(name, ()))


def _outside(
    trail: Trail,
    ref: Ref,
    number: int,
    site: FlatSite,
    ids: tuple[Callee, ...],
    carried: list[tuple[int, Carrier]],
    receiver: Carrier | None,
) -> Carrier | None:
    node = trail.program.flat(ref).nodes[site[2]]
    method = cast(str, node[2]) if node[0] == flat.ATTR and not ids else ""
    carrier = receiver if receiver is not None else carried[0][1]
    span = unpack_span(site[1])
    text = trail.program.site_text(ref, number)
    if trail.table.is_asking(ids, method):
        return None
    callee = ids[0] if len(ids) == 1 else None
    if trail.table.is_comparing(ids, method):
        trail.hop(HopKind.COMPARED, ref, span.line, "", carrier, _call(trail, ref, number), callee)
        return None
    if node[0] == flat.ATTR and trail.table.is_keeping(ids, method):
        if carried:
            keep(trail, ref, cast(int, node[1]), text, span.line, carried[0][1])
        return None
    change = trail.table.change_by_call(ids, method, [argument[0] for argument in site[4]])
    sureness = Sureness.BY_NAME if method and change else Sureness.UNKNOWN
    step = replace(carrier, sureness=weaker(carrier.sureness, sureness))
    if change is None:
        if not ids and receiver is None:
            _unknown_call(trail, ref, number, site, carried)
            return step
        hop = trail.hop(HopKind.TRANSFORMED, ref, span.line, "", step, text, callee)
        return Carrier(hop)
    return _changed(
        trail,
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
    trail: Trail,
    ref: Ref,
    number: int,
    change: FlowChange,
    line: int,
    carrier: Carrier,
    callee: Callee | None,
) -> Carrier | None:
    detail = f"{_call(trail, ref, number)}: {change.what}"
    if trail.topics & {*change.loses}:
        trail.hop(HopKind.LOST, ref, line, "", carrier, detail, callee)
        return None
    if trail.topics & {*change.arrives}:
        trail.hop(HopKind.ARRIVES, ref, line, "", carrier, detail, callee)
        return None
    kind = HopKind.CHANGED if trail.topics & {*change.changes} else HopKind.TRANSFORMED
    return Carrier(trail.hop(kind, ref, line, "", carrier, detail, callee))


def _call(trail: Trail, ref: Ref, number: int) -> str:
    return trail.index.at(ref, unpack_span(trail.program.flat(ref).sites[number][1]))


def _unknown_call(
    trail: Trail, ref: Ref, number: int, site: FlatSite, carried: list[tuple[int, Carrier]]
) -> None:
    callees = trail.index.solution.callees.get((ref, number))
    why = "the callee is not known"
    if callees is not None and callees.open is not None:
        detail = f": {callees.open.detail}" if callees.open.detail else ""
        why = f"{callees.open.reason}{detail}"
    for place, carrier in carried:
        line = unpack_span(site[4][place][2]).line
        text = f"{trail.program.site_text(ref, number)}: {why}"
        step = replace(carrier, sureness=Sureness.UNKNOWN)
        trail.hop(HopKind.LEAVES, ref, line, "", step, text)
