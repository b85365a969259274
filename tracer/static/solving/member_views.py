"""What a member of an object may be: one view for each class and name, which grows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from tracer.static.flat import ATTR, DEFINED, NAME
from tracer.static.solving.ancestry import has_outside
from tracer.static.solving.bound import CLASS_WORK
from tracer.static.solving.classes import holding, text
from tracer.static.solving.code import Code
from tracer.static.solving.definitions import UNKNOWN_BASE
from tracer.static.solving.engine import Solver
from tracer.static.solving.lookup import (
    class_variable,
    find_member,
    has_field,
    is_abstract,
    is_left_to_others,
    plain_function,
)
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.outside import read_member
from tracer.static.solving.terms import NO_ARGS, Args, Origin

_IMPLICIT_CLASS_METHODS = frozenset(("__init_subclass__", "__class_getitem__"))
OBJECT_MEMBERS = frozenset(dir(object))


Reader = tuple[Origin, int, Code | None]
"""Who reads: the place for implicit calls, the variable for the answer, the code around."""


_ANY_METHOD: Ref = (-1, -1)  # some method that no class below hides


@dataclass(eq=False, slots=True)
class View:
    """What one name is on objects of one class: found members, and who wants to know."""

    variable: int
    found: list[tuple[int, int]] = field(default_factory=list)  # accessors: object, receiver
    readers: list[Reader] = field(default_factory=list)
    seen: set[object] = field(default_factory=set)
    bases: set[Ref] = field(default_factory=set)  # whose fields count, or are hidden
    names: dict[int, str] = field(default_factory=dict)  # what `__getattr__` is asked for
    owners: set[object] = field(default_factory=set)  # classes whose member counts
    is_from_outside: bool = False
    receiver: int = 0  # the object whose members these are


def instance_view(
    solver: Solver, ref: Ref, is_exact: bool, name: str, method: Ref | None = None
) -> View:
    """What a name is on objects of a class of the tree."""
    if is_exact:
        method = None
    elif method is not None and not _matters(solver, ref, method):
        method = _ANY_METHOD
    key = ("view", ref, is_exact, name, method)
    known: View | None = solver.views.get(key)
    if known is not None:
        return known
    receiver = solver.instance(ref, is_exact)
    view = solver.views[key] = View(solver.store.variable(), receiver=receiver)
    definitions = solver.definitions
    if is_exact:
        _contribute(solver, view, ref, name, True)
        return view
    own = _effective(solver, ref, name)
    below = definitions.subclasses(ref)
    solver.bound.done += CLASS_WORK * len(below)
    overriding: list[Ref] = []
    for cls in (ref, *below):
        if method is not None and method != _ANY_METHOD and not runs_method(solver, cls, method):
            continue
        tell = partial(_contribute, solver, view, cls, name, False)
        if method is None and own is not None and _effective(solver, cls, name) != own:
            # Declared as the base, and nothing tells of an object of this class: measured on six
            # packages, one in three of such overrides ran. Objects that do arrive are their own.
            overriding.append(cls)
            continue
        when_instantiated(solver, cls, tell)
    if overriding:
        # Where nobody makes an object that has the base's own, some override runs.
        def override() -> None:
            for cls in () if view.owners else overriding:
                when_instantiated(solver, cls, partial(_contribute, solver, view, cls, name, False))

        solver.if_empty(view.variable, override)
    # Fields may be stored whether or not anybody is known to make such objects.
    for base in definitions.order(ref) if own is None else ():
        if not isinstance(base, str):
            solver.read_field("field", base, name, view.variable)
    if own is None:
        solver.read_field("exact field", ref, name, view.variable)
    return view


def when_instantiated(solver: Solver, cls: Ref, tell: Any) -> None:
    """Do something once objects of the class are known to exist."""
    if cls in solver.instantiated:
        tell()
    else:
        solver.on_instantiated.setdefault(cls, []).append(tell)


def subscribe(solver: Solver, view: View, reader: Reader) -> None:
    """Let a reader have all that a view has and will have."""
    solver.store.copy(view.variable, reader[1])
    view.readers.append(reader)
    for accessor, receiver in tuple(view.found):
        _access(solver, accessor, receiver, reader, view.names.get(accessor, ""))


def bind(solver: Solver, view: View, value: int, receiver: int, is_class: bool) -> None:
    """Give a view a class member as its receiver sees it."""
    item = solver.all[value]
    match item.kind:
        case Kind.FUNCTION:
            name = solver.flat(cast(Ref, item.a)).name
            if name in _IMPLICIT_CLASS_METHODS:
                value = solver.objects.number(Kind.BOUND, value, _class_of(solver, receiver))
            elif not is_class and name != "__new__":
                value = solver.objects.number(Kind.BOUND, value, receiver)
            solver.store.add(view.variable, value)
        case Kind.STATIC:
            solver.store.add(view.variable, cast(int, item.a))
        case Kind.CLASSMETHOD:
            inner = solver.all[cast(int, item.a)]
            if inner.kind is Kind.FUNCTION:
                value = solver.objects.number(Kind.BOUND, item.a, _class_of(solver, receiver))
                solver.store.add(view.variable, value)
            else:
                solver.store.add(view.variable, cast(int, item.a))
        case Kind.PROPERTY:
            if is_class:
                solver.store.add(view.variable, value)
            else:
                _note(solver, view, value, receiver)
        case Kind.INSTANCE:
            order = solver.definitions.order(cast(Ref, item.a))
            if find_member(solver, order, "__get__")[0] is not None:
                _note(solver, view, value, receiver)
            elif is_class or find_member(solver, order, "__set__")[0] is None:
                solver.store.add(view.variable, value)
        case Kind.PARTIAL | Kind.DISPATCHER | Kind.CONTEXT_MAKER:
            if not is_class and (item.kind is not Kind.PARTIAL or item.c):
                value = solver.objects.number(Kind.BOUND, value, receiver)
            solver.store.add(view.variable, value)
        case _:
            solver.store.add(view.variable, value)


def call_dunder(
    solver: Solver,
    value: int,
    name: str,
    args: Args,
    origin: Origin,
    result: int = -1,
) -> bool:
    """Run a special method of an object of the tree, as the interpreter does for an operator.

    Returns:
        Whether its class may have the method.
    """
    item = solver.all[value]
    if item.kind is not Kind.INSTANCE:
        return False
    ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
    if not has_member(solver, ref, is_exact, name):
        return False
    key = ("dunder", value, name, origin, args, result)
    if key in solver.memo:
        return True
    solver.memo[key] = 1
    view = instance_view(solver, ref, is_exact, name)
    answer = result if result >= 0 else solver.store.variable()
    solver.store.watch(view.variable, on_dunder, solver, args, origin, answer)
    return True


def has_member(solver: Solver, ref: Ref, is_exact: bool, name: str) -> bool:
    """Whether objects of the class may have a member of that name from the tree."""
    key = ("has", ref, is_exact, name)
    known = solver.views.get(key)
    if known is None:
        definitions = solver.definitions
        classes = (ref,) if is_exact else (ref, *definitions.subclasses(ref))
        known = solver.views[key] = any(
            find_member(solver, definitions.order(cls), name)[0] is not None for cls in classes
        )
    return cast(bool, known)


def on_dunder(watcher: Any, value: int) -> None:
    """Watch a special method that is found, and call it."""
    _, solver, args, origin, result = watcher
    solver.apply(solver, None, origin, value, args, result)


def bind_all(
    solver: Solver, view: View, owner: Ref, name: str, receiver: int, is_class: bool
) -> None:
    """Bind what a class holds under a name to a receiver."""
    function = plain_function(solver, owner, name)
    if function:
        bind(solver, view, function, receiver, is_class)
    else:
        variable = class_variable(solver, owner, name)
        solver.store.watch(variable, on_member, solver, view, receiver, is_class)


def on_member(watcher: Any, value: int) -> None:
    """Watch a member, and bind it."""
    _, solver, view, receiver, is_class = watcher
    bind(solver, view, value, receiver, is_class)


def _effective(solver: Solver, cls: Ref, name: str) -> Ref | None:
    """The class whose member objects of a class have, unless it is abstract."""
    owner, _ = find_member(solver, solver.definitions.order(cls), name)
    return None if owner is None or is_abstract(solver, owner, name) else owner


def _contribute(solver: Solver, view: View, cls: Ref, name: str, is_exact: bool) -> None:
    """Add what objects of one class have under the name."""
    definitions = solver.definitions
    order = definitions.order(cls)
    owner, external = find_member(solver, order, name)
    is_hiding = owner is not None and bool(plain_function(solver, owner, name))
    if not is_hiding:
        solver.read_field("exact field", cls, name, view.variable)
    for base in order:
        if not isinstance(base, str) and base not in view.bases:
            view.bases.add(base)
            # That some object hides a method of its class says nothing of the others.
            if not is_hiding:
                solver.read_field("field", base, name, view.variable)
    if owner is not None:
        if owner in view.seen:
            return
        view.seen.add(owner)
        if is_abstract(solver, owner, name) or (
            not is_exact and is_left_to_others(solver, owner, name)
        ):
            return  # Nobody can make objects of a class that still has it, or means to.
        view.owners.add(owner)
        receiver = solver.instance(cls if is_exact else owner, is_exact)
        bind_all(solver, view, owner, name, receiver, False)
        if external is None:
            return
    if external is not None and external != UNKNOWN_BASE:
        # What objects store themselves hides what a base outside the sources may have.
        if ("outside", external) not in view.seen and not has_field(solver, cls, name):
            view.seen.add(("outside", external))
            if has_outside(solver, external, name) is not False:
                view.is_from_outside = True
                outside = solver.foreign(external)
                read_member(solver, outside, name, view.variable, view.receiver)
                return
            if owner is None:
                _ask_getattr(solver, view, cls, name, is_exact)
        return
    if owner is None and name in solver.stored_names:
        for base in order:
            if not isinstance(base, str) and ("stored on", base) not in view.seen:
                view.seen.add(("stored on", base))
                receiver = solver.instance(cls if is_exact else base, is_exact)
                solver.store.watch(
                    class_variable(solver, base, name), on_member, solver, view, receiver, False
                )
    if owner is None and external is None:
        _ask_getattr(solver, view, cls, name, is_exact)
        if name in OBJECT_MEMBERS and name not in ("__class__", "__dict__"):
            solver.store.add(view.variable, solver.external(f"builtins.object.{name}"))


def _ask_getattr(solver: Solver, view: View, cls: Ref, name: str, is_exact: bool) -> None:
    """`__getattr__` of the class answers for what nothing else binds."""
    if name.startswith("__") and name.endswith("__"):
        return
    owner, _ = find_member(solver, solver.definitions.order(cls), "__getattr__")
    if (
        owner is not None
        and ("getattr", owner) not in view.seen
        and not has_field(solver, cls, name)
    ):
        view.seen.add(("getattr", owner))
        receiver = solver.instance(cls if is_exact else owner, is_exact)
        solver.store.watch(
            class_variable(solver, owner, "__getattr__"),
            _on_getattr,
            solver,
            view,
            receiver,
            name,
        )


def _on_getattr(watcher: Any, function: int) -> None:
    _, solver, view, receiver, name = watcher
    if solver.all[function].kind is Kind.FUNCTION:
        bound = solver.objects.number(Kind.BOUND, function, receiver)
        view.names[bound] = name
        _note(solver, view, bound, receiver)


def _note(solver: Solver, view: View, accessor: int, receiver: int) -> None:
    view.found.append((accessor, receiver))
    for reader in tuple(view.readers):
        _access(solver, accessor, receiver, reader, view.names.get(accessor, ""))


def _access(solver: Solver, accessor: int, receiver: int, reader: Reader, name: str = "") -> None:
    """Run what stands behind an attribute for one reader."""
    origin, result, code = reader
    item = solver.all[accessor]
    if item.kind is Kind.PROPERTY:
        getter, _, _ = cast("tuple[int, int, int]", item.a)
        is_once = getter in solver.cached
        solver.store.watch(getter, _on_getter, solver, origin, receiver, result, code, is_once)
    elif item.kind is Kind.BOUND:
        asked = text(solver, name)
        args = Args((holding(solver, asked) if asked else solver.named("text"),))
        solver.apply(solver, code, origin, accessor, args, result)
    else:
        args = Args((holding(solver, receiver), holding(solver, _class_of(solver, receiver))))
        call_dunder(solver, accessor, "__get__", args, origin, result)


def _on_getter(watcher: Any, function: int) -> None:
    _, solver, origin, receiver, result, code, is_once = watcher
    item = solver.all[function]
    if item.kind is Kind.FUNCTION:
        if is_once:
            solver.record(origin, cast(Ref, item.a), "", True, True)
        function = solver.objects.number(Kind.BOUND, function, receiver)
        solver.apply(solver, code, origin, function, NO_ARGS, result)
    else:
        solver.apply(solver, code, origin, function, Args((holding(solver, receiver),)), result)


def _class_of(solver: Solver, receiver: int) -> int:
    item = solver.all[receiver]
    if item.kind is Kind.INSTANCE:
        return solver.objects.number(Kind.CLASS, item.a, item.b)
    return receiver


def _matters(solver: Solver, ref: Ref, method: Ref) -> bool:
    """Whether some class below overrides the method, so that not every object runs it."""
    name = solver.flat(method).name
    return any(
        name in solver.definitions.members(cls) for cls in solver.definitions.subclasses(ref)
    )


def runs_method(solver: Solver, cls: Ref, method: Ref) -> bool:
    """Whether objects of the class run this method, as their own or by `super()`."""
    name = solver.flat(method).name
    owner = (method[0], solver.flat(method).parent)
    order = solver.definitions.order(cls)
    if owner not in order:
        return False
    for base in order:
        if base == owner:
            return True
        if (
            not isinstance(base, str)
            and name in solver.definitions.members(base)
            and not _calls_super(solver, base, name, owner)
        ):
            return False
    return True


def _calls_super(solver: Solver, cls: Ref, name: str, owner: Ref) -> bool:
    """Whether the method of a class hands on to the one that it hides."""
    scope = solver.flat(cls)
    for binding in solver.definitions.members(cls).get(name, ()):
        parts = scope.nodes[scope.bindings[binding][1]]
        if parts[0] != DEFINED:
            return True
        body = solver.flat((cls[0], cast(int, parts[1])))
        owner_name = solver.flat(owner).name
        for node in body.nodes:
            if node[0] == NAME and node[1] in ("super", owner_name):
                return True
            if node[0] == ATTR and node[2] == owner_name:
                return True
    return False
