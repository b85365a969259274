"""Table 7a: an answer after one file was edited."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.static.corpus import Unit, make_tree
from benchmarks.static.minute import Answer, at_most
from benchmarks.static.packages import Package
from benchmarks.static.speed import SpeedOptions, pinned
from benchmarks.static.tables import Table
from benchmarks.static.tools import Program, Run, Tool

_TREE_KLOC = 50  # or what --max-kloc allows
_HEAD = (
    "tree", "tool", "first s", "again s", "after an edit s", "of the first",
    "the edited file's graph s", "note",
)  # fmt: skip
_INTRO = (
    "A copy, read, read again, and read after a function was added to its largest file: the median "
    "of several edits, each of another function. The tool's cache folder is kept meanwhile. The "
    "last time is that of the graph of the edited file alone, its callees in the other files "
    "included, after one more edit each. Peers, which keep nothing, on the last tree alone."
)


@dataclass(frozen=True, slots=True)
class _Edited:
    first: Run
    again: Run
    whole: list[Run]
    alone: list[Run]


def edit_table(
    tools: Sequence[Tool],
    packages: Sequence[Package],
    sources: Sequence[Unit],
    options: SpeedOptions,
) -> Table:
    """A row for each package and our own tool, and for a larger tree and every tool."""
    table = Table("7a Speed after an edit", _HEAD, intro=_INTRO)
    if not sources:
        table.notes.append("absent: no packages")
        return table
    for package in packages:
        for tool in tools:
            if tool.is_own and not tool.absent:
                _add(table, tool, package.program, options)
    with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
        kloc = min(_TREE_KLOC, options.max_kloc)
        program, _ = make_tree(sources, kloc, Path(folder).resolve())
        for tool in tools:
            if tool.absent:
                table.add_note_row(program.name, tool.name, note=tool.absent)
                continue
            edited = _add(table, tool, program, options)
            if tool is tools[0] and edited is not None:
                table.answers += _answers(program.name, edited)
    return table


def _add(table: Table, tool: Tool, program: Program, options: SpeedOptions) -> _Edited | None:
    print(f"speed after an edit: {tool.name} on {program.name}", file=sys.stderr)
    edited = _edit_and_rerun(tool, program, options)
    last = (edited.whole or [edited.again])[-1]
    if last.graph is None:
        table.add_note_row(program.name, tool.name, note=last.note)
        return None
    whole_s = _median_s(edited.whole)
    table.add(
        program.name,
        tool.name,
        f"{edited.first.wall_s:.2f}",
        f"{edited.again.wall_s:.2f}",
        f"{whole_s:.2f}",
        f"{whole_s / edited.first.wall_s:.2f}x",
        f"{_median_s(edited.alone):.2f}" if edited.alone else "-",
        "",
    )
    return edited


def _edit_and_rerun(tool: Tool, program: Program, options: SpeedOptions) -> _Edited:
    with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
        copy = _copy(program, Path(folder, "tree").resolve())
        cache = {"XDG_CACHE_HOME": str(Path(folder, "cache"))}
        first = pinned(tool, copy, options, cache)
        again = first if first.graph is None else pinned(tool, copy, options, cache)
        if again.graph is None:
            return _Edited(first, again, [], [])
        largest = max(copy.files, key=lambda file: file.stat().st_size)
        alone = replace(copy, files=(largest,))
        wholes: list[Run] = []
        alones: list[Run] = []
        for number in range(options.runs if tool.is_own else 1):
            _edit(largest, 2 * number)
            wholes.append(pinned(tool, copy, options, cache))
            if tool.is_own:
                _edit(largest, 2 * number + 1)
                alones.append(pinned(tool, alone, options, cache))
        return _Edited(first, again, wholes, alones)


def _copy(program: Program, root: Path) -> Program:
    files = []
    for file in program.files:
        target = root / file.relative_to(program.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        files.append(target)
    return Program(program.name, root, tuple(files))


def _edit(file: Path, number: int) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n\ndef _edited_{number}():\n    return sorted([{number}, 1])\n")


def _median_s(runs: Sequence[Run]) -> float:
    return statistics.median(run.wall_s for run in runs)


def _answers(name: str, edited: _Edited) -> list[Answer]:
    alone = [at_most(
        f"after an edit, {name}: the file's graph", _median_s(edited.alone), 0.5, " s", "asked"
    )] if edited.alone else []  # fmt: skip
    whole = f"after an edit, {name}: the whole graph"
    return [*alone, at_most(whole, _median_s(edited.whole), 0.5, " s", "asked")]
