"""What a call passes, and which parameters hold it."""

from __future__ import annotations

from typing import Any, cast

from tracer.static.kinds import ParameterKind
from tracer.static.solving.classes import is_implied
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Kind
from tracer.static.solving.terms import Args, Box

_POSITIONAL = (ParameterKind.POSITIONAL_ONLY.value, ParameterKind.POSITIONAL.value)
_BY_NAME = (ParameterKind.POSITIONAL.value, ParameterKind.KEYWORD_ONLY.value)
_PLACES = 20  # of what `*given` puts into `*rest`; what comes after is anywhere in it


def pass_arguments(solver: Solver, callee: Code, receiver: int | None, args: Args) -> None:
    """Let the parameters of a code hold what a call passes."""
    key = ("passed", callee.number, receiver, args)
    if key in solver.memo:
        return
    solver.memo[key] = 1
    scope, store = callee.scope, solver.store
    parameters = scope.parameters
    position = 0
    positional = [i for i, parameter in enumerate(parameters) if parameter[1] in _POSITIONAL]
    rest = next(
        (i for i, parameter in enumerate(parameters) if parameter[1] == ParameterKind.REST.value),
        -1,
    )
    if receiver is not None:
        if positional:
            if not is_implied(solver, callee, receiver):
                store.add(callee.parameter(positional[0]), receiver)
            position = 1
        elif rest >= 0:
            box = rest_box(solver, callee, rest)
            store.add(solver.item_of(box, 0), receiver)
    shift = 1 if receiver is not None and not positional else 0
    for number, variable in enumerate(args.positional):
        place = number + position
        if any(place > star for star, _ in args.stars):
            break
        if place < len(positional):
            callee.passed.add(positional[place])
            store.copy(variable, callee.parameter(positional[place]))
        elif rest >= 0:
            box = rest_box(solver, callee, rest)
            store.copy(variable, solver.item_of(box, place - len(positional) + shift))
    for place, star in args.stars:
        store.watch(star, _on_spread, solver, callee, tuple(positional), rest, place + position)
    if args.keywords or args.doubles:
        names = {
            parameter[0]: i for i, parameter in enumerate(parameters) if parameter[1] in _BY_NAME
        }
        keywords = next(
            (
                i
                for i, parameter in enumerate(parameters)
                if parameter[1] == ParameterKind.KEYWORDS.value
            ),
            -1,
        )
        for name, variable in args.keywords:
            if name in names:
                callee.passed.add(names[name])
                store.copy(variable, callee.parameter(names[name]))
            elif keywords >= 0:
                store.copy(variable, solver.item_of(keywords_box(solver, callee, keywords), name))
        for double in args.doubles:
            store.watch(double, _on_spread_mapping, solver, callee, names, keywords)


def rest_box(solver: Solver, callee: Code, index: int) -> Box:
    """What `*args` of a code holds."""
    return solver.box("builtins.tuple", "rest", callee.number, index)


def keywords_box(solver: Solver, callee: Code, index: int) -> Box:
    """What `**kwargs` of a code holds."""
    return solver.box("builtins.dict", "keywords", callee.number, index)


def _on_spread(watcher: Any, value: int) -> None:
    """`f(*given)`: items by position as far as they are known, the rest anywhere after."""
    _, solver, callee, positional, rest, start = watcher
    item = solver.all[value]
    store = solver.store

    def place(index: int, variable: int) -> None:
        at = start + index
        if at < len(positional):
            store.copy(variable, callee.parameter(positional[at]))
        elif rest >= 0:
            box = rest_box(solver, callee, rest)
            behind = at - len(positional)
            # `def f(*rest): f(1, *rest)` would move what it is given on by one place for ever.
            store.copy(variable, solver.item_of(box, behind) if behind < _PLACES else box.loose)

    def anywhere(variable: int) -> None:
        for parameter in positional[start:]:
            store.copy(variable, callee.parameter(parameter))
        if rest >= 0:
            store.copy(variable, rest_box(solver, callee, rest).loose)

    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        if box.type_name in ("builtins.tuple", "builtins.list"):
            for key, variable in tuple(box.items.items()):
                if isinstance(key, int):
                    place(key, variable)

            def later(key: str | int, variable: int) -> None:
                if isinstance(key, int):
                    place(key, variable)

            box.on_item.append(later)
            anywhere(box.loose)
            return
    element = solver.store.variable()
    solver.iterate(solver, value, element, None)
    anywhere(element)


def _on_spread_mapping(watcher: Any, value: int) -> None:
    """`f(**given)`: items by name as far as they are known, the rest under any name."""
    _, solver, callee, names, keywords = watcher
    item = solver.all[value]
    if item.kind is not Kind.FOREIGN or not item.b:
        return
    store, box = solver.store, solver.boxes[cast(int, item.b)]

    def place(key: str | int, variable: int) -> None:
        if key in names:
            store.copy(variable, callee.parameter(names[key]))
        elif keywords >= 0 and isinstance(key, str):
            store.copy(variable, solver.item_of(keywords_box(solver, callee, keywords), key))

    for key, variable in tuple(box.items.items()):
        place(key, variable)
    box.on_item.append(place)
    for index in names.values():
        store.copy(box.loose, callee.parameter(index))
    if keywords >= 0:
        store.copy(box.loose, keywords_box(solver, callee, keywords).loose)
