"""Attributes: what a receiver's class and its fields give under a name, and what stores put there.

An object of a class that may also be one of a subclass is asked through every class that is
instantiated somewhere; classes that nobody instantiates are asked in a later phase, since a user
of the tree may (rapid type analysis, completed for libraries).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from tracer.model.source import FunctionKind
from tracer.static.flat import ATTR, DEFINED, NAME
from tracer.static.solving.ancestry import has_outside
from tracer.static.solving.bags import bag_of
from tracer.static.solving.bound import CLASS_WORK
from tracer.static.solving.classes import holding, is_enum, metaclass, text
from tracer.static.solving.code import Code
from tracer.static.solving.definitions import UNKNOWN_BASE
from tracer.static.solving.engine import NO_ARGS, Args, Origin, Solver
from tracer.static.solving.module_hooks import is_stored_before
from tracer.static.solving.names import is_absent, module_attribute, module_stores, namespace_of
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.outside import read_member, read_outside

_IMPLICIT_CLASS_METHODS = frozenset(("__init_subclass__", "__class_getitem__"))
_OBJECT_MEMBERS = frozenset(dir(object))
_TEXT_MEMBERS = frozenset(("__name__", "__qualname__", "__module__", "__doc__"))

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
        if method is not None and method != _ANY_METHOD and not _runs(solver, cls, method):
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


def field_of(solver: Solver, ref: Ref, name: str) -> int:
    """The variable of what is stored into an attribute of objects of a class."""
    return solver.named("field", ref, name)


def class_variable(solver: Solver, ref: Ref, name: str) -> int:
    """The variable of a name of a class: its body's bindings, and what is stored later."""
    key = ("class variable", ref, name)
    known = solver.memo.get(key)
    if known is None:
        known = solver.memo[key] = solver.store.variable()
        bindings = solver.definitions.members(ref).get(name, ())
        if bindings:
            code = solver.shared(ref)
            for binding in bindings:
                solver.store.copy(code.binding(binding), known)
    return known


def find_member(
    solver: Solver, order: Iterable[Ref | str], name: str
) -> tuple[Ref | None, str | None]:
    """The class of the tree that binds a name, and the base from outside that comes before it."""
    external: str | None = None
    for cls in order:
        if isinstance(cls, str):
            if external is None:
                external = cls
            continue
        if name in solver.definitions.members(cls) or (cls, name) in solver.patched:
            return cls, external
    return None, external


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


def store_attribute(
    solver: Solver, value: int, name: str, stored: int, origin: Origin, annotated: int
) -> None:
    """Put a variable into `value.name`; properties and descriptors run instead.

    Args:
        annotated: The variable of what an annotation allows, or -1.
    """
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.INSTANCE:
            ref = cast(Ref, item.a)
            target = field_of(solver, ref, name)
            if item.b:
                target = solver.named("exact field", ref, name)
            if item.c:
                target = solver.named("born", value, name)
            order = solver.definitions.order(ref)
            owner, _ = find_member(solver, order, name)
            if owner is not None and not _is_plain(solver, owner, name):
                store.watch(
                    class_variable(solver, owner, name),
                    _on_set_through, solver, value, stored, origin, target,
                )  # fmt: skip
            else:
                store.copy(stored, target)
                if annotated >= 0:
                    store.copy(annotated, target)
            setter, _ = find_member(solver, order, "__setattr__")
            if setter is not None:
                call_dunder(
                    solver, value, "__setattr__", Args((solver.named("text"), stored)), origin
                )
        case Kind.CLASS:
            # Where a class binds a plain method, one that is put in its place through a value that
            # nobody can name by definition is not followed: measured, it adds 140 wrong edges.
            store.copy(stored, class_variable(solver, cast(Ref, item.a), name))
        case Kind.MODULE:
            file = solver.program.modules.file_of(cast(str, item.a))
            if file is not None:
                solver.stored_on_modules.add((file, name))
                store.copy(stored, module_stores(solver, file, name))
        case Kind.FUNCTION:
            store.copy(stored, solver.named("function attribute", value, name))
        case Kind.FOREIGN:
            bag = bag_of(solver, value)
            if bag is not None:
                store.copy(stored, solver.item_of(bag, name))


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
    solver.store.watch(view.variable, _on_dunder, solver, args, origin, answer)
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


