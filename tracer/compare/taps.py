"""Taps of two runs, reading by reading, with a tolerance for numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from tracer.model.difference import TapDifference
from tracer.model.recording import TapReading

_NUMBER = re.compile(r"(?<![\w.])-?(?:\d+\.?\d*(?:e[+-]?\d+)?|nan|inf)(?![\w.])")
_ONE_NUMBER = re.compile(r"(?:\S+ as )?(?:int|float|numpy\.\w+) ")


def tap_differences(
    a: Sequence[TapReading], b: Sequence[TapReading], rtol: float, atol: float
) -> tuple[tuple[TapDifference, ...], int]:
    """What differs of the taps, the first difference of each; and how many are the same.

    Args:
        rtol: Relative to B's number, as in NumPy's `isclose`.
        atol: Absolute. Shapes, lengths and texts have no tolerance.
    """
    by_a, by_b = {tap.key: tap for tap in a}, {tap.key: tap for tap in b}
    found: list[TapDifference] = []
    same = 0
    for key in dict.fromkeys([*by_a, *by_b]):
        if key not in by_a or key not in by_b:
            there = by_a.get(key) or by_b[key]
            where = "A" if key in by_a else "B"
            shown = _first_value(there)
            found.append(
                TapDifference(
                    key, f"only in {where}", *((shown, "") if where == "A" else ("", shown))
                )
            )
            continue
        differences = _of_one(by_a[key], by_b[key], rtol, atol)
        found += differences
        same += not differences
    return tuple(found), same


def is_close(a: str, b: str, rtol: float, atol: float) -> bool:
    """Whether two summaries say the same but for numbers that are near each other."""
    if a == b:
        return True
    if "'" in a or '"' in a or "'" in b or '"' in b:  # figures in a text are no numbers
        return False
    if _NUMBER.sub("#", a) != _NUMBER.sub("#", b):
        return False
    is_number = _ONE_NUMBER.match(a) is not None
    return all(
        left == right
        or ((is_number or _is_measured(left, right)) and _is_near(left, right, rtol, atol))
        for left, right in zip(_NUMBER.findall(a), _NUMBER.findall(b), strict=True)
    )


def _is_measured(a: str, b: str) -> bool:
    """Numbers with a point are values; whole ones within a summary are sizes."""
    return all("." in text or "e" in text or text.lstrip("-") in ("nan", "inf") for text in (a, b))


def _is_near(a: str, b: str, rtol: float, atol: float) -> bool:
    left, right = float(a), float(b)
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    if math.isinf(left) or math.isinf(right):
        return left == right
    return abs(left - right) <= atol + rtol * abs(right)


def _of_one(a: TapReading, b: TapReading, rtol: float, atol: float) -> list[TapDifference]:
    """The first reading that differs, or else the first that differs within the tolerance."""
    within: TapDifference | None = None
    position = 0
    for left, right, times in _side_by_side(_runs(a), _runs(b)):
        if left != right:
            is_within = bool(left and right) and is_close(left, right, rtol, atol)
            found = TapDifference(a.key, f"reading {position + 1}", left, right, is_within)
            if not is_within:
                return [found]
            within = within or found
        position += times
    for what, left, right in (
        ("last", a.last, b.last),
        ("least", *((t.others_between or ("",))[0] for t in (a, b))),
        ("largest", *((t.others_between or ("",))[-1] for t in (a, b))),
    ):
        if left != right and not is_close(left, right, rtol, atol):
            return [TapDifference(a.key, what, left, right)]
    for what, count_a, count_b in (("hits", a.hits, b.hits), ("not read", a.failures, b.failures)):
        if count_a != count_b:
            return [TapDifference(a.key, what, str(count_a), str(count_b))]
    if a.error != b.error:
        return [TapDifference(a.key, "why not read", a.error, b.error)]
    if within is None and not a.others and not b.others and a.runs and a.values != b.values:
        return [TapDifference(a.key, "values", " | ".join(a.values), " | ".join(b.values))]
    return [within] if within else []


def _runs(tap: TapReading) -> Sequence[tuple[str, int]]:
    """What is known of the order; of an older recording each value once."""
    return tap.runs or tuple((value, 1) for value in tap.values)


def _side_by_side(
    a: Sequence[tuple[str, int]], b: Sequence[tuple[str, int]]
) -> list[tuple[str, str, int]]:
    """Both sequences in stretches where neither changes; an empty text where one has ended."""
    found: list[tuple[str, str, int]] = []
    at_a = at_b = used_a = used_b = 0
    while at_a < len(a) and at_b < len(b):
        times = min(a[at_a][1] - used_a, b[at_b][1] - used_b)
        found.append((a[at_a][0], b[at_b][0], max(times, 1)))
        used_a, used_b = used_a + max(times, 1), used_b + max(times, 1)
        if used_a >= a[at_a][1]:
            at_a, used_a = at_a + 1, 0
        if used_b >= b[at_b][1]:
            at_b, used_b = at_b + 1, 0
    is_bounded = len(a) >= 256 or len(b) >= 256  # then the order was told no further
    if not is_bounded:
        found += [(value, "", times) for value, times in a[at_a:]]
        found += [("", value, times) for value, times in b[at_b:]]
    return found


def _first_value(tap: TapReading) -> str:
    return tap.values[0] if tap.values else tap.error or "not reached"
