"""Folding of equal neighbours in a call tree, in memory that grows with what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Folded = tuple[int, int, int]
"""Kind, index of the parent among the folded calls or -1, repeats."""


def folded(
    kinds: Sequence[int], parents: Sequence[int], repeats: Sequence[int] | None = None
) -> Iterator[Folded]:
    """Fold neighbours that are equal, with all below them, into one.

    Args:
        kinds: Of each call; equal numbers are equal calls, but for what is below. Negative: the
            call is left out, and must have no children.
        parents: Position of each call's caller, which is smaller than its own; -1 for a root.
        repeats: How many calls each stands for already; None: one each.
    """
    # A call is done when all after it are: below it there are only later ones. What is below is a
    # flat list, last child first: shape, repeats, shape, repeats …
    waiting: dict[int, list[int]] = {}
    shapes: dict[tuple[int, tuple[int, ...]], int] = {}
    for position in range(len(kinds) - 1, -1, -1):
        kind = kinds[position]
        if kind < 0:
            continue
        below = waiting.pop(position, None)
        key = (kind, tuple(below) if below else ())
        shape = shapes.setdefault(key, len(shapes))
        count = 1 if repeats is None else repeats[position]
        beside = waiting.get(parents[position])
        if beside is None:
            waiting[parents[position]] = [shape, count]
        elif beside[-2] == shape:
            beside[-1] += count
        else:
            beside += (shape, count)
    known = list(shapes)
    stack = [(-1, waiting.pop(-1, []))]
    written = 0
    while stack:
        parent, left = stack[-1]
        if not left:
            stack.pop()
            continue
        count, shape = left.pop(), left.pop()
        kind, below_it = known[shape]
        yield kind, parent, count
        if below_it:
            stack.append((written, list(below_it)))
        written += 1
