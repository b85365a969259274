"""Methods and functions that are bound again where look-ups do not see it.

`o.m = f` where the class of `o` binds a method `m`; `type(x).run = f` and `setattr(C, "run", f)`,
which name their class by a value; `globals()["f"] = g`. Measured, to follow these costs more wrong
edges than it finds right ones; so the callee stays what the definition says, and the site says why
it need not be the only one. Asked of the finished solution.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from tracer.model.graph import OpenReason
from tracer.static import flat
from tracer.static.flat import FlatSite, unpack_span
from tracer.static.kinds import AccessKind
from tracer.static.solving.engine import Solver
from tracer.static.solving.explaining import Explainer
from tracer.static.solving.lookup import find_member
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import SITE, Target
from tracer.static.values import Open

_OBJECTS = (Kind.INSTANCE, Kind.CLASS)


class Rebound:
    """What is stored in the place of methods and functions, and where that is first done."""

    def __init__(self, solver: Solver, explainer: Explainer) -> None:
        self._solver = solver
        self._explainer = explainer
        self._members: dict[tuple[Ref, str], str] = {}  # by class of the object, or class
        self._names: dict[tuple[int, str], str] = {}  # by file
        self._methods = {
            name for cls in solver.program.classes for name in solver.definitions.members(cls)
        }
        for ref in solver.program.refs():
            for access in solver.flat(ref).accesses:
                kind, base, name, key, _, _, span, *_ = access
                if kind == AccessKind.SET_ATTRIBUTE.value:
                    self._note(ref, base, name, span)
                elif kind == AccessKind.SET_ITEM.value and self._is_namespace(ref, base):
                    constant = solver.constant_text(solver.shared(ref), key)
                    if constant is not None:
                        self._names.setdefault((ref[0], constant), self._place(ref, span))
        for (ref, what, number), targets in solver.edges.items():
            if what == SITE and "builtins.setattr" in targets:
                site = solver.flat(ref).sites[number]
                nodes = [node for name, node, _ in site[4] if name == ""]
                if len(nodes) > 1:
                    constant = solver.constant_text(solver.shared(ref), nodes[1])
                    if constant is not None:
                        self._note(ref, nodes[0], constant, site[1])

    def why_not_only(self, ref: Ref, site: FlatSite, found: Iterable[Target]) -> Open | None:
        """Why what a site calls need not be what definitions say; None where nothing says so."""
        parts = cast(Any, self._solver.flat(ref).nodes[site[2]])
        if parts[0] == flat.NAME:
            place = self._names.get((ref[0], parts[1]))
            if place is None or (self._solver.flat(ref).parent >= 0 and parts[2]):
                return None
            return Open(OpenReason.UNKNOWN_NAME, f"`{parts[1]}` is bound again at {place}")
        if parts[0] != flat.ATTR or parts[2] not in self._methods:
            return None
        holders = {
            (target[0], self._solver.flat(target).parent)
            for target in found
            if not isinstance(target, str)
        }
        for item in self._explainer.objects(ref, parts[1]):
            if item.kind in _OBJECTS:
                why = self._of(cast(Ref, item.a), item.kind, bool(item.b), parts[2], holders)
                if why is not None:
                    return why
        return None

    def _of(
        self, cls: Ref, kind: Kind, is_exact: bool, name: str, holders: set[Ref]
    ) -> Open | None:
        definitions = self._solver.definitions
        order = definitions.order(cls)
        if kind is Kind.INSTANCE:
            asked, _ = find_member(self._solver, order, "__getattribute__")
            if asked is not None and not self._hands_on(asked):
                dotted = self._solver.program.dotted(asked)
                detail = f"`{dotted}.__getattribute__` may answer for `{name}`"
                return Open(OpenReason.DYNAMIC_ATTRIBUTE, detail)
        below = () if is_exact else definitions.subclasses(cls)
        if holders.isdisjoint((*order, *below)):
            return None  # a field, and no method that it could hide
        for one in (*order, *below):
            place = None if isinstance(one, str) else self._members.get((one, name))
            if place is not None:
                dotted = self._solver.program.dotted(cast(Ref, one))
                detail = f"`{dotted}.{name}` is stored again at {place}"
                return Open(OpenReason.DYNAMIC_ATTRIBUTE, detail)
        return None

    def _hands_on(self, cls: Ref) -> bool:
        """Whether the `__getattribute__` of a class gives what the one that it hides gives."""
        scope = self._solver.flat(cls)
        for binding in self._solver.definitions.members(cls).get("__getattribute__", ()):
            defined = cast(Any, scope.nodes[scope.bindings[binding][1]])
            if defined[0] != flat.DEFINED:
                return False
            body = self._solver.flat((cls[0], defined[1]))
            for node in body.returns:
                made = cast(Any, body.nodes[node])
                if made[0] != flat.CALL:
                    return False
                callee = cast(Any, body.nodes[body.sites[made[1]][2]])
                if callee[0] != flat.ATTR or callee[2] != "__getattribute__":
                    return False
        return True

    def _note(self, ref: Ref, base: int, name: str, span: int) -> None:
        if name not in self._methods:
            return
        for item in self._explainer.objects(ref, base):
            cls = cast(Ref, item.a)
            if item.kind in _OBJECTS and (cls, name) not in self._solver.patched:
                self._members.setdefault((cls, name), self._place(ref, span))

    def _is_namespace(self, ref: Ref, node: int) -> bool:
        parts = cast(Any, self._solver.flat(ref).nodes[node])
        if parts[0] != flat.CALL:
            return False
        return "builtins.globals" in self._solver.edges.get((ref, SITE, parts[1]), {})

    def _place(self, ref: Ref, span: int) -> str:
        return f"{self._solver.program.paths[ref[0]]}:{unpack_span(span).line}"
