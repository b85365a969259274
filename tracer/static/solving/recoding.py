"""Functions whose code is replaced at run time: `f.__code__ = …`.

Who calls such a function first runs the code that stands in the source; later callers run another.
Asked of the finished solution, since following what the new code does with its arguments would join
all functions that one decorator makes. Values are followed back through parameters: what callers
pass, and what is stored under their names into `__kwdefaults__`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from tracer.static import flat
from tracer.static.flat import unpack_span
from tracer.static.kinds import AccessKind
from tracer.static.solving.engine import Solver
from tracer.static.solving.explaining import Explainer
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import SITE

_DEEPEST = 4  # calls back from the store


class _Store(NamedTuple):
    scope: Ref
    base: int
    key: int
    value: int
    span: int


class Recoded:
    """The functions whose code is replaced, and the place of the first statement that does so."""

    def __init__(self, solver: Solver, explainer: Explainer) -> None:
        self._solver = solver
        self._explainer = explainer
        self._defaults: list[_Store] = []
        self._sites: dict[Ref, list[tuple[Ref, int, bool]]] | None = None
        self.places: dict[Ref, str] = {}
        stores: list[_Store] = []
        for ref, access in _accesses(solver):
            kind, base, name, key, value, _, span, *_ = access
            if kind == AccessKind.SET_ATTRIBUTE.value and name == "__code__":
                stores.append(_Store(ref, base, -1, value, span))
            elif kind == AccessKind.SET_ITEM.value and self._is_defaults(ref, base):
                nodes: Any = solver.flat(ref).nodes
                self._defaults.append(_Store(ref, nodes[base][1], key, value, span))
        for store in stores:
            place = f"{solver.program.paths[store.scope[0]]}:{unpack_span(store.span).line}"
            for function in sorted(self._functions(store.scope, store.base, _DEEPEST)):
                self.places.setdefault(function, place)

    def _is_defaults(self, ref: Ref, node: int) -> bool:
        nodes: Any = self._solver.flat(ref).nodes
        return node >= 0 and nodes[node][0] == flat.ATTR and nodes[node][2] == "__kwdefaults__"

    def _functions(self, ref: Ref, node: int, depth: int) -> set[Ref]:
        """The functions that a node may be."""
        found = {
            cast(Ref, item.a)
            for item in self._explainer.objects(ref, node)
            if item.kind is Kind.FUNCTION
        }
        index = self._parameter(ref, node)
        if index is not None and depth:
            for caller, passed in self._passed(ref, index):
                found |= self._functions(caller, passed, depth - 1)
        return found

    def _parameter(self, ref: Ref, node: int) -> int | None:
        """The parameter that a node is, unchanged."""
        scope = self._solver.flat(ref)
        parts: Any = scope.nodes[node]
        if parts[0] == flat.NAME and len(parts[2]) == 1 and parts[2][0] >= 0:
            parts = scope.nodes[scope.bindings[parts[2][0]][1]]
        return cast(int, parts[1]) if parts[0] == flat.PARAMETER else None

    def _passed(self, ref: Ref, index: int) -> Iterator[tuple[Ref, int]]:
        """What callers pass for a parameter, and what is stored as its default."""
        name = self._solver.flat(ref).parameters[index][0]
        for caller, number, is_bound in self._callers().get(ref, ()):
            arguments = self._solver.flat(caller).sites[number][4]
            place = index - is_bound
            for position, (keyword, node, _) in enumerate(arguments):
                if keyword == name or (not keyword and position == place):
                    yield caller, node
        mangled = _mangled(self._solver, ref, name)
        for store in self._defaults:
            key: Any = self._solver.flat(store.scope).nodes[store.key]
            if key[0] == flat.CONST and key[2] == mangled:
                holders = self._explainer.objects(store.scope, store.base)
                if any(item.kind is Kind.FUNCTION and item.a == ref for item in holders):
                    yield store.scope, store.value

    def _callers(self) -> dict[Ref, list[tuple[Ref, int, bool]]]:
        if self._sites is None:
            self._sites = {}
            for (caller, kind, number), edges in self._solver.edges.items():
                if kind != SITE:
                    continue
                for target, edge in edges.items():
                    if not isinstance(target, str):
                        entry = (caller, number, edge.is_bound)
                        self._sites.setdefault(target, []).append(entry)
        return self._sites


def _accesses(solver: Solver) -> Iterator[tuple[Ref, Any]]:
    for file, summary in enumerate(solver.program.summaries):
        for index, scope in enumerate(summary.scopes):
            for access in scope.accesses:
                yield (file, index), access


def _mangled(solver: Solver, ref: Ref, name: str) -> str:
    """The name as the compiler writes it: `__x` within a class is `_Class__x`."""
    if not name.startswith("__") or name.endswith("__"):
        return name
    scope = solver.flat(ref)
    while scope.parent >= 0:
        scope = solver.flat((ref[0], scope.parent))
        if scope.kind == "class body":
            return f"_{scope.name.lstrip('_')}{name}"
    return name
