"""Where the boxes of the page stand: layers from left to right by call depth.

`place` is written a second time in `templates/page/place.js`, for the views that a reader opens; a
test compares the two.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

COLUMN_GAP = 46
ROW_GAP = 18
WAY_HEIGHT = 8  # of a line that passes through a column
_LABEL_CELL = 8.0  # 13 px monospace is 7.83 px a cell in the widest common face
_DETAIL_CELL = 6.7  # 11 px
_PADDING = 18
_BASE_HEIGHT = 26
_LINE_HEIGHT = 16
_SWEEPS = 4

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rank:
    """A node's column, and its place in the column before anything is left out."""

    layer: int
    order: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Centres of boxes, and the bends of lines that pass other columns."""

    boxes: Mapping[int, Point]
    ways: Mapping[tuple[int, int], tuple[Point, ...]]  # by caller and callee; short lines have none


@dataclass(frozen=True, slots=True)
class _Pass:
    """A line on its way through a column that holds neither of its ends."""

    caller: int
    callee: int
    column: int


_Item = int | _Pass


def box_size(owner: str, label: str, detail: str) -> tuple[int, int]:
    """Width and height in pixels of a box that surely holds its lines.

    Args:
        owner: The small line above; may be empty.
        label: One or more lines.
        detail: The small line below.
    """
    lines = label.split("\n")
    small = max(_cells(owner), _cells(detail)) * _DETAIL_CELL
    width = max(*(_cells(line) * _LABEL_CELL for line in lines), small) + _PADDING
    return round(width), _BASE_HEIGHT + _LINE_HEIGHT * (len(lines) + bool(owner))


def rank(count: int, links: Iterable[tuple[int, int]], starts: Sequence[int]) -> list[Rank]:
    """Layer all nodes so that calls lead to the right, cycles excepted, and few lines cross.

    Args:
        count: Nodes are numbered from 0.
        links: Caller and callee, in call order for each caller.
        starts: Where reading begins; they come first.
    """
    calls: list[list[int]] = [[] for _ in range(count)]
    for caller, callee in links:
        if caller != callee and callee not in calls[caller]:
            calls[caller].append(callee)
    called = {callee for callees in calls for callee in callees}
    roots = [*starts, *(node for node in range(count) if node not in called), *range(count)]
    preorder, forward = _without_cycles(calls, roots)
    layers = _layers(forward, preorder, starts)
    orders = _orders(forward, layers, preorder)
    return [Rank(layers[node], orders[node]) for node in range(count)]


def place(
    visible: Iterable[int],
    ranks: Sequence[Rank],
    sizes: Sequence[tuple[int, int]],
    links: Iterable[tuple[int, int]],
) -> Placement:
    """Layers of the visible boxes become columns; nothing overlaps, and no line hides behind a box.

    What calls further right than the next column passes the columns between in a slot of its own.
    A box or slot stands at the mean height of what leads to it, as far as its neighbours let it.
    """
    shown = sorted(set(visible), key=lambda node: (ranks[node].layer, ranks[node].order))
    links = list(links)
    column_of = _columns(shown, ranks, links)
    columns: list[list[_Item]] = [[] for _ in range(max(column_of.values(), default=-1) + 1)]
    for node in shown:
        columns[column_of[node]].append(node)
    before: dict[_Item, list[_Item]] = defaultdict(list)
    for caller, callee in links:
        if caller not in column_of or callee not in column_of:
            continue
        previous: _Item = caller
        for column in range(column_of[caller] + 1, column_of[callee]):
            slot = _Pass(caller, callee, column)
            columns[column].append(slot)
            before[slot].append(previous)
            previous = slot
        if column_of[caller] < column_of[callee]:
            before[callee].append(previous)
    boxes: dict[int, Point] = {}
    ways: dict[tuple[int, int], list[Point]] = defaultdict(list)
    heights: dict[_Item, int] = {}
    left = 0
    for items in columns:
        heights.update(_heights(items, before, heights, sizes))
        width = max(sizes[item][0] for item in items if not isinstance(item, _Pass))
        for item in items:
            if isinstance(item, _Pass):
                ways[item.caller, item.callee] += (
                    (left, heights[item]),
                    (left + width, heights[item]),
                )
            else:
                boxes[item] = (left + sizes[item][0] // 2, heights[item])
        left += width + COLUMN_GAP
    return Placement(boxes, {ends: tuple(points) for ends, points in ways.items()})


def _columns(
    shown: Sequence[int], ranks: Sequence[Rank], links: Iterable[tuple[int, int]]
) -> dict[int, int]:
    """The longest way to each node among those shown; what nobody calls stands by its callees."""
    callers: dict[int, list[int]] = {node: [] for node in shown}
    callees: dict[int, list[int]] = {node: [] for node in shown}
    for caller, callee in links:
        if caller in callers and callee in callers and ranks[caller].layer < ranks[callee].layer:
            callers[callee].append(caller)
            callees[caller].append(callee)
    columns: dict[int, int] = {}
    for node in shown:  # callers come first: their layers are less
        columns[node] = max((columns[caller] + 1 for caller in callers[node]), default=0)
    for node in shown:
        if callees[node] and not callers[node]:
            columns[node] = min(columns[callee] for callee in callees[node]) - 1
    return columns


def _heights(
    column: Sequence[_Item],
    before: Mapping[_Item, Sequence[_Item]],
    known: Mapping[_Item, int],
    sizes: Sequence[tuple[int, int]],
) -> dict[_Item, int]:
    wanted = {
        item: sum(known[each] for each in before[item]) // len(before[item])
        for item in column
        if before.get(item)
    }
    ordered = [
        *sorted((item for item in column if item in wanted), key=lambda item: wanted[item]),
        *(item for item in column if item not in wanted),
    ]
    heights: dict[_Item, int] = {}
    free = None
    for item in ordered:
        half = (WAY_HEIGHT if isinstance(item, _Pass) else sizes[item][1]) // 2
        want = wanted.get(item, 0 if free is None else free + half)
        heights[item] = want if free is None else max(want, free + half)
        free = heights[item] + half + ROW_GAP
    pulling = [item for item in ordered if item in wanted] or ordered
    pull = sum(heights[item] - wanted.get(item, 0) for item in pulling) // len(pulling)
    return {item: y - pull for item, y in heights.items()}


def _cells(text: str) -> int:
    """Columns of a monospace face: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _without_cycles(
    calls: Sequence[Sequence[int]], roots: Iterable[int]
) -> tuple[list[int], list[list[int]]]:
    """Depth-first order, and the links without those that lead back to an open node."""
    forward: list[list[int]] = [[] for _ in calls]
    preorder: list[int] = []
    state = [0] * len(calls)  # 0 new, 1 open, 2 done
    for root in roots:
        if state[root]:
            continue
        state[root] = 1
        preorder.append(root)
        stack = [(root, iter(calls[root]))]
        while stack:
            node, rest = stack[-1]
            callee = next(rest, None)
            if callee is None:
                state[node] = 2
                stack.pop()
            elif state[callee] != 1:
                forward[node].append(callee)
                if not state[callee]:
                    state[callee] = 1
                    preorder.append(callee)
                    stack.append((callee, iter(calls[callee])))
    return preorder, forward


