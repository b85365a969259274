"""One row: a tool on a workload, untraced and traced in turn."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.dynamic.measuring import Run, run
from benchmarks.dynamic.target.reported import MARK
from benchmarks.dynamic.tools import TREE, UNTRACED, VALUES, Tool, Workload

_SCALES = (1.0, 0.1, 0.02)  # of the scale that was asked for; the last is also tried first
_START_S, _BYTES_A_SECOND = 0.5, 20e6  # of a tool, when guessing how long a run will take
_LONG_S = 1.5  # of a run: two pairs do, its ratio is high
_STEADY = 0.02
_LEAST_GROWTH = 4_000.0  # bytes of a tree, for all of a workload beyond the small run
_LEAST_BYTES = 20_000  # of a tree of a project's tests

Runner = Callable[[Tool, float], Run]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is run.

    Attributes:
        pairs: Of an untraced and a traced run, at least.
        most_pairs: More of them are run until the two best of each side lie close together.
        longest_s: A tool that would need more CPU is run at a smaller scale.
        timeout_s: Of any run.
    """

    pairs: int = 3
    most_pairs: int = 0
    longest_s: float = 2.0
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured; of several runs of a side, the best.

    Attributes:
        share: Of the workload: smaller than 1 where the tool is too slow for all of it.
        body_ratio: CPU of the body, all threads, traced / untraced.
        spread: Of the untraced bodies, (highest - lowest) / lowest: how noisy the machine was.
        extra_cpu_s: Of the whole command, all its processes: starting, tracing, saving.
        extra_mb: Peak of the process that ran the body, over the untraced one.
        parent_mb: Peak of the largest other process; 0 where there is none.
        written: Bytes of files and standard error beyond what the untraced run wrote.
        is_empty: It records calls, and wrote no more for this than for a small part of the work.
        problem: What was not as in the untraced run; empty where all was.
    """

    tool: str
    workload: str
    share: float
    pairs: int
    body_ratio: float | None = None
    wall_ratio: float | None = None
    plain_body_s: float = 0.0
    spread: float = 0.0
    body_s: float = 0.0
    extra_cpu_s: float = 0.0
    extra_wall_s: float = 0.0
    extra_mb: float = 0.0
    parent_mb: float = 0.0
    written: int = 0
    is_empty: bool = False
    problem: str = ""


def runner(
    python: str, workload: Workload, limits: Limits, environment: Mapping[str, str]
) -> Runner:
    """What runs a tool on the workload at a scale, in a folder that is then removed."""

    def one(tool: Tool, scale: float) -> Run:
        folder = Path(tempfile.mkdtemp(prefix="overhead-"))
        try:
            out = folder / "out"
            out.mkdir()
            command = tool.command(python, workload, scale, out)
            return run(command, folder, MARK, limits.timeout_s, environment=environment)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return one


def measure(tool: Tool, workload: Workload, scale: float, limits: Limits, one: Runner) -> Row:
    """Untraced and traced in turn; a slow tool on a part of the work, as the row says."""
    share, small = 1.0, 0
    if workload.has_scale and tool is not UNTRACED:
        tried = one(tool, scale * _SCALES[-1])
        if tried.killed_for:
            return Row(tool.name, workload.name, _SCALES[-1], 0, problem="not finished in time")
        share, small = _share(tried, limits), tried.written
    plain: list[Run] = []
    traced: list[Run] = []
    for number in range(max(limits.pairs, limits.most_pairs)):
        if number >= limits.pairs and _is_steady(plain) and _is_steady(traced):
            break
        plain.append(one(UNTRACED, scale * share))
        traced.append(one(tool, scale * share))
        if traced[-1].body is None:
            break
        if len(traced) > 1 and traced[-1].wall_s > _LONG_S:
            break
    row = row_of(tool.name, workload.name, share, plain, traced)
    tells_calls = tool.records in (TREE, VALUES) and not tool.is_own
    if workload.has_scale:
        is_larger = share > _SCALES[-1] and row.body_ratio is not None
        is_empty = is_larger and row.written - small < _LEAST_GROWTH * scale * share
    else:
        is_empty = row.body_ratio is not None and row.written < _LEAST_BYTES
    return replace(row, is_empty=is_empty and tells_calls)


def _is_steady(runs: Sequence[Run]) -> bool:
    """Whether the best one is no single stroke of luck."""
    best = sorted(run.body["cpu_s"] for run in runs if run.body)[:2]
    return len(best) > 1 and best[1] <= best[0] * (1 + _STEADY)


def _share(tried: Run, limits: Limits) -> float:
    """How much of the work a tool can do in time, by a small run, which warmed it up, too."""
    smallest = _SCALES[-1]
    if tried.body is None:
        return 1.0  # it cannot run at all; the row will say so
    for share in _SCALES:
        work = tried.body["cpu_s"] + tried.written / _BYTES_A_SECOND
        if _START_S + work * share / smallest <= limits.longest_s:
            return share
    return smallest


def row_of(
    tool: str, workload: str, share: float, plain: Sequence[Run], traced: Sequence[Run]
) -> Row:
    """The figures of some pairs of runs."""
    problem = _problem(plain, traced)
    floor = [each.body for each in plain if each.body]
    bodies = [each.body for each in traced if each.body]
    if not floor or not bodies:
        return Row(tool, workload, share, len(traced), problem=problem or "no result")
    plain_s = min(body["cpu_s"] for body in floor)
    body_s = min(body["cpu_s"] for body in bodies)
    last = traced[-1]
    target = str(last.body["pid"]) if last.body else ""
    others = [peak for process, peak in last.peaks_mb.items() if process != target]
    return Row(
        tool=tool,
        workload=workload,
        share=share,
        pairs=len(traced),
        body_ratio=body_s / plain_s,
        wall_ratio=min(body["wall_s"] for body in bodies) / min(body["wall_s"] for body in floor),
        plain_body_s=plain_s,
        spread=max(body["cpu_s"] for body in floor) / plain_s - 1,
        body_s=body_s,
        extra_cpu_s=min(each.cpu_s for each in traced) - min(each.cpu_s for each in plain),
        extra_wall_s=min(each.wall_s for each in traced) - min(each.wall_s for each in plain),
        extra_mb=max(each.target_mb for each in traced) - max(each.target_mb for each in plain),
        parent_mb=max(others, default=0.0),
        written=max(each.written for each in traced) - max(each.written for each in plain),
        problem=problem,
    )


def _problem(plain: Sequence[Run], traced: Sequence[Run]) -> str:
    """What of the last traced run a user would notice, or which side could not run."""
    before, after = plain[-1], traced[-1]
    if before.body is None:
        return f"cannot be run untraced: exit status {before.status}"
    if after.killed_for:
        return f"killed: {after.killed_for}"
    if after.body is None:
        return f"no result, exit status {after.status}: {after.last_error}"
    found = []
    if after.status != before.status:
        found.append(f"exit status {after.status} for {before.status}")
    if after.body["result"] != before.body["result"]:
        found.append("another result")
    if after.other_lines != before.other_lines:
        found.append("prints")
    return ", ".join(found)
