"""What a bundle's runs say of edges, in the words of the index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SeenEdge:
    """An edge of the bundle: judged, seen, or both."""

    verdict: str
    calls: int = 0
    lines: tuple[int, ...] = ()  # of the caller
    through: str = ""
    cause: str = ""
    by_line: tuple[tuple[int, int], ...] = ()  # calls of each line, where all are known


@dataclass(frozen=True, slots=True)
class Runs:
    """All edges that a bundle tells of, by caller and callee."""

    edges: Mapping[tuple[str, str], SeenEdge] = field(default_factory=dict)
    workloads: tuple[str, ...] = ()
    staleness: str = ""  # `current`, or how the sources differ