def _layers(
    forward: Sequence[Sequence[int]], preorder: Sequence[int], starts: Iterable[int]
) -> list[int]:
    """Longest way from a start; what no start reaches stands just left of what it calls."""
    backward = _reversed(forward)
    order = _topological(forward, backward, preorder)
    layers: dict[int, int] = dict.fromkeys(starts, 0)
    for node in order:
        above = [layers[caller] for caller in backward[node] if caller in layers]
        if above:
            layers[node] = max(above) + 1
    for node in reversed(order):
        below = [layers[callee] for callee in forward[node] if callee in layers]
        if node not in layers and below:
            layers[node] = min(below) - 1
    for node in order:
        if node not in layers:
            above = [layers[caller] for caller in backward[node]]
            layers[node] = max(above, default=-1) + 1
    return [layers[node] for node in range(len(forward))]


def _reversed(forward: Sequence[Sequence[int]]) -> list[list[int]]:
    backward: list[list[int]] = [[] for _ in forward]
    for caller, callees in enumerate(forward):
        for callee in callees:
            backward[callee].append(caller)
    return backward


def _topological(
    forward: Sequence[Sequence[int]], backward: Sequence[Sequence[int]], preorder: Sequence[int]
) -> list[int]:
    """Callers before callees."""
    waiting = [len(callers) for callers in backward]
    order = [node for node in preorder if not waiting[node]]
    for node in order:  # grows while it is read
        for callee in forward[node]:
            waiting[callee] -= 1
            if not waiting[callee]:
                order.append(callee)
    return order


def _orders(
    forward: Sequence[Sequence[int]], layers: Sequence[int], preorder: Sequence[int]
) -> list[int]:
    """Places in the columns: depth-first order, then swept towards the mean of the neighbours."""
    backward = _reversed(forward)
    columns: dict[int, list[int]] = defaultdict(list)
    for node in preorder:
        columns[layers[node]].append(node)
    position = [0.0] * len(forward)
    for column in columns.values():
        for index, node in enumerate(column):
            position[node] = index / len(column)
    for sweep in range(_SWEEPS):
        neighbours = backward if sweep % 2 == 0 else forward
        for layer in sorted(columns, reverse=sweep % 2 == 1):
            column = columns[layer]
            if not layer:  # the starts stand in the order in which they are to be read
                continue
            means = {
                node: sum(position[each] for each in neighbours[node]) / len(neighbours[node])
                if neighbours[node]
                else position[node]
                for node in column
            }
            column.sort(key=lambda node: means[node])
            for index, node in enumerate(column):
                position[node] = index / len(column)
    orders = [0] * len(forward)
    for column in columns.values():
        for index, node in enumerate(column):
            orders[node] = index
    return orders
