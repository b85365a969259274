"""The headings of a document, and which of them a section sign means."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tracer.verify.markdown import UnitKind, read_units

NUMBER = re.compile(r"\d+(?:\.\d+)*")
_WORDS = re.compile(r"\w+(?:\.\d+)*")
_MARKUP = frozenset({".md", ".markdown"})


def headings_of(path: str, text: tuple[str, ...]) -> list[tuple[int, str]]:
    """Line and text of each heading."""
    if PurePosixPath(path).suffix.lower() in _MARKUP:
        units = read_units("\n".join(text))
        return [
            (unit.line, "".join(piece.text for piece in unit.pieces).strip())
            for unit in units
            if unit.kind is UnitKind.HEADING
        ]
    # reStructuredText and plain text: a line with a rule under it.
    rule = re.compile(r"([=\-~^\"'#*+])\1{2,}\s*")
    return [
        (number, line.strip())
        for number, line in enumerate(text[:-1], start=1)
        if line.strip() and rule.fullmatch(text[number])
    ]


def heading_for(
    part: str, headings: list[tuple[int, str]], *, is_number: bool
) -> tuple[int, str] | None:
    """The heading numbered so, or the first whose words hold all words of the part."""
    wanted = part.lower()
    for line, heading in headings:
        if is_number:
            number = NUMBER.search(heading)
            if number is not None and number[0] == wanted and number.start() <= 2:
                return line, heading
        elif _holds_words(heading, wanted):
            return line, heading
    return None


def _holds_words(heading: str, wanted: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(heading)]
    parts = _WORDS.findall(wanted)
    return bool(parts) and any(
        words[at : at + len(parts)] == parts for at in range(len(words) - len(parts) + 1)
    )
