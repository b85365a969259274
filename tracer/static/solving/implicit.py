"""Calls that nobody writes: operators, items, iteration, comparison, `with`, `await`."""

from __future__ import annotations

from typing import Any, cast

from tracer.model.graph import SiteKind
from tracer.static.solving.classes import (
    dataclass_fields,
    foreign_base,
    holding,
    is_enum,
    is_named_tuple,
    metaclass,
    text,
)
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.foreign import enter_outside, iterate_outside
from tracer.static.solving.member_views import call_dunder, has_member, instance_view
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import NO_ARGS, Args, Origin

_FALLBACKS = {
    # What the interpreter asks next where a class lacks the method.
    "__bool__": ("__len__",),
    "__str__": ("__repr__",),
    "__format__": ("__str__", "__repr__"),
    "__ne__": ("__eq__",),
    "__int__": ("__index__", "__trunc__"),
    "__float__": ("__index__",),
    "__complex__": ("__float__", "__index__"),
    "__bytes__": ("__index__",),
    "__iter__": ("__getitem__",),
    "__contains__": ("__iter__", "__getitem__"),
}


def run_protocol(
    solver: Solver, value: int, method: str, args: Args, origin: Origin, result: int = -1
) -> bool:
    """Run a special method of an object of the tree, or what stands in for it.

    Returns:
        Whether there is one.
    """
    if call_dunder(solver, value, method, args, origin, result):
        return True
    if method == "__reversed__":
        found = call_dunder(solver, value, "__len__", NO_ARGS, origin)
        args = _fallback_args(solver, "__getitem__", args)
        return call_dunder(solver, value, "__getitem__", args, origin, result) or found
    for other in _FALLBACKS.get(method, ()):
        if other == "__iter__" and method == "__contains__":
            element = solver.store.variable()
            if has(solver, value, "__iter__"):
                iterate(solver, value, element, origin)
                return True
            continue
        answer = result if other in ("__eq__", "__str__", "__repr__") else -1
        if call_dunder(solver, value, other, _fallback_args(solver, other, args), origin, answer):
            return True
    return False


def has(solver: Solver, value: int, method: str) -> bool:
    """Whether an object of the tree may have a special method of the tree."""
    item = solver.all[value]
    return item.kind is Kind.INSTANCE and has_member(
        solver, cast(Ref, item.a), cast(bool, item.b), method
    )


def iterate(
    solver: Solver, value: int, element: int, origin: Origin | None, is_async: bool = False
) -> None:
    """Let a variable hold what iteration over an object gives."""
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.FOREIGN:
            _iterate_foreign(solver, value, element)
        case Kind.GENERATOR:
            store.copy(solver.codes[cast(int, item.a) - 1].yielded, element)
        case Kind.STRING:
            store.add(element, solver.foreign("builtins.str"))
        case Kind.CLASS:
            ref = cast(Ref, item.a)
            if is_enum(solver, ref):
                store.add(element, solver.instance(ref))
            else:
                made_by = metaclass(solver, ref)
                if made_by is not None and origin is not None:
                    made = store.variable()
                    meta = solver.instance(made_by, False)
                    if call_dunder(solver, meta, "__iter__", NO_ARGS, origin, made):
                        store.watch(made, _on_iterator, solver, element, origin, "__next__")
        case Kind.INSTANCE:
            first, then = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
            if has(solver, value, first):
                made = store.variable()
                place = origin or _nowhere(solver, value)
                call_dunder(solver, value, first, NO_ARGS, place, made)
                store.watch(made, _on_iterator, solver, element, place, then)
            elif not is_async and has(solver, value, "__getitem__"):
                call_dunder(
                    solver,
                    value,
                    "__getitem__",
                    Args((holding(solver, solver.foreign("builtins.int")),)),
                    origin or _nowhere(solver, value),
                    element,
                )
            else:
                base = foreign_base(solver, cast(Ref, item.a))
                if base:
                    if is_named_tuple(solver, cast(Ref, item.a)):
                        for name in dataclass_fields(solver, cast(Ref, item.a)):
                            store.copy(solver.named("field", item.a, name), element)
                    _iterate_foreign(solver, base, element)
                view = instance_view(solver, cast(Ref, item.a), cast(bool, item.b), "__iter__")
                if view.is_from_outside:
                    return


def enter(
    solver: Solver, code: Code, value: int, result: int, origin: Origin | None, is_async: bool
) -> None:
    """Let a variable hold what `with value as` binds."""
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.INSTANCE:
            name = "__aenter__" if is_async else "__enter__"
            view = instance_view(solver, cast(Ref, item.a), cast(bool, item.b), name)
            made = store.variable() if is_async else result
            store.watch(view.variable, _on_enter, solver, code, origin, made)
            if is_async:
                store.watch(made, on_awaited, solver, result, origin)
        case Kind.CONTEXT:
            store.copy(solver.codes[cast(int, item.a) - 1].yielded, result)
        case Kind.FOREIGN:
            enter_outside(solver, value, result, is_async)


def leave(solver: Solver, value: int, origin: Origin, is_async: bool) -> None:
    """Run what `with` runs at its end."""
    name = "__aexit__" if is_async else "__exit__"
    some = solver.named("exception")
    call_dunder(solver, value, name, Args((some, some, some)), origin)


