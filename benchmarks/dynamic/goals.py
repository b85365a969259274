"""What was asked of the probe, and whether it is met: data, and one comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.dynamic.rows import Row
from benchmarks.dynamic.sizes import Size
from benchmarks.dynamic.tools import EDGES, TREE, VALUES, Tool

_ALL = (EDGES, TREE, VALUES)
_NEW, _OLD = (3, 12), (3, 0)


@dataclass(frozen=True, slots=True)
class RatioGoal:
    """At most so much on a workload, in these modes, from one version on and below another."""

    workload: str
    modes: tuple[str, ...]
    most: float
    since: tuple[int, int] = _NEW
    below: tuple[int, int] = (99, 0)


RATIOS = (
    RatioGoal("training", _ALL, 1.10),
    RatioGoal("library", _ALL, 1.05),
    RatioGoal("numeric", _ALL, 1.05),
    RatioGoal("methods", (EDGES,), 2.5),
    RatioGoal("methods", (TREE,), 5.0),
    RatioGoal("training", _ALL, 1.25, _OLD, _NEW),
    RatioGoal("library", _ALL, 2.6, _OLD, _NEW),
)
READING_NS = {"tapped_local": 400.0, "tapped_chain": 2500.0}
"""One reading of a tap, by workload."""
EXTRA_MB = 64.0
"""Of the target over the untraced run."""
DYNAMIC_KB = 1000.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One goal and what was found; `found` is None where it was not measured."""

    what: str
    mode: str
    asked: str
    found: float | None
    is_met: bool
    unit: str = "x"

    def cells(self) -> list[str]:
        if self.found is None:
            return [self.what, self.mode, self.asked, "-", "not measured"]
        shown = (
            f"{self.found:.2f} {self.unit}" if self.unit == "x" else f"{self.found:.0f} {self.unit}"
        )
        return [self.what, self.mode, self.asked, shown, "met" if self.is_met else "**not met**"]


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured of one interpreter.

    Attributes:
        tools: Ours with the default back end, and the peers.
        rows: By tool and workload.
        readings: How often a tap is read, by workload.
        workloads: Those that were asked for; a goal on another is left out.
    """

    version: tuple[int, ...]
    tools: Sequence[Tool]
    rows: Mapping[tuple[str, str], Row]
    sizes: Sequence[Size]
    readings: Mapping[str, int]
    workloads: Sequence[str]


def verdicts(found: Found) -> list[Verdict]:
    """Every goal, with what was found."""
    own = [tool for tool in found.tools if tool.is_own]
    told = [*_ratios(found, own), *_readings(found, own), *_sizes(found, own)]
    for tool in own:
        told += _against_peers(tool, found)
    return told


def _ratios(found: Found, own: Sequence[Tool]) -> Iterator[Verdict]:
    for goal in RATIOS:
        if not goal.since <= found.version[:2] < goal.below or goal.workload not in found.workloads:
            continue
        for tool in own:
            if tool.records in goal.modes:
                row = found.rows.get((tool.name, goal.workload))
                ratio = row.body_ratio if row else None
                is_met = ratio is not None and ratio <= goal.most
                yield Verdict(goal.workload, tool.name, f"≤ {goal.most:.2f} x", ratio, is_met)


def _readings(found: Found, own: Sequence[Tool]) -> Iterator[Verdict]:
    for workload, most in READING_NS.items():
        for tool in own:
            if tool.needs_taps and workload in found.workloads:
                row = found.rows.get((tool.name, workload))
                cost = _reading_ns(row, found.readings[workload])
                is_met = cost is not None and cost <= most
                asked = f"≤ {most:.0f} ns a reading"
                yield Verdict(workload, tool.name, asked, cost, is_met, "ns")


def _sizes(found: Found, own: Sequence[Tool]) -> Iterator[Verdict]:
    names = {tool.name for tool in own}
    for size in found.sizes:
        if size.tool not in names or not size.calls:
            continue
        what = f"memory of the target, {size.calls:,} calls"
        is_met = size.extra_mb <= EXTRA_MB
        asked = f"≤ {EXTRA_MB:.0f} MB over untraced"
        yield Verdict(what, size.tool, asked, size.extra_mb, is_met, "MB")
        if size.in_tree:
            kilobytes = size.dynamic_txt / 1000 if size.dynamic_txt else None
            is_met = kilobytes is not None and kilobytes <= DYNAMIC_KB
            asked = f"≤ {DYNAMIC_KB:,.0f} kB"
            yield Verdict("callgraph/dynamic.txt", size.tool, asked, kilobytes, is_met, "kB")


def _reading_ns(row: Row | None, readings: int) -> float | None:
    """What a reading adds to the untraced round; the tracing of the function is in it."""
    if row is None or row.body_ratio is None:
        return None
    return max(0.0, row.body_s - row.plain_body_s) / (readings * row.share) * 1e9


def _against_peers(tool: Tool, found: Found) -> Iterator[Verdict]:
    """Against the best peer on each workload that records the same and gave the same result."""
    peers = [each for each in found.tools if not each.is_own and each.records == tool.records]
    for workload in found.workloads:
        best = min(
            (
                (row.body_ratio, peer.name)
                for peer in peers
                if workload not in peer.blind
                and (row := found.rows.get((peer.name, workload)))
                and row.body_ratio is not None
                and not row.problem
                and not row.is_empty
            ),
            default=None,
        )
        if best is None:
            continue
        row = found.rows.get((tool.name, workload))
        ratio = row.body_ratio if row else None
        asked = f"≤ {best[0]:.2f} x ({best[1]})"
        is_met = ratio is not None and ratio <= best[0]
        yield Verdict(f"{workload}, ahead of peers", tool.name, asked, ratio, is_met)
