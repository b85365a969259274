"""What a bundle's runs say of edges, in the words of the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracer.query.index import EdgeRow, SiteRow

STRONGEST_FIRST = (
    "confirmed",
    "dynamic only",
    "executed",
    "seen under stand-ins",
    "undecided",
    "not taken",
    "not reached",
    "not run",
)
"""Of several places of one edge, the first of these is the verdict of the edge."""


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """What became of one place where the caller calls the callee.

    Two calls of one function may stand on one line, so that a place is known by its span.
    """

    line: int  # 0: the function has other lines today
    verdict: str
    calls: int = 0
    cause: str = ""
    span: tuple[int, int, int] | None = None  # line, column, end line; None: by its line alone
    text: str = ""

    def is_of(self, site: SiteRow) -> bool:
        """Whether it is this call site."""
        if self.span is None or self.text != site.text:
            return False
        return self.span == (site.line, site.column, site.end_line)


@dataclass(frozen=True, slots=True)
class SeenEdge:
    """An edge of the bundle: judged, seen, or both."""

    verdict: str  # the strongest of all places
    calls: int = 0
    lines: tuple[int, ...] = ()  # of the caller
    through: str = ""
    cause: str = ""
    by_line: tuple[tuple[int, int], ...] = ()  # calls of each line, where all are known
    places: tuple[SeenPlace, ...] = ()  # empty: the bundle's answer does not judge the edge

    def at(self, edge: EdgeRow, others: Sequence[EdgeRow]) -> SeenPlace:
        """What is told of one place; `verdict` is empty, and `cause` says why, where nothing is.

        Args:
            others: The edges of the same caller and callee.
        """
        if self.places:
            return self._judged_at(edge, is_alone=len(others) == 1)
        return self._recorded_at(edge, others)

    def _judged_at(self, edge: EdgeRow, *, is_alone: bool) -> SeenPlace:
        line = edge.site.line
        same = [place for place in self.places if place.is_of(edge.site)]
        if not same and not all(place.line for place in self.places):
            return SeenPlace(line, "", cause="its caller has other lines than the bundle tells of")
        if not same:
            return SeenPlace(line, "", cause=self._seen_at("the bundle does not judge this place"))
        best = min(same, key=lambda place: STRONGEST_FIRST.index(place.verdict))
        if is_alone and len(same) == len(self.places):
            return SeenPlace(line, best.verdict, self.calls, best.cause)
        if self.calls and not self.by_line and best.verdict == self.verdict:
            why = f"{self.calls} calls at all places together: the runs do not tell which made them"
            return SeenPlace(line, best.verdict, cause="; ".join(filter(None, (best.cause, why))))
        return SeenPlace(line, best.verdict, sum(place.calls for place in same), best.cause)

    def _recorded_at(self, edge: EdgeRow, others: Sequence[EdgeRow]) -> SeenPlace:
        """By lines, which is all that a recording has: several calls on a line have to share."""
        line = edge.site.line
        hits = set(self.lines) & set(_lines_of(edge))
        if self.verdict == "dynamic only" or not hits:
            return SeenPlace(line, "", cause=self._seen_at(""))
        rivals = {row.site.site for row in others if hits & set(_lines_of(row))}
        if len(rivals) > 1:
            told = f"a run saw one of {len(rivals)} such calls on line {min(hits)}, or more"
            return SeenPlace(line, "", cause=told)
        calls = sum(calls for at, calls in self.by_line if at in hits)
        if not calls and hits == set(self.lines):
            calls = self.calls
        return SeenPlace(line, self.verdict, calls)

    def _seen_at(self, otherwise: str) -> str:
        if self.verdict not in ("confirmed", "dynamic only", "seen under stand-ins"):
            return otherwise
        noun = "line" if len(self.lines) == 1 else "lines"
        shown = ", ".join(map(str, self.lines))
        return f"the runs saw this call at {noun} {shown}" if self.lines else otherwise


@dataclass(frozen=True, slots=True)
class Runs:
    """All edges that a bundle tells of, by caller and callee."""

    edges: Mapping[tuple[str, str], SeenEdge] = field(default_factory=dict)
    workloads: tuple[str, ...] = ()
    staleness: str = ""  # `current`, or how the sources differ


def _lines_of(edge: EdgeRow) -> range:
    return range(edge.site.line, edge.site.end_line + 1)
