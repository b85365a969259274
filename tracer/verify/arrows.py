"""Arrows between code spans, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.verify.citations import Citation
from tracer.verify.marks import Mark
from tracer.verify.names import parse_span

NO_PATH = "no path"
ARROW = re.compile(r"\s*(?:→|⇒|⟶|-->|->|=>)\s*")
_NO_PATH_BEFORE = re.compile(r"\bno (?:call )?path(?: from)?:?[\s*_]*$", re.IGNORECASE)
_NO_PATH_AFTER = re.compile(r"^[\s*_:,(—-]*no (?:call )?path\b", re.IGNORECASE)
_DENIAL = re.compile(r"\b(?:no|not|never|nothing|without|cannot)\b|n['’]t\b", re.IGNORECASE)
_REMARK = re.compile(r"[\s*_]*(?:\([^()]*\))?[\s*_]*")


@dataclass(frozen=True, slots=True)
class Hop:
    """One end of a claimed call, as written."""

    text: str
    line: int
    dotted: str  # empty: no name of a function
    is_external_form: bool = False  # dotted or with arguments, so that it may be outside the tree
    has_arguments: bool = False
    citation: Citation | None = None


Arrow = tuple[Hop, Hop, str, str]


def hop_of(mark: Mark) -> Hop:
    """A code span or a cited symbol as one end of a claimed call."""
    if mark.citation is not None:
        return Hop(mark.text, mark.line, mark.citation.symbol, citation=mark.citation)
    written = parse_span(mark.text)
    if written is None:
        return Hop(mark.text, mark.line, "")
    is_external = "." in written.dotted or written.has_arguments
    return Hop(mark.text, mark.line, written.dotted, is_external, written.has_arguments)


def arrows_of(marks: Sequence[Mark]) -> list[Arrow]:
    """Pairs of code spans with an arrow between them, or with one hop in prose: its text.

    The last of the four is what denies the arrow, if anything does.
    """
    segments: list[list[Mark]] = [[]]
    for mark in marks:
        parts = ARROW.split(mark.text)
        if len(parts) == 1:
            segments[-1].append(mark)
            continue
        for number, part in enumerate(parts):
            if number:
                segments.append([])
            if part.strip():
                segments[-1].append(Mark(part, mark.line, mark.is_code))
    found: list[Arrow] = []
    for at, before in enumerate(segments[:-1]):
        left = _last_hop(before)
        if left is None:
            continue
        after = segments[at + 1]
        right = _first_hop(after)
        if right is not None:
            found.append((left, right, "", _denial(before, after)))
        elif at + 2 < len(segments) and not any(mark.is_code for mark in after):
            right = _first_hop(segments[at + 2])
            if right is not None:
                denial = _denial(before, segments[at + 2])
                found.append((left, right, plain_text(after), denial))
    return found


def _denial(before: Sequence[Mark], after: Sequence[Mark]) -> str:
    """What stands before the left hop or behind the right one and denies the arrow."""
    spans = [at for at, mark in enumerate(before) if mark.is_code]
    ahead = before[spans[-1] - 1].text if spans and spans[-1] > 0 else ""
    first = next((at for at, mark in enumerate(after) if mark.is_code), len(after))
    behind = after[first + 1].text if first + 1 < len(after) else ""
    if _NO_PATH_BEFORE.search(ahead) or _NO_PATH_AFTER.search(behind):
        return NO_PATH
    clause = re.split(r"[.;:!?]\s", ahead)[-1]
    found = _DENIAL.search(clause)
    return found[0] if found else ""


def _last_hop(segment: Sequence[Mark]) -> Hop | None:
    for number in range(len(segment) - 1, -1, -1):
        if segment[number].is_code:
            rest = "".join(mark.text for mark in segment[number + 1 :])
            return hop_of(segment[number]) if _REMARK.fullmatch(rest) else None
    return None


def _first_hop(segment: Sequence[Mark]) -> Hop | None:
    for number, mark in enumerate(segment):
        if mark.is_code:
            before = "".join(mark.text for mark in segment[:number])
            return hop_of(mark) if not before.strip(" *_") else None
    return None


def plain_text(cell: Sequence[Mark]) -> str:
    """The text of some marks, as it reads."""
    return "".join(mark.text for mark in cell).strip()
