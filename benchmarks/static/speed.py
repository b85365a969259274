"""Table 7: seconds and memory, one process on one core, beside the floor of parsing."""

from __future__ import annotations

import math
import os
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.static.definitions import count_lines, python_files
from benchmarks.static.measuring import Limits, measure
from benchmarks.static.packages import Package
from benchmarks.static.tables import Table
from benchmarks.static.tools import NOT_SUPPORTED, Program, Run, Tool, run_tool

CURVE_KLOC = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_FROM_KLOC = 10  # below, what a start costs hides the rest
_PARSE = (
    "import ast, sys\n"
    "for name in open(sys.argv[1], encoding='utf-8').read().splitlines():\n"
    "    try:\n"
    "        ast.parse(open(name, 'rb').read())\n"
    "    except (SyntaxError, ValueError):\n"
    "        pass\n"
)
_EDIT = "\n\ndef _edited_by_the_benchmark():\n    return sorted([2, 1])\n"


@dataclass(frozen=True, slots=True)
class SpeedOptions:
    """How much is measured."""

    runs: int = 3
    max_kloc: int = 200
    core: int | None = 0
    limits: Limits = field(default_factory=Limits)


def speed_tables(
    tools: Sequence[Tool], packages: Sequence[Package], options: SpeedOptions
) -> list[Table]:
    """Cold runs of each package, a run after an edit, and the curve over sizes."""
    pinned = "not pinned" if options.core is None else f"pinned to core {options.core}"
    how = f"One process, {pinned}; {options.runs} runs; an absolute time says little elsewhere."
    return [
        _cold(tools, packages, options, how),
        _warm(tools, packages, options),
        _curve(tools, packages, options),
    ]


def growth(points: Sequence[tuple[float, float]]) -> float | None:
    """The exponent of size in seconds, by least squares over the logarithms."""
    usable = [(math.log(size), math.log(seconds)) for size, seconds in points if seconds > 0]
    if len({size for size, _ in usable}) < 2:
        return None
    return statistics.linear_regression(*zip(*usable, strict=True)).slope


