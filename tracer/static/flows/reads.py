"""Who reads a name or an attribute, asked of the index."""

from __future__ import annotations

from typing import cast

from tracer.model.flow import Sureness
from tracer.static import flat
from tracer.static.flows.index import FlowIndex
from tracer.static.values import Ref


def is_read(index: FlowIndex, ref: Ref, number: int, name: str) -> bool:
    """Whether anything reads a binding of a name."""
    scope = index.program.flat(ref)
    for node in scope.nodes:
        if node[0] == flat.NAME and node[1] == name:
            reaching = cast("tuple[int, ...]", node[2])
            if number in index.program.spelled_out(ref, name, reaching):
                return True
    return _is_read_within(index, ref, name)


def is_read_behind(index: FlowIndex, ref: Ref, child: Ref, name: str) -> bool:
    """Whether the outer function reads its name behind the definition of the inner one."""
    is_behind = False
    for node in index.program.flat(ref).nodes:
        is_behind |= node[0] == flat.DEFINED and node[1] == child[1]
        if is_behind and node[0] == flat.NAME and node[1] == name:
            return True
    return False


def base_sureness(index: FlowIndex, ref: Ref, base: int) -> Sureness:
    """How sure it is that the attribute read is the one stored: `self` of the class is; any
    other object of the class may be another one."""
    expr = index.program.view(ref).expr(base)
    if index.program.class_of_receiver(ref, expr) is not None:
        return Sureness.SURE
    return Sureness.MAY if index.owners(ref, base) else Sureness.BY_NAME


def classes_with(index: FlowIndex, name: str) -> set[Ref]:
    """The classes whose objects have an attribute of that name."""
    found = {
        owner
        for ref, number in index.attribute_stores.get(name, ())
        for owner in index.owners(ref, index.program.flat(ref).accesses[number][1])
    }
    for owner in index.program.classes:
        if name in index.fields(owner):
            found.add(owner)
    return found


def _is_read_within(index: FlowIndex, ref: Ref, name: str) -> bool:
    for child in index.children.get(ref, ()):
        if not index.program.bindings(child, name) and (
            any(n[0] == flat.NAME and n[1] == name for n in index.program.flat(child).nodes)
            or _is_read_within(index, child, name)
        ):
            return True
    return False
