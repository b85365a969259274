"""What a report needs to know of each run."""

from __future__ import annotations

from tracer.model.evidence import Run
from tracer.model.recording import Recording


def summarise_run(recording: Recording) -> Run:
    """The figures of one recording; opened files and exceptions by first sighting."""
    return Run(
        workload=recording.workload,
        is_complete=recording.is_complete,
        why_incomplete=recording.why_incomplete,
        exit_status=recording.exit_status,
        python=recording.python,
        backend=recording.backend,
        calls=sum(call.calls for call in recording.calls),
        edges=sum(call.caller is not None for call in recording.calls),
        functions=len({line.frame for line in recording.lines}),
        exceptions=tuple(sorted(recording.exceptions, key=lambda raised: raised.order)),
        opened=tuple(sorted(recording.opened, key=lambda opened: opened.order)),
        cannot_see=recording.cannot_see,
        stderr_tail=recording.stderr_tail,
        watched=recording.watched,
    )
