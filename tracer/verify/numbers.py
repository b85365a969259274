"""Numbers in words or digits, with what is said before them: `about 20`, `at least three`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = {
    "no": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_HOW = (
    r"~|≈|(?:about|around|approximately|roughly|some|nearly|circa)\s+"
    r"|(?:more than|over|at least|≥|>)\s*|(?:fewer than|less than|at most|up to|<|≤)\s*"
)
NUMBER = rf"(?P<how>{_HOW})?(?P<number>\d{{1,4}}|{'|'.join(_WORDS)})(?P<plus>\+)?"
"""A pattern with three groups, for `said_number`; letters of either case."""


@dataclass(frozen=True, slots=True)
class Said:
    """A number as it is said."""

    text: str
    number: int
    how: str = ""  # what stands before it, lower case


def said_number(match: re.Match[str]) -> Said:
    """What a match of `NUMBER` says."""
    written = match["number"].lower()
    number = _WORDS[written] if written in _WORDS else int(written)
    how = "at least" if match["plus"] else (match["how"] or "").strip().lower()
    text = f"{match['how'] or ''}{match['number']}{match['plus'] or ''}"
    return Said(text, number, how)


def fits(said: Said, size: int) -> bool:
    """Whether a size is what was said; «about» allows for a tenth."""
    if said.how in ("more than", "over", ">"):
        return size > said.number
    if said.how in ("at least", "≥"):
        return size >= said.number
    if said.how in ("fewer than", "less than", "<"):
        return size < said.number
    if said.how in ("at most", "up to", "≤"):
        return size <= said.number
    if said.how:
        return abs(size - said.number) <= max(1, said.number / 10)
    return size == said.number
