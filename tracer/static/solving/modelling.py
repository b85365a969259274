"""What models of functions outside share: their shape, and watchers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.members import read_attribute
from tracer.static.solving.objects import Kind
from tracer.static.solving.terms import NO_ARGS, Args, Origin

Model = Callable[[Solver, "Code | None", Origin, Args, int], None]


def on_protocol(watcher: Any, value: int) -> None:
    """Watch an argument that a function asks for a special method."""
    _, solver, method, origin, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        answer = result if method in _GIVING else -1
        solver.protocol(solver, value, method, NO_ARGS, origin, answer)
    elif method in _TEXTS and item.kind is Kind.FOREIGN and item.b:
        # A container writes what it holds by `repr`.
        box = solver.boxes[cast(int, item.b)]
        key = ("written", box.number, origin)
        if key not in solver.memo:
            solver.memo[key] = 1  # A container may hold itself.
            solver.store.watch(
                solver.elements_of(box), on_protocol, solver, "__repr__", origin, result
            )


_TEXTS = frozenset(("__str__", "__repr__", "__format__"))
_GIVING = frozenset(
    ("__iter__", "__reversed__", "__round__", "__abs__", "__copy__", "__deepcopy__")
)


def on_iterated(watcher: Any, value: int) -> None:
    """Watch an argument that a function iterates over."""
    _, solver, element, origin = watcher
    solver.iterate(solver, value, element, origin)


def on_read(watcher: Any, value: int) -> None:
    """Watch a value of which an attribute is read by name."""
    _, solver, name, reader = watcher
    read_attribute(solver, value, name, reader)


def on_called(watcher: Any, value: int) -> None:
    """Watch a value that is called."""
    _, solver, code, origin, args, result = watcher
    solver.apply(solver, code, origin, value, args, result)
