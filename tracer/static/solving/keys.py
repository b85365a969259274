"""Parameters that say under which key something stands: `register("action", …)`.

A small function that uses a parameter as a key has a code for each call that gives a constant, and
in that code the parameter is the constant. Registers that are filled and asked by methods keep
their entries apart this way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracer.static.flat import CONST, NAME, PARAMETER
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.terms import Args, ConstantKey, SliceKey


def constant_text(code: Code, node: int) -> str | None:
    """The constant string that a node is: as written, or as the call of this code gives it."""
    parts: Any = code.scope.nodes[code.template.alias[node]]
    if parts[0] == CONST:
        return parts[2] if parts[1] == "str" else None
    if parts[0] == PARAMETER:
        return dict(code.keys).get(parts[1])
    around = code.parent
    if parts[0] != NAME or parts[2]:
        return None
    while around is not None:
        bound = [node for name, node, _, _ in around.scope.bindings if name == parts[1]]
        if bound:
            given: Any = around.scope.nodes[bound[0]]
            is_only = given[0] == PARAMETER and len(bound) == 1
            return dict(around.keys).get(given[1]) if is_only else None
        around = around.parent
    return None


def constant_key(code: Code, node: int) -> ConstantKey:
    """The constant that a key is; None for anything else."""
    if node < 0:
        return None
    parts: Any = code.scope.nodes[code.template.alias[node]]
    if parts[0] == CONST:
        if parts[1] == "slice":
            return SliceKey(parts[2])
        if parts[1] in ("str", "int"):
            return parts[2]  # type: ignore[no-any-return]
    return constant_text(code, node)


def note_keys(
    solver: Solver, callee: Code, caller: Code | None, receiver: int | None, args: Args
) -> None:
    """Let the parameters of a code of one call be the constants that the call gives."""
    is_apart = bool(callee.context) and callee.context[0] >= 0
    if callee.is_linked or callee.keys or caller is None or not is_apart:
        return
    names = [parameter[0] for parameter in callee.scope.parameters]
    given = list(enumerate(args.nodes, 0 if receiver is None else 1))
    given += [
        (names.index(name), node)
        for (name, _), node in zip(args.keywords, args.named, strict=False)
        if name in names
    ]
    stores, file = solver.program.nonlocal_stores, callee.ref[0]
    first_star = min((place for place, _ in args.stars), default=len(names))
    for index, node in given:
        if index < min(first_star, len(names)) and (file, names[index]) not in stores:
            text = constant_text(caller, node)
            if text is not None:
                callee.keys = (*callee.keys, (index, text))


def once_called(solver: Solver, code: Code, node: int, act: Callable[[], None]) -> None:
    """Do something with a key, unless it is a parameter that nobody fills here.

    Where all calls have a code of their own, the common one stands for nobody.
    """
    parts = code.scope.nodes[code.template.alias[node]]
    if parts[0] != PARAMETER or code.is_called or not solver.is_shared(code):
        act()
    else:
        solver.uncalled.setdefault(code.number, []).append(act)


def note_called(solver: Solver, code: Code) -> None:
    """Note that a call runs a code."""
    code.is_called = True
    for act in solver.uncalled.pop(code.number, ()):
        act()


def use_uncalled(solver: Solver) -> None:
    """What nobody in the tree calls, a user of the tree may."""
    for number in tuple(solver.uncalled):
        code = solver.codes[number - 1]
        if not solver.has_codes_apart(code.ref):
            note_called(solver, code)
