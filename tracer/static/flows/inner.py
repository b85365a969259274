"""What inner functions read of the names around them, or only seem to change."""

from __future__ import annotations

from tracer.model.flow import HopKind
from tracer.model.source import FunctionKind
from tracer.static import flat
from tracer.static.flows.reads import is_read_behind
from tracer.static.flows.trail import Carrier, Trail
from tracer.static.values import Ref


def into_inner_scopes(trail: Trail, ref: Ref, around: Ref) -> None:
    """What an inner function reads of this one's names; and what it only seems to change."""
    held = {
        trail.program.flat(ref).bindings[number][0]: carrier
        for (owner, number), carrier in trail.held.items()
        if owner == ref
    }
    if not held:
        return
    for child in trail.index.children.get(around, ()):
        scope = trail.program.flat(child)
        for name, carrier in held.items():
            if trail.program.bindings(child, name):
                _shadow(trail, ref, child, name, carrier)
                continue
            for number, node in enumerate(scope.nodes):
                if node[0] == flat.NAME and node[1] == name and not node[2]:
                    _capture(trail, child, number, name, carrier)
        if scope.kind != FunctionKind.CLASS_BODY.value or trail.index.children.get(child):
            into_inner_scopes(trail, ref, child)


def _capture(trail: Trail, child: Ref, number: int, name: str, carrier: Carrier) -> None:
    if (child, number) in trail.carriers:
        return
    key = ("captured", child, name)
    if key not in trail.told:
        if not trail.is_wanted(trail.program.id(child)):
            return
        line = trail.index.first_line(child)
        trail.told[key] = trail.hop(HopKind.CAPTURED, child, line, name, carrier)
    trail.carry(child, number, Carrier(trail.told[key]))


def _shadow(trail: Trail, ref: Ref, child: Ref, name: str, carrier: Carrier) -> None:
    """`x = …` in an inner function without `nonlocal` leaves the outer `x` as it was."""
    scope = trail.program.flat(child)
    is_parameter = any(parameter[0] == name for parameter in scope.parameters)
    if is_parameter or not (trail.index.is_function(ref) and trail.index.is_function(child)):
        return
    if not is_read_behind(trail.index, ref, child, name):
        return  # two variables that only share a name
    first = trail.program.bindings(child, name)[0]
    line = scope.bindings[first][3] or scope.def_line
    key = ("shadowed", child, name)
    if key in trail.told:
        return
    text = f"a `{name}` of its own: without `nonlocal` the outer one stays as it was"
    trail.told[key] = trail.hop(HopKind.SHADOWED, child, line, "", carrier, text)
