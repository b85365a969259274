"""Table 7c: seconds and memory over sizes, from 1 kLoC to 1 MLoC."""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.static.corpus import Unit, make_tree
from benchmarks.static.definitions import count_lines
from benchmarks.static.minute import Answer, best
from benchmarks.static.speed import FLOOR, SpeedOptions, parse_only
from benchmarks.static.tables import Table
from benchmarks.static.tools import Program, Run, Tool, run_tool

CURVE_KLOC = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_FROM_KLOC = 10  # below, what a start costs hides the rest
_SEVERAL_TO_KLOC = 20
_NO_TIME = "not run: --curve-budget was used up"
_INTRO = (
    "Trees of real packages under top-level names of their own, whose imports of each other are "
    "not kept; first the packages of the suite, the smallest first, then those of `--corpus` by "
    "name. Medians of some runs up to 20 kLoC, one run above. `e` is the exponent of size in "
    "seconds (or in MB) from 10 kLoC on, by least squares over the logarithms: 1 is linear. A tool "
    "stops at its first failure."
)


@dataclass(frozen=True, slots=True)
class _Point:
    kloc: float
    wall_s: float
    cpu_s: float
    peak_mb: float
    note: str


def curve_table(tools: Sequence[Tool], sources: Sequence[Unit], options: SpeedOptions) -> Table:
    """A row for each tool: seconds and peak memory by size, and both exponents."""
    sizes = [kloc for kloc in CURVE_KLOC if kloc <= options.max_kloc]
    head = ("tool", *(f"{kloc} kLoC" for kloc in sizes), "s: e", "CPU s: e", "MB: e", "note")
    limits = options.curve_limits
    intro = f"{_INTRO} Limits: {limits.timeout_s:g} s, {limits.memory_mb:.0f} MB."
    table = Table("7c Speed by size", head, intro=intro)
    if options.max_kloc < CURVE_KLOC[-1]:
        table.notes.append(f"bounded by --max-kloc {options.max_kloc}")
    if not sources:
        table.notes.append("absent: no packages")
        return table
    points: dict[str, list[_Point]] = {FLOOR: []}
    points.update({tool.name: [] for tool in tools if not tool.absent})
    ends_at = time.perf_counter() + options.curve_budget_s
    for kloc in sizes:
        with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
            program, rounds = make_tree(sources, kloc, Path(folder).resolve())
            if rounds > 1 and not any("again" in note for note in table.notes):
                table.notes.append(f"from {kloc} kLoC on, the same sources come again as copies")
            _measure_size(points, tools, program, kloc, options, ends_at)
    for name, measured in points.items():
        _add_row(table, name, measured, len(sizes))
    for tool in tools:
        if tool.absent:
            table.add_note_row(tool.name, note=tool.absent)
    table.answers += _answers(tools[0].name, points)
    return table


def growth(points: Sequence[tuple[float, float]]) -> float | None:
    """The exponent of size in seconds, by least squares over the logarithms."""
    usable = [(math.log(size), math.log(seconds)) for size, seconds in points if seconds > 0]
    if len({size for size, _ in usable}) < 2:
        return None
    return statistics.linear_regression(*zip(*usable, strict=True)).slope


def _measure_size(
    points: dict[str, list[_Point]],
    tools: Sequence[Tool],
    program: Program,
    kloc: int,
    options: SpeedOptions,
    ends_at: float,
) -> None:
    exact_kloc = count_lines(program.files) / 1000
    points[FLOOR].append(_point(exact_kloc, [parse_only(program, options)]))
    for tool in tools:
        if tool.absent or (points[tool.name] and points[tool.name][-1].note):
            continue
        print(f"speed by size: {tool.name} on {kloc} kLoC", file=sys.stderr)
        left_s = ends_at - time.perf_counter()
        if left_s <= 0:
            points[tool.name].append(_point(exact_kloc, [Run(note=_NO_TIME)]))
            continue
        limits = replace(
            options.curve_limits, timeout_s=round(min(options.curve_limits.timeout_s, left_s), 1)
        )
        runs: list[Run] = []
        for _ in range(options.runs if kloc <= _SEVERAL_TO_KLOC else 1):
            runs.append(run_tool(tool, program, limits, cores=options.cores))
            if runs[-1].graph is None:
                break
        points[tool.name].append(_point(exact_kloc, runs))


def _point(kloc: float, runs: Sequence[Run]) -> _Point:
    wall_s = statistics.median(run.wall_s for run in runs)
    cpu_s = statistics.median(run.cpu_s for run in runs)
    return _Point(kloc, wall_s, cpu_s, max(run.peak_mb for run in runs), runs[-1].note)


def _add_row(table: Table, name: str, points: Sequence[_Point], sizes: int) -> None:
    cells = ["-" if p.note else f"{p.wall_s:.2f} s, {p.peak_mb:.0f} MB" for p in points]
    cells += ["-"] * (sizes - len(cells))
    exponents = [
        exponent(points, measure)
        for measure in (lambda p: p.wall_s, lambda p: p.cpu_s, lambda p: p.peak_mb)
    ]
    shown = ["-" if found is None else f"{found:.2f}" for found in exponents]
    table.add(name, *cells, *shown, next((p.note for p in points if p.note), ""))


def exponent(points: Sequence[_Point], of: Callable[[_Point], float]) -> float | None:
    """From 10 kLoC on; a tree may be a few lines short of its name."""
    return growth([(p.kloc, of(p)) for p in points if not p.note and p.kloc >= 0.9 * _FROM_KLOC])


def _answers(own: str, points: dict[str, list[_Point]]) -> list[Answer]:
    good = [point for point in points.get(own, ()) if not point.note]
    if not good:
        return []
    last = good[-1]
    slope = exponent(good, lambda point: point.wall_s)
    slopes = [
        (name, found)
        for name, measured in points.items()
        if name not in (own, FLOOR)
        and len([point for point in measured if not point.note]) == len(good)
        and (found := exponent(measured, lambda point: point.wall_s)) is not None
    ]
    return [
        Answer(
            f"largest tree read, {last.kloc:.0f} kLoC",
            f"{last.wall_s:.0f} s, {last.peak_mb:.0f} MB",
        ),
        Answer(
            "exponent of size in seconds",
            "-" if slope is None else f"{slope:.2f}",
            peer=best(slopes, "", is_low_good=True),
        ),
    ]
