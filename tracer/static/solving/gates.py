"""What callers pass for a parameter, as far as its annotation lets it in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from tracer.static.flat import TypeTree
from tracer.static.solving.ancestry import ancestry, is_outside_subclass, may_be_other
from tracer.static.solving.annotations import allowed_classes
from tracer.static.solving.classes import dotted_of
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import NONE, Kind, Ref


def link_gate(solver: Solver, code: Code, around: Ref, index: int, tree: TypeTree) -> None:
    """Let in what callers pass for a parameter, as far as its annotation allows it."""
    key = ("gate", code.ref, index)
    classes = solver.views.get(key, key)
    if classes is key:
        classes = solver.views[key] = allowed_classes(solver, around, tree)
    passed = code.parameter(index)
    if classes is None:
        solver.store.copy(passed, code.variable(index))
    else:
        solver.store.watch(passed, _on_passed, solver, classes, code.variable(index))


def _on_passed(watcher: Any, value: int) -> None:
    _, solver, classes, variable = watcher
    item = solver.all[value]
    if item.kind not in (Kind.FOREIGN, Kind.STRING) and not all(
        solver.library.mro(cls) for cls in classes if isinstance(cls, str)
    ):
        # Of a class without stubs only classes from outside are told apart: tests pass stand-ins.
        solver.store.add(variable, value)
    elif item.kind is Kind.INSTANCE:
        order = solver.definitions.order(cast(Ref, item.a))
        if any(cls in order for cls in classes) or (
            "?" in order
            or any(
                isinstance(cls, str) and (cls in _LOOSE or _may_derive(solver, order, cls))
                for cls in classes
            )
        ):
            solver.store.add(variable, value)
    elif item.kind in (Kind.FOREIGN, Kind.STRING):
        dotted = dotted_of(solver, value)
        if any(isinstance(cls, str) for cls in classes) and (
            not ancestry(solver, dotted)
            or any(isinstance(cls, str) and _may_pass(solver, dotted, cls) for cls in classes)
        ):
            solver.store.add(variable, value)
    elif value == NONE:
        solver.store.add(variable, value)
    elif item.kind in (Kind.GENERATOR, Kind.COROUTINE, Kind.CONTEXT):
        if any(isinstance(cls, str) and cls not in _PLAIN for cls in classes):
            solver.store.add(variable, value)
    elif any(
        isinstance(cls, str) and cls in ("builtins.type", "types.ModuleType") for cls in classes
    ):
        solver.store.add(variable, value)


def _may_derive(solver: Solver, order: Iterable[Ref | str], cls: str) -> bool:
    """Whether a base from outside may derive from a class."""
    for base in order:
        if isinstance(base, str) and base != "builtins.object":
            own = ancestry(solver, base)
            if not own or cls in own:
                return True
    return False


def _may_pass(solver: Solver, dotted: str, cls: str) -> bool:
    """Whether an annotation lets in an object of a class from outside."""
    if solver.library.mro(dotted) and solver.library.mro(cls):
        return is_outside_subclass(solver, dotted, cls)
    return cls in _LOOSE or may_be_other(solver, dotted, cls)


_PLAIN = frozenset(
    ("builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes")
)


_LOOSE = frozenset(
    (
        "typing.Iterable", "typing.Iterator", "typing.Sequence", "typing.Mapping",
        "typing.Collection", "typing.Sized", "typing.Hashable", "typing.ContextManager",
        "typing.IO", "typing.TextIO", "typing.BinaryIO", "typing.MutableMapping",
        "typing.Container", "os.PathLike", "typing.Awaitable", "typing.AsyncIterable",
        "contextlib.AbstractContextManager", "typing.SupportsInt", "typing.SupportsFloat",
    )
)  # fmt: skip