def await_(solver: Solver, value: int, result: int, origin: Origin | None) -> None:
    """Let a variable hold what `await value` gives."""
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.COROUTINE:
            store.copy(solver.codes[cast(int, item.a) - 1].returned, result)
        case Kind.FOREIGN:
            if item.b:
                box = solver.boxes[cast(int, item.b)]
                # `Coroutine[send, yield, return]`; futures and awaitables have one argument.
                index = 2 if box.type_name.endswith("Coroutine") else 0
                store.copy(solver.argument_of(box, index), result)
        case Kind.INSTANCE:
            if origin is not None:
                made = store.variable()
                if call_dunder(solver, value, "__await__", NO_ARGS, origin, made):
                    store.watch(made, _on_delegated, solver, result)


def delegate(solver: Solver, base: int, result: int) -> None:
    """Let a variable hold what `yield from base` gives: what the generator returns."""
    solver.store.watch(base, _on_delegated, solver, result)


def text_origin(ref: Ref, span: int) -> Origin:
    """The place of a conversion to text, truth or number."""
    return (ref, SiteKind.BUILTIN_PROTOCOL.value, span)


def on_awaited(watcher: Any, value: int) -> None:
    """Watch a variable that is awaited."""
    _, solver, result, origin = watcher
    await_(solver, value, result, origin)


def on_extended(watcher: Any, value: int) -> None:
    """`found += words`: a list takes what iteration gives."""
    _, solver, target, origin = watcher
    box = solver.boxes[cast(int, solver.all[target].b)]
    if box.number:
        iterate(solver, value, box.loose, origin)


def on_protocol(watcher: Any, value: int) -> None:
    """Watch a variable whose objects of the tree run a special method."""
    _, solver, method, args, origin, result = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        run_protocol(solver, value, method, args, origin, result)


def watch_key(solver: Solver, key: int, methods: tuple[str, ...], origin: Origin) -> None:
    """Ask what is a key for its methods: once a place, however many containers arrive there."""
    known = ("key", key, methods, origin)
    if known not in solver.memo:
        solver.memo[known] = 1
        solver.store.watch(key, _on_key, solver, methods, origin)


def _iterate_foreign(solver: Solver, value: int, element: int) -> None:
    item = solver.all[value]
    dotted = cast(str, item.a)
    if item.b:
        box = solver.boxes[cast(int, item.b)]
        if dotted == "builtins.dict":
            solver.store.copy(solver.argument_of(box, 0), element)
            for key in box.items:
                if isinstance(key, str):
                    solver.store.add(element, text(solver, key))
            box.on_item.append(_KeyReader(solver, element))
            return
        if dotted in _SIMPLE:
            solver.store.copy(solver.elements_of(box), element)
            return
    iterate_outside(solver, value, element)


_SIMPLE = frozenset(
    (
        "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset",
        "builtins.generator", "collections.deque", "typing.Iterable", "typing.Iterator",
        "typing.Sequence", "typing.Collection", "typing.AbstractSet", "typing.Generator",
        "typing.AsyncIterator", "typing.AsyncIterable", "typing.AsyncGenerator", "typing.Set",
    )
)  # fmt: skip


class _KeyReader:
    """Hands on the keys of a dict that become known later."""

    def __init__(self, solver: Solver, element: int) -> None:
        self._solver = solver
        self._element = element

    def __call__(self, key: str | int, variable: int) -> None:
        if isinstance(key, str):
            self._solver.store.add(self._element, text(self._solver, key))


def _nowhere(solver: Solver, value: int) -> Origin:
    ref = cast(Ref, solver.all[value].a)
    return (ref, "nowhere", 0)


def _fallback_args(solver: Solver, method: str, args: Args) -> Args:
    if method == "__getitem__":
        return Args((holding(solver, solver.foreign("builtins.int")),))
    return args if method in ("__eq__",) else NO_ARGS


def _on_iterator(watcher: Any, value: int) -> None:
    _, solver, element, origin, then = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE and has(solver, value, then):
        if then == "__anext__":
            made = solver.store.variable()
            call_dunder(solver, value, then, NO_ARGS, origin, made)
            solver.store.watch(made, on_awaited, solver, element, None)
        else:
            call_dunder(solver, value, then, NO_ARGS, origin, element)
    elif item.kind is not Kind.INSTANCE:
        iterate(solver, value, element, origin)


def _on_delegated(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.GENERATOR:
        solver.store.copy(solver.codes[cast(int, item.a) - 1].returned, result)


def _on_key(watcher: Any, value: int) -> None:
    _, solver, methods, origin = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        for method in methods:
            call_dunder(
                solver,
                value,
                method,
                Args((solver.named("text"),)) if method == "__eq__" else NO_ARGS,
                origin,
            )


SEQUENCES = frozenset(("builtins.list", "builtins.tuple"))
SEARCHED = SEQUENCES | {"builtins.set", "builtins.frozenset", "builtins.dict"}


def _on_enter(watcher: Any, method: int) -> None:
    _, solver, code, origin, result = watcher
    if origin is not None:
        solver.apply(solver, code, origin, method, NO_ARGS, result)
