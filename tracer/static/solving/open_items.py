"""Why what stands in a container, or what a loop, `with` or `await` gives, is not all."""

from __future__ import annotations

from typing import Any, cast

from tracer.model.graph import SiteKind
from tracer.static import flat
from tracer.static.solving.annotations import is_result_limited
from tracer.static.solving.asking import (
    Asking,
    first_open,
    of_items,
    of_node,
    of_returned,
    of_yielded,
    told_of,
)
from tracer.static.solving.engine import Solver
from tracer.static.solving.finished import Finished
from tracer.static.solving.keys import constant_key
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.places import ITEM, ITERATION, OPERATOR
from tracer.static.solving.stored import Stored
from tracer.static.solving.terms import SITE, ConstantKey, Origin

_MAKING = frozenset(("__iter__", "__aiter__"))
"""Methods that a loop runs, and that make what it goes over."""
_GIVING = _MAKING | {
    "__aenter__", "__anext__", "__enter__", "__getitem__", "__missing__", "__next__"
}  # fmt: skip
"""Methods that `with`, loops and items run, whose result is what these give."""


class OpenItems:
    """Asks about what objects give where nobody writes a call."""

    def __init__(self, solver: Solver, finished: Finished, stored: Stored) -> None:
        self._solver = solver
        self._finished = finished
        self._stored = stored

    def of_item(self, ref: Ref, parts: Any) -> Asking:
        """What an item, a loop or an unpacking gives, where some of it is known."""
        key: ConstantKey = None
        if parts[0] == flat.ITEM:
            key = constant_key(self._finished.codes[ref][0], parts[2])
        elif parts[0] == flat.UNPACK and parts[4] < 0:
            key = parts[2]
        kind = ITEM if parts[0] == flat.ITEM else ITERATION
        span = parts[{flat.ITEM: 3, flat.ELEMENT: 2, flat.UNPACK: 5}[parts[0]]]
        found = yield of_items(ref, (parts[1], key))
        return found or (yield from self._of_run((ref, kind, span), is_any=False))

    def of_items(self, ref: Ref, base: int, key: ConstantKey) -> Asking:
        """What the objects of a node hold under a constant key, or all that they hold or yield."""
        for item in self._finished.objects(ref, base):
            if item.kind is Kind.FOREIGN and item.b:
                for place, node in self._stored.in_container(cast(int, item.b), key):
                    found = yield of_node(place, node)
                    if found is not None:
                        return told_of("its container may hold", found)
            elif item.kind is Kind.GENERATOR:
                found = yield of_yielded(self._solver.codes[cast(int, item.a) - 1].ref)
                if found is not None:
                    return found
        return None

    def of_entered(self, ref: Ref, base: int) -> Asking:
        """What `with` binds, where some of it is known."""
        for item in self._finished.objects(ref, base):
            if item.kind is Kind.CONTEXT:
                found = yield of_yielded(self._solver.codes[cast(int, item.a) - 1].ref)
                if found is not None:
                    return found
        for number, site in enumerate(self._solver.flat(ref).sites):
            if site[0] == SiteKind.WITH.value and site[2] == base:
                found = yield from self._of_run((ref, SITE, number), is_any=False)
                if found is not None:
                    return found
        return None

    def of_operated(self, ref: Ref, parts: Any) -> Asking:
        """What an operator of the tree gives, where some of it is known."""
        span = parts[3] if parts[0] == flat.UNARY else parts[4]
        return (yield from self._of_run((ref, OPERATOR, span), is_any=True))

    def of_yielded(self, ref: Ref) -> Asking:
        """What a generator yields; what its annotation allows is all."""
        if is_result_limited(self._solver, ref):
            return None
        return (yield from first_open(ref, self._solver.flat(ref).yields))

    def _of_run(self, origin: Origin, is_any: bool) -> Asking:
        """What the methods give that the tree runs at a place where nobody writes a call."""
        for target in self._solver.edges.get(origin, {}):
            if isinstance(target, str):
                continue
            scope = self._solver.flat(target)
            found = None
            if scope.is_generator and (is_any or scope.name in _GIVING):
                found = yield of_yielded(target)
            elif scope.name in _MAKING:
                for node in scope.returns:
                    found = found or (yield of_items(target, (node, None)))
            elif is_any or scope.name in _GIVING:
                found = yield of_returned(target)
            if found is not None:
                return found
        return None
