"""`importlib.import_module`, and `from module import` of what a module does not bind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.modelling import Model, on_called
from tracer.static.solving.module_hooks import is_package, is_stored_before
from tracer.static.solving.names import is_absent, module_attribute
from tracer.static.solving.objects import Kind
from tracer.static.solving.patterns import possible_names
from tracer.static.solving.terms import Args, Origin


def import_hook(solver: Solver, code: Code, parts: tuple[Any, ...]) -> None:
    """`from module import name` asks the module's `__getattr__` for what it does not bind."""
    _, level, module, name = parts
    target = solver.program.modules.resolve_relative(code.ref[0], level, module)
    if target.location is None or not is_absent(solver, target.location, name):
        return
    file = solver.program.modules.file_of(target.location)
    if file is None or not solver.definitions.members((file, 0)).get("__getattr__"):
        return
    span = next(
        (
            site[1]
            for site in code.scope.sites
            if site[0] == "import" and code.scope.nodes[site[2]] == parts
        ),
        0,
    )
    index = next(i for i, node in enumerate(code.scope.nodes) if node == parts)
    result = code.variable(index)
    if is_stored_before(solver, code.ref, span, target.location, name):
        if is_package(solver, target.location):
            return
        result = solver.store.variable()  # asked for `__path__` alone
    origin: Origin = (code.ref, "property", span)
    variable = module_attribute(solver, target.location, "__getattr__")
    args = Args((solver.named("text"),))
    solver.store.watch(variable, on_called, solver, code, origin, args, result)


def _import_module(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    file = origin[0][0]
    package = ""
    names, prefix = possible_names(solver, code, args, 0)
    given, _ = possible_names(solver, code, args, 1)
    if given:
        package = given[0]
    elif len(args.nodes) > 1 or any(name == "package" for name, _ in args.keywords):
        package = solver.program.names[file]
        if not solver.program.paths[file].endswith("__init__.py"):
            package = package.rpartition(".")[0]
    for name in names:
        _import_named(solver, file, name, package, result)
    if not names and args.positional:
        solver.store.watch(args.positional[0], _on_imported, solver, file, package, result)
        del prefix


def _import_named(solver: Solver, file: int, name: str, package: str, result: int) -> None:
    if name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        parts = package.split(".") if package else []
        base = parts[: len(parts) - (level - 1)] if level > 1 else parts
        name = ".".join([*base, name.lstrip(".")]).strip(".")
    target = solver.program.modules.resolve(file, name)
    if target.location is not None:
        solver.store.add(result, solver.objects.number(Kind.MODULE, target.location))
    elif not target.is_missing:
        solver.store.add(result, solver.external(name))


IMPORT_MODELS: Mapping[str, Model] = {
    "importlib.import_module": _import_module,
}


def _on_imported(watcher: Any, name: int) -> None:
    _, solver, file, package, result = watcher
    item = solver.all[name]
    if item.kind is Kind.STRING:
        _import_named(solver, file, cast(str, item.a), package, result)
