"""From the type of a parameter to what the argument says of type variables and is called with."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, cast

from tracer.model.graph import SiteKind
from tracer.static.outside.terms import Type
from tracer.static.solving.engine import Solver
from tracer.static.solving.foreign import enter_outside
from tracer.static.solving.kept import CALLABLE, Callback, keep, kept_by, told_through
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.realizing import DEEPEST, Context, on_iterable, realize, variable_of
from tracer.static.solving.terms import NO_ARGS, SITE, Args, Origin

_PROTOCOL = SiteKind.BUILTIN_PROTOCOL.value
_ITERABLES = frozenset(
    (
        "typing.Iterable", "typing.Iterator", "typing.Sequence", "typing.MutableSequence",
        "typing.Collection", "typing.Reversible", "typing.AbstractSet", "typing.Container",
        "typing.MutableSet", "typing.Generator", "builtins.list", "builtins.set",
        "builtins.tuple", "builtins.frozenset", "collections.deque", "typing.ValuesView",
        "typing.KeysView",
    )
)  # fmt: skip


_MAPPINGS = frozenset(
    (
        "typing.Mapping", "typing.MutableMapping", "builtins.dict",
        "_typeshed.SupportsKeysAndGetItem", "_typeshed.SupportsItems",
    )
)  # fmt: skip


_CONTEXTS = frozenset(
    ("contextlib.AbstractContextManager", "typing.ContextManager", "typing.AsyncContextManager")
)


_AWAITABLES = frozenset(("typing.Awaitable", "typing.Coroutine", "asyncio.Future", "asyncio.Task"))
_CALLING = frozenset(("builtins.map", "builtins.filter"))  # classes that call what they are given


def unify(solver: Solver, term: Type, variable: int, context: Context, depth: int) -> None:
    """Let the variables in a parameter's type hold what the argument says of them."""
    if depth > DEEPEST:
        return
    store = solver.store
    match term[0]:
        case "V":
            target = variable_of(solver, context, term[1], is_stored=True)
            if target >= 0:
                store.copy(variable, target)
            if term[1].startswith("SupportsRichComparison"):
                store.watch(variable, _on_protocol, solver, "__lt__", context)
            elif term[1].startswith("_AddableT1"):
                store.watch(variable, _on_protocol, solver, "__add__", context)
            elif term[1].startswith("_SupportsSum"):
                store.watch(variable, _on_protocol, solver, "__radd__", context)
                store.watch(variable, _on_protocol, solver, "__add__", context)
        case "U":
            for one in term[1]:
                unify(solver, one, variable, context, depth + 1)
        case "F":
            _call_back(solver, term, variable, context, depth)
        case "C":
            _unify_class(solver, term, variable, context, depth)
        case "T":
            for index, item in enumerate(term[1]):
                target = solver.store.variable()
                store.watch(variable, _on_tuple_item, solver, index, target)
                unify(solver, item, target, context, depth + 1)
            if term[2] is not None:
                target = solver.store.variable()
                store.watch(variable, on_iterable, solver, target, None)
                unify(solver, term[2], target, context, depth + 1)
        case "Y":
            if term[1][0] == "V":
                target = variable_of(solver, context, term[1][1], is_stored=True)
                if target >= 0:
                    store.watch(variable, _on_object_of, solver, target)


def implicit_origin(solver: Solver, origin: Origin) -> Origin:
    """The place of what runs because of a call, without being what is called."""
    if origin[1] != SITE:
        return origin
    return (origin[0], _PROTOCOL, solver.flat(origin[0]).sites[origin[2]][1])


