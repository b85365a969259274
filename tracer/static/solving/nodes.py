"""Nodes of a scope, each linked to the variables that decide what it holds."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from tracer.model.graph import SiteKind
from tracer.static import flat
from tracer.static.solving.classes import dataclass_fields, is_named_tuple, text
from tracer.static.solving.code import Code
from tracer.static.solving.containers import on_merged
from tracer.static.solving.engine import Solver
from tracer.static.solving.foreign import operate_outside
from tracer.static.solving.implicit import (
    delegate,
    enter,
    iterate,
    on_awaited,
    run_protocol,
    text_origin,
)
from tracer.static.solving.import_models import import_hook
from tracer.static.solving.items import get_item
from tracer.static.solving.keys import constant_key
from tracer.static.solving.members import read_attribute
from tracer.static.solving.models import decorate
from tracer.static.solving.names import free_name, imported, module_stores, stored
from tracer.static.solving.narrowing import narrow
from tracer.static.solving.objects import NONE, Kind, Ref
from tracer.static.solving.operators import compare, operate
from tracer.static.solving.places import (
    CLASS_BODY,
    ITEM,
    ITERATION,
    METHOD,
    MODULE,
    OPERATOR,
    PROPERTY,
    PROTOCOL,
)
from tracer.static.solving.terms import SITE, Args, Origin, SliceKey


def site_args(code: Code, site: flat.FlatSite) -> Args:
    """What a site passes, as variables of a code."""
    arguments = site[4]
    if not arguments:
        return Args()
    positional: list[int] = []
    nodes: list[int] = []
    keywords: list[tuple[str, int]] = []
    named: list[int] = []
    stars: list[tuple[int, int]] = []
    doubles: list[int] = []
    for name, node, _ in arguments:
        variable = code.variable(node)
        if name == "":
            positional.append(variable)
            nodes.append(node)
        elif name == "*":
            stars.append((len(positional), variable))
        elif name == "**":
            doubles.append(variable)
        else:
            keywords.append((name, variable))
            named.append(node)
    return Args(
        tuple(positional), tuple(keywords), tuple(stars), tuple(doubles), tuple(nodes), tuple(named)
    )


def on_element(watcher: Any, value: int) -> None:
    """Watch a value that is iterated over."""
    _, solver, element, origin, is_async = watcher
    iterate(solver, value, element, origin, is_async)


def _const(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    type_name, value = parts[1], parts[2]
    if type_name == "NoneType":
        solver.store.add(code.variable(index), NONE)
        return
    if type_name == "ellipsis":
        return
    number = None
    if type_name == "str":
        number = text(solver, value)
    solver.store.add(code.variable(index), number or solver.foreign(f"builtins.{type_name}"))


def _name(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    name, bindings = parts[1], parts[2]
    variable = code.variable(index)
    spelled = solver.program.spelled_out(code.ref, name, bindings) if bindings else ()
    if not spelled:
        solver.store.copy(free_name(solver, code, name), variable)
        return
    for binding in spelled:
        solver.store.copy(code.binding(binding), variable)
    file = code.ref[0]
    if code.scope.kind == MODULE:
        if (file, name) in solver.program.global_stores:
            solver.store.copy(module_stores(solver, file, name), variable)
    elif (file, name) in solver.program.nonlocal_stores:
        solver.store.copy(stored(solver, code, name), variable)


def _attr(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    origin: Origin = (code.ref, PROPERTY, parts[3])
    method = _method_of_receiver(code, parts[1])
    solver.store.watch(
        code.variable(parts[1]),
        _on_attribute, solver, parts[2], (origin, code.variable(index), code), method,
    )  # fmt: skip


def _item(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    constant = constant_key(code, parts[2])
    key = -1 if isinstance(constant, SliceKey) else code.variable(parts[2])
    origin: Origin = (code.ref, ITEM, parts[3])
    get_item(solver, code.variable(parts[1]), key, constant, code.variable(index), origin)


def _element(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    origin: Origin = (code.ref, ITERATION, parts[2])
    solver.store.watch(
        code.variable(parts[1]), on_element, solver, code.variable(index), origin, parts[3]
    )


def _unpack(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    _, base, place, count, star, span = parts
    origin: Origin = (code.ref, ITERATION, span)
    solver.store.watch(
        code.variable(base),
        _on_unpacked, solver, place, count, star, code.variable(index), origin,
        ("starred", code.number, index),
    )  # fmt: skip


def _enter(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    origin = _with_origin(code, parts[1])
    solver.store.watch(
        code.variable(parts[1]), _on_entered, solver, code, code.variable(index), origin, parts[2]
    )


def _await(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    origin: Origin = (code.ref, PROTOCOL, parts[2])
    solver.store.watch(code.variable(parts[1]), on_awaited, solver, code.variable(index), origin)


def _raised(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    solver.store.watch(code.variable(parts[1]), _on_raised, solver, code.variable(index))


def _either(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    for option in parts[1]:
        solver.store.copy(code.variable(option), code.variable(index))


def _operate(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    _, method, left, right, span, is_augmented = parts
    origin: Origin = (code.ref, OPERATOR, span)
    operate(
        solver,
        code,
        method,
        code.variable(left),
        code.variable(right),
        code.variable(index),
        origin,
        is_augmented,
    )


def _compare(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    _, method, left, right, span = parts
    origin: Origin = (code.ref, OPERATOR, span)
    compare(solver, method, code.variable(left), code.variable(right), code.variable(index), origin)


def _unary(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    _, method, operand, span = parts
    origin: Origin = (code.ref, OPERATOR, span)
    solver.store.watch(
        code.variable(operand), _on_unary, solver, method, code.variable(index), origin
    )


def _protocol(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    del index
    _, method, base, span = parts
    solver.store.watch(
        code.variable(base), _on_protocol, solver, method, text_origin(code.ref, span)
    )


def _defined(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    _, number, sites = parts
    ref: Ref = (code.ref[0], number)
    variable = code.variable(index)
    if not sites:
        if solver.flat(ref).kind == CLASS_BODY:
            solver.inner(ref, code)
            solver.store.add(variable, solver.objects.number(Kind.CLASS, ref, True))
        else:
            if solver.is_shared(code):
                solver.inner(ref, code)
            solver.store.add(variable, solver.function(ref, code))
        return
    # What the outermost of these decorators makes of what is below it.
    site = code.scope.sites[sites[0]]
    callee = code.variable(site[2])
    args = site_args(code, site)
    origin: Origin = (code.ref, SITE, sites[0])
    if site[7]:
        solver.store.copy(args.positional[0], variable)
        return
    made = variable
    if solver.flat(ref).kind == CLASS_BODY:
        # A decorator of a class hands the class on, or puts something callable in its place.
        own = solver.objects.number(Kind.CLASS, ref, True)
        solver.store.add(variable, own)
        made = solver.store.variable()
        solver.if_empty(
            solver.store.variable(), partial(_as_decorated, solver, own, made, variable)
        )
    else:
        solver.store.watch(made, _on_wrapped, solver, solver.function(ref, code))
    solver.store.watch(callee, _on_decorator, solver, code, origin, args, made)
    solver.if_empty(variable, partial(solver.store.copy, args.positional[0], variable))


def _import(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    solver.store.copy(imported(solver, code, parts), code.variable(index))
    if parts[0] == flat.FROM and parts[3]:
        import_hook(solver, code, parts)


def _literal(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    type_name, elements, keys, is_open, is_repeated = code.scope.containers[parts[1]]
    dotted = f"builtins.{type_name}"
    box = solver.box(dotted, "display", code.number, parts[1])
    box.is_open = is_open
    store = solver.store
    for position, element in enumerate(elements):
        variable = code.variable(element)
        if type_name == "dict":
            key = keys[position]
            if key < 0:
                store.watch(variable, on_merged, solver, box)
                continue
            constant = None if is_repeated else constant_key(code, key)
            if constant is None or isinstance(constant, SliceKey):
                store.copy(variable, box.loose)
            else:
                store.copy(variable, solver.item_of(box, constant))
            store.copy(code.variable(key), solver.argument_of(box, 0))
        elif is_repeated or is_open or type_name in ("set", "generator"):
            store.copy(variable, box.loose)
        else:
            store.copy(variable, solver.item_of(box, position))
    store.add(code.variable(index), solver.foreign(dotted, box))


def _sent(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    del parts
    solver.store.copy(code.sent, code.variable(index))


def _delegated(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    delegate(solver, code.variable(parts[1]), code.variable(index))


def _text(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    del parts
    solver.store.add(code.variable(index), solver.foreign("builtins.str"))


READERS: tuple[Any, ...] = (
    None,  # UNKNOWN
    _const,
    _name,
    _attr,
    None,  # CALL: by its site
    _item,
    _element,
    _unpack,
    _enter,
    _await,
    _raised,
    narrow,
    _either,
    _operate,
    _compare,
    _unary,
    _protocol,
    _defined,
    None,  # PARAMETER: by its function
    _import,
    _import,
    _literal,
    _sent,
    _delegated,
    _text,
)


def _method_of_receiver(code: Code, node: int) -> Ref | None:
    """The method whose first parameter a node is."""
    if code.scope.kind == METHOD and code.template.alias[node] == 0 and code.scope.parameters:
        return code.ref
    return None


def _with_origin(code: Code, node: int) -> Origin | None:
    for number, site in enumerate(code.scope.sites):
        if site[0] == SiteKind.WITH.value and site[2] == node:
            return (code.ref, SITE, number)
    return None


def _on_attribute(watcher: Any, value: int) -> None:
    _, solver, name, reader, method = watcher
    read_attribute(solver, value, name, reader, method)


def _on_unpacked(watcher: Any, value: int) -> None:
    _, solver, place, _count, star, variable, origin, key = watcher
    item = solver.all[value]
    store = solver.store
    target = variable
    if place == star:
        box = solver.box("builtins.list", *key)
        store.add(variable, solver.foreign("builtins.list", box))
        target = box.loose
    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        if box.type_name in ("builtins.tuple", "builtins.list") and star < 0:
            store.copy(solver.item_of(box, place), target)
            store.copy(box.loose, target)
            return
        if box.type_name == "builtins.tuple" and 0 <= place < star:
            store.copy(solver.item_of(box, place), target)
            store.copy(box.loose, target)
            return
    if item.kind is Kind.INSTANCE and is_named_tuple(solver, cast(Ref, item.a)):
        names = dataclass_fields(solver, cast(Ref, item.a))
        if star < 0 and place < len(names):
            store.copy(solver.named("field", item.a, names[place]), target)
            return
    iterate(solver, value, target, origin)


def _on_entered(watcher: Any, value: int) -> None:
    _, solver, code, result, origin, is_async = watcher
    enter(solver, code, value, result, origin, is_async)


def _on_raised(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        solver.store.add(result, solver.instance(cast(Ref, item.a), False))
    elif item.kind is Kind.EXTERNAL:
        solver.store.add(result, solver.foreign(cast(str, item.a)))
    elif item.kind is Kind.FOREIGN and item.b:
        element = solver.elements_of(solver.boxes[cast(int, item.b)])
        key = ("raised", element, result)
        if key not in solver.memo:  # a container may hold itself
            solver.memo[key] = 1
            solver.store.watch(element, _on_raised, solver, result)


def _on_unary(watcher: Any, value: int) -> None:
    _, solver, method, result, origin = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        run_protocol(solver, value, method, Args(), origin, result)
    elif item.kind in (Kind.FOREIGN, Kind.STRING):
        operate_outside(solver, value, method, -1, result)


def _on_protocol(watcher: Any, value: int) -> None:
    _, solver, method, origin = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        args = Args((solver.named("text"),)) if method == "__format__" else Args()
        run_protocol(solver, value, method, args, origin)


def _on_decorator(watcher: Any, value: int) -> None:
    _, solver, code, origin, args, variable = watcher
    decorate(solver, code, origin, value, args, variable)


def _as_decorated(solver: Solver, own: int, made: int, variable: int) -> None:
    """A decorator that does not hand the class on puts something else in its place."""
    held = solver.store.sets[made] or ()
    if own not in held:
        for value in sorted(held):
            if solver.all[value].kind in (Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL):
                solver.store.add(variable, value)


def _on_wrapped(watcher: Any, value: int) -> None:
    """Remember what a decorator was given for what it gave."""
    _, solver, function = watcher
    if value != function and solver.all[value].kind in (Kind.FUNCTION, Kind.INSTANCE):
        wrapped = solver.wraps.setdefault(value, [])
        if function not in wrapped:
            wrapped.append(function)
