"""What a tap expects of a value, and whether what was read agrees.

A reading is a text that says what is known of a value, and no more than that is judged: where the
text does not tell, the answer is that it does not, never that it agrees.
"""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass
from typing import Any

from tracer.errors import WorkloadError
from tracer.model.recording import TapReading

_FIELDS = ("shape", "dtype", "len", "type", "keys", "min", "max", "nan", "sha256")
_WORDS = {"≤": "<=", "≥": ">=", "≠": "!=", "∈": "in", "⊇": ">=", "⊆": "<=", "∉": "not in"}
_FORMS = (
    "expected == 18, != 0, > 20, in {1, 2}, == 0.5 ± 1e-6, is None, several joined by `and`,"
    f" or one of these about {', '.join(_FIELDS)}; a unit stands behind in brackets: == 18 [mm]"
)
_FORM = re.compile(
    rf"(?:({'|'.join(_FIELDS)})\s*)?(==|!=|>=|<=|>|<|not in\b|in\b|is not None$|is None$)\s*(.*)",
    re.S,
)
_TOLERANCE = re.compile(r"(.*?)\s*(?:±|\+-|\+/-)\s*(\S+?)\s*(%?)$", re.S)
_UNIT = re.compile(r"(.*\S)\s+\[([^\[\]{}()'\"]*)\]$", re.S)
_NAMES = ("dtype", "type", "sha256")  # fields that are compared as text
_SIZED = re.compile(r"(?:\S+ as )?(?:str|bytes|bytearray|dict|list|tuple|set|frozenset) len (\d+)")
_LISTED_KEYS = re.compile(r"(?:keys \d+ \{(.*)\}|(?:\S+ as )?dict len \d+(?: keys ?(.*))?)$", re.S)
_SCALAR = re.compile(r"(?:int|float|bool|complex|numpy\.\w+|\S+ as (?:int|float)) (\S+)")
_REDACTED = "<redacted>"


class ExpectationError(WorkloadError):
    """An expectation that is of no known form."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One comparison: `shape == (64, 64)`, `> 20`, `== 0.5 ± 1e-6`."""

    field: str  # what of the value; empty: the value itself
    operator: str
    right: Any  # a literal; of text fields a str
    tolerance: float = 0.0
    is_relative: bool = False


_UNKNOWN: Any = object()


def parse_expectation(text: str) -> tuple[Expectation, ...]:
    """Read comparisons joined by `and`.

    Raises:
        ExpectationError: One of them is of no known form.
    """
    return tuple(_parse_one(part, text) for part in _split(text.strip()))


def split_unit(text: str) -> tuple[str, str]:
    """An expectation and its unit: `== 18 [entries]` → (`== 18`, `entries`)."""
    found = _UNIT.fullmatch(text.strip())
    if found is None or not found[2].strip() or _literal(f"[{found[2]}]") is not _UNKNOWN:
        return text.strip(), ""
    before = found[1].rstrip()
    if re.search(r"(?:==|!=|>=|<=|>|<|\bin|[≤≥≠∈∉⊇⊆])$", before):
        return text.strip(), ""  # the brackets are what is compared with
    return before, found[2].strip()


def judge(reading: TapReading | None, expected: str) -> str:
    """What a reading says against an expectation.

    Args:
        expected: As `parse_expectation` takes it; anything else cannot be judged. Empty: nothing
            was claimed.

    Returns:
        `as expected`, `differs`, `not reached`, or `read`: nothing was claimed, or it cannot be
        told. It is as expected only where every single reading is known to agree.
    """
    if reading is None or not reading.hits:
        return "not reached"
    if not expected.strip() or not reading.values:
        return "read"
    try:
        expectations = parse_expectation(expected)
    except ExpectationError:
        return "read"
    verdicts = {judge_value(value, expectations) for value in reading.values}
    if False in verdicts:
        return "differs"
    verdicts.add(_judge_others(reading, expectations))
    if False in verdicts:
        return "differs"
    if None in verdicts or reading.failures:
        return "read"
    return "as expected"


def judge_value(summary: str, expectations: tuple[Expectation, ...]) -> bool | None:
    """Whether one summary agrees with all of them; None where that cannot be told."""
    verdicts = [_judge_one(summary, each) for each in expectations]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _judge_others(reading: TapReading, expectations: tuple[Expectation, ...]) -> bool | None:
    """Of values that were not kept only the least and the largest are known."""
    if not reading.others:
        return True
    if not reading.others_between:
        return None
    ends = [judge_value(end, expectations) for end in reading.others_between]
    if False in ends:
        return False
    is_convex = all(
        not each.field and each.operator in ("==", ">", ">=", "<", "<=") for each in expectations
    )
    return True if is_convex and None not in ends else None


