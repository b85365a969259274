"""`getattr`, `setattr`, `super`, `vars` and their like: attributes by name, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.members import read_attribute
from tracer.static.solving.modelling import Model, on_called, on_read
from tracer.static.solving.names import location_of, namespace_of
from tracer.static.solving.objects import Kind, Object, Ref
from tracer.static.solving.patterns import possible_names
from tracer.static.solving.storing import store_attribute
from tracer.static.solving.terms import NO_ARGS, Args, Origin
from tracer.static.solving.unifying import implicit_origin


def call_getter(
    solver: Solver, code: Code | None, origin: Origin, item: Object, args: Args, result: int
) -> None:
    """Call what `operator.attrgetter` and its like made."""
    if not args.positional:
        return
    names = cast("tuple[str, ...]", item.b)
    reader = (implicit_origin(solver, origin), result, code)
    if item.a == "attrgetter":
        for name in names:
            current = args.positional[0]
            for part in name.split(".")[:-1]:
                inner = solver.store.variable()
                solver.store.watch(current, on_read, solver, part, (reader[0], inner, code))
                current = inner
            solver.store.watch(current, on_read, solver, name.rpartition(".")[2], reader)
    elif item.a == "methodcaller":
        for name in names[:1]:
            method = solver.store.variable()
            solver.store.watch(args.positional[0], on_read, solver, name, (reader[0], method, code))
            solver.store.watch(method, on_called, solver, code, origin, NO_ARGS, result)


def _super(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del origin
    if code is None:
        return
    method: Code | None = code
    while method is not None and method.scope.kind != "method":
        method = method.parent
    if method is None:
        return
    owner = (method.ref[0], method.scope.parent)
    if args.positional:
        receiver = args.positional[1] if len(args.positional) > 1 else -1
        if receiver < 0:
            return
        solver.store.watch(args.positional[0], _on_super_class, solver, receiver, result)
        return
    if not method.scope.parameters:
        return
    solver.store.watch(method.base, _on_super, solver, owner, result)


def _getattr(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    if len(args.positional) < 2:
        return
    place = (implicit_origin(solver, origin)[0], "property", implicit_origin(solver, origin)[2])
    names, prefix = possible_names(solver, code, args, 1)
    reader = (place, result, code)
    for name in names:
        solver.store.watch(args.positional[0], on_read, solver, name, reader)
    if not names:
        solver.store.watch(args.positional[1], _on_named, solver, args.positional[0], reader)
        if prefix:
            solver.store.watch(
                args.positional[0], _on_prefixed, solver, prefix[0], prefix[1], reader
            )
    if len(args.positional) > 2:
        solver.store.copy(args.positional[2], result)


def _hasattr(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    solver.store.add(result, solver.foreign("builtins.bool"))
    _getattr(
        solver, code, origin, args._replace(positional=args.positional[:2]), solver.store.variable()
    )


def _setattr(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del result
    if len(args.positional) < 3:
        return
    place: Origin = (origin[0], "property", implicit_origin(solver, origin)[2])
    names, _ = possible_names(solver, code, args, 1)
    for name in names:
        solver.store.watch(args.positional[0], _on_set, solver, name, args.positional[2], place)
    if not names:
        solver.store.watch(
            args.positional[1], _on_set_named, solver, args.positional[0], args.positional[2], place
        )


def _namespace(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`globals()`, and `vars(module)`: the names of a module."""
    del code
    if args.positional:
        solver.store.watch(args.positional[0], _on_vars, solver, result)
        return
    location = location_of(solver.program.paths[origin[0][0]])
    solver.store.add(result, namespace_of(solver, location))


def _getter(
    what: str, solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    del origin
    names: list[str] = []
    for index in range(len(args.positional)):
        found, _ = possible_names(solver, code, args, index)
        names.extend(found)
    solver.store.add(result, solver.objects.number(Kind.GETTER, what, tuple(names)))


ATTRIBUTE_MODELS: Mapping[str, Model] = {
    "builtins.super": _super,
    "builtins.getattr": _getattr,
    "builtins.hasattr": _hasattr,
    "builtins.setattr": _setattr,
    "builtins.globals": _namespace,
    "builtins.vars": _namespace,
    "operator.attrgetter": partial(_getter, "attrgetter"),
    "operator.methodcaller": partial(_getter, "methodcaller"),
    "operator.itemgetter": partial(_getter, "itemgetter"),
}


def _on_vars(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.MODULE:
        solver.store.add(result, namespace_of(solver, cast(str, item.a)))
    else:
        solver.store.add(result, solver.foreign("builtins.dict"))


def _on_named(watcher: Any, name: int) -> None:
    _, solver, base, reader = watcher
    item = solver.all[name]
    if item.kind is Kind.STRING:
        solver.store.watch(base, on_read, solver, item.a, reader)


def _on_prefixed(watcher: Any, value: int) -> None:
    """`getattr(self, "visit_" + name)`: every member with that beginning and end."""
    _, solver, prefix, suffix, reader = watcher
    item = solver.all[value]
    names: set[str] = set()
    if item.kind in (Kind.INSTANCE, Kind.CLASS):
        ref = cast(Ref, item.a)
        below = () if item.b else solver.definitions.subclasses(ref)
        for cls in (*solver.definitions.order(ref), *below):
            if not isinstance(cls, str):
                names.update(solver.definitions.members(cls))
    elif item.kind is Kind.MODULE:
        file = solver.program.modules.file_of(cast(str, item.a))
        if file is not None and solver.program.summaries[file].scopes:
            names.update(solver.definitions.members((file, 0)))
    for name in sorted(names):
        if name.startswith(prefix) and name.endswith(suffix) and name != prefix:
            read_attribute(solver, value, name, reader)


def _on_set(watcher: Any, value: int) -> None:
    _, solver, name, stored, origin = watcher
    store_attribute(solver, value, name, stored, origin, -1)


def _on_set_named(watcher: Any, name: int) -> None:
    _, solver, base, stored, origin = watcher
    item = solver.all[name]
    if item.kind is Kind.STRING:
        solver.store.watch(base, _on_set, solver, item.a, stored, origin)


def _on_super(watcher: Any, receiver: int) -> None:
    _, solver, owner, result = watcher
    if solver.all[receiver].kind in (Kind.INSTANCE, Kind.CLASS):
        solver.store.add(result, solver.objects.number(Kind.SUPER, owner, receiver))


def _on_super_class(watcher: Any, cls: int) -> None:
    _, solver, receiver, result = watcher
    item = solver.all[cls]
    if item.kind is Kind.CLASS:
        solver.store.watch(receiver, _on_super, solver, item.a, result)
