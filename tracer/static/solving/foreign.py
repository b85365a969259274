"""Objects from outside: what iteration, `with`, operators and items give."""

from __future__ import annotations

from typing import Any

from tracer.static.solving.classes import dotted_of
from tracer.static.solving.containers import merge, on_merged
from tracer.static.solving.engine import Solver
from tracer.static.solving.realizing import (
    NOWHERE,
    Context,
    context_of,
    is_generic,
    realize,
    realize_template,
)
from tracer.static.solving.terms import Args, ConstantKey, SliceKey


def iterate_outside(solver: Solver, value: int, element: int) -> None:
    """Let a variable hold what iteration over an object from outside gives."""
    dotted = dotted_of(solver, value)
    template = solver.returned_type(f"{dotted}.__iter__")
    context = context_of(solver, NOWHERE, None, value, dotted, ("iterated", value))
    if template is not None:
        realize_template(solver, template, context, Args(), element)
        return
    term = solver.library.element(dotted)
    if term is not None:
        realize(solver, term, context, element)
        return
    for name in ("__aiter__", "__anext__"):
        member = solver.library.member(dotted, name)
        if member is not None and context.box is not None:
            solver.store.copy(solver.argument_of(context.box, 0), element)
            return


def enter_outside(solver: Solver, value: int, result: int, is_async: bool) -> None:
    """Let a variable hold what `with` gives for an object from outside."""
    dotted = dotted_of(solver, value)
    name = "__aenter__" if is_async else "__enter__"
    template = solver.returned_type(f"{dotted}.__enter__")
    context = context_of(solver, NOWHERE, None, value, dotted, ("entered", value))
    if template is not None:
        realize_template(solver, template, context, Args(), result)
        return
    member = solver.library.member(dotted, name)
    if member is None:
        if not solver.library.mro(dotted):
            solver.store.add(result, value)
        return
    for signature in member.signatures[:1]:
        term = signature.returns
        if is_async and term[0] == "C" and term[1] == "typing.Coroutine" and term[2]:
            term = term[2][-1]
        realize(solver, term, context, result)


def operate_outside(solver: Solver, value: int, method: str, right: int, result: int) -> None:
    """Let a variable hold what an operator of an object from outside gives."""
    dotted = dotted_of(solver, value)
    template = solver.returned_type(f"{dotted}.{method}")
    # One object for all operands of a class: `x = x + y` would make others without end.
    context = context_of(solver, NOWHERE, None, value, dotted, ("operated", dotted, method, result))
    if template is not None and not (is_generic(template) and dotted in _CONCATENATED):
        realize_template(solver, template, context, Args(), result)
        return
    member = solver.library.member(dotted, method)
    if member is None or not member.signatures:
        return
    if right >= 0 and dotted in _CONCATENATED:
        # `[a] + [b]` holds what both hold.
        if context.box is not None and method in ("__add__", "__or__"):
            made = solver.box(dotted, "concatenated", result)
            merge(solver, context.box, made)
            if ("joined", made.number, right) not in solver.memo:
                solver.memo["joined", made.number, right] = 1
                solver.store.watch(right, on_merged, solver, made)
            solver.store.add(result, solver.foreign(dotted, made))
            return
        solver.store.add(result, value)
        return
    for signature in member.signatures[:1]:
        realize(solver, signature.returns, context, result)


def item_outside(solver: Solver, value: int, key: int, constant: ConstantKey, result: int) -> None:
    """Let a variable hold what `value[key]` gives for an object from outside."""
    del key
    dotted = dotted_of(solver, value)
    context = context_of(solver, NOWHERE, None, value, dotted, ("item", value, constant))
    if context.box is not None and isinstance(constant, str | int) and context.box.items:
        solver.store.copy(solver.item_of(context.box, constant), result)
    template = solver.returned_type(f"{dotted}.__getitem__")
    if template is not None:
        realize_template(solver, template, context, Args(), result)
        return
    member = solver.library.member(dotted, "__getitem__")
    if member is None:
        if context.box is not None:
            solver.store.copy(solver.elements_of(context.box), result)
        return
    signatures = member.signatures
    if len(signatures) > 1 and isinstance(constant, SliceKey):
        signatures = signatures[1:]
    for signature in signatures[:1]:
        realize(solver, signature.returns, context, result)


def external_item(solver: Solver, dotted: str, constant: ConstantKey, result: int) -> None:
    """`os.environ["HOME"]`, `list[int]`: an item of a value or class outside."""
    template = solver.returned_type(f"{dotted}.__getitem__")
    if template is not None:
        context = Context(NOWHERE, None, dotted, key=("external item", dotted))
        realize_template(solver, template, context, Args(), result)
        return
    symbol = solver.library.symbol(dotted)
    if symbol is not None and symbol.kind == "class":
        solver.store.add(result, solver.external(dotted))
    elif symbol is not None and symbol.kind == "value" and symbol.type is not None:
        made = solver.named("external value", dotted)
        realize(solver, symbol.type, Context(NOWHERE, None, dotted, key=("value", dotted)), made)
        solver.store.watch(made, _on_external_item, solver, constant, result)


_CONCATENATED = frozenset(
    ("builtins.list", "builtins.tuple", "builtins.set", "builtins.dict", "builtins.frozenset")
)


def _on_external_item(watcher: Any, value: int) -> None:
    _, solver, constant, result = watcher
    item_outside(solver, value, -1, constant, result)
