"""What an import runs: bodies of modules, or why nobody knows."""

from __future__ import annotations

from typing import Any

from tracer.model.graph import OpenReason
from tracer.model.source import function_id
from tracer.static import flat
from tracer.static.solving.callees import Callees
from tracer.static.solving.engine import Solver
from tracer.static.solving.names import is_absent, is_stored_only
from tracer.static.solving.objects import Kind, Object, Ref
from tracer.static.values import Open, Rank


def import_callees(solver: Solver, ref: Ref, parts: Any) -> Callees | None:
    """The module bodies that an import may run; packages that hold the importer run before it."""
    importer = ref[0]
    modules = solver.program.modules
    if parts[0] == flat.IMPORT:
        target = modules.resolve(importer, parts[1])
        dotted = parts[1]
        locations = modules.chain(target, importer, parts[1])
    elif not parts[3]:
        _, level, module, _ = parts
        target = modules.resolve_relative(importer, level, module)
        dotted = target.dotted
        if level:
            locations = [] if target.location is None else [target.location]
        else:
            locations = modules.chain(target, importer, module)
    else:
        _, level, module, name = parts
        package = modules.resolve_relative(importer, level, module)
        if package.location is None:
            return None
        submodule = modules.submodule(package.location, name)
        number = solver.definitions.imported_name(importer, level, module, name)
        if submodule is None or solver.all[number] != Object(Kind.MODULE, submodule):
            return _absent(solver, package.location, name)
        target, dotted, locations = package, submodule, [submodule]
    path = solver.program.paths[importer]
    files = [
        modules.file_of(location) for location in locations if not path.startswith(f"{location}/")
    ]
    ids = tuple(
        sorted(
            {
                function_id(solver.program.paths[file], "<module>")
                for file in files
                if file is not None and file != importer
            }
        )
    )
    if target.location is None and target.is_missing:
        reason = Open(OpenReason.MISSING_MODULE, f"`{dotted}` is not below the root")
        return Callees(ids, (), Rank.DEFINITE, reason)
    return Callees(ids, (), Rank.DEFINITE, None) if ids else None


def _absent(solver: Solver, location: str, name: str) -> Callees | None:
    """A name that a module of the tree does not bind."""
    file = solver.program.modules.file_of(location)
    dotted = solver.program.modules.dotted(location)
    if file is None:
        if solver.program.modules.submodule(location, name) is not None:
            return None
        reason = Open(OpenReason.MISSING_MODULE, f"`{dotted}.{name}` is not below the root")
        return Callees((), (), Rank.DEFINITE, reason)
    if not solver.program.summaries[file].scopes:
        problem = solver.program.summaries[file].problem
        detail = f"`{solver.program.paths[file]}` could not be read: {problem}"
        return Callees((), (), Rank.DEFINITE, Open(OpenReason.UNKNOWN_MEMBER, detail))
    if not is_absent(solver, location, name) or is_stored_only(solver, file, name):
        return None
    if solver.definitions.members((file, 0)).get("__getattr__"):
        return None
    reason = Open(OpenReason.UNKNOWN_MEMBER, f"`{dotted}` binds no `{name}`")
    return Callees((), (), Rank.DEFINITE, reason)
