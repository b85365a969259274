"""A unit of a document as a row of marks: places, code spans and the text between, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer.verify.citations import Citation, find_citations
from tracer.verify.markdown import Piece


@dataclass(frozen=True, slots=True)
class Mark:
    """A cited place, a code span that is none, or text."""

    text: str
    line: int
    is_code: bool = False
    citation: Citation | None = None


def marks_of(pieces: Sequence[Piece]) -> tuple[Mark, ...]:
    """All marks of some pieces, from left to right; no character is lost."""
    found: list[Mark] = []
    for piece in pieces:
        at = 0
        for citation in find_citations(piece.text, is_code=piece.is_code):
            if before := piece.text[at : citation.start]:
                found.append(Mark(before, piece.line))
            text = piece.text[citation.start : citation.end]
            found.append(Mark(text, piece.line, piece.is_code, citation))
            at = citation.end
        if rest := piece.text[at:]:
            # What stands beside a place within a code span is text: `a.py:3 (read)`.
            found.append(Mark(rest, piece.line, piece.is_code and at == 0))
    return tuple(found)