def _effective(solver: Solver, cls: Ref, name: str) -> Ref | None:
    """The class whose member objects of a class have, unless it is abstract."""
    owner, _ = find_member(solver, solver.definitions.order(cls), name)
    return None if owner is None or _is_abstract(solver, owner, name) else owner


def _on_dunder(watcher: Any, value: int) -> None:
    _, solver, args, origin, result = watcher
    solver.apply(solver, None, origin, value, args, result)


def _on_set_through(watcher: Any, member: int) -> None:
    """A store through a class member: a property's setter, a descriptor, or the object itself."""
    _, solver, value, stored, origin, target = watcher
    item = solver.all[member]
    if item.kind is Kind.PROPERTY:
        _, setter, _ = cast("tuple[int, int, int]", item.a)
        solver.store.watch(setter, _on_setter, solver, value, stored, origin)
    elif item.kind is Kind.INSTANCE and call_dunder(
        solver, member, "__set__", Args((holding(solver, value), stored)), origin
    ):
        order = solver.definitions.order(cast(Ref, item.a))
        if find_member(solver, order, "__get__")[0] is None:
            # What is read is what stands in the object's `__dict__`, where `__set__` puts it.
            solver.store.copy(stored, target)
    else:
        solver.store.copy(stored, target)


def _on_setter(watcher: Any, function: int) -> None:
    _, solver, value, stored, origin = watcher
    scratch = solver.store.variable()
    bound = solver.objects.number(Kind.BOUND, function, value)
    solver.apply(solver, None, origin, bound, Args((stored,)), scratch)


def _contribute(solver: Solver, view: View, cls: Ref, name: str, is_exact: bool) -> None:
    """Add what objects of one class have under the name."""
    definitions = solver.definitions
    order = definitions.order(cls)
    owner, external = find_member(solver, order, name)
    is_hiding = owner is not None and bool(_plain_function(solver, owner, name))
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
        if _is_abstract(solver, owner, name) or (
            not is_exact and _is_left_to_others(solver, owner, name)
        ):
            return  # Nobody can make objects of a class that still has it, or means to.
        view.owners.add(owner)
        receiver = solver.instance(cls if is_exact else owner, is_exact)
        _bind_all(solver, view, owner, name, receiver, False)
        if external is None:
            return
    if external is not None and external != UNKNOWN_BASE:
        # What objects store themselves hides what a base outside the sources may have.
        if ("outside", external) not in view.seen and not _has_field(solver, cls, name):
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
                    class_variable(solver, base, name), _on_member, solver, view, receiver, False
                )
    if owner is None and external is None:
        _ask_getattr(solver, view, cls, name, is_exact)
        if name in _OBJECT_MEMBERS and name not in ("__class__", "__dict__"):
            solver.store.add(view.variable, solver.external(f"builtins.object.{name}"))


