"""All summaries of a tree, with the look-ups that need no solving."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tracer.model.source import FunctionId, FunctionKind, function_id
from tracer.static.imports import ModuleIndex
from tracer.static.summary import (
    Access,
    AccessKind,
    Expr,
    FileSummary,
    Name,
    ParameterKind,
    ParameterValue,
    Scope,
    Site,
)
from tracer.static.values import Ref


class Program:
    """The scopes of a tree, by file and index."""

    def __init__(
        self, paths: Sequence[str], summaries: Sequence[FileSummary], root_name: str = ""
    ) -> None:
        self.paths = paths
        self.summaries = summaries
        self.modules = ModuleIndex(paths, summaries, root_name)
        self.names = tuple(self.modules.module_name(path) for path in paths)
        self._bindings: dict[Ref, dict[str, tuple[int, ...]]] = {}
        self._exits: dict[Ref, dict[str, tuple[int, ...]]] = {}
        self.global_stores: dict[tuple[int, str], list[tuple[Ref, Access]]] = defaultdict(list)
        self.nonlocal_stores: dict[tuple[int, str], list[tuple[Ref, Access]]] = defaultdict(list)
        # Stores through the first parameter of a method: `self.x = …`, `cls.x = …`.
        self.own_stores: dict[tuple[Ref, str], list[tuple[Ref, Access]]] = defaultdict(list)
        self.classes: list[Ref] = []
        for ref in self.refs():
            scope = self.scope(ref)
            if scope.kind is FunctionKind.CLASS_BODY:
                self.classes.append(ref)
            for access in scope.accesses:
                if access.kind is AccessKind.SET_GLOBAL:
                    self.global_stores[ref[0], access.name].append((ref, access))
                elif access.kind is AccessKind.SET_NONLOCAL:
                    self.nonlocal_stores[ref[0], access.name].append((ref, access))
                elif access.kind is AccessKind.SET_ATTRIBUTE:
                    owner = self.class_of_receiver(ref, access.base)
                    if owner is not None:
                        self.own_stores[owner, access.name].append((ref, access))

    def refs(self) -> list[Ref]:
        """All scopes, in canonical order."""
        return [
            (file, index)
            for file, summary in enumerate(self.summaries)
            for index in range(len(summary.scopes))
        ]

    def scope(self, ref: Ref) -> Scope:
        return self.summaries[ref[0]].scopes[ref[1]]

    def parent(self, ref: Ref) -> Ref:
        return ref[0], self.scope(ref).parent

    def id(self, ref: Ref) -> FunctionId:
        scope = self.scope(ref)
        return function_id(self.paths[ref[0]], scope.qualname, scope.ordinal)

    def dotted(self, ref: Ref) -> str:
        """Module and qualname in one name."""
        scope = self.scope(ref)
        if scope.kind is FunctionKind.MODULE:
            return self.names[ref[0]]
        return f"{self.names[ref[0]]}.{scope.qualname}".replace(".<locals>", "")

    def bindings(self, ref: Ref, name: str) -> tuple[int, ...]:
        """All bindings of the name in the scope."""
        found = self._bindings.get(ref)
        if found is None:
            lists: dict[str, list[int]] = defaultdict(list)
            for index, binding in enumerate(self.scope(ref).bindings):
                lists[binding.name].append(index)
            found = self._bindings[ref] = {key: tuple(value) for key, value in lists.items()}
        return found.get(name, ())

    def exits(self, ref: Ref, name: str) -> tuple[int, ...]:
        """The bindings that hold at the end of a module or class body."""
        found = self._exits.get(ref)
        if found is None:
            found = self._exits[ref] = dict(self.scope(ref).exits)
        return found.get(name, ())

    def reaching(self, ref: Ref, name: Name) -> tuple[int, ...]:
        """The bindings of this scope that the name may mean; loops spelled out."""
        if not name.bindings or (name.bindings[0] >= 0 and name.bindings[-1] >= 0):
            return name.bindings
        scope = self.scope(ref)
        found: dict[int, None] = {}
        for index in name.bindings:
            if index >= 0:
                found[index] = None
                continue
            first, end = scope.loops[~index]
            found.update(
                (binding, None) for binding in self.bindings(ref, name.id) if first <= binding < end
            )
        return tuple(sorted(found))

    def parameter_index(self, ref: Ref, expr: Expr) -> int | None:
        """The parameter of the scope that the expression is, if it is one and never rebound."""
        if not isinstance(expr, Name):
            return None
        bindings = self.reaching(ref, expr)
        if len(bindings) != 1:
            return None
        value = self.scope(ref).bindings[bindings[0]].value
        return value.index if isinstance(value, ParameterValue) else None

    def method_around(self, ref: Ref) -> Ref | None:
        """The method that a scope is, or is nested in."""
        while ref[1] >= 0:
            scope = self.scope(ref)
            if scope.kind is FunctionKind.METHOD:
                return ref
            if scope.kind in (FunctionKind.MODULE, FunctionKind.CLASS_BODY):
                return None
            ref = (ref[0], scope.parent)
        return None

    def class_of_receiver(self, ref: Ref, expr: Expr) -> Ref | None:
        """The class, where the expression is the first parameter of a method around it."""
        if not isinstance(expr, Name):
            return None
        method = self.method_around(ref)
        if method is None:
            return None
        parameters = self.scope(method).parameters
        if not parameters or parameters[0].name != expr.id:
            return None
        bound = self.bindings(method, expr.id)
        if len(bound) != 1 or (ref != method and self.bindings(ref, expr.id)):
            return None
        return self.parent(method)


def map_arguments(scope: Scope, site: Site, is_bound: bool) -> list[tuple[int, int]]:
    """Pairs of (parameter, argument), by position and keyword, as far as the call is plain.

    Args:
        is_bound: The first parameter is filled by the receiver.
    """
    pairs: list[tuple[int, int]] = []
    positional = [
        index
        for index, parameter in enumerate(scope.parameters)
        if parameter.kind in (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)
    ]
    position = int(is_bound)
    names = {
        parameter.name: index
        for index, parameter in enumerate(scope.parameters)
        if parameter.kind in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD_ONLY)
    }
    is_counting = True
    for number, argument in enumerate(site.arguments):
        if argument.name == "*":
            is_counting = False
        elif argument.name == "":
            if is_counting and position < len(positional):
                pairs.append((positional[position], number))
                position += 1
        elif argument.name in names:
            pairs.append((names[argument.name], number))
    return pairs