def _split(text: str) -> list[str]:
    """The parts between `and`s that stand outside brackets and quotes."""
    parts: list[str] = []
    begin = 0
    for found in re.finditer(r"\s+and\s+", text):
        before = text[begin : found.start()]
        if _is_balanced(before):
            parts.append(before)
            begin = found.end()
    return [*parts, text[begin:]]


def _is_balanced(text: str) -> bool:
    bare = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "", text, flags=re.S)
    return not re.search(r"['\"]", bare) and all(
        bare.count(opening) == bare.count(closing) for opening, closing in ("()", "[]", "{}")
    )


def _parse_one(part: str, whole: str) -> Expectation:
    text = part.strip()
    for word, operator in _WORDS.items():
        if not _is_quoted(text, word):
            text = text.replace(word, f" {operator} ", 1)
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ExpectationError(f"expectation {whole}: {_FORMS}")
    field, operator, right_text = found[1] or "", found[2], found[3].strip()
    if operator in ("is None", "is not None"):
        if field:
            raise ExpectationError(f"expectation {whole}: {_FORMS}")
        return Expectation("", operator, None)
    if field in _NAMES:
        return _parse_name(field, operator, right_text, whole)
    tolerance, is_relative = 0.0, False
    with_tolerance = _TOLERANCE.fullmatch(right_text)
    if with_tolerance is not None and not _is_balanced(with_tolerance[1]):
        with_tolerance = None  # the sign stands within a quotation
    if with_tolerance is not None:
        right_text = with_tolerance[1]
        tolerance, is_relative = _tolerance(with_tolerance[2], with_tolerance[3], whole)
    right = _literal(right_text)
    if right is _UNKNOWN or not _is_fitting(field, operator, right, with_tolerance is not None):
        raise ExpectationError(f"expectation {whole}: {_FORMS}")
    return Expectation(field, operator, right, tolerance, is_relative)


def _is_quoted(text: str, word: str) -> bool:
    """Whether a sign stands first within a quotation."""
    return word in text and not _is_balanced(text[: text.index(word)])


def _parse_name(field: str, operator: str, right_text: str, whole: str) -> Expectation:
    if operator in ("in", "not in"):
        right = _literal(right_text)
        if not isinstance(right, (set, list, tuple)):
            raise ExpectationError(f"expectation {whole}: {_FORMS}")
        return Expectation(field, operator, frozenset(map(str, right)))
    if operator not in ("==", "!=") or not right_text or re.search(r"\s", right_text):
        raise ExpectationError(f"expectation {whole}: {_FORMS}")
    return Expectation(field, operator, right_text.strip("'\""))


def _tolerance(text: str, percent: str, whole: str) -> tuple[float, bool]:
    try:
        tolerance = float(text)
    except ValueError:
        tolerance = math.nan
    if not (math.isfinite(tolerance) and tolerance >= 0):
        raise ExpectationError(f"expectation {whole}: a tolerance is a number from 0 on")
    return (tolerance / 100, True) if percent else (tolerance, False)


def _is_fitting(field: str, operator: str, right: Any, has_tolerance: bool) -> bool:
    if has_tolerance and not (operator in ("==", "!=") and _is_number(right)):
        return False
    if operator in ("in", "not in"):
        return isinstance(right, (set, list, tuple, dict, str))
    if field == "shape":
        return isinstance(right, tuple) and operator in ("==", "!=")
    if field == "keys":
        return isinstance(right, (set, list, tuple, dict)) and operator in ("==", "!=", ">=", "<=")
    if field:  # len, min, max, nan
        return _is_number(right) or (right is None and operator in ("==", "!="))
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _judge_one(value: str, expectation: Expectation) -> bool | None:
    field, operator, right = expectation.field, expectation.operator, expectation.right
    if field == "type":
        name = value.removeprefix("type ").removeprefix("dataclass ").removeprefix("object ")
        if value.startswith("enum "):
            name = value.removeprefix("enum ").partition(" ")[0].rpartition(".")[0]
        name = name.partition(" ")[0]
        if name == "keys":  # `keys 2 {…}`: of what is not said
            return None
        if value.startswith("ndarray "):
            name = "numpy.ndarray" if right == "numpy.ndarray" else name
        return _compare(name, operator, right)
    if operator in ("is None", "is not None"):
        if value.startswith(("type ", "keys ")):
            return None
        return (value == "None") is (operator == "is None")
    if _REDACTED in value:
        return None
    if field in ("dtype", "sha256"):
        found = re.search(rf" {field} (\S+)", value)
        return _compare(found[1], operator, right) if found and _is_plain(value) else None
    if field == "shape":
        return _judge_shape(value, operator, right)
    if field == "len":
        return _judge_length(value, operator, right)
    if field == "keys" or (not field and _is_of_keys(value, right)):
        return _judge_keys(value, operator, right)
    if field:
        found = re.search(rf" {field} (-?[\w.+-]+)", value) if _is_plain(value) else None
        left = _literal(found[1]) if found else _UNKNOWN
        return _agrees(left, expectation)
    return _agrees(_value_of(value), expectation)


