"""A tap, and what was read at it: bounded, in order, and said in words only when it is written.

A number is kept as it is until it is written down: what a target waits for is a look-up in a table
of the numbers read before. Objects are summarised at once, since only then they are what they are.
"""

from __future__ import annotations

import _thread
import time
from types import CodeType, FrameType
from typing import Any

from . import signals, values
from .reading import (
    LOCALS,
    Fetch,
    NeedsCode,
    Said,
    Unreadable,
    compile_steps,
)
from .statics import MISSING, type_name

MOST_VALUES = 16
MOST_RUNS = 256
_IS_FUNCTION = 0x01  # CO_OPTIMIZED
_LARGE = 1 << 63
_FULL = -2  # in place of a place: the order is told no further
_MOST_CALLING_S = 5.0
_get_ident, _now = _thread.get_ident, time.monotonic


class Tap:
    """One expression at one place, and what was read there."""

    __slots__ = (
        "_key",
        "_news",
        "forget",
        "in_c",
        "needs_digest",
        "note",
        "parts",
        "place",
        "read",
    )

    def __init__(self, given: dict[str, Any]) -> None:
        steps, calling = given["steps"], given.get("calling")
        is_secret = _is_secret(given, [*(steps or ()), *(calling or ())])
        self._key: str = given["key"]
        self.in_c: Any = None  # what stands for it in C
        self.needs_digest = any(step == "digest" for step, _ in [*(steps or ()), *(calling or ())])
        self.parts = Parts(
            steps,
            *(compile_steps(steps, is_secret) if steps else (_never, ())),
            _compile_calling(calling, given["key"], is_secret) if calling else None,
            is_secret,
        )
        self.read, self.note, self.place, news, self.forget = _make_reader(self.parts)
        self.keep_news(news)

    def keep_news(self, news: Any) -> None:
        """Where its news come from."""
        self._news = _with_key(news, self._key)

    def news(self) -> dict[str, Any] | None:
        """What the log does not say yet; None: nothing."""
        found: dict[str, Any] | None = self._news()
        return found


class Parts:
    """What a reader of an expression is made of.

    Attributes:
        steps: As the parent made them; None where the expression cannot be read without code.
        fetch: Takes the first step.
        further: A function and an argument for each further step.
        calling: Runs the expression as code, where the tap may.
    """

    __slots__ = ("calling", "fetch", "further", "is_secret", "steps")

    def __init__(
        self,
        steps: list[list[Any]] | None,
        fetch: Fetch,
        further: Any,
        calling: Fetch | None,
        is_secret: bool,
    ) -> None:
        self.steps = steps
        self.fetch = fetch
        self.further = further
        self.calling = calling
        self.is_secret = is_secret


def _with_key(news: Any, key: str) -> Any:
    def keyed() -> dict[str, Any] | None:
        found = news()
        return None if found is None else {"key": key, **found}

    return keyed


def _is_secret(given: dict[str, Any], steps: list[list[Any]]) -> bool:
    """Whether a name in the expression, or of the function that returns it, is that of a secret."""
    names = [argument for _, argument in steps if type(argument) is str]
    if "return" in names:
        names.append(given["function"])
    return any(values.is_secret_name(name) for name in names)


def _never(frame: FrameType, returned: Any) -> Any:
    raise NeedsCode("it cannot be read without running code")


def _compile_calling(steps: list[list[Any]], key: str, is_secret: bool) -> Fetch:
    code = compile(steps[0][1], f"<tap {key}>", "eval", dont_inherit=True)
    fetch, further = compile_steps([["code", code], *steps[1:]], is_secret)

    def fetch_all(frame: FrameType, returned: Any) -> Any:
        value = fetch(frame, returned)
        for reader, argument in further:
            value = reader(value, argument)
        return value

    return fetch_all


