"""Table 7: seconds and memory, one process on one core, beside the floor of parsing."""

from __future__ import annotations

import math
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.limited import Limits
from benchmarks.static.measuring import measure
from benchmarks.static.minute import Answer, at_most, best
from benchmarks.static.packages import Package
from benchmarks.static.tables import Table
from benchmarks.static.tools import NOT_SUPPORTED, Program, Run, Tool, run_tool

FLOOR = "floor: ast.parse"
_LARGE = "networkx"  # whose memory was asked about
_PARSE = (
    "import ast, sys\n"
    "for name in open(sys.argv[1], encoding='utf-8').read().splitlines():\n"
    "    try:\n"
    "        ast.parse(open(name, 'rb').read())\n"
    "    except (SyntaxError, ValueError):\n"
    "        pass\n"
)
_HEAD = (
    "package", "LoC", "tool", "min s", "median s", "s/kLoC", "CPU s/kLoC", "of the floor",
    "peak MB", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpeedOptions:
    """How much is measured.

    Attributes:
        core: The one core of all rows but those that ask for two; None pins to none.
        limits: Of all runs but those over sizes.
        curve_limits: Of the runs over sizes.
        curve_budget_s: For all of them together; no run begins after, and none goes on for longer.
    """

    runs: int = 3
    max_kloc: int = 200
    core: int | None = 0
    limits: Limits = field(default_factory=Limits)
    curve_limits: Limits = field(default_factory=Limits)
    curve_budget_s: float = math.inf

    @property
    def cores(self) -> tuple[int, ...]:
        return () if self.core is None else (self.core,)


def cold_table(tools: Sequence[Tool], packages: Sequence[Package], options: SpeedOptions) -> Table:
    """Cold runs of each package, and the sums over all."""
    pinned = "not pinned" if options.core is None else f"pinned to core {options.core}"
    intro = (
        f"One process, {pinned}; {options.runs} runs, without any cache of earlier ones; an "
        "absolute time says little elsewhere, and CPU seconds are steadier where others use the "
        "machine. Floor: a Python process that parses the same files with `ast`, start included."
    )
    table = Table("7 Speed, cold", _HEAD, intro=intro)
    if not packages:
        table.notes.append("absent: no packages")
    done: dict[str, dict[str, list[Run]]] = {}
    for package in packages:
        name, lines = package.program.name, package.lines
        floors = [parse_only(package.program, options) for _ in range(options.runs)]
        done.setdefault(FLOOR, {})[name] = floors
        floor_s = _median_s(floors)
        _add_times(table, name, lines, FLOOR, floors, floor_s)
        for tool in tools:
            if tool.absent:
                table.add_note_row(name, lines, tool.name, note=tool.absent)
                continue
            runs = _times(tool, package, options)
            done.setdefault(tool.name, {})[name] = runs
            _add_times(table, name, lines, tool.name, runs, floor_s)
    lines_of = {package.program.name: package.lines for package in packages}
    for tool_name, by_package in done.items():
        _add_total(table, tool_name, by_package, lines_of)
    table.answers += _answers(tools, done, lines_of)
    return table


def pinned(
    tool: Tool, program: Program, options: SpeedOptions, environment: dict[str, str] | None = None
) -> Run:
    """A run on the one core."""
    return run_tool(tool, program, options.limits, environment, options.cores)


def parse_only(program: Program, options: SpeedOptions) -> Run:
    """Parsing alone; an empty graph, so that it reads as a run that went well."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as listing:
        listing.write("".join(f"{file}{os.linesep}" for file in program.files))
        listing.flush()
        command = [sys.executable, "-W", "ignore", "-c", _PARSE, listing.name]
        measured = measure(command, options.curve_limits, cores=options.cores)
    return Run({}, wall_s=measured.wall_s, cpu_s=measured.cpu_s, peak_mb=measured.peak_mb)


def _times(tool: Tool, package: Package, options: SpeedOptions) -> list[Run]:
    runs: list[Run] = []
    for _ in range(options.runs):
        print(f"speed: {tool.name} on {package.program.name}", file=sys.stderr)
        runs.append(pinned(tool, package.program, options))
        if runs[-1].graph is None:
            break  # what fails once would only fail slowly again
    return runs


def _add_times(
    table: Table, package: str, lines: int, tool: str, runs: Sequence[Run], floor_s: float
) -> None:
    if runs[-1].graph is None and runs[-1].note == NOT_SUPPORTED:
        table.add_note_row(package, lines, tool, note=NOT_SUPPORTED)
        return
    cpu_s, median_s = _median_cpu_s(runs), _median_s(runs)
    table.add(
        package,
        lines,
        tool,
        f"{min(run.wall_s for run in runs):.2f}",
        f"{median_s:.2f}",
        _per_kloc(median_s, lines),
        _per_kloc(cpu_s, lines),
        f"{median_s / floor_s:.1f}x",
        f"{max(run.peak_mb for run in runs):.0f}",
        runs[-1].note,
    )


def _add_total(
    table: Table, tool: str, by_package: Mapping[str, Sequence[Run]], lines_of: Mapping[str, int]
) -> None:
    """Over the packages that the tool could read."""
    good = {name: runs for name, runs in by_package.items() if runs[-1].graph is not None}
    lines = sum(lines_of[name] for name in good)
    missing = len(by_package) - len(good)
    note = f"{missing} of {len(by_package)} left out" if missing else ""
    if not lines:
        table.add_note_row("TOTAL", 0, tool, note=note)
        return
    median_s = sum(_median_s(runs) for runs in good.values())
    cpu_s = sum(_median_cpu_s(runs) for runs in good.values())
    peak_mb = max(run.peak_mb for runs in good.values() for run in runs)
    table.add(
        "TOTAL", lines, tool, "", f"{median_s:.2f}", _per_kloc(median_s, lines),
        _per_kloc(cpu_s, lines), "", f"{peak_mb:.0f}", note,
    )  # fmt: skip


def _answers(
    tools: Sequence[Tool],
    done: Mapping[str, Mapping[str, Sequence[Run]]],
    lines_of: Mapping[str, int],
) -> list[Answer]:
    own = tools[0].name
    walls = {
        tool: {name: 1000 * _median_s(runs) / lines_of[name] for name, runs in by_package.items()}
        for tool, by_package in done.items()
        if all(runs[-1].graph is not None for runs in by_package.values())
    }
    if own not in walls:
        return []
    kloc = sum(lines_of.values()) / 1000
    seconds = {tool: sum(_median_s(runs) for runs in done[tool].values()) / kloc for tool in walls}
    cpu = {tool: sum(_median_cpu_s(runs) for runs in done[tool].values()) / kloc for tool in walls}
    peers = [(tool, each) for tool, each in seconds.items() if tool not in (own, FLOOR)]
    cpu_peers = [(tool, cpu[tool]) for tool, _ in peers]
    uneven = max(walls[own].values()) / statistics.median(walls[own].values())
    answers = [
        at_most(
            f"cold, all {kloc:.0f} kLoC", seconds[own], 0.08, " s/kLoC", "asked",
            best(peers, " s/kLoC", is_low_good=True),
        ),
        Answer(
            "the same in CPU seconds", f"{cpu[own]:.3g} s/kLoC",
            peer=best(cpu_peers, " s/kLoC", is_low_good=True),
        ),
        at_most("slowest package against the median", uneven, 3, " x", "asked"),
    ]  # fmt: skip
    if _LARGE in done[own]:
        peaks = [
            (tool, max(run.peak_mb for run in done[tool][_LARGE]))
            for tool in done
            if tool not in (own, FLOOR) and done[tool][_LARGE][-1].graph is not None
        ]
        peak_mb = max(run.peak_mb for run in done[own][_LARGE])
        peer = best(peaks, " MB", is_low_good=True)
        answers.append(at_most(f"memory on {_LARGE}", peak_mb, 500, " MB", "asked", peer))
    return answers


def _median_s(runs: Sequence[Run]) -> float:
    return statistics.median(run.wall_s for run in runs)


def _median_cpu_s(runs: Sequence[Run]) -> float:
    return statistics.median(run.cpu_s for run in runs)


def _per_kloc(seconds: float, lines: int) -> str:
    return f"{1000 * seconds / lines:.3f}" if lines else "-"
