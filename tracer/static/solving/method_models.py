"""Methods of builtin containers and strings whose meaning no type tells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from tracer.static.solving.class_models import make_object
from tracer.static.solving.code import Code
from tracer.static.solving.containers import on_merged, scatter
from tracer.static.solving.engine import Solver
from tracer.static.solving.keys import once_called
from tracer.static.solving.modelling import on_protocol
from tracer.static.solving.objects import Kind
from tracer.static.solving.outside import call_method
from tracer.static.solving.patterns import possible_names
from tracer.static.solving.terms import Args, Origin
from tracer.static.solving.unifying import implicit_origin


def _keyed(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    """`d.get("k")`, `d.pop("k")`, `d.setdefault("k", v)`."""
    del origin
    item = solver.all[receiver]
    if item.kind is not Kind.FOREIGN or not item.b or not args.positional:
        return False
    box = solver.boxes[cast(int, item.b)]
    names, _ = possible_names(solver, code, args, 0)
    if len(names) != 1:
        return False
    solver.store.copy(solver.item_of(box, names[0]), result)
    solver.store.copy(box.loose, result)
    for variable in args.positional[1:2]:
        solver.store.copy(variable, result)
    return True


def _set_default(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    if not _keyed(solver, code, origin, receiver, args, result):
        if code is not None and len(args.nodes) > 1 and args.positional[1:]:
            solver.store.copy(args.positional[1], result)
            once_called(
                solver, code, args.nodes[0],
                partial(_set_anywhere, solver, code, origin, receiver, args, result),
            )  # fmt: skip
            return True
        return False
    box = solver.boxes[cast(int, solver.all[receiver].b)]
    names, _ = possible_names(solver, code, args, 0)
    for variable in args.positional[1:2]:
        solver.store.copy(variable, solver.item_of(box, names[0]))
    return True


def _set_anywhere(
    solver: Solver, code: Code, origin: Origin, receiver: int, args: Args, result: int
) -> None:
    method = solver.objects.number(Kind.METHOD, receiver, "setdefault", None)
    call_method(solver, code, origin, method, args, result)


def _update(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    del code, origin, result
    item = solver.all[receiver]
    if item.kind is not Kind.FOREIGN or not item.b:
        return False
    box = solver.boxes[cast(int, item.b)]
    if box.type_name not in ("builtins.dict", "collections.OrderedDict", "collections.defaultdict"):
        return False
    for name, variable in args.keywords:
        solver.store.copy(variable, solver.item_of(box, name))
    for variable in (*args.positional, *args.doubles):
        solver.store.watch(variable, on_merged, solver, box)
    return True


def _format(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    del code, receiver
    place = implicit_origin(solver, origin)
    for variable in (*args.positional, *(variable for _, variable in args.keywords)):
        solver.store.watch(variable, on_protocol, solver, "__format__", place, -1)
    solver.store.add(result, solver.foreign("builtins.str"))
    return True


def _reordered(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    """`found.sort()`: what it does beside that, its type tells."""
    del code, origin, args, result
    scatter(solver, receiver)
    return False


def _taken(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    """`found.pop(0)` moves the others, which `found.pop()` does not."""
    return bool(args.positional) and _reordered(solver, code, origin, receiver, args, result)


def _new_object(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    """`super().__new__(cls)` of a class whose base is outside."""
    del receiver
    make_object(solver, code, origin, args, result)
    return True


METHOD_MODELS: Mapping[str, Any] = {
    "builtins.dict.get": _keyed,
    "builtins.dict.pop": _keyed,
    "builtins.dict.setdefault": _set_default,
    "builtins.dict.update": _update,
    "collections.OrderedDict.update": _update,
    "collections.OrderedDict.get": _keyed,
    "builtins.list.__delitem__": _reordered,
    "builtins.list.insert": _reordered,
    "builtins.list.pop": _taken,
    "builtins.list.remove": _reordered,
    "builtins.list.reverse": _reordered,
    "builtins.list.sort": _reordered,
    "collections.deque.appendleft": _reordered,
    "collections.deque.extendleft": _reordered,
    "collections.deque.insert": _reordered,
    "collections.deque.popleft": _reordered,
    "collections.deque.remove": _reordered,
    "collections.deque.reverse": _reordered,
    "collections.deque.rotate": _reordered,
    "builtins.str.format": _format,
    "*.__new__": _new_object,
}
