"""What a name may hold where its own scope binds nothing: scopes around, module, builtins."""

from __future__ import annotations

import builtins
from typing import cast

from tracer.model.source import FunctionKind
from tracer.static.flat import CONST, DEFINED, FROM, IMPORT, NARROW
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Kind, Ref

_BUILTINS = frozenset(dir(builtins))
MODULE_NAMES = frozenset(("__name__", "__file__", "__doc__", "__package__"))


def free_name(solver: Solver, code: Code, name: str) -> int:
    """The variable of a name that nothing before this place in its own scope has bound."""
    scope = code.scope
    if scope.parent < 0 or name in scope.global_names:
        return module_name(solver, code.ref[0], name)
    if scope.kind == FunctionKind.CLASS_BODY.value and name not in scope.nonlocal_names:
        if solver.program.bindings(code.ref, name):
            return cell(solver, code, name)
    elif name not in scope.nonlocal_names and solver.program.bindings(code.ref, name):
        return cell(solver, code, name)
    parent = code.parent
    while parent is not None and parent.scope.parent >= 0:
        if (
            parent.scope.kind != FunctionKind.CLASS_BODY.value
            and name not in parent.scope.nonlocal_names
        ):
            if name in parent.scope.global_names:
                break
            if solver.program.bindings(parent.ref, name):
                return cell(solver, parent, name)
        parent = parent.parent
    return module_name(solver, code.ref[0], name)


def cell(solver: Solver, code: Code, name: str) -> int:
    """The variable of a local name as inner scopes see it: any binding of it, and their stores."""
    known = code.cells.get(name)
    if known is None:
        bindings = solver.program.bindings(code.ref, name)
        is_stored = (code.ref[0], name) in solver.program.nonlocal_stores
        if len(bindings) == 1 and not is_stored:
            known = code.cells[name] = code.binding(bindings[0])
            return known
        known = code.cells[name] = solver.store.variable()
        for binding in bindings:
            solver.store.copy(code.binding(binding), known)
        if is_stored:
            solver.store.copy(stored(solver, code, name), known)
    return known


def stored(solver: Solver, code: Code, name: str) -> int:
    """The variable of what other scopes store into a name of this one."""
    known = code.stored.get(name)
    if known is None:
        known = code.stored[name] = solver.store.variable()
    return known


def owner_of(solver: Solver, code: Code, name: str) -> Code | None:
    """The code whose name a `nonlocal` statement means."""
    parent = code.parent
    while parent is not None and parent.scope.parent >= 0:
        if (
            parent.scope.kind != FunctionKind.CLASS_BODY.value
            and name not in parent.scope.nonlocal_names
            and solver.program.bindings(parent.ref, name)
        ):
            return parent
        parent = parent.parent
    return None


def module_stores(solver: Solver, file: int, name: str) -> int:
    """The variable of what functions and other modules store into a name of a module."""
    return solver.named("stored in module", file, name)


def module_name(solver: Solver, file: int, name: str) -> int:
    """The variable of a name of a module, as its functions and other modules see it."""
    key = ("module", file, name)
    known = solver.memo.get(key)
    if known is not None:
        return known
    variable = solver.memo[key] = solver.store.variable()
    is_bound = False
    if solver.program.summaries[file].scopes:
        ref = (file, 0)
        code = solver.shared(ref)
        for binding in _lasting(solver, ref, name):
            is_bound = True
            solver.store.copy(code.binding(binding), variable)
        solver.store.copy(module_stores(solver, file, name), variable)
        is_bound = is_bound or (file, name) in solver.program.global_stores
        if not is_bound:
            is_bound = _from_stars(solver, file, name, variable)
    if not is_bound:
        location = location_of(solver.program.paths[file])
        submodule = solver.program.modules.submodule(location, name)
        if submodule is not None:
            solver.store.add(variable, solver.objects.number(Kind.MODULE, submodule))
        elif name in _BUILTINS:
            solver.store.add(variable, solver.external(f"builtins.{name}"))
        elif name in MODULE_NAMES:
            solver.store.add(variable, solver.foreign("builtins.str"))
    return variable


def _lasting(solver: Solver, ref: Ref, name: str) -> tuple[int, ...]:
    """The bindings of a name of a module that its functions may see when they run.

    What holds at the end of the module; and values that were bound before, since a function may
    have run in between. A definition that another one replaces is nobody's by then.
    """
    scope = solver.flat(ref)
    last = solver.definitions.members(ref).get(name, ())
    bindings = solver.program.bindings(ref, name)
    if not last:
        return bindings
    kept = [
        binding
        for binding in bindings
        if binding in last
        or scope.nodes[scope.bindings[binding][1]][0] not in (CONST, DEFINED, IMPORT, FROM, NARROW)
    ]
    return tuple(kept)


