"""What a class body says: fields of its objects, factories, and what runs when it is made."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from tracer.static.flat import CALL, CONST, DEFINED
from tracer.static.solving.annotations import allow
from tracer.static.solving.classes import (
    holding,
    is_dataclass,
    is_enum,
    is_field,
    is_named_tuple,
    metaclass,
)
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import NO_ARGS, Args, Origin


def call_factories(solver: Solver, ref: Ref, origin: Origin) -> None:
    """Default factories of fields, which an instantiation calls."""
    for cls in solver.definitions.order(ref):
        if isinstance(cls, str):
            continue
        scope = solver.flat(cls)
        code = solver.shared(cls)
        for name, node, _, _ in scope.bindings:
            parts = scope.nodes[node]
            if parts[0] != CALL or not is_field(solver, cls, node):
                continue
            for keyword, value, _ in scope.sites[cast(int, parts[1])][4]:
                target = solver.named("field", cls, name)
                if keyword in ("default_factory", "factory"):
                    solver.store.watch(
                        code.variable(value), _on_factory, solver, code, origin, target
                    )
                elif keyword == "default":
                    solver.store.copy(code.variable(value), target)


def link_class(solver: Solver, code: Code) -> None:
    """What a class body says of its objects: annotated fields; what runs when it is made."""
    scope, ref = code.scope, code.ref
    for index, (name, value, annotation, _) in enumerate(scope.bindings):
        if annotation is None or annotation[0] == "alias":
            continue
        target = solver.named("field", ref, name)
        is_call = scope.nodes[value][0] == CALL
        if not is_call and scope.nodes[value] != (CONST, "NoneType", None):
            solver.store.copy(code.binding(index), target)
        place = ("field", ref, name)
        act = partial(allow, solver, ref, annotation, target, place)
        if is_dataclass(solver, ref) or is_named_tuple(solver, ref):
            act()
        else:
            solver.if_empty(target, act)
    made = metaclass(solver, ref)
    if made is not None:
        solver.instantiate(made)
    if is_enum(solver, ref):
        solver.instantiate(ref)
    _run_hooks(solver, code)


def _run_hooks(solver: Solver, code: Code) -> None:
    """`__init_subclass__` of the bases, `__set_name__` of what the body binds, the metaclass."""
    scope, ref = code.scope, code.ref
    if scope.parent < 0:
        return
    around = (ref[0], scope.parent)
    parent = code.parent
    assert parent is not None
    span = next(
        (
            site[1]
            for site in parent.scope.sites
            if site[0] == "class body" and _defines(parent, site[2], ref)
        ),
        0,
    )
    origin: Origin = (around, "protocol", span)
    order = solver.definitions.order(ref)
    value = solver.objects.number(Kind.CLASS, ref, True)
    for base in order[1:]:
        if not isinstance(base, str) and "__init_subclass__" in solver.definitions.members(base):
            keywords = tuple(
                (name, parent.variable(node))
                for name, node in scope.keywords
                if name != "metaclass"
            )
            for binding in solver.definitions.members(base)["__init_subclass__"]:
                solver.store.watch(
                    solver.shared(base).binding(binding),
                    _on_hook, solver, origin, value, Args((), keywords),
                )  # fmt: skip
            break
    for name, bindings in scope.exits:
        del name
        for binding in bindings:
            node = scope.bindings[binding][1]
            if scope.nodes[node][0] == CALL:
                solver.store.watch(code.binding(binding), _on_named, solver, origin, value)
    made = metaclass(solver, ref)
    if made is not None:
        for hook in ("__prepare__", "__new__", "__init__"):
            for cls in solver.definitions.order(made):
                if not isinstance(cls, str) and hook in solver.definitions.members(cls):
                    for binding in solver.definitions.members(cls)[hook]:
                        receiver = (
                            value
                            if hook == "__init__"
                            else solver.objects.number(Kind.CLASS, cls, True)
                        )
                        solver.store.watch(
                            solver.shared(cls).binding(binding),
                            _on_hook, solver, origin, receiver, NO_ARGS,
                        )  # fmt: skip
                    break


def _defines(parent: Code, node: int, ref: Ref) -> bool:
    parts = parent.scope.nodes[node]
    return parts[0] == DEFINED and parts[1] == ref[1]


def _on_hook(watcher: Any, function: int) -> None:
    _, solver, origin, value, args = watcher
    item = solver.all[function]
    if item.kind in (Kind.CLASSMETHOD, Kind.STATIC):
        function = cast(int, item.a)
    if solver.all[function].kind is Kind.FUNCTION:
        bound = solver.objects.number(Kind.BOUND, function, value)
        solver.apply(solver, None, origin, bound, args, solver.store.variable())


def _on_named(watcher: Any, value: int) -> None:
    _, solver, origin, owner = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        args = Args((holding(solver, owner), solver.named("text")))
        solver.dunder(solver, value, "__set_name__", args, origin)


def _on_factory(watcher: Any, function: int) -> None:
    _, solver, code, origin, target = watcher
    solver.apply(solver, code, origin, function, NO_ARGS, target)
