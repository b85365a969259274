"""`property`, `partial`, `lru_cache` and their like: what is made of a function."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.modelling import Model
from tracer.static.solving.objects import Kind
from tracer.static.solving.terms import Args, Origin


def make_property(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    """`property(fget, fset, fdel)`, and decorators that are like it."""
    number = code.number if code else 0
    names = ("fget", "fset", "fdel")
    variables = tuple(solver.named("accessor", origin, number, name) for name in names)
    for variable, given in zip(variables, args.positional, strict=False):
        solver.store.copy(given, variable)
    for name, given in args.keywords:
        if name in names:
            solver.store.copy(given, variables[names.index(name)])
    solver.store.add(result, solver.objects.number(Kind.PROPERTY, variables))


def make_context_maker(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    """`contextmanager`, and decorators that are like it."""
    del code, origin
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_context_maker, solver, result)


def _cached_property(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    make_property(solver, code, origin, args, result)
    solver.cached.add(solver.named("accessor", origin, code.number if code else 0, "fget"))


def _wrapped(
    kind: Kind, solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    del code, origin
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_wrapped, solver, kind, result)


def _identity(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del code, origin
    for variable in args.positional[:1]:
        solver.store.copy(variable, result)


def _decorator(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`@lru_cache`, and `@lru_cache(maxsize=None)`."""
    del code, origin
    if args.positional:
        solver.store.watch(args.positional[0], _on_decorated, solver, result)
    if not args.positional or args.keywords:
        solver.store.add(result, solver.objects.number(Kind.WRAPPER, "decorator"))
    else:
        solver.store.watch(args.positional[0], _on_option, solver, result)


def _wraps(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del code, origin, args
    solver.store.add(result, solver.objects.number(Kind.WRAPPER, "decorator"))


def _partial(
    is_method: bool, solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    del code, origin
    kept = Args(
        args.positional[1:],
        args.keywords,
        tuple((place - 1, star) for place, star in args.stars),
        args.doubles,
    )
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_partial, solver, kept, is_method, result)


def _single_dispatch(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    number = code.number if code else 0
    implementations = solver.named("implementations", origin, number)
    first = solver.named("implementation", origin, number)
    for variable in args.positional[:1]:
        solver.store.copy(variable, first)
    solver.store.add(result, solver.objects.number(Kind.DISPATCHER, (implementations, first)))


WRAPPER_MODELS: Mapping[str, Model] = {
    "builtins.property": make_property,
    "abc.abstractproperty": make_property,
    "functools.cached_property": _cached_property,
    "cached_property.cached_property": _cached_property,
    "builtins.staticmethod": partial(_wrapped, Kind.STATIC),
    "builtins.classmethod": partial(_wrapped, Kind.CLASSMETHOD),
    "abc.abstractclassmethod": partial(_wrapped, Kind.CLASSMETHOD),
    "abc.abstractstaticmethod": partial(_wrapped, Kind.STATIC),
    "abc.abstractmethod": _identity,
    "typing.final": _identity,
    "typing.overload": _identity,
    "typing.override": _identity,
    "typing.runtime_checkable": _identity,
    "typing.no_type_check": _identity,
    "typing.NewType": _identity,
    "functools.total_ordering": _identity,
    "functools.lru_cache": _decorator,
    "functools.cache": _decorator,
    "functools.wraps": _wraps,
    "functools.update_wrapper": _identity,
    "functools.partial": partial(_partial, False),
    "functools.partialmethod": partial(_partial, True),
    "functools.singledispatch": _single_dispatch,
    "functools.singledispatchmethod": _single_dispatch,
    "contextlib.contextmanager": make_context_maker,
    "contextlib.asynccontextmanager": make_context_maker,
    "dataclasses.dataclass": _decorator,
    "dataclasses.replace": _identity,
    "copy.copy": _identity,
    "copy.deepcopy": _identity,
    "enum.unique": _identity,
    "types.coroutine": _identity,
    "inspect.unwrap": _identity,
    "weakref.proxy": _identity,
}


def _on_wrapped(watcher: Any, value: int) -> None:
    _, solver, kind, result = watcher
    solver.store.add(result, solver.objects.number(kind, value))


def _on_decorated(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    if solver.all[value].kind is not Kind.FOREIGN:
        solver.store.add(result, value)


def _on_option(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    if solver.all[value].kind is Kind.FOREIGN:
        solver.store.add(result, solver.objects.number(Kind.WRAPPER, "decorator"))


def _on_partial(watcher: Any, value: int) -> None:
    _, solver, kept, is_method, result = watcher
    if solver.all[value].kind is Kind.PARTIAL and len(watcher) > 8:
        return
    solver.store.add(result, solver.objects.number(Kind.PARTIAL, value, kept, is_method))


def _on_context_maker(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    solver.store.add(result, solver.objects.number(Kind.CONTEXT_MAKER, value))
