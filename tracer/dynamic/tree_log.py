"""The records of the call tree in columns: as lists of lists they would take ten times as much."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping
from typing import Any

from tracer.dynamic.stream import StreamTree

_KINDS = ("tree", "tree_ended", "tree_raised")
_SPARSE = 16  # node numbers are consecutive, but for a log that was damaged


class TreeLog:
    """What the log says of the tree, by position: the calls in the order of their numbers.

    Attributes:
        parents: Position of the caller, or -1.
        codes: Number of the code object.
        offsets: In the code of the caller; -1 where nobody looked.
        throughs: Number of the function outside between the two, or 0.
        began: Microseconds since the recording began.
        raised: By position, the name of the exception that ended the call.
        resumed: Positions at which a generator went on, where the log tells it.
    """

    def __init__(self) -> None:
        self._nodes, self._callers = array("q"), array("q")
        self.codes, self.offsets = array("q"), array("q")
        self.throughs, self.began = array("q"), array("q")
        self.parents = array("i")
        self.raised: Mapping[int, str] = {}
        self.resumed: Collection[int] = ()
        self._ends: array[int] | None = None
        self._ended, self._ended_at = array("q"), array("q")
        self._raised: dict[int, str] = {}
        self._positions: Mapping[int, int] | array[int] = {}

    def add(self, record: Mapping[str, Any]) -> bool:
        """Take a record; False where it is about something else."""
        if record.get("t") not in _KINDS:
            return False
        if record["t"] == "tree":
            calls = record["calls"]
            if calls:
                kept = (
                    self._nodes, self._callers, self.codes, self.offsets, self.throughs, self.began,
                )  # fmt: skip
                for column, values in zip(kept, zip(*calls, strict=True), strict=False):
                    column.extend(values)
                if len(calls[0]) > len(kept):  # what each took, as hooks in C write it; -1: goes on
                    ended = [call for call in calls if call[-1] >= 0]
                    self._ended.extend(call[0] for call in ended)
                    self._ended_at.extend(call[-2] + call[-1] for call in ended)
        elif record["t"] == "tree_ended":
            if record["at"]:
                nodes, times = zip(*record["at"], strict=True)
                self._ended.extend(nodes)
                self._ended_at.extend(times)
        else:
            for first, second in record["ends"]:
                if isinstance(first, str):  # by name, as hooks in C write it
                    self._raised.update(dict.fromkeys(second, first))
                else:
                    self._raised[first] = second
        return True

    def close(self) -> None:
        """Sort what was taken, and find the callers; nothing is added afterwards."""
        nodes = self._nodes
        order = _order(nodes)
        if order is not None:
            nodes, self._callers, self.codes, self.offsets, self.throughs, self.began = (
                array("q", map(column.__getitem__, order))
                for column in (
                    nodes, self._callers, self.codes, self.offsets, self.throughs, self.began,
                )
            )  # fmt: skip
        self._positions = _positions(nodes)
        find = self._position_of
        # A parent stands before its children; in a damaged log, one that does not is none.
        for position, caller in enumerate(self._callers):
            parent = find(caller)
            self.parents.append(parent if parent < position else -1)
        self.raised = {
            found: name for node, name in self._raised.items() if (found := find(node)) >= 0
        }
        self._nodes = self._callers = array("q")

    def take_stream(self, tree: StreamTree) -> None:
        """The tree as the stream tells it, where it does: then the log's calls are its details."""
        if not tree.codes:
            return
        offsets, throughs = array("q"), array("q")
        for node in tree.looked_at:
            position = self._position_of(node) if node else -1
            offsets.append(self.offsets[position] if position >= 0 else -1)
            throughs.append(self.throughs[position] if position >= 0 else 0)
        self.offsets, self.throughs = offsets, throughs
        self.parents, self.codes = tree.parents, tree.codes
        self.began, self._ends = tree.began, tree.ended
        self.raised, self.resumed = tree.raised, tree.resumed

    def __len__(self) -> int:
        return len(self.codes)

    def ends(self) -> array[int]:
        """When each call ended; -1 where that was not seen."""
        if self._ends is not None:
            return self._ends
        ends = array("q", [-1]) * len(self)
        for node, at in zip(self._ended, self._ended_at, strict=True):
            position = self._position_of(node)
            if position >= 0:
                ends[position] = at
        return ends

    def last_moment(self) -> int:
        """The last that was seen of anything."""
        ended = self._ended_at if self._ends is None else self._ends
        return max(max(ended, default=0), max(self.began, default=0), 0)

    def _position_of(self, node: int) -> int:
        positions = self._positions
        if isinstance(positions, array):
            return positions[node] if 0 <= node < len(positions) else -1
        return positions.get(node, -1)


def _order(nodes: array[int]) -> list[int] | None:
    """Positions by node, each node once, the last record of it; None where they stand so."""
    previous = -1
    for node in nodes:
        if node <= previous:
            break
        previous = node
    else:
        return None
    last = {node: position for position, node in enumerate(nodes)}
    return [last[node] for node in sorted(last)]


def _positions(nodes: array[int]) -> Mapping[int, int] | array[int]:
    """Where each node stands; nodes are sorted."""
    if not nodes or nodes[0] < 0 or nodes[-1] > _SPARSE * len(nodes) + 1000:
        return {node: position for position, node in enumerate(nodes)}
    positions = array("i", [-1]) * (nodes[-1] + 1)
    for position, node in enumerate(nodes):
        positions[node] = position
    return positions
