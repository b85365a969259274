"""Runs that failed: how far they came, why they ended, and what they said last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer.model.evidence import Evidence, Run
from tracer.model.failure import failure_line
from tracer.model.recording import RaisedException
from tracer.report.counted import plural
from tracer.report.quoting import Style, clipped, visible

_SAID_CHARACTERS = 140
_OUTPUT_LINES = 2
_FRAME = re.compile(r'^ *File "(.+)", line (\d+)', re.MULTILINE)  # of a traceback


def failure_lines(evidence: Evidence, style: Style) -> tuple[str, ...]:
    """Of each run that ended with another exit status than 0: why, where it was raised, its output.

    What ran before is evidence all the same. A run that we ended has no failure of its own: that
    its recording is cut stands elsewhere.
    """
    failed = [run for run in evidence.runs if run.exit_status and run.is_complete]
    return tuple(line for run in failed for line in _of(run, style))


def _of(run: Run, style: Style) -> Iterator[str]:
    command = style.code(clipped(visible(" ".join(run.workload.argv)), _SAID_CHARACTERS))
    why = failure_line(run.stderr_tail, run.stdout_tail)
    told = (
        f": {style.code(clipped(visible(why), _SAID_CHARACTERS))}" if why else ", and said nothing"
    )
    yield (
        f"{style.text(run.workload.name)} {command} ended with exit status {run.exit_status} after "
        f"{plural(run.calls, 'call')}{told}"
    )
    if raised := _raised(run, why):
        frame = raised.frame
        place = style.code(f"{frame.path}:{raised.line}")
        yield f"it left {place} in {style.code(f'{frame.module}.{frame.qualname}')}"
    output = [line.rstrip() for line in run.stdout_tail.splitlines() if line.strip()]
    for line in output[-_OUTPUT_LINES:]:
        if line.strip() != why:
            yield f"last on standard output: {style.code(clipped(visible(line), _SAID_CHARACTERS))}"


def _raised(run: Run, why: str) -> RaisedException | None:
    """The innermost frame of the namespace that the exception left, by the traceback: exceptions
    of one type that the program took care of may have left others before."""
    name = why.partition(":")[0]
    left = {(each.frame.path, each.line): each for each in run.exceptions if each.type_name == name}
    for place in reversed(_FRAME.findall(run.stderr_tail.rpartition("Traceback ")[2])):
        if (found := left.get((place[0], int(place[1])))) is not None:
            return found
    return None