class Caller:
    """Runs the target's code for a tap that may, and lets none of its exceptions through."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self.runs = 0
        self._spent_s = 0.0

    def __call__(self, frame: FrameType, returned: Any) -> Any:
        if self._spent_s > _MOST_CALLING_S:
            raise Unreadable(f"its code took more than {_MOST_CALLING_S:g} s; it is run no more")
        self.runs += 1
        thread, began = _get_ident(), _now()
        is_outermost = thread not in signals.calling
        signals.calling.add(thread)
        try:
            return self._fetch(frame, returned)
        except Unreadable:
            raise
        except BaseException as error:
            raise Unreadable(f"its code raised {type_name(type(error))}") from None
        finally:
            if is_outermost:
                signals.calling.discard(thread)
            self._spent_s += _now() - began


def _make_reader(parts: Parts) -> Any:
    """The hot path: `read(frame, returned)`, `note(why)`, `place(code)`, and `news()` for the log;
    `forget()` what was read so far.
    """
    fetch, further, calling, is_secret = parts.fetch, parts.further, parts.calling, parts.is_secret
    # The name of the first step, where it is one: it is looked up without a call.
    local = parts.steps[0][1] if parts.steps and parts.steps[0][1] != "return" else ""
    is_global = False
    placed: set[bool] = set()
    failures = others = 0
    error = ""
    last: Any = MISSING  # a number, or a `Said`
    texts: dict[str, int] = {}  # text -> its place in `shown`
    shown: list[Any] = []  # distinct values, first come first kept: numbers, or `Said`
    counts: list[int] = []
    integers: dict[int, int] = {}  # number -> its place in `shown`
    floats: dict[float, int] = {}
    runs: list[list[Any]] = []  # what was read in order, equal neighbours once: value, times
    run_place = -1  # in `shown`, of the last run
    low: Any = None
    high: Any = None
    are_others_numbers = True
    caller = None if calling is None else Caller(calling)
    get = dict.get
    sent_hits = sent_values = sent_runs = 0
    sent_error = ""

    def read(frame: FrameType, returned: Any = MISSING) -> None:
        nonlocal last
        try:
            if is_global:
                value = get(frame.f_globals, local, MISSING)
                if value is MISSING:
                    value = fetch(frame, returned)
            elif local:
                names = frame.f_locals
                if type(names) is LOCALS or type(names) is dict:
                    try:
                        value = names[local]
                    except KeyError:
                        value = fetch(frame, returned)
                else:
                    value = fetch(frame, returned)
            else:
                value = fetch(frame, returned)
            for reader, argument in further:
                value = reader(value, argument)
            kind: Any = type(value)
            if kind is int:
                place = integers.get(value)
            elif kind is float:
                place = floats.get(value)
            else:
                place = None
            if place is None:
                add(value, kind)
                return
            counts[place] += 1
            last = value
            if place == run_place:
                runs[-1][1] += 1
            elif run_place != _FULL:
                follow(place, value)
        except NeedsCode as why:
            if caller is None:
                fail(str(why))
            else:
                call(frame, returned)
        except Unreadable as why:
            fail(str(why))
        except Exception as trouble:
            fail(f"reading it failed: {type_name(type(trouble))}")

    def place(code: CodeType) -> None:
        """Where the tap lies: a name that is none of a function's own is a global one."""
        nonlocal is_global
        own_names = (*code.co_varnames, *code.co_cellvars, *code.co_freevars)
        placed.add(bool(local and code.co_flags & _IS_FUNCTION and local not in own_names))
        is_global = placed == {True}

    def call(frame: FrameType, returned: Any) -> None:
        assert caller is not None
        try:
            value = caller(frame, returned)
            add(value, type(value))
        except Unreadable as why:
            fail(str(why))
        except Exception as trouble:
            fail(f"reading it failed: {type_name(type(trouble))}")

    def add(value: Any, kind: Any) -> None:
        """A value that is no number read before."""
        nonlocal last, others, low, high, are_others_numbers
        is_number = not is_secret and (kind is float or kind is int)
        if is_number and kind is int and not -_LARGE < value < _LARGE:
            is_number = False
        is_full = len(shown) == MOST_VALUES and len(runs) == MOST_RUNS
        if is_full and is_number and value and value == value:  # it is none of those shown
            kept, text = value, ""
        else:
            text = value.text if kind is Said else values.summary(value, is_secret)
            kept = value if is_number else Said(text)
        last = kept
        place = texts.get(text, -1) if text else -1
        if place < 0 and len(shown) < MOST_VALUES:
            place = texts[text] = len(shown)
            shown.append(kept)
            counts.append(0)
            if is_number and kind is int:
                integers[value] = place
            elif is_number and value and value == value:  # 0.0 equals -0.0, NaN nothing
                floats[value] = place
        if place >= 0:
            counts[place] += 1
        else:
            others += 1
            if not is_number or value != value:
                are_others_numbers = False
            elif are_others_numbers:
                low = value if low is None or value < low else low
                high = value if high is None or value > high else high
        follow(place, kept)

    def follow(place: int, kept: Any) -> None:
        """Tell the order: after what was read last."""
        nonlocal run_place
        if run_place == place and place >= 0 and runs:
            runs[-1][1] += 1
        elif len(runs) < MOST_RUNS:
            runs.append([kept, 1])
            run_place = place
        else:
            run_place = _FULL

    def fail(why: str) -> None:
        nonlocal failures
        failures += 1
        note(why)

    def note(why: str) -> None:
        """Say why there is no value; the place itself was not reached."""
        nonlocal error
        error = error or why

    def news() -> dict[str, Any] | None:
        nonlocal sent_hits, sent_values, sent_runs, sent_error
        hits = sum(counts) + others + failures
        if (hits, error) == (sent_hits, sent_error):
            return None
        sent_hits, sent_error = hits, error
        fresh = shown[sent_values:]
        closed = max(sent_runs, len(runs) - 1)
        found = record_of(
            hits=hits,
            first_value=sent_values,
            shown=fresh,
            error=error,
            counts=list(counts),
            failures=failures,
            others=others,
            last=last,
            first_run=sent_runs,
            runs=runs[sent_runs:closed],
            open_run=runs[closed:],
            between=(low, high) if others and are_others_numbers and low is not None else (),
            code_runs=0 if caller is None else caller.runs,
        )
        sent_values, sent_runs = sent_values + len(fresh), closed
        return found

    def forget() -> None:
        nonlocal failures, others, error, last, run_place, low, high, are_others_numbers
        nonlocal sent_hits, sent_values, sent_runs, sent_error
        for table in (texts, shown, counts, integers, floats, runs):
            table.clear()
        failures = others = sent_hits = sent_values = sent_runs = 0
        error = sent_error = ""
        last, low, high, are_others_numbers, run_place = MISSING, None, None, True, -1

    return read, note, place, news, forget


def record_of(
    *,
    hits: int,
    first_value: int,
    shown: list[Any],
    error: str,
    counts: list[int],
    failures: int,
    others: int,
    last: Any,
    first_run: int,
    runs: list[Any],
    open_run: list[Any],
    between: tuple[Any, ...],
    code_runs: int,
) -> dict[str, Any]:
    """A record of the log, with values in words.

    Args:
        first_value: How many of the values were told before `shown`; `first_run` says so of `runs`.
        last: What was read last, or `MISSING`.
        open_run: The last run, which may go on; in a list, since there may be none.
        between: The lowest and the highest of the others, where all are numbers.
    """
    found: dict[str, Any] = {
        "hits": hits,
        "from": first_value,
        "values": [_said(each) for each in shown],
        "error": error,
        "counts": counts,
        "failures": failures,
        "others": others,
        "last": "" if last is MISSING else _said(last),
        "runs_from": first_run,
        "runs": [[_said(value), times] for value, times in runs],
        "open_run": [[_said(value), times] for value, times in open_run],
    }
    if between:
        found["between"] = [_said(each) for each in between]
    if code_runs:
        found["code_runs"] = code_runs
    return found


def _said(value: Any) -> str:
    return value.text if type(value) is Said else values.summary(value)
