"""What the log says of one tap, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tracer.model.recording import TapReading


def tap_reading(
    key: str, records: Sequence[dict[str, Any]], portable: Callable[[str], str]
) -> TapReading:
    """One reading from the records of a tap, in the order of the log.

    Each record tells what is new (`from`, `runs_from`); older logs tell all again each time.

    Args:
        portable: Makes the paths of a machine in a summary read the same anywhere. Summaries that
            are the same then are one, with their counts added.
    """
    values: list[str] = []
    runs: list[tuple[str, int]] = []
    for record in records:
        values[record.get("from", 0) :] = record["values"]
        if "runs" in record:
            runs[record["runs_from"] :] = [(value, times) for value, times in record["runs"]]
    latest = records[-1]
    runs += [(value, times) for value, times in latest.get("open_run", ())]
    counts: dict[str, int] = {}
    known = latest.get("counts") or [0] * len(values)
    for value, count in zip(values, known, strict=False):
        shown = portable(value)
        counts[shown] = counts.get(shown, 0) + count
    between = latest.get("between")
    return TapReading(
        key=key,
        hits=latest["hits"],
        values=tuple(counts),
        error=latest["error"],
        counts=tuple(counts.values()) if "counts" in latest else (),
        others=latest.get("others", 0),
        others_between=(between[0], between[1]) if between else None,
        last=portable(latest.get("last", "")),
        runs=_joined([(portable(value), times) for value, times in runs]),
        failures=latest.get("failures", 0),
        code_runs=latest.get("code_runs", 0),
    )


def _joined(runs: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Equal neighbours once."""
    found: list[tuple[str, int]] = []
    for value, times in runs:
        if found and found[-1][0] == value:
            found[-1] = (value, found[-1][1] + times)
        else:
            found.append((value, times))
    return tuple(found)