def _ask_getattr(solver: Solver, view: View, cls: Ref, name: str, is_exact: bool) -> None:
    """`__getattr__` of the class answers for what nothing else binds."""
    if name.startswith("__") and name.endswith("__"):
        return
    owner, _ = find_member(solver, solver.definitions.order(cls), "__getattr__")
    if (
        owner is not None
        and ("getattr", owner) not in view.seen
        and not _has_field(solver, cls, name)
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


def _has_field(solver: Solver, cls: Ref, name: str) -> bool:
    return any(
        not isinstance(base, str) and (base, name) in solver.stored_fields
        for base in solver.definitions.order(cls)
    )


def _bind_all(
    solver: Solver, view: View, owner: Ref, name: str, receiver: int, is_class: bool
) -> None:
    function = _plain_function(solver, owner, name)
    if function:
        bind(solver, view, function, receiver, is_class)
    else:
        variable = class_variable(solver, owner, name)
        solver.store.watch(variable, _on_member, solver, view, receiver, is_class)


def _plain_function(solver: Solver, owner: Ref, name: str) -> int:
    """The function that a class binds under a name, where that is one plain `def`; else 0."""
    bindings = solver.definitions.members(owner).get(name, ())
    if len(bindings) != 1 or (owner, name) in solver.patched:
        return 0
    scope = solver.flat(owner)
    parts = scope.nodes[scope.bindings[bindings[0]][1]]
    if parts[0] != DEFINED or parts[2]:
        return 0
    ref = (owner[0], cast(int, parts[1]))
    if solver.flat(ref).kind == FunctionKind.CLASS_BODY.value:
        return 0
    return solver.function(ref, solver.shared(owner))


def _is_plain(solver: Solver, owner: Ref, name: str) -> bool:
    """Whether a class binds only a plain value or function, which an object's own field hides."""
    if _plain_function(solver, owner, name):
        return True
    for binding in solver.definitions.members(owner).get(name, ()):
        scope = solver.flat(owner)
        node = scope.nodes[scope.bindings[binding][1]]
        if node[0] != 1:  # CONST
            return False
    return (owner, name) not in solver.patched


def _on_member(watcher: Any, value: int) -> None:
    _, solver, view, receiver, is_class = watcher
    bind(solver, view, value, receiver, is_class)


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
            if is_enum(solver, owner) and not _plain_function(solver, owner, name):
                _enum_member(solver, view, owner, name)
            else:
                _bind_all(solver, view, owner, name, receiver, True)
        return
    made_by = metaclass(solver, cls)
    if made_by is not None:
        found, _ = find_member(solver, solver.definitions.order(made_by), name)
        if found is not None and ("meta", found) not in view.seen:
            view.seen.add(("meta", found))
            _bind_all(solver, view, found, name, receiver, False)
            return
    if external is not None and external != UNKNOWN_BASE:
        if ("outside", external) not in view.seen:
            view.seen.add(("outside", external))
            read_outside(solver, external, name, view.variable)
    elif external is None and name in _OBJECT_MEMBERS:
        solver.store.add(view.variable, solver.external(f"builtins.object.{name}"))


def _enum_member(solver: Solver, view: View, owner: Ref, name: str) -> None:
    scope = solver.flat(owner)
    bindings = solver.definitions.members(owner).get(name, ())
    if any(scope.nodes[scope.bindings[b][1]][0] == DEFINED for b in bindings):
        variable = class_variable(solver, owner, name)
        solver.store.watch(
            variable, _on_member, solver, view, solver.objects.number(Kind.CLASS, owner, True), True
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
        _bind_all(solver, view, owner, name, receiver, is_class)
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
    elif owner is None and external is None and name in _OBJECT_MEMBERS - {"__class__"}:
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
        solver.store.watch(variable, _on_dunder, solver, args, origin, result)
        del code


def _class_of(solver: Solver, receiver: int) -> int:
    item = solver.all[receiver]
    if item.kind is Kind.INSTANCE:
        return solver.objects.number(Kind.CLASS, item.a, item.b)
    return receiver


def _is_abstract(solver: Solver, owner: Ref, name: str) -> bool:
    """Whether a class binds an abstract method under a name."""
    scope = solver.flat(owner)
    for binding in solver.definitions.members(owner).get(name, ()):
        parts = scope.nodes[scope.bindings[binding][1]]
        if parts[0] == DEFINED:
            ref = (owner[0], cast(int, parts[1]))
            if "abstract" in solver.definitions.roles(ref):
                return True
    return False


def _is_left_to_others(solver: Solver, owner: Ref, name: str) -> bool:
    """Whether a method does nothing but raise `NotImplementedError`, and classes below have it.

    An object that was seen to be of the class itself runs it all the same.
    """
    scope = solver.flat(owner)
    bindings = solver.definitions.members(owner).get(name, ())
    if len(bindings) != 1:
        return False
    parts = scope.nodes[scope.bindings[bindings[0]][1]]
    if parts[0] != DEFINED:
        return False
    body = solver.flat((owner[0], cast(int, parts[1])))
    always = [text for _, text, is_again, guard, _ in body.raises if guard < 0 and not is_again]
    return always == ["NotImplementedError"] and any(
        name in solver.definitions.members(cls) for cls in solver.definitions.subclasses(owner)
    )


def _matters(solver: Solver, ref: Ref, method: Ref) -> bool:
    """Whether some class below overrides the method, so that not every object runs it."""
    name = solver.flat(method).name
    return any(
        name in solver.definitions.members(cls) for cls in solver.definitions.subclasses(ref)
    )


def _runs(solver: Solver, cls: Ref, method: Ref) -> bool:
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
