"""Claims of how many: a number whose place spans exactly one display that shares its noun."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.citations import Lines
from tracer.verify.displays import Display, displays_of, singular
from tracer.verify.marks import Mark
from tracer.verify.numbers import NUMBER, Said, fits, said_number
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections

_CLAIM = re.compile(
    # `one of the prices`, `no more than 3`: a word of the sentence, rather than a number.
    rf"(?<![\w.:§/#+\-–=×])(?!(?:no|one)\b){NUMBER}\s+(?P<noun>[A-Za-z][\w/-]*(?:\s+[A-Za-z][\w/-]*){{0,3}})",
    re.IGNORECASE,
)
_CONTAINED = frozenset({"key", "entry", "item", "element", "member", "value"})
_PARAMETERS = frozenset({"parameter", "argument", "param", "arg"})
_NOT_COUNTED = frozenset(
    {"line", "time", "of", "to", "and", "or", "in", "is", "epoch", "step", "d"}
)


@dataclass(frozen=True, slots=True)
class _Count:
    text: str
    said: Said
    words: tuple[str, ...]


def judge_counts(reading: Reading, sections: Sections, marks: Sequence[Mark]) -> list[Claim]:
    """Claims of one unit: each number that has a place of its own."""
    claims: list[Claim] = []
    for at, mark in enumerate(marks):
        if mark.is_code or mark.citation is not None:
            continue
        for match in _CLAIM.finditer(mark.text):
            count = _count(match)
            place = place_of(sections, marks, at)
            if count is None or place is None:
                continue
            path, lines = place
            claim = _judge(reading, path, lines, count, mark.line)
            if claim is not None:
                claims.append(claim)
    return claims


def place_of(sections: Sections, marks: Sequence[Mark], at: int) -> tuple[str, Lines] | None:
    """The place of what a mark tells: the next one with lines, else the one before."""
    after = [mark for mark in marks[at + 1 :] if mark.citation and mark.citation.lines]
    before = [mark for mark in reversed(marks[:at]) if mark.citation and mark.citation.lines]
    found = after or before
    return sections.place(found[0].citation) if found else None


def _count(match: re.Match[str]) -> _Count | None:
    words = tuple(singular(w) for w in re.findall(r"[A-Za-z]+", match["noun"].replace("-", " ")))
    if not words or words[0] in _NOT_COUNTED:
        return None
    return _Count(match[0].strip(), said_number(match), words)


def _judge(reading: Reading, path: str, lines: Lines, count: _Count, line: int) -> Claim | None:
    file = reading.file(path)
    if file is None or not file.scopes:
        return None
    display = _one(displays_of(file.lines), lines, count)
    if display is None or not display.sizes:
        return None
    name = f"`{display.name}`" if display.name else "the display"
    sizes = " or ".join(str(size) for size in display.sizes)
    detail = f"{name} at {path}:{display.first_line}-{display.last_line} has {sizes} {display.what}"
    is_right = any(fits(count.said, size) for size in display.sizes)
    verdict = ClaimVerdict.VERIFIED if is_right else ClaimVerdict.REFUTED
    return Claim(ClaimKind.COUNT, count.text, line, verdict, Ground.SYNTAX, detail)


def _one(displays: Sequence[Display], lines: Lines, count: _Count) -> Display | None:
    """The one display in the lines that the number can be about; None where there is not one."""
    first, last = lines
    if "method" in count.words:
        inside = [d for d in displays if d.what == "methods" and _is_at(d, first, last)]
        return inside[0] if len(inside) == 1 else None
    if _PARAMETERS & set(count.words):
        inside = [d for d in displays if d.what == "parameters" and _is_at(d, first, last)]
        return inside[0] if len(inside) == 1 else None
    counted = [d for d in displays if d.what in ("keys", "items")]
    inside = [d for d in counted if first <= d.first_line and d.last_line <= last]
    # A place that names one line of a display of several means the display.
    inside = inside or [
        d for d in counted if first == last == d.first_line and d.last_line > d.first_line
    ]
    outer = [d for d in inside if not any(_holds(other, d) for other in inside)]
    nouns = set(count.words)
    sharing = [d for d in outer if d.words & nouns]
    if not sharing and len(outer) == 1 and nouns & _CONTAINED:
        sharing = outer
    return sharing[0] if len(sharing) == 1 else None


def _is_at(display: Display, first: int, last: int) -> bool:
    """Whether a class or function begins in the lines, or is what they lie in."""
    return first <= display.first_line <= last


def _holds(outer: Display, inner: Display) -> bool:
    return (
        outer != inner
        and outer.first_line <= inner.first_line
        and inner.last_line <= outer.last_line
        and (outer.first_line, outer.last_line) != (inner.first_line, inner.last_line)
    )
