"""What a report needs to know of each run, and of each tap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tracer.dynamic.taps import judge
from tracer.model.evidence import Run, StandInSummary, TapResult
from tracer.model.plan import Tap
from tracer.model.recording import Recording

_NAMES_SHOWN = 10


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
        stand_ins=_stand_ins(recording),
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


def tap_results(taps: Sequence[Tap], recordings: Sequence[Recording]) -> tuple[TapResult, ...]:
    """One result per tap, in the order of the taps: of the first run that reached it.

    A run in which the tap differs from its expectation comes before one in which it agrees: what
    contradicts must not be hidden behind what does not.
    """
    return tuple(_result(tap, recordings) for tap in taps)


def _result(tap: Tap, recordings: Sequence[Recording]) -> TapResult:
    if not recordings:
        return TapResult(tap, "not run")
    results: list[TapResult] = []
    for recording in recordings:
        for reading in recording.taps:
            if reading.key != tap.key or not (reading.hits or reading.error):
                continue
            results.append(
                TapResult(
                    tap,
                    judge(reading, tap.expected) if not reading.error else "not readable",
                    reading.values,
                    reading.hits,
                    recording.workload.name,
                    reading.error or ("read under stand-ins" if recording.stand_ins else ""),
                )
            )
    for outcome in ("differs", "as expected", "read"):
        for result in results:
            if result.outcome == outcome:
                return result
    return results[0] if results else TapResult(tap, "not reached")