def copies(packages: Sequence[Package], kloc: int, into: Path) -> Program:
    """A tree of so many kLoC: copies of packages under top-level names of their own.

    Whole packages alternate; the last one is cut off after the file that reaches the size. The
    copies' absolute imports name the copy.
    """
    wanted, lines, number = kloc * 1000, 0, 0
    sources = [package for package in packages if package.program.files]
    texts: dict[Path, bytes] = {}
    while lines < wanted:
        package = sources[number % len(sources)]
        top = package.program.files[0].relative_to(package.program.root).parts[0]
        old = top.removesuffix(".py")
        new = f"{old}_{number}"
        imports = re.compile(rf"^(\s*(?:from|import)\s+){re.escape(old)}\b".encode(), re.MULTILINE)
        for file in package.program.files:
            if lines >= wanted:
                break
            if file not in texts:
                texts[file] = file.read_bytes()
            text = imports.sub(rf"\g<1>{new}".encode(), texts[file])
            parts = file.relative_to(package.program.root).parts
            target = into.joinpath(parts[0].replace(old, new, 1), *parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
            lines += len(text.splitlines())
        number += 1
    return Program(f"{kloc} kLoC", into, tuple(python_files(into)))


def _cold(
    tools: Sequence[Tool], packages: Sequence[Package], options: SpeedOptions, how: str
) -> Table:
    head = ("package", "LoC", "tool", "min s", "median s", "s/kLoC", "of the floor", "peak MB",
            "note")  # fmt: skip
    floor_is = "Floor: a Python process that parses the same files with `ast`, start included."
    table = Table("7 Speed, cold", head, intro=f"{how} {floor_is}")
    if not packages:
        table.notes.append("absent: no packages")
    for package in packages:
        name, lines = package.program.name, package.lines
        floors = [_floor(package.program, options) for _ in range(options.runs)]
        floor_s = statistics.median(run.wall_s for run in floors)
        _add_times(table, name, lines, "floor: ast.parse", floors, floor_s)
        for tool in tools:
            if tool.absent:
                table.add_note_row(name, lines, tool.name, note=tool.absent)
                continue
            _add_times(table, name, lines, tool.name, _times(tool, package, options), floor_s)
    return table


def _times(tool: Tool, package: Package, options: SpeedOptions) -> list[Run]:
    runs: list[Run] = []
    for _ in range(options.runs):
        runs.append(_pinned(tool, package.program, options))
        if runs[-1].graph is None:
            break  # what fails once would only fail slowly again
    return runs


def _add_times(
    table: Table, package: str, lines: int, tool: str, runs: Sequence[Run], floor_s: float
) -> None:
    if runs[-1].note == NOT_SUPPORTED:
        table.add_note_row(package, lines, tool, note=NOT_SUPPORTED)
        return
    walls = [run.wall_s for run in runs]
    median_s = statistics.median(walls)
    table.add(
        package,
        lines,
        tool,
        f"{min(walls):.2f}",
        f"{median_s:.2f}",
        f"{1000 * median_s / lines:.3f}" if lines else "-",
        f"{median_s / floor_s:.1f}x",
        f"{max(run.peak_mb for run in runs):.0f}",
        runs[-1].note,
    )


def _warm(tools: Sequence[Tool], packages: Sequence[Package], options: SpeedOptions) -> Table:
    head = ("package", "tool", "first s", "again s", "after an edit s", "of the first", "note")
    intro = (
        "A copy of the package, read, read again, and read after a function was added to its "
        "largest file. The tool's cache folder is kept between the three."
    )
    table = Table("7a Speed, warm", head, intro=intro)
    for package in packages:
        for tool in tools:
            name = package.program.name
            if tool.absent:
                table.add_note_row(name, tool.name, note=tool.absent)
                continue
            first, again, edited = _edit_and_rerun(tool, package, options)
            if edited.graph is None:
                table.add_note_row(name, tool.name, note=edited.note)
                continue
            table.add(
                name,
                tool.name,
                *(f"{run.wall_s:.2f}" for run in (first, again, edited)),
                f"{edited.wall_s / first.wall_s:.2f}x",
                "",
            )
    return table


def _edit_and_rerun(tool: Tool, package: Package, options: SpeedOptions) -> tuple[Run, Run, Run]:
    with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
        root = Path(folder, "tree")
        files = []
        for file in package.program.files:
            target = root / file.relative_to(package.program.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            files.append(target)
        program = Program(package.program.name, root, tuple(files), package.program.context)
        cache = {"XDG_CACHE_HOME": str(Path(folder, "cache"))}
        first = _pinned(tool, program, options, cache)
        again = first if first.graph is None else _pinned(tool, program, options, cache)
        largest = max(files, key=lambda file: file.stat().st_size)
        with largest.open("a", encoding="utf-8") as stream:
            stream.write(_EDIT)
        edited = again if again.graph is None else _pinned(tool, program, options, cache)
        return first, again, edited


def _curve(tools: Sequence[Tool], packages: Sequence[Package], options: SpeedOptions) -> Table:
    sizes = [kloc for kloc in CURVE_KLOC if kloc <= options.max_kloc]
    head = ("tool", *(f"{kloc} kLoC s" for kloc in sizes), "largest: peak MB", "exponent",
            f"exponent from {_FROM_KLOC} kLoC", "note")  # fmt: skip
    intro = (
        "Copies of the packages under top-level names of their own, one run each. Exponent: of "
        "size in seconds, by least squares over the logarithms. A tool stops at its first failure."
    )
    table = Table("7b Speed by size", head, intro=intro)
    if options.max_kloc < CURVE_KLOC[-1]:
        table.notes.append(f"bounded by --max-kloc {options.max_kloc}")
    if not packages:
        table.notes.append("absent: no packages")
        return table
    names = ["floor: ast.parse", *(tool.name for tool in tools)]
    runs: dict[str, list[tuple[float, Run]]] = {name: [] for name in names}
    for kloc in sizes:
        with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
            program = copies(packages, kloc, Path(folder))
            exact_kloc = count_lines(program.files) / 1000
            print(f"speed by size: {kloc} kLoC", file=sys.stderr)
            runs[names[0]].append((exact_kloc, _floor(program, options)))
            for tool in tools:
                done = runs[tool.name]
                if not tool.absent and (not done or done[-1][1].graph is not None):
                    done.append((exact_kloc, _pinned(tool, program, options)))
    for name in names:
        _add_curve(table, name, runs[name], len(sizes))
    for tool in tools:
        if tool.absent:
            table.add_note_row(tool.name, note=tool.absent)
    return table


def _add_curve(table: Table, name: str, runs: Sequence[tuple[float, Run]], sizes: int) -> None:
    if not runs:
        return  # absent: its own row says so
    good = [(kloc, run.wall_s) for kloc, run in runs if run.graph is not None]
    cells = [f"{run.wall_s:.2f}" if run.graph is not None else "-" for _, run in runs]
    cells += ["-"] * (sizes - len(cells))
    peak_mb = max((run.peak_mb for _, run in runs if run.graph is not None), default=0.0)
    exponents = [growth(good), growth([point for point in good if point[0] >= 0.9 * _FROM_KLOC])]
    shown = ["-" if exponent is None else f"{exponent:.2f}" for exponent in exponents]
    note = next((run.note for _, run in runs if run.graph is None), "")
    table.add(name, *cells, f"{peak_mb:.0f}", *shown, note)


def _pinned(
    tool: Tool, program: Program, options: SpeedOptions, environment: dict[str, str] | None = None
) -> Run:
    return run_tool(tool, program, options.limits, environment, options.core)


def _floor(program: Program, options: SpeedOptions) -> Run:
    """Parsing alone; an empty graph, so that it reads as a run that went well."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as listing:
        listing.write("".join(f"{file}{os.linesep}" for file in program.files))
        listing.flush()
        command = [sys.executable, "-W", "ignore", "-c", _PARSE, listing.name]
        measured = measure(command, options.limits, core=options.core)
    return Run(graph={}, wall_s=measured.wall_s, peak_mb=measured.peak_mb)
