"""The order in which the bases of a class are asked."""

from __future__ import annotations

from collections.abc import Sequence


def merged(name: str, orders: Sequence[tuple[str, ...]], bases: tuple[str, ...]) -> tuple[str, ...]:
    """The C3 order of a class, from the orders of its bases.

    Bases that contradict each other, which no class that exists can have, are taken as written.
    """
    left = [list(order) for order in (*orders, bases) if order]
    result = [name]
    while left:
        heads = [order[0] for order in left]
        good = next((one for one in heads if all(one not in rest[1:] for rest in left)), heads[0])
        result.append(good)
        left = [kept for order in left if (kept := [one for one in order if one != good])]
    return tuple(result)
