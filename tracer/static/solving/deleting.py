"""`del value.name`: a property's deleter, `__delete__` or `__delattr__`."""

from __future__ import annotations

from typing import Any, cast

from tracer.static.solving.classes import holding
from tracer.static.solving.engine import Solver
from tracer.static.solving.lookup import class_variable, find_member
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import NO_ARGS, Args, Origin


def delete_attribute(solver: Solver, value: int, name: str, origin: Origin) -> None:
    """`del value.name`: a property's deleter, `__delete__`, or `__delattr__`."""
    ref = cast(Ref, solver.all[value].a)
    order = solver.definitions.order(ref)
    owner, _ = find_member(solver, order, name)
    if owner is not None:
        solver.store.watch(
            class_variable(solver, owner, name), _on_deleted_through, solver, value, origin
        )
    if find_member(solver, order, "__delattr__")[0] is not None:
        solver.dunder(solver, value, "__delattr__", Args((solver.named("text"),)), origin)


def _on_deleted_through(watcher: Any, member: int) -> None:
    _, solver, value, origin = watcher
    item = solver.all[member]
    if item.kind is Kind.PROPERTY:
        deleter = cast("tuple[int, int, int]", item.a)[2]
        solver.store.watch(deleter, _on_deleter, solver, value, origin)
    elif item.kind is Kind.INSTANCE:
        solver.dunder(solver, member, "__delete__", Args((holding(solver, value),)), origin)


def _on_deleter(watcher: Any, function: int) -> None:
    _, solver, value, origin = watcher
    bound = solver.objects.number(Kind.BOUND, function, value)
    solver.apply(solver, None, origin, bound, NO_ARGS, solver.store.variable())
