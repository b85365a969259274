"""Exceptions that runs saw leave functions of the answer: what no reading can tell."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.model.evidence import Evidence, Run
from tracer.model.recording import RaisedException
from tracer.report.leads import Leads
from tracer.report.names import Names, named_functions
from tracer.report.quoting import Style


def raised_lines(evidence: Evidence, leads: Leads, names: Names, style: Style) -> tuple[str, ...]:
    """One line for each exception, at the first place of the tree that it left.

    Those out of functions that the question names come first, then those of the best ways; tests
    and scripts raise for reasons of their own.
    """
    ids = {(f.path, f.qualname, f.first_line): f.id for f in evidence.functions}
    named, near = named_functions(evidence), set(leads.steps)
    found = []
    for run in evidence.runs:
        for first in _first_places(run):
            frame = first.frame
            function = ids.get((frame.path, frame.qualname, frame.first_line))
            if function in named or function in near:
                assert function is not None
                told = (
                    f"exception in run {style.text(run.workload.name)}: "
                    f"{style.code(first.type_name)} left {style.code(names.short(function))} at "
                    f"{style.code(f'{frame.path}:{first.line}')}"
                )
                times = f", {first.times} times" if first.times > 1 else ""
                found.append((function not in named, told + times))
    return tuple(dict.fromkeys(line for _, line in sorted(found, key=lambda each: each[0])))


def _first_places(run: Run) -> Iterator[RaisedException]:
    """The frames that one exception leaves follow one another; the first is the innermost."""
    before = ""
    for each in run.exceptions:
        if each.type_name != before:
            yield each
        before = each.type_name
