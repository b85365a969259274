"""How strong the means are by which a callee was found: asked of the finished solution."""

from __future__ import annotations

from typing import Any, cast

from tracer.static import flat
from tracer.static.solving.finished import OBJECTS, Finished
from tracer.static.solving.objects import Kind, Object, Ref
from tracer.static.values import Rank

_DEEPEST = 60
_WRAPPING = frozenset((Kind.STATIC, Kind.CLASSMETHOD, Kind.PROPERTY, Kind.CONTEXT_MAKER))


class Ranking:
    """Ranks of nodes; each once."""

    def __init__(self, finished: Finished) -> None:
        self._finished = finished
        self._solver = finished.solver
        self._ranks: dict[tuple[Ref, int], Rank] = {}

    def rank(self, ref: Ref, node: int, depth: int = 0) -> Rank:
        """How strong the means are by which a node's values were found."""
        key = (ref, node)
        known = self._ranks.get(key)
        if known is None:
            if depth > _DEEPEST:
                return Rank.FLOW
            self._ranks[key] = Rank.FLOW  # A value that needs itself was followed.
            known = self._ranks[key] = self._rank(ref, node, depth + 1)
        return known

    def _rank(self, ref: Ref, node: int, depth: int) -> Rank:
        scope = self._solver.flat(ref)
        parts: Any = scope.nodes[node]
        match parts[0]:
            case flat.CONST | flat.IMPORT | flat.UNKNOWN:
                return Rank.DEFINITE
            case flat.FROM:
                return self._rank_found(ref, node)
            case flat.NAME:
                return self._rank_name(ref, node, parts, depth)
            case flat.DEFINED:
                return self._rank_defined(ref, node, parts)
            case flat.ATTR:
                base = self.rank(ref, parts[1], depth)
                if base is Rank.DEFINITE and self._solver.definitions.node(ref, node):
                    return Rank.DEFINITE
                items = self._finished.objects(ref, node)
                if all(item.kind in OBJECTS or _is_method(item) for item in items):
                    return max(base, Rank.TYPE)
                holders = self._finished.objects(ref, parts[1])
                if all(holder.kind in (Kind.CLASS, Kind.EXTERNAL) for holder in holders):
                    return max(base, Rank.DEFINITE)
                if all(holder.kind is Kind.SUPER for holder in holders):
                    return Rank.TYPE
                if any(item.kind in (Kind.FUNCTION, Kind.CLASS) for item in items):
                    return self._rank_member(holders, parts[2], base)
                return max(base, Rank.TYPE)
            case flat.CALL:
                callee = self.rank(ref, scope.sites[parts[1]][2], depth)
                return Rank.FLOW if callee is Rank.FLOW else Rank.TYPE
            case flat.PARAMETER:
                return self._rank_parameter(ref, parts[1])
            case flat.EITHER:
                return max(
                    (self.rank(ref, option, depth) for option in parts[1]), default=Rank.TYPE
                )
            case flat.NARROW:
                if parts[2][0] == "none" or not parts[3]:
                    return self.rank(ref, parts[1], depth)
                return Rank.TYPE
        return Rank.TYPE if self._finished.are_objects(ref, node) else Rank.FLOW

    def _rank_member(self, holders: list[Object], name: str, base: Rank) -> Rank:
        """A function that a class binds is known by type; one that an object holds was followed."""
        definitions = self._solver.definitions
        for holder in holders:
            if holder.kind is not Kind.INSTANCE:
                continue
            order = definitions.order(cast(Ref, holder.a))
            if not any(
                not isinstance(cls, str) and name in definitions.members(cls) for cls in order
            ):
                return Rank.FLOW
        return max(base, Rank.TYPE)

    def _rank_name(self, ref: Ref, node: int, parts: Any, depth: int) -> Rank:
        solver = self._solver
        spelled = solver.program.spelled_out(ref, parts[1], parts[2]) if parts[2] else ()
        if not spelled:
            scope = solver.flat(ref)
            around = ref if scope.parent < 0 else (ref[0], scope.parent)
            if solver.definitions.node(ref, node) or solver.definitions.name(around, parts[1]):
                return Rank.DEFINITE
            owner = self._finished.owner(ref, parts[1])
            if owner is None:
                return Rank.TYPE if self._finished.are_objects(ref, node) else Rank.FLOW
            bindings = solver.definitions.members(owner).get(parts[1]) or solver.program.bindings(
                owner, parts[1]
            )
            return max(
                (self._rank_binding(owner, binding, depth) for binding in bindings),
                default=Rank.FLOW,
            )
        return max(
            (self._rank_binding(ref, binding, depth) for binding in spelled), default=Rank.FLOW
        )

    def _rank_binding(self, ref: Ref, binding: int, depth: int) -> Rank:
        _, value, annotation, _ = self._solver.flat(ref).bindings[binding]
        op = self._solver.flat(ref).nodes[value][0]
        if op == flat.NARROW and self._solver.flat(ref).nodes[value][2][0] == "none":  # type: ignore[index]
            return self._rank_narrowed(ref, value, depth)
        if op in (flat.DEFINED, flat.IMPORT, flat.FROM, flat.PARAMETER, flat.NARROW):
            return self.rank(ref, value, depth)
        if annotation is not None:
            return Rank.TYPE
        if self._finished.are_objects(ref, value):
            return max(self.rank(ref, value, depth), Rank.TYPE)
        return Rank.FLOW

    def _rank_narrowed(self, ref: Ref, node: int, depth: int) -> Rank:
        base = cast(int, self._solver.flat(ref).nodes[node][1])
        return self.rank(ref, base, depth)

    def _rank_found(self, ref: Ref, node: int) -> Rank:
        if self._solver.definitions.node(ref, node):
            return Rank.DEFINITE
        parts: Any = self._solver.flat(ref).nodes[node]
        target = self._solver.program.modules.resolve_relative(ref[0], parts[1], parts[2])
        file = None
        if target.location is not None:
            file = self._solver.program.modules.file_of(target.location)
        if file is not None and self._solver.program.summaries[file].scopes:
            module = (file, 0)
            bindings = self._solver.definitions.members(module).get(parts[3], ())
            ranks = [self._rank_binding(module, binding, 1) for binding in bindings]
            if ranks:
                return max(ranks)
        return Rank.TYPE if self._finished.are_objects(ref, node) else Rank.FLOW

    def _rank_defined(self, ref: Ref, node: int, parts: Any) -> Rank:
        if not parts[2]:
            return Rank.DEFINITE
        own = (ref[0], parts[1])
        items = self._finished.objects(ref, node)
        is_same = all(item.kind in (Kind.FUNCTION, Kind.CLASS) and item.a == own for item in items)
        if is_same:
            return Rank.DEFINITE
        return Rank.TYPE if all(item.kind in _WRAPPING for item in items) else Rank.FLOW

    def _rank_parameter(self, ref: Ref, index: int) -> Rank:
        scope = self._solver.flat(ref)
        if index == 0 and scope.kind == "method":
            return Rank.TYPE
        return Rank.TYPE if scope.parameters[index][2] is not None else Rank.FLOW


def _is_method(item: Object) -> bool:
    return item.kind in (Kind.BOUND, Kind.METHOD)