def _call_back(solver: Solver, term: Type, variable: int, context: Context, depth: int) -> None:
    """A parameter that is called: whatever is passed for it runs, through the function outside."""
    if context.through.startswith(solver.table.uncalled):
        return
    _, parameters, returns = term
    positional: list[int] = []
    for index, parameter in enumerate(parameters or ()):
        target = solver.named("callback argument", context.key, variable, index)
        realize(solver, parameter, context, target, depth + 1)
        positional.append(target)
    result = solver.named("callback result", context.key, variable)
    args = Args(tuple(positional))
    methods = kept_by(solver, context.through)
    if methods is None:
        solver.store.watch(variable, _on_callback, solver, context, args, result)
    else:
        later = replace(context, through=told_through(solver, context.through))
        tell = partial(solver.store.watch, variable, _on_callback, solver, later, args, result)
        has_run = solver.store.variable()
        if keep(solver, context.receiver, Callback(variable, args, result, methods, has_run)):
            solver.if_empty(has_run, tell)
        else:
            tell()
    unify(solver, returns, result, context, depth + 1)


def _unify_class(solver: Solver, term: Type, variable: int, context: Context, depth: int) -> None:
    _, dotted, arguments = term
    store = solver.store
    place = implicit_origin(solver, context.origin) if context.origin[1] != "nowhere" else None
    if dotted in _ITERABLES:
        element = store.variable()
        store.watch(variable, on_iterable, solver, element, place)
        if arguments:
            unify(solver, arguments[0], element, context, depth + 1)
        return
    if dotted in _CONTEXTS and arguments:
        entered = store.variable()
        store.watch(variable, _on_entered, solver, entered, context)
        unify(solver, arguments[0], entered, context, depth + 1)
        return
    if dotted in _MAPPINGS:
        for index, argument in enumerate(arguments[:2]):
            part = store.variable()
            store.watch(variable, _on_mapping, solver, index, part)
            unify(solver, argument, part, context, depth + 1)
        return
    if dotted in _AWAITABLES and arguments:
        part = store.variable()
        store.watch(variable, _on_awaitable, solver, part)
        unify(solver, arguments[-1], part, context, depth + 1)
        return
    method = solver.table.protocols.get(dotted)
    if method is not None and context.through not in solver.table.protocols:
        store.watch(variable, _on_protocol, solver, method, context)
    if arguments and any(argument[0] == "V" for argument in arguments):
        store.watch(variable, _on_same_class, solver, term, context)


def _on_same_class(watcher: Any, value: int) -> None:
    _, solver, term, context = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        if box.type_name == term[1]:
            for index, argument in enumerate(term[2]):
                unify(solver, argument, solver.argument_of(box, index), context, 1)


def _on_callback(watcher: Any, value: int) -> None:
    _, solver, context, args, result = watcher
    if solver.all[value].kind in CALLABLE:
        through = context.through
        symbol = solver.library.symbol(through)
        if symbol is not None and symbol.kind == "class" and through not in _CALLING:
            through = f"{through} (later)"
        solver.apply(solver, context.code, context.origin, value, args, result, through)


def _on_mapping(watcher: Any, value: int) -> None:
    _, solver, index, part = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        solver.store.copy(solver.argument_of(solver.boxes[cast(int, item.b)], index), part)


def _on_awaitable(watcher: Any, value: int) -> None:
    _, solver, part = watcher
    solver.awaited(solver, value, part, None)


def _on_tuple_item(watcher: Any, value: int) -> None:
    _, solver, index, target = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        solver.store.copy(solver.item_of(box, index), target)
        solver.store.copy(box.loose, target)


def _on_entered(watcher: Any, value: int) -> None:
    """A context manager that is handed over is entered there."""
    _, solver, entered, context = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.dunder(solver, value, "__enter__", NO_ARGS, context.origin, entered)
    elif item.kind is Kind.CONTEXT:
        solver.store.copy(solver.codes[cast(int, item.a) - 1].yielded, entered)
    elif item.kind is Kind.FOREIGN:
        enter_outside(solver, value, entered, False)


def _on_protocol(watcher: Any, value: int) -> None:
    _, solver, method, context = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        solver.protocol(solver, value, method, NO_ARGS, implicit_origin(solver, context.origin))


def _on_object_of(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        solver.store.add(result, solver.instance(cast(Ref, item.a), cast(bool, item.b)))
    elif item.kind is Kind.EXTERNAL:
        solver.store.add(result, solver.foreign(cast(str, item.a)))
