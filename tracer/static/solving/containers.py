"""What containers hand on to one another, and where an order changes."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from tracer.static.solving.engine import DICTS, Solver
from tracer.static.solving.objects import Kind
from tracer.static.solving.terms import Box

_REORDERED = frozenset(("builtins.list", "collections.deque", "typing.MutableSequence"))


def merge(solver: Solver, source: Box, target: Box) -> None:
    """Let a container hold what another one holds."""
    if source is target:
        return
    store = solver.store
    if target.type_name in DICTS and source.type_name not in DICTS:
        store.watch(solver.elements_of(source), _on_pair, solver, target)
        return

    place = partial(_place, solver, target)  # tens of thousands are kept: less than a closure
    for key, variable in tuple(source.items.items()):
        place(key, variable)
    source.on_item.append(place)
    store.copy(source.loose, target.loose)
    if source.type_name in ("builtins.dict", "collections.defaultdict"):
        store.copy(solver.argument_of(source, 0), solver.argument_of(target, 0))
    elif 0 in source.arguments:
        store.copy(source.arguments[0], target.loose)


def _place(solver: Solver, target: Box, key: str | int, variable: int) -> None:
    if isinstance(key, str):
        solver.store.copy(variable, solver.item_of(target, key))
    else:
        solver.store.copy(variable, target.loose)


def on_merged(watcher: Any, value: int) -> None:
    """Let a container hold what an object that arrives holds, if that is one: `{**other}`."""
    _, solver, target = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        merge(solver, solver.boxes[cast(int, item.b)], target)


def _on_pair(watcher: Any, value: int) -> None:
    """`dict([(key, item)])`: which item stands under which key is not followed."""
    _, solver, target = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        pair = solver.boxes[cast(int, item.b)]
        for place, into in enumerate((solver.argument_of(target, 0), target.loose)):
            solver.store.copy(solver.item_of(pair, place), into)
            solver.store.copy(pair.loose, into)


def scatter(solver: Solver, value: int) -> None:
    """Whatever a sequence holds may stand anywhere in it: its order has changed."""
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        if box.type_name in _REORDERED:
            solver.store.copy(solver.elements_of(box), box.loose)


def slice_of(solver: Solver, box: Box, start: int | None, result: int) -> int:
    """A sequence of the same elements; one for each variable that holds it."""
    made, store = solver.box(box.type_name, "slice", result), solver.store
    if made is box:  # `x = x[1:]` in a loop
        store.copy(solver.elements_of(box), box.loose)
    elif start is None:
        store.copy(solver.elements_of(box), made.loose)
    else:
        shift = start

        def place(key: str | int, variable: int) -> None:
            if isinstance(key, int) and key >= shift:
                store.copy(variable, solver.item_of(made, key - shift))

        for key, variable in tuple(box.items.items()):
            place(key, variable)
        box.on_item.append(place)
        store.copy(box.loose, made.loose)
    return solver.foreign(box.type_name, made)
