"""From the nodes of a scope to copies and watchers between variables."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from tracer.static import flat
from tracer.static.flat import TypeTree
from tracer.static.kinds import ParameterKind
from tracer.static.solving.accesses import link_access
from tracer.static.solving.annotations import allow
from tracer.static.solving.bodies import link_class
from tracer.static.solving.calls import apply, give_logical_result, others_of
from tracer.static.solving.classes import (
    classes_with,
    is_abstract_function,
    is_metaclass,
    result_of,
)
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.gates import link_gate
from tracer.static.solving.implicit import enter, iterate, leave
from tracer.static.solving.models import link_dead_site
from tracer.static.solving.nodes import READERS, on_element, site_args
from tracer.static.solving.objects import NONE, Kind, Ref
from tracer.static.solving.passing import keywords_box, rest_box
from tracer.static.solving.places import CLASS_BODY, ITERATION, METHOD, MODULE
from tracer.static.solving.terms import SITE, Args, Origin

_FIRST_IS_CLASS = frozenset(("__new__", "__init_subclass__", "__class_getitem__"))
_LONGEST_NAME = 60


def link(solver: Solver, code: Code) -> None:
    """Give every node of a scope its meaning, once."""
    if code.is_linked:
        return
    code.is_linked = True
    scope, template = code.scope, code.template
    alias, dead = template.alias, template.dead
    part = template.slice if code.context else None
    for index, parts in enumerate(scope.nodes):
        if alias[index] != index or index in dead or (part is not None and index not in part.nodes):
            continue
        reader = READERS[cast(int, parts[0])]
        if reader is not None:
            reader(solver, code, index, parts)
    for index, offset in template.annotated.items():
        _link_annotated(solver, code, index, code.after + offset)
    if scope.kind not in (MODULE, CLASS_BODY):
        _link_function(solver, code)
    elif scope.kind == CLASS_BODY:
        link_class(solver, code)
    for number, site in enumerate(scope.sites):
        if part is None or number in part.sites:
            _link_site(solver, code, number, site)
    for number, access in enumerate(scope.accesses):
        if not access[8] and (part is None or number in part.accesses):
            link_access(solver, code, access)


# -- functions and bindings -----------------------------------------------------------------


def _link_function(solver: Solver, code: Code) -> None:
    scope, store, base = code.scope, solver.store, code.base
    itself = code.template.itself
    for node, tests in zip(scope.returns, scope.return_tests, strict=True):
        if node in code.template.dead:
            continue
        targets = [code.returned]
        if itself and node not in itself:
            targets.append(others_of(solver, code))
        for target in targets:
            if tests and code.context:
                _link_return(solver, code, node, tests, target)
            else:
                store.copy(code.variable(node), target)
    for node in scope.yields:
        if node not in code.template.dead:
            store.copy(code.variable(node), code.yielded)
    around: Ref = (code.ref[0], scope.parent)
    if scope.returns_annotation is not None:
        _link_returns(solver, code, around)
    roles = solver.definitions.roles(code.ref)
    for index, (_, kind, annotation, default) in enumerate(scope.parameters):
        variable = base + index
        if kind == ParameterKind.REST.value:
            box = rest_box(solver, code, index)
            store.add(variable, solver.foreign("builtins.tuple", box))
            if annotation is not None:
                allow(solver, around, annotation, box.loose, ("parameter", code.ref, index))
            continue
        if kind == ParameterKind.KEYWORDS.value:
            box = keywords_box(solver, code, index)
            store.add(variable, solver.foreign("builtins.dict", box))
            if annotation is not None:
                allow(solver, around, annotation, box.loose, ("parameter", code.ref, index))
            continue
        if index == 0 and scope.kind == METHOD and "static" not in roles:
            if code.context and code.context[0] < 0:
                if annotation is not None:
                    store.copy(code.parameter(index), variable)
                continue  # One object, which the call passes.
            if "class" in roles or scope.name in _FIRST_IS_CLASS:
                store.add(variable, solver.objects.number(Kind.CLASS, around, False))
            elif is_metaclass(solver, around):
                store.add(variable, solver.instance(around, False))
                for cls in classes_with(solver, around):
                    store.add(variable, solver.objects.number(Kind.CLASS, cls, False))
            else:
                store.add(variable, solver.instance(around, False))
            if annotation is not None:
                store.copy(code.parameter(index), variable)
            continue
        if default >= 0 and code.parent is not None and not (code.context and index in code.passed):
            store.copy(code.parent.variable(default), variable)
        if annotation is not None:
            allow(solver, around, annotation, variable, ("parameter", code.ref, index))
            link_gate(solver, code, around, index, annotation)


def _link_return(
    solver: Solver, code: Code, node: int, tests: tuple[tuple[int, bool], ...], target: int
) -> None:
    """A `return` behind tests for `None`, for one caller: it counts where the tests may hold."""
    tested, is_none = tests[0]
    variable = code.variable(node)
    if len(tests) > 1:
        variable = solver.store.variable()
        solver.store.watch(
            code.variable(tested), _on_tested, solver, is_none, code.variable(node), variable
        )
        for tested, is_none in tests[1:-1]:
            after = solver.store.variable()
            solver.store.watch(code.variable(tested), _on_tested, solver, is_none, variable, after)
            variable = after
        tested, is_none = tests[-1]
    solver.store.watch(code.variable(tested), _on_tested, solver, is_none, variable, target)


def _on_tested(watcher: Any, value: int) -> None:
    _, solver, is_none, source, target = watcher
    if (value == NONE) is is_none:
        solver.store.copy(source, target)


def _link_returns(solver: Solver, code: Code, around: Ref) -> None:
    """An annotation of the result counts where nothing is known of what is returned."""
    scope = code.scope
    tree = cast(TypeTree, scope.returns_annotation)
    place = ("returned", code.ref)
    if scope.is_generator:
        made = solver.named("returned type", code.ref)

        def allow_yields() -> None:
            allow(solver, around, tree, made, place)
            solver.store.watch(made, _on_annotated_generator, solver, code.yielded)

        solver.if_empty(code.yielded, allow_yields)
        return
    solver.if_empty(code.returned, partial(allow, solver, around, tree, code.returned, place))
    if is_abstract_function(solver, code.ref):
        allow(solver, around, tree, code.returned, place)


def _link_annotated(solver: Solver, code: Code, index: int, variable: int) -> None:
    _, value, annotation, _ = code.scope.bindings[index]
    tree = cast(TypeTree, annotation)
    if value not in code.template.dead:
        solver.store.copy(code.variable(value), variable)
    if tree[0] == "alias":
        return
    place = ("binding", code.ref, index)
    if code.scope.kind == CLASS_BODY:
        return  # Told of the objects, in `link_class`.
    solver.if_empty(variable, partial(allow, solver, code.ref, tree, variable, place))


# -- sites and accesses -------------------------------------------------------------------


def _link_site(solver: Solver, code: Code, number: int, site: flat.FlatSite) -> None:
    kind = site[0]
    origin: Origin = (code.ref, SITE, number)
    if kind in ("call", "raise"):
        if site[7]:
            link_dead_site(solver, code, origin, site)
            return
        args = site_args(code, site)
        result = result_of(solver, code, number)
        solver.store.watch(
            code.variable(site[2]), _on_call, solver, code, origin, args, result, kind == "raise"
        )
        for _, star in args.stars:
            place: Origin = (code.ref, ITERATION, site[1])
            scratch = solver.store.variable()
            solver.store.watch(star, on_element, solver, scratch, place, False)
    elif kind == "with" and not site[7]:
        is_async = _is_async_with(code, site[2])
        solver.store.watch(code.variable(site[2]), _on_with, solver, code, origin, is_async)


def _is_async_with(code: Code, node: int) -> bool:
    for parts in code.scope.nodes[node + 1 : node + 8]:
        if parts[0] == flat.ENTER and parts[1] == node:
            return bool(parts[2])
    return False


# -- watchers -----------------------------------------------------------------------------


def _on_with(watcher: Any, value: int) -> None:
    _, solver, code, origin, is_async = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        enter(solver, code, value, solver.store.variable(), origin, is_async)
        leave(solver, value, origin, is_async)


def _on_call(watcher: Any, value: int) -> None:
    _, solver, code, origin, args, result, is_raise = watcher
    kind = solver.all[value].kind
    if is_raise and kind is not Kind.CLASS:
        return  # `raise error` runs nothing, and `raise ValueError` nothing of the tree.
    apply(solver, code, origin, value, args, result)
    if kind is Kind.FUNCTION or kind is Kind.INSTANCE:
        solver.if_empty(result, partial(_as_wrapped, solver, code, origin, value, args, result))


def _as_wrapped(
    solver: Solver, code: Code, origin: Origin, value: int, args: Args, result: int
) -> None:
    """A wrapper of which nothing is known gives what the function gives that it wraps."""
    wrapped = solver.wraps.get(value, ())
    if len(wrapped) == 1:
        function = wrapped[0]
        give_logical_result(solver, code, origin, function, args, result)


def _on_annotated_generator(watcher: Any, value: int) -> None:
    _, solver, yielded = watcher
    iterate(solver, value, yielded, None)
