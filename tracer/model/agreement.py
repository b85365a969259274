"""How far reading and running agree, with both denominators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tracer.model.evidence import DynamicOrigin, EdgeVerdict, ReconciledEdge
from tracer.model.source import is_function


@dataclass(frozen=True, slots=True)
class Agreement:
    """Edges between functions of the sources, counted from either side."""

    read: int  # read, their caller ran, and the probe can see whether they do
    read_and_seen: int
    seen: int
    undecided: int  # read, their caller ran, and the probe cannot see the callee

    @property
    def text(self) -> str:
        """Both shares in one clause."""
        undecided = f" ({self.undecided} more cannot be seen)" if self.undecided else ""
        return (
            f"of {self.read} edges read whose caller ran, {self.read_and_seen} were seen"
            f"{undecided}; of {self.seen} seen, {self.read_and_seen} were read"
        )


def agreement_of(edges: Iterable[ReconciledEdge]) -> Agreement:
    """Count edges whose callee is a function of the sources.

    Callees outside are left out: what is read of them is only shown where it has an effect, and
    those in C are never seen.
    """
    read = read_and_seen = seen = undecided = 0
    for edge in edges:
        if not is_function(edge.callee) or edge.is_unreachable:
            continue
        is_seen = edge.verdict in _SEEN
        seen += is_seen
        undecided += edge.verdict in (EdgeVerdict.UNDECIDED, EdgeVerdict.EXECUTED)
        if edge.was_read and (is_seen or edge.verdict is EdgeVerdict.NOT_TAKEN):
            read += 1
            read_and_seen += is_seen
    return Agreement(read, read_and_seen, seen, undecided)


_SEEN = frozenset({EdgeVerdict.CONFIRMED, EdgeVerdict.STAND_INS, EdgeVerdict.DYNAMIC_ONLY})


def origins_text(edges: Iterable[ReconciledEdge]) -> str:
    """Whence the calls came that were seen and not read: `3 callback, 1 decorator`."""
    counts = Counter(edge.origin for edge in edges if edge.origin is not None)
    order = list(DynamicOrigin)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0])))
    return ", ".join(f"{count} {origin}" for origin, count in ranked)
