"""Decorators that add to what they belong to: `@x.setter`, `@f.register`."""

from __future__ import annotations

from typing import Any, cast

from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Kind
from tracer.static.solving.terms import Args


def add_accessor(solver: Solver, number: object, which: str, args: Args, result: int) -> None:
    """`@x.setter`: the property, with one more function."""
    item = solver.all[cast(int, number)]
    getter, setter, deleter = cast("tuple[int, int, int]", item.a)
    if args.positional:
        target = {"getter": getter, "setter": setter, "deleter": deleter}[which]
        solver.store.copy(args.positional[0], target)
    solver.store.add(result, cast(int, number))


def register_implementation(solver: Solver, number: int, args: Args, result: int) -> None:
    """`@f.register`, `@f.register(C)`, `f.register(C, function)`."""
    item = solver.all[number]
    implementations, _ = cast("tuple[int, int]", item.a)
    for variable in args.positional[-1:]:
        solver.store.watch(variable, _on_registered, solver, implementations, number, result)


def _on_registered(watcher: Any, value: int) -> None:
    _, solver, implementations, number, result = watcher
    kind = solver.all[value].kind
    if kind in (Kind.FUNCTION, Kind.BOUND):
        solver.store.add(implementations, value)
        solver.store.add(result, value)
    elif kind in (Kind.CLASS, Kind.EXTERNAL):
        # `register(C)` gives a decorator; what it decorates registers itself.
        solver.store.add(result, solver.objects.number(Kind.REGISTRAR, number))