def module_attribute(solver: Solver, location: str, name: str) -> int:
    """The variable of `module.name`."""
    file = solver.program.modules.file_of(location)
    if file is None:
        variable = solver.named("folder", location, name)
        submodule = solver.program.modules.submodule(location, name)
        if submodule is not None:
            solver.store.add(variable, solver.objects.number(Kind.MODULE, submodule))
        return variable
    key = ("attribute of module", file, name)
    known = solver.memo.get(key)
    if known is not None:
        return known
    if _binds(solver, file, name):
        variable = solver.memo[key] = module_name(solver, file, name)
        return variable
    variable = solver.memo[key] = solver.store.variable()
    if solver.program.summaries[file].scopes:
        solver.store.copy(module_stores(solver, file, name), variable)
    submodule = solver.program.modules.submodule(location, name)
    if submodule is not None:
        solver.store.add(variable, solver.objects.number(Kind.MODULE, submodule))
    elif not _from_stars(solver, file, name, variable) and name in MODULE_NAMES:
        solver.store.add(variable, solver.foreign("builtins.str"))
    return variable


def is_absent(solver: Solver, location: str, name: str) -> bool:
    """Whether a module of the tree binds no such name, so that its `__getattr__` is asked."""
    file = solver.program.modules.file_of(location)
    if file is None or not solver.program.summaries[file].scopes:
        return False
    if is_stored_only(solver, file, name):
        return True
    if _binds(solver, file, name) or name in MODULE_NAMES:
        return False
    if solver.program.modules.submodule(location, name) is not None:
        return False
    return not _star_source(solver, file, name)


def is_stored_only(solver: Solver, file: int, name: str) -> bool:
    """Whether nothing but `global` in functions of a module binds a name of it."""
    return (file, name) in solver.program.global_stores and not (
        solver.definitions.members((file, 0)).get(name) or solver.program.bindings((file, 0), name)
    )


def imported(solver: Solver, code: Code, parts: tuple[object, ...]) -> int:
    """The variable of what an import binds."""
    file = code.ref[0]
    modules = solver.program.modules
    if parts[0] == IMPORT:
        number = solver.definitions.imported_module(file, cast(str, parts[1]), cast(bool, parts[2]))
        variable = solver.named("import", file, parts[1], parts[2])
        if number:
            solver.store.add(variable, number)
        return variable
    assert parts[0] == FROM
    level, module, name = cast(int, parts[1]), cast(str, parts[2]), cast(str, parts[3])
    target = modules.resolve_relative(file, level, module)
    variable = solver.named("from", file, level, module, name)
    if target.location is None:
        if not target.is_missing:
            dotted = f"{target.dotted}.{name}" if name else target.dotted
            solver.store.add(variable, solver.external(dotted))
        return variable
    if not name:
        solver.store.add(variable, solver.objects.number(Kind.MODULE, target.location))
        return variable
    if modules.file_of(target.location) == file:
        # `from . import name` in the package itself binds the submodule to its own name.
        submodule = modules.submodule(target.location, name)
        if submodule is not None:
            solver.store.add(variable, solver.objects.number(Kind.MODULE, submodule))
            return variable
    return module_attribute(solver, target.location, name)


def namespace_of(solver: Solver, location: str) -> int:
    """The names of a module as a dict: `globals()`, `vars(module)`, `module.__dict__`."""
    file = solver.program.modules.file_of(location)
    box = solver.box("builtins.dict", "names of", location)
    if file is not None and solver.program.summaries[file].scopes:
        for name in sorted({name for name, _ in solver.flat((file, 0)).exits}):
            if "@" not in name and "." not in name:
                solver.store.copy(module_name(solver, file, name), solver.item_of(box, name))
    return solver.foreign("builtins.dict", box)


def location_of(path: str) -> str:
    """The location of the module that a file is."""
    path = path.removesuffix(".py")
    return path[: -len("__init__")].rstrip("/") if path.endswith("__init__") else path


def _binds(solver: Solver, file: int, name: str) -> bool:
    if not solver.program.summaries[file].scopes:
        return False
    ref: Ref = (file, 0)
    return bool(
        solver.definitions.members(ref).get(name)
        or solver.program.bindings(ref, name)
        or (file, name) in solver.program.global_stores
    )


def _starred(
    solver: Solver, file: int, name: str, seen: frozenset[int] = frozenset()
) -> str | None:
    """The module of the tree whose name `import *` brings."""
    for location, source in solver.program.starred(file, name):
        if (
            source is not None
            and source != file
            and (
                _binds(solver, source, name)
                or (
                    source not in seen
                    and _starred(solver, source, name, seen | {file, source}) is not None
                )
                or solver.program.modules.submodule(location, name) is not None
            )
        ):
            return location
    return None


def _star_source(solver: Solver, file: int, name: str) -> str | None:
    key = ("star", file, name)
    if key not in solver.views:
        solver.views[key] = _starred(solver, file, name)
    return cast("str | None", solver.views[key])


def _from_stars(solver: Solver, file: int, name: str, variable: int) -> bool:
    if not solver.program.summaries[file].scopes:
        return False
    location = _star_source(solver, file, name)
    if location is None:
        return False
    solver.store.copy(module_attribute(solver, location, name), variable)
    return True
