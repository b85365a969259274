"""Claims of keys in prose: «the keys `a`, `b` and `c`», where the place spans one dict display.

A dict may get keys that its display does not hold: one is called missing only where no string of
the file holds it, and where the display holds nothing but constants.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.citations import Lines
from tracer.verify.counts import place_of
from tracer.verify.displays import Display, displays_of
from tracer.verify.marks import Mark
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections

_BEFORE = re.compile(r"\bkeys?(?:\s+(?:are|is|named|called|such as|like))?\s*[:(=—–-]?\s*$", re.I)
_AFTER = re.compile(r"\s*(?:\(|—|–|-)?\s*(?:as|are)?\s*(?:the\s+|its\s+)?keys\b", re.I)
_AND = re.compile(r"\s*(?:,|and|or|&|/|,\s*and|,\s*or)\s*", re.I)
_KEY = re.compile(r"(?P<quote>['\"]?)(?P<key>[\w.:/-]+)(?P=quote)")
# Of what is not there, is to come, or is of something else than the display.
_OTHER = re.compile(
    r"\b(?:no|not|never|none|neither|nor|without|lacks?|lacking|missing|absent|except|instead|other"
    r"|unlike|add\w*|new|extra|additional|should|must|would|could|may|might|needs?|wants?|plan\w*"
    r"|propos\w+|remov\w+|dropp?\w*|delet\w+|renam\w+|former\w*|old|later|if|unless)\b|n['’]t\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;!?]\s")


def judge_keys(reading: Reading, sections: Sections, marks: Sequence[Mark]) -> list[Claim]:
    """Claims of one unit, one for each key of a list that has a place."""
    claims: list[Claim] = []
    for first, last in key_lists(marks):
        place = place_of(sections, marks, last)
        if place is None or _OTHER.search(_around(marks, first, last)):
            continue
        path, lines = place
        file = reading.file(path)
        display = None if file is None else _the_dict(displays_of(file.lines), lines)
        if file is None or display is None:
            continue
        inner = [d for d in displays_of(file.lines) if _lies_in(d, display)]
        strings = _strings("\n".join(file.lines))
        for mark in marks[first : last + 1 : 2]:
            claims += _judge(mark, path, display, inner, strings)
    return claims


def key_lists(marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """First and last code span of each list of keys."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(marks):
        first = at
        at += 1
        if not _is_key(marks[first]):
            continue
        while at + 1 < len(marks) and _AND.fullmatch(marks[at].text) and _is_key(marks[at + 1]):
            at += 2
        before = marks[first - 1] if first else None
        after = marks[at] if at < len(marks) else None
        is_led = before is not None and not before.is_code and _BEFORE.search(before.text)
        if is_led or (after is not None and not after.is_code and _AFTER.match(after.text)):
            found.append((first, at - 1))
    return found


def _is_key(mark: Mark) -> bool:
    return mark.is_code and mark.citation is None and _KEY.fullmatch(mark.text) is not None


def _around(marks: Sequence[Mark], first: int, last: int) -> str:
    """The sentence of a list, without the list."""
    before = "".join(mark.text for mark in marks[:first])
    after = "".join(mark.text for mark in marks[last + 1 :])
    return f"{_SENTENCE.split(before)[-1]} … {_SENTENCE.split(after)[0]}"


def _the_dict(displays: Sequence[Display], lines: Lines) -> Display | None:
    """The one dict display in the lines that lies in no other; None where there is not one."""
    first, last = lines
    dicts = [d for d in displays if d.what == "keys" and d.first_line <= last]
    inside = [d for d in dicts if first <= d.first_line and d.last_line <= last]
    # A place that names the first line of a display of several means the display.
    inside = inside or [d for d in dicts if first == last == d.first_line]
    outer = [d for d in inside if not any(_lies_in(d, other) for other in inside)]
    return outer[0] if len(outer) == 1 else None


def _lies_in(inner: Display, outer: Display) -> bool:
    is_within = outer.first_line <= inner.first_line and inner.last_line <= outer.last_line
    return inner != outer and inner.what == "keys" and is_within


def _judge(
    mark: Mark, path: str, display: Display, inner: Sequence[Display], strings: frozenset[str]
) -> list[Claim]:
    match = _KEY.fullmatch(mark.text)
    assert match is not None
    key, name = match["key"], f"`{display.name}`" if display.name else "the display"
    place = f"{path}:{display.first_line}-{display.last_line}"
    told = f"key {key}"
    if any(key in each.keys for each in (display, *inner)):
        detail = f"a key of {name} at {place}"
        return [
            Claim(ClaimKind.MEMBER, told, mark.line, ClaimVerdict.VERIFIED, Ground.SYNTAX, detail)
        ]
    is_constant = display.sizes == (len(set(display.keys)),)
    if not is_constant or not display.keys or key in strings:
        return []
    detail = f"no `{key}` among the keys of {name} at {place}, nor in any string of the file"
    return [Claim(ClaimKind.MEMBER, told, mark.line, ClaimVerdict.MISSING, Ground.SYNTAX, detail)]


def _strings(text: str) -> frozenset[str]:
    """All text constants, and all names: `dict(a=1)` makes a key of one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(value)):
                found.add(value)
            case ast.keyword(arg=str(name)) | ast.arg(arg=name):
                found.add(name)
            case ast.Attribute(attr=name) | ast.Name(id=name):
                found.add(name)
    return frozenset(found)
