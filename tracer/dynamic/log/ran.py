"""What else was seen of a run: lines, exceptions, opened files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from tracer.dynamic.effects import OPEN, times_of_effects
from tracer.dynamic.log.functions import Functions
from tracer.dynamic.log.records import Log
from tracer.dynamic.log.sums import Sums, add_sighting
from tracer.model.recording import Frame, ObservedLines, OpenedFile, RaisedException


def lines_that_ran(
    log: Log, functions: Functions, entered: Mapping[Frame, int]
) -> tuple[ObservedLines, ...]:
    """Args: `entered` tells how often each function began, also those without a line."""
    lines: dict[Frame, set[int]] = defaultdict(set)
    for frame in entered:
        lines[frame] = set()
    for record in log.by_kind["lines"]:
        code_id, ran = record["code"], record["add"]
        if code_id in functions.origins:
            ran = [own for line in ran if (own := functions.line(code_id, line))]
        lines[functions.frame(code_id)].update(ran)
    return tuple(
        ObservedLines(frame, entered.get(frame, 0), tuple(sorted(found)))
        for frame, found in sorted(lines.items())
    )


def raised_exceptions(log: Log, functions: Functions) -> tuple[RaisedException, ...]:
    found: Sums = {}
    for record in log.defined("raised"):
        code_id = record["code"]
        line = functions.line(code_id, record["line"])
        key = (functions.frame(code_id), line, record["type"])
        add_sighting(found, key, log.counts[record["n"]], record["n"])
    return tuple(
        RaisedException(frame, line, name, times, order)
        for (frame, line, name), (times, order) in sorted(found.items())
    )


def opened_files(log: Log, functions: Functions) -> tuple[OpenedFile, ...]:
    """Sorted by path; a file that nothing of the namespace opened has no caller."""
    found: Sums = {}
    for record in log.defined("opened"):  # logs of earlier versions
        code_id = record["code"]
        line, _ = functions.place(code_id, record["at"]) if code_id else (0, None)
        caller = functions.frame(code_id) if code_id else None
        key = (functions.paths.normal(record["path"]), record["mode"], caller, line)
        add_sighting(found, key, log.counts[record["n"]], record["n"])
    times = times_of_effects(log.by_kind)
    for record in log.by_kind["effect"]:
        if record["op"] == OPEN:
            place = next(iter(functions.chain(record)), None)
            caller, line = (None, 0) if place is None else (place.frame, place.line)
            key = (functions.paths.normal(record["path"]), record["mode"], caller, line)
            add_sighting(found, key, times.get(record["n"], 1), record["n"])
    opened = [
        OpenedFile(path, mode, caller, line, times, order)
        for (path, mode, caller, line), (times, order) in found.items()
    ]
    return tuple(sorted(opened, key=lambda file: (file.path, file.mode, file.order)))
