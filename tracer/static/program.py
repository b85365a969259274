"""All summaries of a tree, with the look-ups that need no solving."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tracer.model.source import FunctionId, FunctionKind, function_id
from tracer.static.excerpts import Excerpts
from tracer.static.flat import PARAMETER, FileSummary, FlatScope
from tracer.static.imports import ModuleIndex
from tracer.static.kinds import AccessKind, ParameterKind
from tracer.static.summary import Access, Expr, Name, Scope, Site
from tracer.static.views import ScopeView, site_text

Ref = tuple[int, int]
"""A scope: the index of its file, and its index in the file's summary."""


class Program:
    """The scopes of a tree, by file and index."""

    def __init__(
        self,
        paths: Sequence[str],
        summaries: Sequence[FileSummary],
        root_name: str = "",
        texts: Sequence[str] = (),
    ) -> None:
        self.paths = paths
        self.summaries = summaries
        self.modules = ModuleIndex(paths, summaries, root_name)
        self.names = tuple(self.modules.module_name(path) for path in paths)
        self._texts = texts
        self._excerpts: dict[int, Excerpts | None] = {}
        self._views: dict[Ref, ScopeView] = {}
        self._bindings: dict[Ref, dict[str, tuple[int, ...]]] = {}
        self._exits: dict[Ref, dict[str, tuple[int, ...]]] = {}
        # Who stores a `global` or `nonlocal` name: (scope, number of the access).
        self.global_stores: dict[tuple[int, str], list[tuple[Ref, int]]] = defaultdict(list)
        self.nonlocal_stores: dict[tuple[int, str], list[tuple[Ref, int]]] = defaultdict(list)
        self._own_stores: dict[tuple[Ref, str], list[tuple[Ref, Access]]] | None = None
        self.classes: list[Ref] = []
        for file, summary in enumerate(summaries):
            for index, scope in enumerate(summary.scopes):
                if scope.kind == FunctionKind.CLASS_BODY.value:
                    self.classes.append((file, index))
                for number, access in enumerate(scope.accesses):
                    if access[0] == AccessKind.SET_GLOBAL.value:
                        self.global_stores[file, access[2]].append(((file, index), number))
                    elif access[0] == AccessKind.SET_NONLOCAL.value:
                        self.nonlocal_stores[file, access[2]].append(((file, index), number))

    @property
    def own_stores(self) -> dict[tuple[Ref, str], list[tuple[Ref, Access]]]:
        """Stores through the first parameter of a method, by class and name: `self.x = …`."""
        if self._own_stores is None:
            self._own_stores = defaultdict(list)
            for ref in self.refs():
                flat = self.flat(ref)
                if not any(access[0] == AccessKind.SET_ATTRIBUTE.value for access in flat.accesses):
                    continue
                for access in self.scope(ref).accesses:
                    if access.kind is AccessKind.SET_ATTRIBUTE:
                        owner = self.class_of_receiver(ref, access.base)
                        if owner is not None:
                            self._own_stores[owner, access.name].append((ref, access))
        return self._own_stores

    def refs(self) -> list[Ref]:
        """All scopes, in canonical order."""
        return [
            (file, index)
            for file, summary in enumerate(self.summaries)
            for index in range(len(summary.scopes))
        ]

    def flat(self, ref: Ref) -> FlatScope:
        """The scope as it was read."""
        return self.summaries[ref[0]].scopes[ref[1]]

    def view(self, ref: Ref) -> ScopeView:
        """The scope with its expressions, made when it is first asked for."""
        known = self._views.get(ref)
        if known is None:
            known = self._views[ref] = ScopeView(self.flat(ref), self.excerpts(ref[0]))
        return known

    def site_text(self, ref: Ref, number: int) -> str:
        """The callee of a site as written, on one line, at most 80 characters."""
        return site_text(self.flat(ref), number, self.excerpts(ref[0]))

    def scope(self, ref: Ref) -> Scope:
        """The scope with its expressions."""
        return self.view(ref).scope

    def excerpts(self, file: int) -> Excerpts | None:
        """The text of a file by line; None where it is not at hand."""
        if file not in self._excerpts:
            has_text = file < len(self._texts) and self.summaries[file].scopes
            self._excerpts[file] = Excerpts(self._texts[file]) if has_text else None
        return self._excerpts[file]

    def parent(self, ref: Ref) -> Ref:
        return ref[0], self.flat(ref).parent

    def id(self, ref: Ref) -> FunctionId:
        scope = self.flat(ref)
        return function_id(self.paths[ref[0]], scope.qualname, scope.ordinal)

    def dotted(self, ref: Ref) -> str:
        """Module and qualname in one name."""
        scope = self.flat(ref)
        if scope.kind == FunctionKind.MODULE.value:
            return self.names[ref[0]]
        return f"{self.names[ref[0]]}.{scope.qualname}".replace(".<locals>", "")

    def bindings(self, ref: Ref, name: str) -> tuple[int, ...]:
        """All bindings of the name in the scope."""
        found = self._bindings.get(ref)
        if found is None:
            lists: dict[str, list[int]] = defaultdict(list)
            for index, binding in enumerate(self.flat(ref).bindings):
                lists[binding[0]].append(index)
            found = self._bindings[ref] = {key: tuple(value) for key, value in lists.items()}
        return found.get(name, ())

    def starred(self, file: int, name: str) -> Iterator[tuple[str, int | None]]:
        """Where `import *` may bring a name from: locations and files, the last import first."""
        scopes = self.summaries[file].scopes  # none of a file that could not be read
        for level, module in reversed(scopes[0].stars if scopes else ()):
            target = self.modules.resolve_relative(file, level, module)
            if target.location is None:
                continue
            source = self.modules.file_of(target.location)
            exported = None if source is None else self.summaries[source].exported
            if name.startswith("_") if exported is None else name not in exported:
                continue
            yield target.location, source

    def exits(self, ref: Ref, name: str) -> tuple[int, ...]:
        """The bindings that hold at the end of a module or class body."""
        found = self._exits.get(ref)
        if found is None:
            found = self._exits[ref] = dict(self.flat(ref).exits)
        return found.get(name, ())

    def reaching(self, ref: Ref, name: Name) -> tuple[int, ...]:
        """The bindings of this scope that the name may mean; loops spelled out."""
        if not name.bindings or (name.bindings[0] >= 0 and name.bindings[-1] >= 0):
            return name.bindings
        return self.spelled_out(ref, name.id, name.bindings)

    def spelled_out(self, ref: Ref, name: str, bindings: Iterable[int]) -> tuple[int, ...]:
        """Bindings with `~k` replaced by those of the name in loop k."""
        found: dict[int, None] = {}
        for index in bindings:
            if index >= 0:
                found[index] = None
                continue
            first, end = self.flat(ref).loops[~index]
            found.update(
                (binding, None) for binding in self.bindings(ref, name) if first <= binding < end
            )
        return tuple(sorted(found))

    def parameter_index(self, ref: Ref, expr: Expr) -> int | None:
        """The parameter of the scope that the expression is, if it is one and never rebound."""
        if not isinstance(expr, Name):
            return None
        bindings = self.reaching(ref, expr)
        if len(bindings) != 1:
            return None
        node = self.flat(ref).nodes[self.flat(ref).bindings[bindings[0]][1]]
        return int(node[1]) if node[0] == PARAMETER else None  # type: ignore[call-overload]

    def method_around(self, ref: Ref) -> Ref | None:
        """The method that a scope is, or is nested in."""
        while ref[1] >= 0:
            scope = self.flat(ref)
            if scope.kind == FunctionKind.METHOD.value:
                return ref
            if scope.kind in (FunctionKind.MODULE.value, FunctionKind.CLASS_BODY.value):
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
        parameters = self.flat(method).parameters
        if not parameters or parameters[0][0] != expr.id:
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
