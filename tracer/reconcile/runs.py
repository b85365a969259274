"""What a report needs to know of each run."""

from __future__ import annotations

from collections import Counter

from tracer.dynamic.ledger import make_ledger
from tracer.model.evidence import ExecutedSummary, Run, StandInSummary
from tracer.model.recording import Recording
from tracer.static.quoting import redact_secrets

_NAMES_SHOWN = 10
_CONTEXTS_SHOWN = 3


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
        stderr_tail=redact_secrets(recording.stderr_tail),
        stdout_tail=redact_secrets(recording.stdout_tail),
        watched=recording.watched,
        ledger=make_ledger(recording.effects),
        stand_ins=_stand_ins(recording),
        executed=_executed(recording),
        tests=len(recording.tests),
    )


def _executed(recording: Recording) -> ExecutedSummary | None:
    found = recording.executed
    if found is None:
        return None
    return ExecutedSummary(
        tool=found.tool,
        source=found.source,
        has_arcs=found.has_arcs,
        files=len(found.files),
        left_out=found.left_out,
        contexts=len(found.contexts),
        first_contexts=found.contexts[:_CONTEXTS_SHOWN],
    )


def _stand_ins(recording: Recording) -> StandInSummary | None:
    found = recording.stand_ins
    if found is None:
        return None
    counts: Counter[str] = Counter()
    for use in found.invented:
        counts[use.name] += use.times
    return StandInSummary(
        asked_for=found.asked_for,
        modules=found.modules,
        invented=counts.total(),
        names=len(counts),
        by_recipe=sum(use.times for use in found.uses) - counts.total(),
        first=next(iter(found.invented), None),
        most_used=tuple(
            sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_NAMES_SHOWN]
        ),
    )
