"""The conditions around calls that nobody writes: properties, operators, items, iteration."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from tracer.static import flat
from tracer.static.flat import FlatScope

# Where a node has its span, of those that may run a function of the tree.
_SPAN_AT = {
    flat.ATTR: 3,
    flat.ITEM: 3,
    flat.ELEMENT: 2,
    flat.UNPACK: 5,
    flat.AWAIT: 2,
    flat.OPERATE: 4,
    flat.COMPARE: 4,
    flat.UNARY: 3,
    flat.PROTOCOL: 3,
}


def guard_at(scope: FlatScope, node: int) -> int:
    """The innermost guard that holds where a node is evaluated; -1: none."""
    at = bisect_right(scope.guard_starts, (node, len(scope.guards)))
    return scope.guard_starts[at - 1][1] if at else -1


def guards_by_span(scope: FlatScope) -> dict[int, int]:
    """For each place of a scope that may run a function, the innermost guard; none is left out.

    A place that is read more than once, as the ends of loops are, has the guard of its first
    reading.
    """
    found: dict[int, int] = {}
    for number, parts in enumerate(scope.nodes):
        where: Any = _SPAN_AT.get(parts[0])  # type: ignore[call-overload]
        if where is not None:
            span: Any = parts[where]
            found.setdefault(span, guard_at(scope, number))
    for access in scope.accesses:
        found.setdefault(access[6], access[7])
    for site in scope.sites:
        found.setdefault(site[1], site[5])
    return found
