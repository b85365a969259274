"""`type`, `object.__new__`, `cast`, `isinstance` and their like: what makes and checks objects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from tracer.static.solving.classes import metaclass
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.modelling import Model
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import Args, Origin
from tracer.static.solving.unifying import implicit_origin


def make_object(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`object.__new__(cls)`: an object of the class."""
    del origin
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_made_object, solver, code, result)


def _type(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del code, origin
    if len(args.positional) == 1:
        solver.store.watch(args.positional[0], _on_type, solver, result)
    elif len(args.positional) == 3:
        solver.store.watch(args.positional[1], _on_made_type, solver, result)


def _cast(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del origin
    if len(args.positional) != 2:
        return
    solver.store.watch(args.positional[0], _on_cast, solver, result)
    if code is not None:
        solver.if_empty(result, partial(solver.store.copy, args.positional[1], result))


def _check(
    method: str, solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    """`isinstance(x, cls)` asks the metaclass."""
    del code
    solver.store.add(result, solver.foreign("builtins.bool"))
    for variable in args.positional[1:2]:
        solver.store.watch(variable, _on_checked, solver, method, implicit_origin(solver, origin))


def _field(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`field(default=…)` stands for its default; a factory runs when an object is made."""
    del origin, code
    for name, variable in args.keywords:
        if name == "default":
            solver.store.copy(variable, result)


CLASS_MODELS: Mapping[str, Model] = {
    "builtins.type": _type,
    "typing.cast": _cast,
    "dataclasses.field": _field,
    "builtins.isinstance": partial(_check, "__instancecheck__"),
    "builtins.issubclass": partial(_check, "__subclasscheck__"),
    "builtins.object.__new__": make_object,
}


def _on_checked(watcher: Any, value: int) -> None:
    _, solver, method, origin = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        made_by = metaclass(solver, cast(Ref, item.a))
        if made_by is not None:
            solver.dunder(
                solver, solver.instance(made_by, False), method,
                Args((solver.named("text"),)), origin,
            )  # fmt: skip


def _on_type(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.store.add(result, solver.objects.number(Kind.CLASS, item.a, item.b))
    elif item.kind is Kind.FOREIGN:
        solver.store.add(result, solver.external(cast(str, item.a)))


def _on_made_type(watcher: Any, bases: int) -> None:
    """`type(name, bases, namespace)`: a class that is like its bases."""
    _, solver, result = watcher
    item = solver.all[bases]
    if item.kind is Kind.FOREIGN and item.b:
        solver.store.copy(solver.elements_of(solver.boxes[cast(int, item.b)]), result)


def _on_made_object(watcher: Any, value: int) -> None:
    _, solver, code, result = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
        birth = 0
        if code is not None and code.context and solver.holds_callables(ref):
            birth = solver.number_of(code.context[0], code)
        if is_exact or birth:
            solver.instantiate(ref)
        solver.store.add(result, solver.instance(ref, is_exact or bool(birth), birth))


def _on_cast(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        solver.store.add(result, solver.instance(cast(Ref, item.a), False))
    elif item.kind is Kind.EXTERNAL and solver.library.mro(cast(str, item.a)):
        solver.store.add(result, solver.foreign(cast(str, item.a)))
