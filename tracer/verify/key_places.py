"""Claims that a key is set or taken away at a place: `k` is set at `a.py:3`, removes `k` (line 4).

A key may get there by ways that no statement writes (`update(other)`, a loop). It is called moved
only where the statement cited sets other constant keys, never names this one, and another sets it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.changes import KeyChange, key_changes_of
from tracer.verify.citations import Lines, range_text
from tracer.verify.cited import JOINS
from tracer.verify.expressions import parse_quoted
from tracer.verify.marks import Mark
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections
from tracer.verify.sentences import sentences_of
from tracer.verify.syntax import FileReading

_ADVERBS = r"(?:(?:then|also|once|again|only|first|always|newly|later|finally|\w+ly)\s+)*"
_SET = r"(?:set|assigned|stored|added|overwritten|initiali[sz]ed|injected)"
_GONE = r"(?:popped|removed|deleted|dropped|discarded)"
_PASSIVE = re.compile(
    rf"[\s*_]*(?:is|are|was|were|gets?|got)\s+{_ADVERBS}(?:(?P<set>{_SET})|(?P<gone>{_GONE}))\s+"
    rf"{_ADVERBS}(?:at|in|on|\()[\s*_(]*",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"\b(?:(?P<set>sets|assigns|stores|adds|overwrites|injects)"
    r"|(?P<gone>pops|removes|deletes|drops|discards))\s+(?:the\s+|an?\s+|key\s+)*[\s*_]*$",
    re.IGNORECASE,
)
_NEXT = re.compile(r"[\s*_]*(?:,|and|,\s*and|;)[\s*_]*", re.IGNORECASE)
_AT = re.compile(r"[\s*_]*(?:at|in|on|\()[\s*_(]*", re.IGNORECASE)
_PLAIN = re.compile(r"['\"]?(?P<key>[A-Za-z_]\w*)['\"]?")
_DENIED = re.compile(r"\b(?:no|not|never|neither|nor|without|instead)\b|n['’]t\b", re.IGNORECASE)
_SHOWN = 3


def judge_key_places(reading: Reading, sections: Sections, marks: Sequence[Mark]) -> list[Claim]:
    """Claims of one unit, one for each key with a place of its own."""
    claims: list[Claim] = []
    for sentence in sentences_of(marks):
        for at, place, is_gone in _told(sentence):
            claims += _judge(reading, sections, sentence[at], sentence[place], is_gone=is_gone)
    return claims


def _told(marks: Sequence[Mark]) -> list[tuple[int, int, bool]]:
    """The marks of key and place, and whether the key is told to be taken away."""
    found: list[tuple[int, int, bool]] = []
    running: bool | None = None  # of a list: `a` is set at 3, `b` at 4
    for at in range(len(marks) - 2):
        mark, between, place = marks[at : at + 3]
        if not mark.is_code or mark.citation is not None or place.citation is None:
            continue
        before = marks[at - 1].text if at and not marks[at - 1].is_code else ""
        passive, active = _PASSIVE.fullmatch(between.text), _ACTIVE.search(before)
        goes_on = running is not None and bool(found) and found[-1][1] == at - 2
        if passive:
            running = passive["gone"] is not None
        elif active and JOINS.fullmatch(between.text):
            running = active["gone"] is not None
        elif not (goes_on and _NEXT.fullmatch(before) and _AT.fullmatch(between.text)):
            continue
        if running is not None and not _DENIED.search(before[-30:]):
            found.append((at, at + 2, running))
    return found


def _judge(
    reading: Reading, sections: Sections, mark: Mark, place: Mark, *, is_gone: bool
) -> list[Claim]:
    key = _key_of(mark.text)
    at = _place(reading, sections, place)
    if not key or at is None:
        return []
    file, lines = at
    first, last = file.whole_statements(*lines)
    every = [each for each in key_changes_of(file.lines) if each.is_removed == is_gone]
    here = [each for each in every if each.first_line <= last and first <= each.last_line]
    here = [each for each in here if first <= each.line <= last]
    does = "taken away" if is_gone else "set"
    text = f"{key} {does} at {file.path}:{range_text(lines)}"

    def claim(verdict: ClaimVerdict, ground: Ground | None, detail: str) -> list[Claim]:
        return [Claim(ClaimKind.MEMBER, text, mark.line, verdict, ground, detail)]

    if right := [each for each in here if each.key == key]:
        detail = f"`{right[0].text}` at line {right[0].line}"
        return claim(ClaimVerdict.VERIFIED, Ground.SYNTAX, detail)
    others = [each for each in every if each.key == key]
    is_named = any(
        re.search(rf"(?<!\w){re.escape(key)}(?!\w)", t) for t in file.lines[first - 1 : last]
    )
    if not others or is_named:
        return []
    where = f"{key} is {does} at {_listed(file.path, others)}"
    if any(each.is_key for each in here) and any(each.is_key for each in others):
        return claim(ClaimVerdict.MOVED, Ground.SYNTAX, where)
    return claim(ClaimVerdict.UNVERIFIABLE, None, f"no statement there names it; {where}")


def _key_of(text: str) -> str:
    """`k`, `"k"`, `d["a"]["k"]`, `self.k` → `k`."""
    if (match := _PLAIN.fullmatch(text)) is not None:
        return match["key"]
    match parse_quoted(text):
        case ast.Expr(value=ast.Subscript(slice=ast.Constant(value=str(key)))):
            return key
        case ast.Expr(value=ast.Attribute(attr=key)):
            return key
    return ""


def _place(reading: Reading, sections: Sections, mark: Mark) -> tuple[FileReading, Lines] | None:
    place = sections.place(mark.citation)
    file = None if place is None else reading.file(place[0])
    return (file, place[1]) if place is not None and file is not None and file.scopes else None


def _listed(path: str, changes: Sequence[KeyChange]) -> str:
    lines = sorted({each.line for each in changes})
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return ", ".join(f"{path}:{line}" for line in lines[:_SHOWN]) + more
