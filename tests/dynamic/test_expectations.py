"""What is expected of a value: read in full, judged by what is known, never agreed to by guess."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracer.dynamic.expectations import (
    ExpectationError,
    judge,
    judge_value,
    parse_expectation,
    split_unit,
)
from tracer.model.recording import TapReading
from tracer.probe.values import keys_summary, summary

_OPERATIONS: dict[str, Any] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}
FIGURES = "ndarray shape (2,) dtype float32 min 0.0 max 5.0 nan 0"
_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=40),
    st.text(alphabet="{}()[]'\"\\,…<>= \n19ankeys", max_size=12),
)
_values = st.one_of(
    _scalars,
    st.lists(_scalars, max_size=10),
    st.tuples(_scalars, _scalars),
    st.tuples(_scalars),
    st.sets(st.integers(), max_size=10),
    st.frozensets(st.text(max_size=3), max_size=4),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=70),
)


def _said(value: Any, expectation: str) -> str:
    return judge(TapReading("k", 1, (summary(value),)), expectation)


@given(_values, st.sampled_from(["==", "!=", ">", ">=", "<", "<="]), _values)
def test_a_verdict_is_that_of_python(value: Any, operator: str, right: Any) -> None:
    """Of any value and literal: it agrees or differs as Python says, or it cannot be told."""
    if isinstance(right, frozenset):
        right = set(right)
    if right == set() and isinstance(right, set):
        right = ()
    try:
        truth = _OPERATIONS[operator](value, right)
    except TypeError:
        truth = False
    verdict = _said(value, f"{operator} {right!r}")
    assert verdict in ("as expected", "differs", "read")
    if verdict != "read":
        assert (verdict == "as expected") is truth, (summary(value), operator, right)
    if type(value) in (int, bool, type(None)) and value.__class__ is right.__class__:
        assert verdict != "read" or abs(value or 0) >= 2**256


@given(_values, st.lists(st.one_of(st.integers(), st.text(max_size=4)), max_size=5))
def test_membership_is_that_of_python(value: Any, right: list[Any]) -> None:
    """`in` and `not in`, of whatever value."""
    for operator in ("in", "not in"):
        verdict = _said(value, f"{operator} {right!r}")
        if verdict != "read":
            assert (verdict == "as expected") is _OPERATIONS[operator](value, right)


@given(
    st.dictionaries(st.one_of(st.text(max_size=4), st.integers()), st.none(), max_size=70),
    st.sets(st.one_of(st.text(max_size=4), st.integers()), min_size=1, max_size=4),
    st.sampled_from(["==", "!=", ">=", "<=", "⊇", "⊆"]),
)
@example({}, {"±"}, "==")
def test_keys_agree_only_where_all_are_known(
    value: dict[Any, None], wanted: set[Any], operator: str
) -> None:
    """Sixty-four keys are told, and nothing is claimed of more; both forms say the same."""
    plain = {"⊇": ">=", "⊆": "<="}.get(operator, operator)
    truth = _OPERATIONS[plain](set(value), wanted)
    for text in (summary(value), keys_summary(value)):
        verdict = judge(TapReading("k", 1, (str(text),)), f"keys {operator} {wanted!r}")
        if text == keys_summary(value):  # of which a bare set can be nothing else
            assert judge(TapReading("k", 1, (str(text),)), f"{operator} {wanted!r}") == verdict
        assert verdict == "read" or (verdict == "as expected") is truth, text
        has_dots = any(isinstance(key, str) and "…" in key for key in value)
        is_clear = len(value) <= 64 and not has_dots
        if is_clear:
            assert verdict != "read", (text, wanted)


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(min_value=0, max_value=1e9),
    st.booleans(),
)
def test_a_tolerance_is_as_wide_as_it_says(
    value: float, right: float, tolerance: float, is_percent: bool
) -> None:
    """Absolute, or a part of what is expected."""
    margin = tolerance / 100 * abs(right) if is_percent else tolerance
    truth = value == right or (margin > 0 and abs(value - right) <= margin)
    for sign in ("±", "+-", "+/-"):
        text = f"== {right!r} {sign} {tolerance!r}{'%' if is_percent else ''}"
        assert (_said(value, text) == "as expected") is truth
        assert (_said(value, "!" + text[1:]) == "differs") is truth


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text ends in anything but an expectation or one clear refusal; nor does judging by it."""
    try:
        parse_expectation(text)
    except ExpectationError as error:
        assert "\n" not in str(error).replace(text, "")
        assert judge(TapReading("k", 1, ("int 1",)), text) == "read"
    else:
        assert judge(TapReading("k", 1, ("int 1",)), text) in ("as expected", "differs", "read")
    split_unit(text)


