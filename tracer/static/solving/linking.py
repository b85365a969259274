"""From the nodes of a scope to copies and watchers between variables."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, cast

from tracer.model.graph import SiteKind
from tracer.model.source import FunctionKind
from tracer.static import flat
from tracer.static.flat import TypeTree
from tracer.static.kinds import AccessKind, ParameterKind
from tracer.static.solving.annotations import allow, allowed_classes
from tracer.static.solving.bodies import link_class
from tracer.static.solving.calls import (
    apply,
    give_logical_result,
    keywords_box,
    others_of,
    rest_box,
)
from tracer.static.solving.classes import (
    classes_with,
    dataclass_fields,
    dotted_of,
    is_abstract_function,
    is_metaclass,
    is_named_tuple,
    result_of,
    text,
)
from tracer.static.solving.code import Code
from tracer.static.solving.containers import on_merged, scatter
from tracer.static.solving.engine import SITE, Args, ConstantKey, Origin, SliceKey, Solver
from tracer.static.solving.implicit import (
    await_,
    compare,
    delegate,
    enter,
    get_item,
    iterate,
    leave,
    operate,
    run_protocol,
    set_item,
    text_origin,
)
from tracer.static.solving.keys import constant_text
from tracer.static.solving.members import read_attribute, store_attribute
from tracer.static.solving.models import (
    decorate,
    delete_attribute,
    import_hook,
    link_dead_site,
)
from tracer.static.solving.names import (
    cell,
    free_name,
    imported,
    module_stores,
    owner_of,
    stored,
)
from tracer.static.solving.narrowing import narrow
from tracer.static.solving.objects import NONE, Kind, Ref
from tracer.static.solving.outside import (
    ancestry,
    is_outside_subclass,
    may_be_other,
    operate_outside,
)

_PROPERTY = SiteKind.PROPERTY.value
_ITEM = SiteKind.ITEM.value
_ITERATION = SiteKind.ITERATION.value
_OPERATOR = SiteKind.OPERATOR.value
_PROTOCOL = SiteKind.BUILTIN_PROTOCOL.value
_CLASS_BODY = FunctionKind.CLASS_BODY.value
_METHOD = FunctionKind.METHOD.value
_MODULE = FunctionKind.MODULE.value
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
        reader = _READERS[cast(int, parts[0])]
        if reader is not None:
            reader(solver, code, index, parts)
    for index, offset in template.annotated.items():
        _link_annotated(solver, code, index, code.after + offset)
    if scope.kind not in (_MODULE, _CLASS_BODY):
        _link_function(solver, code)
    elif scope.kind == _CLASS_BODY:
        link_class(solver, code)
    for number, site in enumerate(scope.sites):
        if part is None or number in part.sites:
            _link_site(solver, code, number, site)
    for number, access in enumerate(scope.accesses):
        if not access[8] and (part is None or number in part.accesses):
            _link_access(solver, code, access)


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


# -- nodes ----------------------------------------------------------------------------------


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
    if code.scope.kind == _MODULE:
        if (file, name) in solver.program.global_stores:
            solver.store.copy(module_stores(solver, file, name), variable)
    elif (file, name) in solver.program.nonlocal_stores:
        solver.store.copy(stored(solver, code, name), variable)


def _attr(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    origin: Origin = (code.ref, _PROPERTY, parts[3])
    method = _method_of_receiver(code, parts[1])
    solver.store.watch(
        code.variable(parts[1]),
        _on_attribute, solver, parts[2], (origin, code.variable(index), code), method,
    )  # fmt: skip


def _item(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    constant = constant_key(code, parts[2])
    key = -1 if isinstance(constant, SliceKey) else code.variable(parts[2])
    origin: Origin = (code.ref, _ITEM, parts[3])
    get_item(solver, code.variable(parts[1]), key, constant, code.variable(index), origin)


def _element(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    origin: Origin = (code.ref, _ITERATION, parts[2])
    solver.store.watch(
        code.variable(parts[1]), _on_element, solver, code.variable(index), origin, parts[3]
    )


def _unpack(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    _, base, place, count, star, span = parts
    origin: Origin = (code.ref, _ITERATION, span)
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
    origin: Origin = (code.ref, _PROTOCOL, parts[2])
    solver.store.watch(code.variable(parts[1]), _on_await, solver, code.variable(index), origin)


def _raised(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    solver.store.watch(code.variable(parts[1]), _on_raised, solver, code.variable(index))


def _either(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    for option in parts[1]:
        solver.store.copy(code.variable(option), code.variable(index))


def _operate(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    _, method, left, right, span, is_augmented = parts
    origin: Origin = (code.ref, _OPERATOR, span)
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
    origin: Origin = (code.ref, _OPERATOR, span)
    compare(solver, method, code.variable(left), code.variable(right), code.variable(index), origin)


def _unary(solver: Solver, code: Code, index: int, parts: tuple[Any, ...]) -> None:
    _, method, operand, span = parts
    origin: Origin = (code.ref, _OPERATOR, span)
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
        if solver.flat(ref).kind == _CLASS_BODY:
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
    if solver.flat(ref).kind == _CLASS_BODY:
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


_READERS: tuple[Any, ...] = (
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


def constant_key(code: Code, node: int) -> ConstantKey:
    """The constant that a key is; None for anything else."""
    if node < 0:
        return None
    parts = code.scope.nodes[code.template.alias[node]]
    if parts[0] == flat.CONST:
        if parts[1] == "slice":
            return SliceKey(cast("int | None", parts[2]))
        if parts[1] in ("str", "int"):
            return cast("str | int | None", parts[2])
    return constant_text(code, node)


def _method_of_receiver(code: Code, node: int) -> Ref | None:
    """The method whose first parameter a node is."""
    if code.scope.kind == _METHOD and code.template.alias[node] == 0 and code.scope.parameters:
        return code.ref
    return None


def _with_origin(code: Code, node: int) -> Origin | None:
    for number, site in enumerate(code.scope.sites):
        if site[0] == SiteKind.WITH.value and site[2] == node:
            return (code.ref, SITE, number)
    return None


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
        if index == 0 and scope.kind == _METHOD and "static" not in roles:
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
            _link_gate(solver, code, around, index, annotation)


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


def _link_gate(solver: Solver, code: Code, around: Ref, index: int, tree: TypeTree) -> None:
    """Let in what callers pass for a parameter, as far as its annotation allows it."""
    key = ("gate", code.ref, index)
    classes = solver.views.get(key, key)
    if classes is key:
        classes = solver.views[key] = allowed_classes(solver, around, tree)
    passed = code.parameter(index)
    if classes is None:
        solver.store.copy(passed, code.variable(index))
    else:
        solver.store.watch(passed, _on_passed, solver, classes, code.variable(index))


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
    if code.scope.kind == _CLASS_BODY:
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
            place: Origin = (code.ref, _ITERATION, site[1])
            scratch = solver.store.variable()
            solver.store.watch(star, _on_element, solver, scratch, place, False)
    elif kind == "with" and not site[7]:
        is_async = _is_async_with(code, site[2])
        solver.store.watch(code.variable(site[2]), _on_with, solver, code, origin, is_async)


def _is_async_with(code: Code, node: int) -> bool:
    for parts in code.scope.nodes[node + 1 : node + 8]:
        if parts[0] == flat.ENTER and parts[1] == node:
            return bool(parts[2])
    return False


def _link_access(solver: Solver, code: Code, access: flat.FlatAccess) -> None:
    kind, base, name, key, value, _, span, _, _, annotation = access
    store = solver.store
    file = code.ref[0]
    if kind == AccessKind.SET_ATTRIBUTE.value:
        origin: Origin = (code.ref, _PROPERTY, span)
        annotated = -1
        if annotation is not None:
            annotated = solver.named("annotated", code.ref, span)
            allow(solver, code.ref, annotation, annotated, ("attribute", code.ref, span))
        store.watch(
            code.variable(base),
            _on_set_attribute, solver, name, code.variable(value), origin, annotated,
        )  # fmt: skip
    elif kind == AccessKind.SET_ITEM.value:
        origin = (code.ref, _ITEM, span)
        constant = constant_key(code, key)
        at = -1 if isinstance(constant, SliceKey) else code.variable(key)
        store.watch(
            code.variable(base),
            _on_set_item, solver, at, constant, code.variable(value), origin,
        )  # fmt: skip
    elif kind == AccessKind.DELETE_ITEM.value:
        origin = (code.ref, _ITEM, span)
        store.watch(
            code.variable(base),
            _on_deleted, solver, "__delitem__", Args((code.variable(key),)), origin,
        )  # fmt: skip
    elif kind == AccessKind.DELETE_ATTRIBUTE.value:
        origin = (code.ref, _PROPERTY, span)
        store.watch(code.variable(base), _on_deleted_attribute, solver, name, origin)
    elif kind == AccessKind.SET_GLOBAL.value:
        if code.scope.kind != _MODULE:
            store.copy(code.variable(value), module_stores(solver, file, name))
    elif kind == AccessKind.SET_NONLOCAL.value:
        owner = owner_of(solver, code, name)
        if owner is not None:
            store.copy(code.variable(value), stored(solver, owner, name))
            cell(solver, owner, name)


# -- watchers -----------------------------------------------------------------------------


def _on_attribute(watcher: Any, value: int) -> None:
    _, solver, name, reader, method = watcher
    read_attribute(solver, value, name, reader, method)


def _on_element(watcher: Any, value: int) -> None:
    _, solver, element, origin, is_async = watcher
    iterate(solver, value, element, origin, is_async)


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


def _on_with(watcher: Any, value: int) -> None:
    _, solver, code, origin, is_async = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        enter(solver, code, value, solver.store.variable(), origin, is_async)
        leave(solver, value, origin, is_async)


def _on_await(watcher: Any, value: int) -> None:
    _, solver, result, origin = watcher
    await_(solver, value, result, origin)


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


def _on_passed(watcher: Any, value: int) -> None:
    _, solver, classes, variable = watcher
    item = solver.all[value]
    if item.kind not in (Kind.FOREIGN, Kind.STRING) and not all(
        solver.library.mro(cls) for cls in classes if isinstance(cls, str)
    ):
        # Of a class without stubs only classes from outside are told apart: tests pass stand-ins.
        solver.store.add(variable, value)
    elif item.kind is Kind.INSTANCE:
        order = solver.definitions.order(cast(Ref, item.a))
        if any(cls in order for cls in classes) or (
            "?" in order
            or any(
                isinstance(cls, str) and (cls in _LOOSE or _may_derive(solver, order, cls))
                for cls in classes
            )
        ):
            solver.store.add(variable, value)
    elif item.kind in (Kind.FOREIGN, Kind.STRING):
        dotted = dotted_of(solver, value)
        if any(isinstance(cls, str) for cls in classes) and (
            not ancestry(solver, dotted)
            or any(isinstance(cls, str) and _may_pass(solver, dotted, cls) for cls in classes)
        ):
            solver.store.add(variable, value)
    elif value == NONE:
        solver.store.add(variable, value)
    elif item.kind in (Kind.GENERATOR, Kind.COROUTINE, Kind.CONTEXT):
        if any(isinstance(cls, str) and cls not in _PLAIN for cls in classes):
            solver.store.add(variable, value)
    elif any(
        isinstance(cls, str) and cls in ("builtins.type", "types.ModuleType") for cls in classes
    ):
        solver.store.add(variable, value)


def _may_derive(solver: Solver, order: Iterable[Ref | str], cls: str) -> bool:
    """Whether a base from outside may derive from a class."""
    for base in order:
        if isinstance(base, str) and base != "builtins.object":
            own = ancestry(solver, base)
            if not own or cls in own:
                return True
    return False


def _may_pass(solver: Solver, dotted: str, cls: str) -> bool:
    """Whether an annotation lets in an object of a class from outside."""
    if solver.library.mro(dotted) and solver.library.mro(cls):
        return is_outside_subclass(solver, dotted, cls)
    return cls in _LOOSE or may_be_other(solver, dotted, cls)


_PLAIN = frozenset(
    ("builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes")
)
_LOOSE = frozenset(
    (
        "typing.Iterable", "typing.Iterator", "typing.Sequence", "typing.Mapping",
        "typing.Collection", "typing.Sized", "typing.Hashable", "typing.ContextManager",
        "typing.IO", "typing.TextIO", "typing.BinaryIO", "typing.MutableMapping",
        "typing.Container", "os.PathLike", "typing.Awaitable", "typing.AsyncIterable",
        "contextlib.AbstractContextManager", "typing.SupportsInt", "typing.SupportsFloat",
    )
)  # fmt: skip


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


def _on_set_attribute(watcher: Any, value: int) -> None:
    _, solver, name, stored_variable, origin, annotated = watcher
    store_attribute(solver, value, name, stored_variable, origin, annotated)


def _on_set_item(watcher: Any, value: int) -> None:
    _, solver, key, constant, stored_variable, origin = watcher
    set_item(solver, value, key, constant, stored_variable, origin)


def _on_deleted(watcher: Any, value: int) -> None:
    _, solver, method, args, origin = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        run_protocol(solver, value, method, args, origin)
    else:
        scatter(solver, value)


def _on_deleted_attribute(watcher: Any, value: int) -> None:
    _, solver, name, origin = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        delete_attribute(solver, value, name, origin)


def _on_annotated_generator(watcher: Any, value: int) -> None:
    _, solver, yielded = watcher
    iterate(solver, value, yielded, None)
