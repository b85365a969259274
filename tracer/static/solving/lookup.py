"""Where a class binds a member: asked of definitions alone, and of the fields that objects hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from tracer.model.source import FunctionKind
from tracer.static.flat import DEFINED
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Ref


def field_of(solver: Solver, ref: Ref, name: str) -> int:
    """The variable of what is stored into an attribute of objects of a class."""
    return solver.named("field", ref, name)


def class_variable(solver: Solver, ref: Ref, name: str) -> int:
    """The variable of a name of a class: its body's bindings, and what is stored later."""
    key = ("class variable", ref, name)
    known = solver.memo.get(key)
    if known is None:
        known = solver.memo[key] = solver.store.variable()
        bindings = solver.definitions.members(ref).get(name, ())
        if bindings:
            code = solver.shared(ref)
            for binding in bindings:
                solver.store.copy(code.binding(binding), known)
    return known


def find_member(
    solver: Solver, order: Iterable[Ref | str], name: str
) -> tuple[Ref | None, str | None]:
    """The class of the tree that binds a name, and the base from outside that comes before it."""
    external: str | None = None
    for cls in order:
        if isinstance(cls, str):
            if external is None:
                external = cls
            continue
        if name in solver.definitions.members(cls) or (cls, name) in solver.patched:
            return cls, external
    return None, external


def has_field(solver: Solver, cls: Ref, name: str) -> bool:
    """Whether an object of a class may hold a field of that name."""
    return any(
        not isinstance(base, str) and (base, name) in solver.stored_fields
        for base in solver.definitions.order(cls)
    )


def plain_function(solver: Solver, owner: Ref, name: str) -> int:
    """The function that a class binds under a name, where that is one plain `def`; else 0."""
    bindings = solver.definitions.members(owner).get(name, ())
    if len(bindings) != 1 or (owner, name) in solver.patched:
        return 0
    scope = solver.flat(owner)
    parts = scope.nodes[scope.bindings[bindings[0]][1]]
    if parts[0] != DEFINED or parts[2]:
        return 0
    ref = (owner[0], cast(int, parts[1]))
    if solver.flat(ref).kind == FunctionKind.CLASS_BODY.value:
        return 0
    return solver.function(ref, solver.shared(owner))


def is_plain(solver: Solver, owner: Ref, name: str) -> bool:
    """Whether a class binds only a plain value or function, which an object's own field hides."""
    if plain_function(solver, owner, name):
        return True
    for binding in solver.definitions.members(owner).get(name, ()):
        scope = solver.flat(owner)
        node = scope.nodes[scope.bindings[binding][1]]
        if node[0] != 1:  # CONST
            return False
    return (owner, name) not in solver.patched


def is_abstract(solver: Solver, owner: Ref, name: str) -> bool:
    """Whether a class binds an abstract method under a name."""
    scope = solver.flat(owner)
    for binding in solver.definitions.members(owner).get(name, ()):
        parts = scope.nodes[scope.bindings[binding][1]]
        if parts[0] == DEFINED:
            ref = (owner[0], cast(int, parts[1]))
            if "abstract" in solver.definitions.roles(ref):
                return True
    return False


def is_left_to_others(solver: Solver, owner: Ref, name: str) -> bool:
    """Whether a method does nothing but raise `NotImplementedError`, and classes below have it.

    An object that was seen to be of the class itself runs it all the same.
    """
    scope = solver.flat(owner)
    bindings = solver.definitions.members(owner).get(name, ())
    if len(bindings) != 1:
        return False
    parts = scope.nodes[scope.bindings[bindings[0]][1]]
    if parts[0] != DEFINED:
        return False
    body = solver.flat((owner[0], cast(int, parts[1])))
    always = [text for _, text, is_again, guard, _ in body.raises if guard < 0 and not is_again]
    return always == ["NotImplementedError"] and any(
        name in solver.definitions.members(cls) for cls in solver.definitions.subclasses(owner)
    )