@given(
    st.text(max_size=60), st.sampled_from(["== 1", "keys >= {'a'}", "shape == (1,)", "nan == 0"])
)
def test_any_summary_is_judged(value: str, expectation: str) -> None:
    """A recording may hold any text; it is never an error."""
    assert judge_value(value, parse_expectation(expectation)) in (True, False, None)


@pytest.mark.parametrize(
    ("value", "expectation", "verdict"),
    [
        ("int 18", "== 18 and > 3", "as expected"),
        ("int 18", "> 3 and < 10", "differs"),
        ("str len 7 'a and b'", "== 'a and b'", "as expected"),
        ("int 18", "≥ 18", "as expected"),
        ("int 18", "∈ {17, 18}", "as expected"),
        ("float nan", "== nan", "as expected"),
        ("float nan", "== 0.0 ± 1", "differs"),
        ("float inf", "== inf", "as expected"),
        ("float inf", "== 1e300 ± 1e308", "differs"),
        ("None", "is not None", "differs"),
        ("int 0", "is not None", "as expected"),
        ("ndarray shape (8, 64, 64, 1) dtype float32", "shape == (None, 64, 64, 1)", "as expected"),
        ("ndarray shape (8, 64, 64) dtype float32", "shape == (None, 64, 64, 1)", "differs"),
        ("ndarray shape (8, 64) dtype float32", "len == 8", "as expected"),
        (FIGURES, "max <= 5 and nan == 0", "as expected"),
        ("ndarray shape (2,) dtype float32 min 0.0 max 5.0 nan 0", "max < 5", "differs"),
        ("ndarray shape (2,) dtype float32 nan at least 1", "nan == 0", "read"),
        ("ndarray shape (2,) dtype float32", "max < 5", "read"),
        ("bytes len 3 sha256 ab12", "sha256 == ab12", "as expected"),
        ("str len 27 'x shape (64, 64) dtype f'", "shape == (64, 64)", "read"),
        ("list len 2 ['min 5 ', 1]", "min == 5", "read"),
        ("torch.Tensor shape (2, 3) dtype float32", "dtype == float32", "as expected"),
        ("enum m.Color.RED value 1", "type == m.Color", "as expected"),
        ("dataclass m.Settings fields a=1", "type == m.Settings", "as expected"),
        ("keys 2 {'a', 'b'}", "len == 2", "as expected"),
        ("str '<tmp>/x'", "== '/tmp/x'", "read"),
        ("list len 1 ['aaaa'…]", "== ['aaaa']", "read"),
    ],
)
def test_forms(value: str, expectation: str, verdict: str) -> None:
    """Signs, fields, several together; a text that looks like a figure is none."""
    assert judge(TapReading("k", 1, (value,)), expectation) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "18",
        "= 18",
        "== ",
        "== name",
        "in 5",
        "shape == 5",
        "keys == 5",
        "len == 'a'",
        "> 5 ± 1",
        "== 5 ± -1",
        "== 'a' ± 1",
        "dtype > float32",
        "shape is None",
        "== 1 and",
        "about 20",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    """With the forms that there are."""
    with pytest.raises(ExpectationError, match="expect"):
        parse_expectation(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("== 18 [entries]", ("== 18", "entries")),
        ("== 0.5 ± 1e-6 [1/Å]", ("== 0.5 ± 1e-6", "1/Å")),
        ("== 18", ("== 18", "")),
        ("in [1, 2]", ("in [1, 2]", "")),
        ("in [1, 2] [mm]", ("in [1, 2]", "mm")),
        ("== [1]", ("== [1]", "")),
        ("== [mm]", ("== [mm]", "")),
    ],
)
def test_a_unit_stands_behind_in_brackets(text: str, parts: tuple[str, str]) -> None:
    """And a list is none."""
    assert split_unit(text) == parts


def test_values_that_were_not_kept_are_judged_by_their_range() -> None:
    """Only comparisons that hold for all between two ends are agreed to."""
    reading = TapReading(
        "k", 20, ("int 1",), counts=(1,), others=19, others_between=("int 2", "float 9.5")
    )
    assert judge(reading, "> 0") == "as expected"
    assert judge(reading, "> 0 and < 10") == "as expected"
    assert judge(reading, "== 5 ± 5") == "as expected"
    assert judge(reading, "< 9") == "differs"
    assert judge(reading, "!= 5") == "read"
    assert judge(reading, "in {1, 2, 9.5}") == "read"
    unknown = TapReading("k", 20, ("int 1",), counts=(1,), others=19)
    assert judge(unknown, "> 0") == "read"
    assert judge(unknown, "> 1") == "differs"
    failed = TapReading("k", 2, ("int 1",), counts=(1,), failures=1, error="no name x here")
    assert judge(failed, "== 1") == "read"
