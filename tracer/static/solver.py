"""What every call site may run.

Two passes: the first resolves what imports, definitions and types tell; from its edges it gathers
what callers pass, and what is stored into modules, objects and containers from elsewhere. The
second resolves again with these facts. There is no third: what a further round would find stays
open, so the work is bounded and does not depend on the order of files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tracer.model.graph import OpenReason, SiteKind
from tracer.model.source import Callee, ExternalId, FunctionId, function_id
from tracer.static.evaluation.callees import Callees
from tracer.static.evaluation.context import Facts
from tracer.static.evaluation.evaluator import Evaluator
from tracer.static.program import Program, map_arguments
from tracer.static.summary import (
    AccessKind,
    Attribute,
    Called,
    Constant,
    Defined,
    Expr,
    ImportedModule,
    ImportedName,
    Name,
    Site,
    Unknown,
)
from tracer.static.values import (
    ClassValue,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    ModuleValue,
    Open,
    Rank,
    Ref,
)
from tracer.tables.load import EffectTable

SiteKey = tuple[Ref, int]


@dataclass(frozen=True, slots=True)
class Solution:
    """The callees of every site that is one; and who was asked, for further questions."""

    program: Program
    evaluator: Evaluator
    callees: Mapping[SiteKey, Callees]


def solve(
    program: Program, table: EffectTable, progress: Callable[[int, int], None] | None = None
) -> Solution:
    """Resolve every site of the program.

    Args:
        progress: Called with (files done in both passes, twice the number of files).
    """
    first = Evaluator(program, table)
    facts = _Gatherer(first)
    files = len(program.paths)
    for file in range(files):
        for index in range(len(program.summaries[file].scopes)):
            facts.gather((file, index))
        if progress is not None:
            progress(file + 1, 2 * files)
    evaluator = Evaluator(program, table, facts.facts)
    callees: dict[SiteKey, Callees] = {}
    for file in range(files):
        for index, scope in enumerate(program.summaries[file].scopes):
            ref = (file, index)
            for number, site in enumerate(scope.sites):
                found = _callees_of(evaluator, ref, site)
                if found is not None:
                    callees[ref, number] = found
        if progress is not None:
            progress(files + file + 1, 2 * files)
    return Solution(program, evaluator, callees)


def _callees_of(evaluator: Evaluator, ref: Ref, site: Site) -> Callees | None:
    """What a site may run; None where it turns out to run nothing of its own."""
    match site.kind:
        case SiteKind.CALL:
            return evaluator.callees(ref, site)
        case SiteKind.DECORATOR:
            return _decorating(evaluator, ref, site)
        case SiteKind.CLASS_BODY:
            assert isinstance(site.callee, Defined)
            return _definite([evaluator.program.id((ref[0], site.callee.scope))])
        case SiteKind.IMPORT:
            return _imported(evaluator, ref[0], site.callee)
        case SiteKind.WITH:
            return _entered(evaluator, ref, site)
    return None


def _decorating(evaluator: Evaluator, ref: Ref, site: Site) -> Callees:
    """A decorator that a function outside the sources makes goes by that function's name."""
    callees = evaluator.callees(ref, site)
    if callees.ids or not isinstance(site.callee, Called):
        return callees
    factory = evaluator.value(ref, evaluator.program.scope(ref).sites[site.callee.site].callee)
    names = [item.dotted for item in factory.items if isinstance(item, External)]
    if factory.open is not None or len(names) != 1 or len(factory.items) != 1:
        return callees
    return Callees((ExternalId(names[0]),), (), Rank.TYPE, None)


def _definite(ids: list[FunctionId]) -> Callees | None:
    found: tuple[Callee, ...] = tuple(sorted(set(ids)))
    return Callees(found, (), Rank.DEFINITE, None) if found else None


def _imported(evaluator: Evaluator, importer: int, expr: Expr) -> Callees | None:
    """The module bodies that an import may run; packages that hold the importer run before it."""
    modules = evaluator.program.modules
    match expr:
        case ImportedModule(dotted=dotted):
            target = modules.resolve(importer, dotted)
            locations = modules.chain(target, importer, dotted)
        case ImportedName(level=level, module=module, name=""):
            target = modules.resolve_relative(importer, level, module)
            dotted = target.dotted
            if level:
                locations = [] if target.location is None else [target.location]
            else:
                locations = modules.chain(target, importer, module)
        case ImportedName(level=level, module=module, name=name):
            package = modules.resolve_relative(importer, level, module)
            if package.location is None:
                return None
            values = evaluator.value((importer, 0), expr)
            submodule = modules.submodule(package.location, name)
            if submodule is None or ModuleValue(submodule) not in values.items:
                if values.open is not None and values.open.reason in (
                    OpenReason.MISSING_MODULE,
                    OpenReason.UNKNOWN_MEMBER,
                ):
                    return Callees((), (), Rank.DEFINITE, values.open)
                return None
            target, dotted, locations = package, submodule, [submodule]
        case _:
            raise AssertionError(expr)
    path = evaluator.program.paths[importer]
    files = [
        modules.file_of(location) for location in locations if not path.startswith(f"{location}/")
    ]
    ids = [
        function_id(evaluator.program.paths[file], "<module>")
        for file in files
        if file is not None and file != importer
    ]
    if target.location is None and target.is_missing:
        reason = Open(OpenReason.MISSING_MODULE, f"`{dotted}` is not below the root")
        return Callees(tuple(sorted(set(ids))), (), Rank.DEFINITE, reason)
    return _definite(ids)


