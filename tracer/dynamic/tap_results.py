"""What came of each tap: its readings beside its expectation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracer.dynamic.expectations import ExpectationError, judge, parse_expectation
from tracer.model.evidence import TapResult
from tracer.model.plan import Tap, TapMoment
from tracer.model.recording import Recording, TapReading

TAPS_SCHEMA = "tracer/taps/1"
NOT_READABLE = "not readable"
NOT_PLACED = "not placed"
NOT_ASKED = "not asked"  # no run was made with this tap, so that nobody knows whether it is reached


def tap_results(taps: Sequence[Tap], recordings: Sequence[Recording]) -> tuple[TapResult, ...]:
    """One result per tap, in the order of the taps: of the first run that reached it.

    A run in which the tap differs from its expectation comes before one in which it agrees: what
    contradicts must not be hidden behind what does not.
    """
    return tuple(_result(tap, recordings) for tap in taps)


def taps_document(results: Sequence[TapResult], readings: Sequence[TapReading]) -> dict[str, Any]:
    """The results and all that was kept of the readings, in the form of schema `tracer/taps/1`."""
    by_key = {reading.key: reading for reading in readings}
    return {
        "schema": TAPS_SCHEMA,
        "taps": [_described(result, by_key.get(result.tap.key)) for result in results],
    }


def _described(result: TapResult, reading: TapReading | None) -> dict[str, Any]:
    tap = result.tap
    described: dict[str, Any] = {
        "key": tap.key,
        "purpose": tap.purpose,
        "function": tap.function,
        "path": tap.path,
        "line": tap.line,
        "moment": tap.moment.value,
        "expression": tap.expression,
        "expected": tap.expected,
        "unit": tap.unit,
        "outcome": result.outcome,
        "detail": result.detail,
    }
    return {**described, **reading_fields(reading)} if reading is not None else described


def reading_fields(reading: TapReading) -> dict[str, Any]:
    """What was read at a tap, as JSON; `runs` are the first readings in order."""
    return {
        "hits": reading.hits,
        "values": list(reading.values),
        "counts": list(reading.counts),
        "others": reading.others,
        "others_between": list(reading.others_between) if reading.others_between else None,
        "first": reading.runs[0][0] if reading.runs else "",
        "last": reading.last,
        "runs": [[value, times] for value, times in reading.runs],
        "failures": reading.failures,
        "error": reading.error,
        "ran_code": reading.code_runs,
    }


def _result(tap: Tap, recordings: Sequence[Recording]) -> TapResult:
    if not recordings:
        return TapResult(tap, "not run")
    results = [
        _of_reading(tap, reading, recording.workload.name, recording.stand_ins is not None)
        for recording in recordings
        if _was_asked(tap, recording)
        for reading in recording.taps
        if reading.key == tap.key and (reading.hits or reading.error)
    ]
    if not results and not any(_was_asked(tap, recording) for recording in recordings):
        return TapResult(tap, NOT_ASKED, detail="the recordings were made without this tap")
    for outcome in ("differs", "as expected", "read"):
        for result in results:
            if result.outcome == outcome:
                return result
    return results[0] if results else TapResult(tap, "not reached")


def _was_asked(tap: Tap, recording: Recording) -> bool:
    """Whether a run had this tap; logs of before that was written are taken at their word."""
    return recording.asked_taps is None or (tap.key, asked_of(tap)) in recording.asked_taps


def _of_reading(tap: Tap, reading: TapReading, workload: str, has_stand_ins: bool) -> TapResult:
    if not reading.values:
        outcome = NOT_READABLE if reading.error else "read"
    else:
        outcome = judge(reading, tap.expected)
    told = [_detail(tap, reading, outcome), "read under stand-ins" if has_stand_ins else ""]
    detail = "; ".join(each for each in told if each)
    return TapResult(tap, outcome, reading.values, reading.hits, workload, detail)


def _detail(tap: Tap, reading: TapReading, outcome: str) -> str:
    told = []
    if reading.error:
        some = (
            f"{reading.failures:,} of {reading.hits:,} not read: "
            if reading.values and reading.failures
            else ""
        )
        told.append(some + reading.error)
    if reading.others:
        between = (
            f" between {reading.others_between[0]} and {reading.others_between[1]}"
            if reading.others_between
            else ""
        )
        plural = "reading" if reading.others == 1 else "readings"
        told.append(f"{reading.others:,} {plural} of other values{between}")
    if reading.code_runs:
        often = "once" if reading.code_runs == 1 else f"{reading.code_runs:,} times"
        told.append(f"code of the target was run to read it, {often}")
    if tap.expected and outcome == "read":
        try:
            parse_expectation(tap.expected)
            told.append("what was read does not tell whether it is as expected")
        except ExpectationError:
            told.append("what is expected is of no known form")
    return "; ".join(told)


def asked_of(tap: Tap) -> str:
    """What is read where: `len(cfg)@a.py:3:before`."""
    return f"{tap.expression}@{place_of(tap)}"


def place_of(tap: Tap) -> str:
    """The place as a specification names it: `a.py:3:before`, `a.py::C.f:entry`."""
    if tap.moment in (TapMoment.ENTRY, TapMoment.RETURN):
        return f"{tap.path}::{tap.function}:{tap.moment}"
    return f"{tap.path}:{tap.line}" + (":before" if tap.moment is TapMoment.BEFORE else "")
