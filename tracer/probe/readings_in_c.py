"""A tap whose readings are kept in C, and read there where no code has a say in them.

What is bounded and told is the same as in `readings`; C asks Python for what is no scalar of an
exact type, and for names that lie in cells, in classes and in modules.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from . import values
from .reading import NeedsCode, Said, Unreadable
from .readings import MOST_RUNS, MOST_VALUES, Caller, Parts, record_of
from .signals import raise_again
from .statics import MISSING, type_name

_STEPS = {"attr": (str,), "item": (str, int), "len": (type(None),)}
_OF_FOREIGN_ARRAYS = "shape"  # an attribute that a class may well compute


def accelerate(tap: Any, c: Any, recorder: Any, is_traced: bool) -> None:
    """Keep what is read at a tap in C from now on; nothing was read yet.

    Args:
        is_traced: Whether it is read in a trace function, which must not be lost.
    """
    made = _make(c, tap.parts, recorder, is_traced)
    tap.in_c, tap.read, tap.note, tap.place, tap.forget = made[:5]
    tap.keep_news(made[5])


def _steps_in_c(steps: list[list[Any]] | None, is_secret: bool) -> tuple[str | None, Any]:
    """The local that an expression begins with, and its other steps; None: Python has to read."""
    if not steps or is_secret or steps[0][0] != "name" or steps[0][1] == "return":
        return None, []
    for step, argument in steps[1:]:
        if type(argument) not in _STEPS.get(step, ()) or argument == _OF_FOREIGN_ARRAYS:
            return None, []
    return steps[0][1], [(step, argument) for step, argument in steps[1:]]


def _make(c: Any, parts: Parts, recorder: Any, is_traced: bool) -> tuple[Any, ...]:
    fetch, further, is_secret = parts.fetch, parts.further, parts.is_secret
    caller = None if parts.calling is None else Caller(parts.calling)
    arrived = recorder.arrived
    failures = sent_hits = sent_values = sent_runs = 0
    error = sent_error = ""
    add_reading, add_said, readings = c.add_reading, c.add_said, c.readings

    def read(frame: FrameType, returned: Any = MISSING) -> None:
        try:
            value = fetch(frame, returned)
            for reader, argument in further:
                value = reader(value, argument)
            add(value)
        except NeedsCode as why:
            if caller is None:
                fail(str(why))
            else:
                call(caller, frame, returned)
        except Unreadable as why:
            fail(str(why))
        except Exception as trouble:
            fail(f"reading it failed: {type_name(type(trouble))}")

    def call(caller: Callable[[FrameType, Any], Any], frame: FrameType, returned: Any) -> None:
        try:
            add(caller(frame, returned))
        except Unreadable as why:
            fail(str(why))
        except Exception as trouble:
            fail(f"reading it failed: {type_name(type(trouble))}")

    def add(value: Any) -> None:
        if type(value) is Said:
            add_said(in_c, value.text, value)
        elif is_secret or not add_reading(in_c, value):
            text = values.summary(value, is_secret)
            add_said(in_c, text, Said(text))

    def read_for_c(frame: FrameType) -> None:
        """As a hook of its own: signals that came meanwhile are raised again behind it."""
        try:
            read(frame)
        except BaseException as trouble:
            if is_traced:
                recorder.escaped = trouble
            raise
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def fail(why: str) -> None:
        nonlocal failures
        failures += 1
        note(why)

    def note(why: str) -> None:
        nonlocal error
        error = error or why

    def place(_: CodeType) -> None:
        """C asks the code itself."""

    def news() -> dict[str, Any] | None:
        nonlocal sent_hits, sent_values, sent_runs, sent_error
        counts, shown, others, last, runs, between = readings(in_c, sent_values, sent_runs)
        hits = sum(counts) + others + failures
        if (hits, error) == (sent_hits, sent_error):
            return None
        sent_hits, sent_error = hits, error
        closed = max(0, len(runs) - 1)
        found = record_of(
            hits=hits,
            first_value=sent_values,
            shown=shown,
            error=error,
            counts=counts,
            failures=failures,
            others=others,
            last=last[0] if last else MISSING,
            first_run=sent_runs,
            runs=runs[:closed],
            open_run=runs[closed:],
            between=between,
            code_runs=0 if caller is None else caller.runs,
        )
        sent_values, sent_runs = sent_values + len(shown), sent_runs + closed
        return found

    def forget() -> None:
        nonlocal failures, error, sent_hits, sent_values, sent_runs, sent_error
        c.forget_readings(in_c)
        failures = sent_hits = sent_values = sent_runs = 0
        error = sent_error = ""

    local, steps = _steps_in_c(parts.steps, is_secret)
    in_c = c.new_tap(read_for_c, MOST_VALUES, MOST_RUNS, local, steps)
    return in_c, read, note, place, forget, news
