"""`value.name = other`: a field, a property's setter, `__set__` or `__setattr__`."""

from __future__ import annotations

from typing import Any, cast

from tracer.static.solving.bags import bag_of
from tracer.static.solving.classes import holding
from tracer.static.solving.engine import Solver
from tracer.static.solving.lookup import class_variable, field_of, find_member, is_plain
from tracer.static.solving.member_views import call_dunder
from tracer.static.solving.names import module_stores
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import Args, Origin


def store_attribute(
    solver: Solver, value: int, name: str, stored: int, origin: Origin, annotated: int
) -> None:
    """Put a variable into `value.name`; properties and descriptors run instead.

    Args:
        annotated: The variable of what an annotation allows, or -1.
    """
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.INSTANCE:
            ref = cast(Ref, item.a)
            target = field_of(solver, ref, name)
            if item.b:
                target = solver.named("exact field", ref, name)
            if item.c:
                target = solver.named("born", value, name)
            order = solver.definitions.order(ref)
            owner, _ = find_member(solver, order, name)
            if owner is not None and not is_plain(solver, owner, name):
                store.watch(
                    class_variable(solver, owner, name),
                    _on_set_through, solver, value, stored, origin, target,
                )  # fmt: skip
            else:
                store.copy(stored, target)
                if annotated >= 0:
                    store.copy(annotated, target)
            setter, _ = find_member(solver, order, "__setattr__")
            if setter is not None:
                call_dunder(
                    solver, value, "__setattr__", Args((solver.named("text"), stored)), origin
                )
        case Kind.CLASS:
            # Where a class binds a plain method, one that is put in its place through a value that
            # nobody can name by definition is not followed: measured, it adds 140 wrong edges.
            store.copy(stored, class_variable(solver, cast(Ref, item.a), name))
        case Kind.MODULE:
            file = solver.program.modules.file_of(cast(str, item.a))
            if file is not None:
                solver.stored_on_modules.add((file, name))
                store.copy(stored, module_stores(solver, file, name))
        case Kind.FUNCTION:
            store.copy(stored, solver.named("function attribute", value, name))
        case Kind.FOREIGN:
            bag = bag_of(solver, value)
            if bag is not None:
                store.copy(stored, solver.item_of(bag, name))


def _on_set_through(watcher: Any, member: int) -> None:
    """A store through a class member: a property's setter, a descriptor, or the object itself."""
    _, solver, value, stored, origin, target = watcher
    item = solver.all[member]
    if item.kind is Kind.PROPERTY:
        _, setter, _ = cast("tuple[int, int, int]", item.a)
        solver.store.watch(setter, _on_setter, solver, value, stored, origin)
    elif item.kind is Kind.INSTANCE and call_dunder(
        solver, member, "__set__", Args((holding(solver, value), stored)), origin
    ):
        order = solver.definitions.order(cast(Ref, item.a))
        if find_member(solver, order, "__get__")[0] is None:
            # What is read is what stands in the object's `__dict__`, where `__set__` puts it.
            solver.store.copy(stored, target)
    else:
        solver.store.copy(stored, target)


def _on_setter(watcher: Any, function: int) -> None:
    _, solver, value, stored, origin = watcher
    scratch = solver.store.variable()
    bound = solver.objects.number(Kind.BOUND, function, value)
    solver.apply(solver, None, origin, bound, Args((stored,)), scratch)
