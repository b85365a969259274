"""Attributes: what a receiver's class and its fields give under a name, and what stores put there.

An object of a class that may also be one of a subclass is asked through every class that is
instantiated somewhere; classes that nobody instantiates are asked in a later phase, since a user
of the tree may (rapid type analysis, completed for libraries).
"""

from __future__ import annotations

from functools import partial
from typing import cast

from tracer.static.flat import DEFINED
from tracer.static.solving.ancestry import has_outside
from tracer.static.solving.classes import holding, is_enum, metaclass, text
from tracer.static.solving.definitions import UNKNOWN_BASE
from tracer.static.solving.engine import Solver
from tracer.static.solving.lookup import class_variable, find_member, plain_function
from tracer.static.solving.member_views import (
    OBJECT_MEMBERS,
    Reader,
    View,
    bind_all,
    call_dunder,
    has_member,
    instance_view,
    on_dunder,
    on_member,
    subscribe,
    when_instantiated,
)
from tracer.static.solving.module_hooks import is_stored_before
from tracer.static.solving.names import is_absent, module_attribute, namespace_of
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.outside import read_member, read_outside
from tracer.static.solving.terms import Args

_TEXT_MEMBERS = frozenset(("__name__", "__qualname__", "__module__", "__doc__"))


def read_attribute(
    solver: Solver,
    value: int,
    name: str,
    reader: Reader,
    method: Ref | None = None,
) -> None:
    """Let a reader have `value.name`.

    Args:
        method: Where the value is the first parameter of this method, unchanged: then it is an
            object whose class has this very method.
    """
    item = solver.all[value]
    store, result = solver.store, reader[1]
    match item.kind:
        case Kind.INSTANCE:
            ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
            subscribe(solver, instance_view(solver, ref, is_exact, name, method), reader)
            if item.c:
                store.copy(solver.named("born", value, name), result)
            if has_member(solver, ref, is_exact, "__getattribute__"):
                asked = text(solver, name)
                passed = holding(solver, asked) if asked else solver.named("text")
                call_dunder(solver, value, "__getattribute__", Args((passed,)), reader[0])
            if name == "__class__":
                store.add(result, solver.objects.number(Kind.CLASS, ref, is_exact))
            elif name == "__dict__":
                store.add(result, solver.foreign("builtins.dict"))
        case Kind.MODULE:
            location = cast(str, item.a)
            if name == "__dict__":
                store.add(result, namespace_of(solver, location))
            store.copy(module_attribute(solver, location, name), result)
            if is_absent(solver, location, name) and not is_stored_before(
                solver, reader[0][0], reader[0][2], location, name
            ):
                _ask_module(solver, location, reader)
        case Kind.CLASS:
            _read_class(solver, value, name, reader)
        case Kind.EXTERNAL:
            read_outside(solver, cast(str, item.a), name, result)
        case Kind.SUPER:
            _read_super(solver, value, name, reader)
        case Kind.FUNCTION:
            store.copy(solver.named("function attribute", value, name), result)
            if name in _TEXT_MEMBERS:
                store.add(result, solver.foreign("builtins.str"))
            elif name in ("__get__", "__call__"):
                store.add(result, value)
        case Kind.BOUND:
            if name == "__func__":
                store.add(result, cast(int, item.a))
            elif name == "__self__":
                store.add(result, cast(int, item.b))
            else:
                store.copy(solver.named("function attribute", item.a, name), result)
        case Kind.PROPERTY:
            if name in ("setter", "getter", "deleter"):
                store.add(result, solver.objects.number(Kind.ACCESSOR, value, name))
            elif name == "fget":
                store.copy(cast("tuple[int, int, int]", item.a)[0], result)
        case Kind.DISPATCHER:
            if name == "register":
                store.add(result, solver.objects.number(Kind.REGISTRAR, value))
            elif name == "dispatch":
                store.add(result, value)
        case Kind.PARTIAL:
            if name == "func":
                store.add(result, cast(int, item.a))
        case Kind.STATIC | Kind.CLASSMETHOD:
            if name in ("__func__", "__wrapped__"):
                store.add(result, cast(int, item.a))
        case Kind.FOREIGN | Kind.STRING | Kind.GENERATOR | Kind.COROUTINE | Kind.CONTEXT:
            read_member(solver, value, name, result)


def _read_class(solver: Solver, value: int, name: str, reader: Reader) -> None:
    item = solver.all[value]
    ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
    key = ("class view", ref, is_exact, name)
    view: View | None = solver.views.get(key)
    if view is None:
        view = solver.views[key] = View(solver.store.variable())
        _contribute_class(solver, view, ref, name, value)
        if not is_exact:
            for cls in solver.definitions.subclasses(ref):
                seen = solver.objects.number(Kind.CLASS, cls, False)
                when_instantiated(
                    solver, cls, partial(_contribute_class, solver, view, cls, name, seen)
                )
    subscribe(solver, view, reader)
    if name in _TEXT_MEMBERS:
        solver.store.add(reader[1], solver.foreign("builtins.str"))


