"""`iter`, `next`, `any`, `sum` and their like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.modelling import Model, on_called, on_iterated, on_protocol
from tracer.static.solving.objects import Kind
from tracer.static.solving.terms import NO_ARGS, Args, Origin
from tracer.static.solving.unifying import implicit_origin


def _iter(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    if len(args.positional) == 2:  # `iter(call, sentinel)`
        box = solver.box("builtins.list", "iter", origin, code.number if code else 0)
        solver.store.watch(args.positional[0], on_called, solver, code, origin, NO_ARGS, box.loose)
        solver.store.add(result, solver.foreign("builtins.list", box))
        return
    for variable in args.positional:
        solver.store.watch(
            variable, _on_iter, solver, implicit_origin(solver, origin),
            ("iter", origin, code.number if code else 0), result,
        )  # fmt: skip


def _next(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del code
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_next, solver, implicit_origin(solver, origin), result)
    for variable in args.positional[1:]:
        solver.store.copy(variable, result)


def _truths(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`any(items)`: the truth of each."""
    solver.store.add(result, solver.foreign("builtins.bool"))
    place = implicit_origin(solver, origin)
    element = solver.named("truths", origin, code.number if code else 0)
    for variable in args.positional[:1]:
        solver.store.watch(variable, on_iterated, solver, element, place)
    solver.store.watch(element, on_protocol, solver, "__bool__", place, -1)


def _sum(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`sum(items, start)`: each item is added to what there is so far, at first 0 or the start."""
    place = implicit_origin(solver, origin)
    element = solver.named("added", origin, code.number if code else 0)
    for variable in args.positional[:1]:
        solver.store.watch(variable, on_iterated, solver, element, place)
    methods = ("__add__",) if len(args.positional) > 1 else ("__radd__", "__add__")
    for method in methods:
        solver.store.watch(element, on_protocol, solver, method, place, -1)
    for variable in (element, *args.positional[1:2]):
        solver.store.copy(variable, result)


ITERATION_MODELS: Mapping[str, Model] = {
    "builtins.any": _truths,
    "builtins.all": _truths,
    "builtins.sum": _sum,
    "builtins.iter": _iter,
    "builtins.next": _next,
}


def _on_iter(watcher: Any, value: int) -> None:
    _, solver, origin, key, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        if solver.dunder(solver, value, "__iter__", NO_ARGS, origin, result):
            return
    elif item.kind is Kind.GENERATOR:
        solver.store.add(result, value)
        return
    box = solver.box("builtins.list", *key)
    solver.iterate(solver, value, box.loose, origin)
    solver.store.add(result, solver.foreign("builtins.list", box))


def _on_next(watcher: Any, value: int) -> None:
    _, solver, origin, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.dunder(solver, value, "__next__", NO_ARGS, origin, result)
    else:
        solver.iterate(solver, value, result, origin)
