"""When `__getattr__` of a module (PEP 562) answers for a name: only while nobody has stored it."""

from __future__ import annotations

from typing import Any, cast

from tracer.model.graph import GuardKind, OpenReason
from tracer.model.source import FunctionKind
from tracer.static import flat
from tracer.static.kinds import AccessKind
from tracer.static.solving.engine import Solver
from tracer.static.solving.explaining import Explainer
from tracer.static.solving.names import module_stores
from tracer.static.solving.objects import Kind, Ref
from tracer.static.values import Open

_MODULE = FunctionKind.MODULE.value
_STORES = (AccessKind.SET_ATTRIBUTE.value, AccessKind.DELETE_ATTRIBUTE.value)


def note_module_access(solver: Solver, ref: Ref, access: flat.FlatAccess, location: str) -> None:
    """Note a store or deletion of `module.name` for whoever reads the name later."""
    if access[0] in _STORES:
        solver.module_accesses.setdefault((location, access[2]), []).append((ref, access))


def is_stored_before(solver: Solver, ref: Ref, span: int, location: str, name: str) -> bool:
    """Whether the code of a module has stored `module.name` for certain when it comes to a place.

    Only code that no condition guards counts; and where the module catches exceptions, no store
    does, since the statement may have failed before it stored. A name that is deleted anywhere may
    be absent again.
    """
    accesses = solver.module_accesses.get((location, name), ())
    if any(access[0] == AccessKind.DELETE_ATTRIBUTE.value for _, access in accesses):
        return False
    scope = solver.flat(ref)
    if scope.kind != _MODULE or any(guard[1] == GuardKind.EXCEPT.value for guard in scope.guards):
        return False
    return any(
        where == ref and access[7] < 0 and not access[8] and access[6] < span
        for where, access in accesses
    )


def why_not_only(
    solver: Solver, explainer: Explainer, ref: Ref, span: int, callees: Any
) -> Open | None:
    """Why a place that may run a module's `__getattr__` need not; None where nothing says so."""
    hooks = {target[0] for target in callees if _is_hook(solver, target)}
    if not hooks:
        return None
    for file, name in _asked(solver, explainer, ref, span):
        if file in hooks and _is_stored(solver, file, name):
            dotted = f"{solver.program.names[file]}.{name}"
            detail = f"`{dotted}` is stored elsewhere, and then `__getattr__` is not asked"
            return Open(OpenReason.DYNAMIC_ATTRIBUTE, detail)
    return None


def _is_hook(solver: Solver, target: Any) -> bool:
    if isinstance(target, str):
        return False
    scope = solver.flat(target)
    return scope.name == "__getattr__" and scope.parent == 0


def _asked(solver: Solver, explainer: Explainer, ref: Ref, span: int) -> list[tuple[int, str]]:
    """The modules and names that a place reads."""
    modules = solver.program.modules
    scope = solver.flat(ref)
    found: list[tuple[str, str]] = []
    for parts in cast(Any, scope.nodes):
        if parts[0] == flat.ATTR and parts[3] == span:
            for item in explainer.objects(ref, parts[1]):
                if item.kind is Kind.MODULE:
                    found.append((cast(str, item.a), parts[2]))
    for site in scope.sites:
        parts = cast(Any, scope.nodes[site[2]])
        if site[1] == span and parts[0] == flat.FROM:
            target = modules.resolve_relative(ref[0], parts[1], parts[2])
            if target.location is not None and is_package(solver, target.location):
                found.append((target.location, parts[3]))
    return [
        (file, name) for location, name in found if (file := modules.file_of(location)) is not None
    ]


def is_package(solver: Solver, location: str) -> bool:
    """Whether a module is a package; `from` asks any other for its `__path__` before all else."""
    file = solver.program.modules.file_of(location)
    return file is None or solver.program.paths[file].endswith("__init__.py")


def _is_stored(solver: Solver, file: int, name: str) -> bool:
    return (
        (file, name) in solver.program.global_stores
        or (file, name) in solver.stored_on_modules
        or bool(solver.store.sets[module_stores(solver, file, name)])
    )
