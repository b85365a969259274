"""Table 7b: what a second process gains on reading."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.static.corpus import Unit, make_tree
from benchmarks.static.measuring import measure
from benchmarks.static.minute import at_least
from benchmarks.static.speed import SpeedOptions
from benchmarks.static.tables import Table
from benchmarks.static.tools import PROJECT, Tool

_SIZES_KLOC = (50, 200)
_HEAD = ("tree", "files", "one core s", "two cores s", "gain", "gain of the minima", "note")
_INTRO = (
    "Reading alone (every file to its summary, nothing cached), once held to one core and once to "
    "two, in turn; medians. The tool decides by itself how many processes it starts. The gain is "
    "smaller than it could be where others use the machine."
)
_SCRIPT = Path(__file__).with_name("read_once.py")


def reading_table(python: str, own: Tool, sources: Sequence[Unit], options: SpeedOptions) -> Table:
    """A row for each size."""
    table = Table("7b Reading with two processes", _HEAD, intro=_INTRO)
    cores = sorted(os.sched_getaffinity(0))
    if own.absent or not sources:
        table.notes.append(own.absent or "absent: no packages")
        return table
    if len(cores) < 2:
        table.notes.append("not measured: this machine gives one core")
        return table
    first = options.core if options.core in cores else cores[0]
    other = next(core for core in cores if core != first)
    for kloc in _SIZES_KLOC:
        if kloc > options.max_kloc:
            continue
        with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
            program, _ = make_tree(sources, kloc, Path(folder).resolve())
            print(f"reading: {kloc} kLoC", file=sys.stderr)
            one, two = [], []
            for _ in range(max(3, options.runs)):
                one.append(_read_s(python, program.root, (first,), options))
                two.append(_read_s(python, program.root, (first, other), options))
        if None in one or None in two:
            table.add_note_row(program.name, len(program.files), note="failed")
            continue
        ones, twos = [s for s in one if s], [s for s in two if s]
        gain = statistics.median(ones) / statistics.median(twos)
        table.add(
            program.name, len(program.files), f"{statistics.median(ones):.2f}",
            f"{statistics.median(twos):.2f}", f"{gain:.2f}x", f"{min(ones) / min(twos):.2f}x", "",
        )  # fmt: skip
        if kloc == _SIZES_KLOC[-1]:
            question = f"two processes on reading, {program.name}"
            table.answers.append(at_least(question, gain, 1.7, " x", "asked"))
    return table


def _read_s(python: str, root: Path, cores: tuple[int, ...], options: SpeedOptions) -> float | None:
    with tempfile.TemporaryDirectory(prefix="static-suite-") as cache:
        environment = {
            "PYTHONPATH": str(PROJECT),
            "PYTHONHASHSEED": "0",
            "XDG_CACHE_HOME": cache,
        }
        command = [python, str(_SCRIPT), str(root)]
        measured = measure(command, options.limits, environment, cores)
    try:
        return float(json.loads(measured.output)["seconds"])
    except (ValueError, KeyError):
        print(measured.errors, file=sys.stderr)
        return None