def _contribute_class(solver: Solver, view: View, cls: Ref, name: str, receiver: int) -> None:
    order = solver.definitions.order(cls)
    if name == "__class__":
        made_by = metaclass(solver, cls)
        if made_by is not None:
            solver.store.add(view.variable, solver.objects.number(Kind.CLASS, made_by, True))
        elif all(not isinstance(base, str) for base in order):
            solver.store.add(view.variable, solver.external("builtins.type"))
        return
    owner, external = find_member(solver, order, name)
    if owner is not None:
        if owner not in view.seen:
            view.seen.add(owner)
            view.owners.add(owner)
            if is_enum(solver, owner) and not plain_function(solver, owner, name):
                _enum_member(solver, view, owner, name)
            else:
                bind_all(solver, view, owner, name, receiver, True)
        return
    made_by = metaclass(solver, cls)
    if made_by is not None:
        found, _ = find_member(solver, solver.definitions.order(made_by), name)
        if found is not None and ("meta", found) not in view.seen:
            view.seen.add(("meta", found))
            bind_all(solver, view, found, name, receiver, False)
            return
    if external is not None and external != UNKNOWN_BASE:
        if ("outside", external) not in view.seen:
            view.seen.add(("outside", external))
            read_outside(solver, external, name, view.variable)
    elif external is None and name in OBJECT_MEMBERS:
        solver.store.add(view.variable, solver.external(f"builtins.object.{name}"))


def _enum_member(solver: Solver, view: View, owner: Ref, name: str) -> None:
    scope = solver.flat(owner)
    bindings = solver.definitions.members(owner).get(name, ())
    if any(scope.nodes[scope.bindings[b][1]][0] == DEFINED for b in bindings):
        variable = class_variable(solver, owner, name)
        solver.store.watch(
            variable, on_member, solver, view, solver.objects.number(Kind.CLASS, owner, True), True
        )
    else:
        solver.store.add(view.variable, solver.instance(owner))


def _read_super(solver: Solver, value: int, name: str, reader: Reader) -> None:
    item = solver.all[value]
    after, receiver = cast(Ref, item.a), cast(int, item.b)
    seen = solver.all[receiver]
    is_class = seen.kind is Kind.CLASS
    key = ("super view", after, receiver, name)
    view: View | None = solver.views.get(key)
    if view is None:
        view = solver.views[key] = View(solver.store.variable())
        definitions = solver.definitions
        if seen.kind in (Kind.INSTANCE, Kind.CLASS):
            owner, is_exact = cast(Ref, seen.a), cast(bool, seen.b)
        else:
            owner, is_exact = after, False
        if is_exact:
            _contribute_super(solver, view, after, owner, name, receiver, is_class)
        else:
            for cls in dict.fromkeys((owner, after, *definitions.subclasses(after))):
                tell = partial(
                    _contribute_super, solver, view, after, cls, name, receiver, is_class
                )
                when_instantiated(solver, cls, tell)
    subscribe(solver, view, reader)


def _contribute_super(
    solver: Solver, view: View, after: Ref, cls: Ref, name: str, receiver: int, is_class: bool
) -> None:
    order = solver.definitions.order(cls)
    if after not in order:
        return
    rest = order[order.index(after) + 1 :]
    owner, external = find_member(solver, rest, name)
    if owner is not None and owner not in view.seen:
        view.seen.add(owner)
        view.owners.add(owner)
        bind_all(solver, view, owner, name, receiver, is_class)
    if external is not None and external != UNKNOWN_BASE:
        if ("outside", external) not in view.seen and (
            owner is None or has_outside(solver, external, name)
        ):
            view.seen.add(("outside", external))
            if is_class or name == "__new__":
                read_outside(solver, external, name, view.variable)
            else:
                holder = receiver if solver.all[receiver].kind is Kind.INSTANCE else 0
                read_member(solver, solver.foreign(external), name, view.variable, holder)
    elif owner is None and external is None and name in OBJECT_MEMBERS - {"__class__"}:
        solver.store.add(view.variable, solver.external(f"builtins.object.{name}"))


def _ask_module(solver: Solver, location: str, reader: Reader) -> None:
    file = solver.program.modules.file_of(location)
    if file is None:
        return
    bindings = solver.definitions.members((file, 0)).get("__getattr__")
    if bindings:
        origin, result, code = reader
        variable = module_attribute(solver, location, "__getattr__")
        args = Args((solver.named("text"),))
        solver.store.watch(variable, on_dunder, solver, args, origin, result)
        del code