def _entered(evaluator: Evaluator, ref: Ref, site: Site) -> Callees | None:
    """The `__enter__` and `__exit__` of a context manager of the tree."""
    ids: list[FunctionId] = []
    functions: list[tuple[Ref, bool]] = []
    for item in evaluator.value(ref, site.callee).items:
        if not isinstance(item, Instance):
            continue
        for name in ("__enter__", "__exit__", "__aenter__", "__aexit__"):
            for method in evaluator.attribute(item, name).items:
                if isinstance(method, FunctionValue):
                    ids.append(evaluator.program.id(method.ref))
                    functions.append((method.ref, True))
    if not ids:
        return None
    return Callees(tuple(sorted(set(ids))), tuple(dict.fromkeys(functions)), Rank.TYPE, None)


class _Gatherer:
    """Collects facts from the sites and stores of one scope after the other."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._program = evaluator.program
        self.facts = Facts()

    def gather(self, ref: Ref) -> None:
        scope = self._program.scope(ref)
        for site in scope.sites:
            if site.is_unreachable or site.kind not in (SiteKind.CALL, SiteKind.DECORATOR):
                continue
            callees = self._evaluator.callees(ref, site)
            for function, is_bound in callees.functions:
                self._gather_arguments(ref, site, function, is_bound)
            if callees.ids == ("builtins.setattr",):
                self._gather_setattr(ref, site)
            if site.kind is SiteKind.CALL and isinstance(site.callee, Attribute):
                self._gather_elements(ref, site, site.callee)
        for access in scope.accesses:
            if access.is_unreachable:
                continue
            if access.kind is AccessKind.SET_ATTRIBUTE:
                if self._program.class_of_receiver(ref, access.base) is not None:
                    continue  # Known from the summaries alone.
                self._gather_attribute(ref, access.base, access.name, access.value)
            elif access.kind is AccessKind.SET_ITEM:
                self._gather_item(ref, access.base, access.key, access.value)

    def _gather_arguments(self, ref: Ref, site: Site, function: Ref, is_bound: bool) -> None:
        scope = self._program.scope(function)
        for parameter, argument in map_arguments(scope, site, is_bound):
            passed = self.facts.arguments[function, parameter]
            found = (ref, site.arguments[argument].value)
            if found not in passed:
                passed.append(found)

    def _gather_setattr(self, ref: Ref, site: Site) -> None:
        values = [argument.value for argument in site.arguments if not argument.name]
        if len(values) == 3 and isinstance(values[1], Constant):
            name = values[1].value
            if isinstance(name, str):
                self._gather_attribute(ref, values[0], name, values[2])

    def _gather_attribute(self, ref: Ref, base: Expr, name: str, value: Expr) -> None:
        for item in self._evaluator.value(ref, base).items:
            match item:
                case ModuleValue():
                    self.facts.module_stores[item.location, name].append((ref, value))
                case Instance() | ClassValue():
                    self.facts.instance_stores[item.ref, name].append((ref, value))

    def _gather_item(self, ref: Ref, base: Expr, key: Expr, value: Expr) -> None:
        if not isinstance(base, Name | Attribute):
            return
        for item in self._evaluator.value(ref, base).items:
            if isinstance(item, ExternalInstance) and item.container is not None:
                self.facts.container_items[item.container].append((key, ref, value))

    def _gather_elements(self, ref: Ref, site: Site, callee: Attribute) -> None:
        """What `append`, `update` and their like put into a display."""
        if callee.name not in _ADDING or not site.arguments:
            return
        positional = [argument.value for argument in site.arguments if not argument.name]
        if callee.name == "insert" or callee.name == "setdefault":
            key, value = positional[:1], positional[1:2]
        else:
            key, value = [Unknown("any")], positional[:1]
        if not key or not value:
            return
        stored = value[0]
        if callee.name in ("update", "extend"):
            stored = Unknown(f"what `{callee.name}` adds")
        chosen = key[0] if isinstance(key[0], Constant) else Unknown("any")
        for item in self._evaluator.value(ref, callee.base).items:
            if isinstance(item, ExternalInstance) and item.container is not None:
                self.facts.container_items[item.container].append((chosen, ref, stored))


_ADDING = frozenset(["append", "add", "appendleft", "insert", "setdefault", "update", "extend"])