def _is_plain(value: str) -> bool:
    """Whether a summary holds figures, and no texts of the target's that look like some."""
    return "'" not in value and '"' not in value


def _judge_shape(value: str, operator: str, right: Any) -> bool | None:
    found = re.search(r" shape (\([^()]*\))", value) if _is_plain(value) else None
    shape = _literal(found[1]) if found else _UNKNOWN
    if not isinstance(shape, tuple):
        return None
    if operator in ("in", "not in"):
        return _compare(shape, operator, right)
    is_same = len(shape) == len(right) and all(
        wanted is None or size == wanted for size, wanted in zip(shape, right, strict=True)
    )
    return is_same is (operator == "==")


def _judge_length(value: str, operator: str, right: Any) -> bool | None:
    found = re.match(
        r"(?:\S+ as )?(?:str|bytes|bytearray|dict|list|tuple|set|frozenset) len (\d+)", value
    )
    if found is None:
        found = re.fullmatch(r"int (\d+)", value) or re.match(r"keys (\d+) \{", value)
    if found is None and (shaped := re.match(r"\S+ shape \((\d+)", value)):
        found = shaped
    return _compare(int(found[1]), operator, right) if found else None


def _is_of_keys(value: str, right: Any) -> bool:
    """Whether keys were asked for, so that a bare set is one of keys: `keys(cfg) ~ ⊇ {'N'}`."""
    return value.startswith("keys ") and isinstance(right, (set, frozenset))


def _judge_keys(value: str, operator: str, right: Any) -> bool | None:
    listed = re.match(
        r"(?:keys \d+ \{(.*)\}|(?:\S+ as )?dict len \d+(?: keys ?(.*))?)$", value, re.S
    )
    if listed is None:
        return None
    text = (listed[1] if listed[1] is not None else listed[2]) or ""
    is_cut = text.endswith("…")
    text = text.removesuffix("…").rstrip(", ")
    keys = _literal("{" + text + ",}") if text else set()
    if not isinstance(keys, set):
        return None
    wanted = set(right)
    if operator == ">=":
        return True if keys >= wanted else (None if is_cut else False)
    if operator == "<=":
        return None if is_cut and keys <= wanted else keys <= wanted
    if is_cut:
        return None if keys <= wanted else operator == "!="
    return _compare(keys, operator, wanted)


def _agrees(left: Any, expectation: Expectation) -> bool | None:
    if left is _UNKNOWN:
        return None
    operator, right = expectation.operator, expectation.right
    if operator in ("==", "!=") and _is_number(right) and _is_number(left):
        if math.isnan(right):
            is_near = math.isnan(left)
        elif left == right:
            is_near = True
        else:
            margin = expectation.tolerance * (abs(right) if expectation.is_relative else 1)
            is_near = bool(margin and abs(left - right) <= margin)
        return is_near is (operator == "==")
    return _compare(left, operator, right)


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


def _compare(left: Any, operator: str, right: Any) -> bool | None:
    if left is _UNKNOWN:
        return None
    try:
        return bool(_OPERATIONS[operator](left, right))
    except TypeError:
        return False  # values of such types have no such relation
    except OverflowError:
        return None


def _literal(text: str) -> Any:
    stripped = text.strip()
    if stripped.lstrip("+-") in ("nan", "inf"):
        return float(stripped)
    try:
        return ast.literal_eval(stripped)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return _UNKNOWN


def _value_of(summary: str) -> Any:
    """The value behind a summary, where it is all there."""
    if summary == "None":
        return None
    scalar = re.fullmatch(
        r"(?:int|float|bool|complex|numpy\.\w+|\S+ as (?:int|float)) (\S+)", summary
    )
    if scalar:
        return _literal(scalar[1])
    text = re.fullmatch(r"(?:\S+ as )?str len (\d+) (.+)", summary, re.S)
    if text:
        found = _literal(text[2])
        return found if isinstance(found, str) and len(found) == int(text[1]) else _UNKNOWN
    sized = re.fullmatch(r"(?:\S+ as )?(list|tuple|set|frozenset) len (\d+) (.+)", summary, re.S)
    if sized is None:
        return _UNKNOWN
    found = set() if sized[3] == "{}" else _literal(sized[3])
    is_whole = isinstance(found, (list, tuple, set)) and len(found) == int(sized[2])
    return found if is_whole and not _holds_cut_text(sized[3]) else _UNKNOWN


def _holds_cut_text(text: str) -> bool:
    """Whether a text within was clipped, which its quotation alone does not tell."""
    return "'…" in text or '"…' in text
