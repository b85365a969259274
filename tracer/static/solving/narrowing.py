"""What a test tells of a value: `isinstance(x, C)`, `issubclass(x, C)`, `x is None`, `case C()`."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, cast

from tracer.static.flat import TypeTree
from tracer.static.solving.ancestry import is_outside_subclass
from tracer.static.solving.annotations import allow, classes_of
from tracer.static.solving.classes import dotted_of, is_protocol, metaclass
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import NONE, Kind, Object, Ref

_TYPE = "builtins.type"
_RUNNING = frozenset((Kind.GENERATOR, Kind.COROUTINE, Kind.CONTEXT, Kind.EXTERNAL))
_STRUCTURAL = frozenset(
    # Whoever has the methods passes (`__subclasshook__` in `_collections_abc`).
    (
        "Hashable", "Sized", "Container", "Iterable", "Iterator", "Reversible", "Collection",
        "Generator", "Awaitable", "Coroutine", "AsyncIterable", "AsyncIterator",
        "AsyncGenerator", "Buffer", "PathLike", "AbstractContextManager",
        "AbstractAsyncContextManager", "ContextManager", "AsyncContextManager",
        "SupportsInt", "SupportsFloat", "SupportsIndex", "SupportsAbs", "SupportsRound",
        "SupportsBytes", "SupportsComplex",
    )
)  # fmt: skip


class Test(NamedTuple):
    """The classes that a value is tested against."""

    classes: tuple[Ref | str, ...]
    is_whole: bool  # whether these are all of them
    is_of_class: bool  # `issubclass`: the value is a class itself


def narrow(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    """Let a node hold those of another node's values that pass a test, or fail it."""
    _, base, tree, holds = parts
    variable = code.variable(index)
    if tree[0] == "none":
        if not holds:
            solver.store.watch(code.variable(base), _on_not_none, solver, variable)
        else:
            solver.store.add(variable, NONE)
        return
    test = read_test(solver, code.ref, tree)
    if not test.classes and not (holds and test.is_whole):
        solver.store.copy(code.variable(base), variable)
        return
    solver.store.watch(code.variable(base), _on_narrowed, solver, test, holds, variable)
    if holds and test.classes and not test.is_of_class:
        place = ("narrowed", code.ref, index)
        solver.if_empty(variable, partial(allow, solver, code.ref, tree, variable, place))


def read_test(solver: Solver, ref: Ref, tree: TypeTree) -> Test:
    """Resolve the classes of a test, once for each scope and type expression."""
    key = ("test", ref, tree)
    known: Test | None = solver.views.get(key)
    if known is None:
        is_of_class = tree[0] == "class"
        inner = cast(TypeTree, tree[1]) if is_of_class else tree
        classes = tuple(classes_of(solver, ref, inner))
        known = solver.views[key] = Test(classes, len(classes) >= _named(inner), is_of_class)
    return known


def says_all(test: Test) -> bool:
    """Whether the classes tell what a value that passes is; classes and functions may be any."""
    return test.is_whole and not test.is_of_class and not any(map(_is_callable, test.classes))


def _named(tree: TypeTree) -> int:
    """How many classes a type expression names, an alias for one."""
    match tree[0]:
        case "group":
            return sum(map(_named, cast("tuple[TypeTree, ...]", tree[1])))
        case "or":
            return _named(cast(TypeTree, tree[1])) + _named(cast(TypeTree, tree[2]))
        case "none":
            return 0
    return 1


def _is_callable(cls: Ref | str) -> bool:
    return isinstance(cls, str) and ("Callable" in cls or cls.startswith("types.") or cls == _TYPE)


def _on_not_none(watcher: Any, value: int) -> None:
    _, solver, variable = watcher
    if value != NONE:
        solver.store.add(variable, value)


def _on_narrowed(watcher: Any, value: int) -> None:
    _, solver, test, holds, variable = watcher
    passes = _passes(solver, value, test)
    if passes is None or passes is holds:
        solver.store.add(variable, value)
    elif holds:
        _refine(solver, value, test, variable)


def _passes(solver: Solver, value: int, test: Test) -> bool | None:
    """Whether a value passes a test; None where either is possible."""
    item = solver.all[value]
    otherwise = False if test.is_whole else None
    if value == NONE:
        return otherwise
    kind = item.kind
    is_outside = any(isinstance(cls, str) for cls in test.classes)
    if any(map(_is_callable, test.classes)):
        if set(test.classes) != {_TYPE}:
            return True if kind is Kind.CLASS else None
        return _is_class(solver, item)
    match kind:
        case Kind.INSTANCE if not test.is_of_class:
            return _is_below(solver, cast(Ref, item.a), test, otherwise)
        case Kind.CLASS if test.is_of_class:
            return _is_below(solver, cast(Ref, item.a), test, otherwise)
        case Kind.CLASS:
            made_by = metaclass(solver, cast(Ref, item.a))
            if made_by is not None:
                return _is_below(solver, made_by, test, otherwise)
            is_known = "?" not in solver.definitions.order(cast(Ref, item.a))
            return otherwise if is_known else None
        case Kind.FOREIGN | Kind.STRING if not test.is_of_class:
            dotted = dotted_of(solver, value)
            if any(
                isinstance(cls, str) and is_outside_subclass(solver, dotted, cls)
                for cls in test.classes
            ):
                return True
    return None if kind in _RUNNING and is_outside else otherwise


def _is_class(solver: Solver, item: Object) -> bool | None:
    """`isinstance(x, type)`."""
    if item.kind is Kind.INSTANCE:
        order = solver.definitions.order(cast(Ref, item.a))
        return True if _TYPE in order else None if "?" in order else False
    if item.kind is Kind.FOREIGN:
        return item.a == _TYPE
    return True if item.kind is Kind.CLASS else None if item.kind is Kind.EXTERNAL else False


def _is_below(solver: Solver, ref: Ref, test: Test, otherwise: bool | None) -> bool | None:
    order = solver.definitions.order(ref)
    if any(cls in order for cls in test.classes):
        return True
    is_open = "?" in order or any(
        cls.rpartition(".")[2] in _STRUCTURAL if isinstance(cls, str) else is_protocol(solver, cls)
        for cls in test.classes
    )
    return None if is_open else otherwise


def _refine(solver: Solver, value: int, test: Test, variable: int) -> None:
    """What is known as an object of a base may be one of the class that is asked for."""
    item = solver.all[value]
    wanted = Kind.CLASS if test.is_of_class else Kind.INSTANCE
    if item.kind is not wanted or item.b:
        return
    for cls in test.classes:
        if not isinstance(cls, str) and item.a in solver.definitions.order(cls):
            number = solver.objects.number(item.kind, cls, False, item.c)
            solver.store.add(variable, number)
