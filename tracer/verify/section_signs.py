"""`path §4.5`: the headings of a document that a section sign names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.headings import NUMBER, heading_for, headings_of
from tracer.verify.marks import Mark
from tracer.verify.reading import Reading

_NUMBERS = r"\d+(?:\.\d+)*(?:\s?[,–/-]\s?\d+(?:\.\d+)*)*"
_SIGN = re.compile(rf"[\s*_,(]*(?P<text>§+\s?(?P<numbers>{_NUMBERS}))")


def judge_sections(reading: Reading, path: str, marks: Sequence[Mark], at: int) -> list[Claim]:
    """One claim for each section number that stands directly behind a document's name."""
    behind = marks[at + 1].text if at + 1 < len(marks) else ""
    match = _SIGN.match(behind)
    if match is None or path.endswith(".py"):
        return []
    text = reading.lines(path)
    headings = headings_of(path, text) if text else []
    return [
        _judge(path, part, headings, marks[at].line) for part in NUMBER.findall(match["numbers"])
    ]


def _judge(path: str, part: str, headings: list[tuple[int, str]], line: int) -> Claim:
    told = f"{path} §{part}"
    found = heading_for(part, headings, is_number=True)
    if found is not None:
        detail = f"line {found[0]}: {found[1]}"
        return Claim(ClaimKind.ANCHOR, told, line, ClaimVerdict.VERIFIED, Ground.TEXT, detail)
    if not any(NUMBER.match(heading) for _, heading in headings):
        detail = f"no heading of {path} has a number"
        return Claim(ClaimKind.ANCHOR, told, line, ClaimVerdict.UNVERIFIABLE, None, detail)
    detail = f"no heading §{part} in {path}"
    return Claim(ClaimKind.ANCHOR, told, line, ClaimVerdict.MISSING, Ground.TEXT, detail)
