"""What modules bind, and what imports take from them."""

from __future__ import annotations

from tracer.model.graph import OpenReason
from tracer.static.evaluation.bindings import binding_values
from tracer.static.evaluation.context import Evaluation
from tracer.static.summary import ImportedModule, ImportedName
from tracer.static.values import (
    NONE,
    External,
    ExternalInstance,
    ModuleValue,
    Open,
    Rank,
    Ref,
    Values,
    assigned,
    one,
    union,
    unknown,
)

ABSENT = Open(OpenReason.UNKNOWN_NAME, "not bound")
MODULE_NAMES = frozenset(("__name__", "__file__", "__doc__", "__package__"))


def module_attribute(evaluation: Evaluation, location: str, name: str) -> Values | None:
    """What a module's attribute may be; None where the module does not bind the name."""
    found = NONE
    file = evaluation.program.modules.file_of(location)
    if file is not None:
        found = evaluation.solve(
            ("module", file, name), lambda: module_name(evaluation, file, name)
        )
        if found.items or (found.open is not None and found.open != ABSENT):
            return found
        # `from . import name` in the package itself binds the submodule to its own name.
    submodule = evaluation.program.modules.submodule(location, name)
    if submodule is not None:
        return one(ModuleValue(submodule))
    return None if file is None or found.open == ABSENT else found


def absent_from_module(evaluation: Evaluation, location: str, name: str) -> Values:
    """The answer for a name that a module of the tree does not bind."""
    dotted = evaluation.program.modules.dotted(location)
    file = evaluation.program.modules.file_of(location)
    if file is None:
        return unknown(OpenReason.MISSING_MODULE, f"`{dotted}.{name}` is not below the root")
    if name in MODULE_NAMES:
        return one(ExternalInstance("builtins.str"), Rank.TYPE)
    return unknown(OpenReason.UNKNOWN_MEMBER, f"`{dotted}` binds no `{name}`")


def module_name(evaluation: Evaluation, file: int, name: str) -> Values:
    """A name at the end of a module: its bindings, and stores from elsewhere."""
    ref = (file, 0)
    if not evaluation.program.summaries[file].scopes:
        problem = evaluation.program.summaries[file].problem
        detail = f"`{evaluation.program.paths[file]}` could not be read: {problem}"
        return unknown(OpenReason.UNKNOWN_MEMBER, detail)
    bindings = evaluation.program.exits(ref, name) or evaluation.program.bindings(ref, name)
    parts = [binding_values(evaluation, ref, index) for index in bindings]
    parts.extend(
        assigned(evaluation.value(owner, access.value))
        for owner, access in evaluation.program.global_stores.get((file, name), ())
    )
    module = _location_of(evaluation, file)
    parts.extend(
        assigned(evaluation.value(owner, expr))
        for owner, expr in evaluation.facts.module_stores.get((module, name), ())
    )
    if parts:
        return union(parts)
    for star in reversed(evaluation.program.scope(ref).stars):
        target = evaluation.program.modules.resolve_relative(file, star.level, star.module)
        if target.location is None:
            continue
        source = evaluation.program.modules.file_of(target.location)
        exported = None if source is None else evaluation.program.summaries[source].exported
        if name.startswith("_") if exported is None else name not in exported:
            continue
        found = module_attribute(evaluation, target.location, name)
        if found is not None:
            return found
    if evaluation.program.exits(ref, "__getattr__") and name != "__getattr__":
        return unknown(OpenReason.DYNAMIC_ATTRIBUTE, "the module has a `__getattr__`")
    return Values((), Rank.DEFINITE, ABSENT)


def read_imported_module(evaluation: Evaluation, ref: Ref, expr: ImportedModule) -> Values:
    """What `import a.b` binds."""
    dotted = expr.dotted if expr.is_whole else expr.dotted.partition(".")[0]
    target = evaluation.program.modules.resolve(ref[0], expr.dotted)
    if target.location is None and target.is_missing and expr.is_whole:
        return unknown(OpenReason.MISSING_MODULE, f"`{expr.dotted}` is not below the root")
    if dotted != expr.dotted:
        target = evaluation.program.modules.resolve(ref[0], dotted)
    if target.location is not None:
        return one(ModuleValue(target.location))
    return one(External(dotted))


def read_imported_name(evaluation: Evaluation, ref: Ref, expr: ImportedName) -> Values:
    """What `from a import b` binds."""
    modules = evaluation.program.modules
    target = modules.resolve_relative(ref[0], expr.level, expr.module)
    if target.location is None:
        if target.is_missing:
            return unknown(OpenReason.MISSING_MODULE, f"`{target.dotted}` is not below the root")
        return one(External(f"{target.dotted}.{expr.name}"))
    if not expr.name:
        return one(ModuleValue(target.location))
    found = module_attribute(evaluation, target.location, expr.name)
    if found is not None:
        return found
    return absent_from_module(evaluation, target.location, expr.name)


def _location_of(evaluation: Evaluation, file: int) -> str:
    path = evaluation.program.paths[file].removesuffix(".py")
    return path[: -len("__init__")].rstrip("/") if path.endswith("__init__") else path
