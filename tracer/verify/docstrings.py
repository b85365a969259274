"""Places in a docstring, where the sentence around them tells of a call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tracer.model.verification import Claim, ClaimVerdict, Ground
from tracer.verify.call_places import JudgedPair
from tracer.verify.citations import Citation
from tracer.verify.reading import Reading

_OF_TEXT = re.compile(
    r"\b(?:doc|docs|docstrings?|documentation|document(?:s|ed)|comments?|says|said|tells|described?"
    r"|describes|note[sd]?|mention(?:s|ed)|promises|claims)\b",
    re.IGNORECASE,
)


def off_docstrings(
    reading: Reading,
    claims: Sequence[Claim],
    citation: Citation,
    pairs: Sequence[JudgedPair],
    text: str,
) -> list[Claim]:
    """The claims of a place, refused where it lies in the docstring of the one caller told of.

    Args:
        pairs: The calls of the unit; where it tells of several, nobody knows whose place it is.
        text: All of the unit: it may speak of what is written there.
    """
    found = list(claims)
    if len(pairs) != 1 or _OF_TEXT.search(text):
        return found
    source, _, judgement = pairs[0].judged
    is_there = bool(citation.path) and reading.find_paths(citation.path) == (source.path,)
    if not is_there or not judgement.lines or len(claims) != len(citation.lines):
        return found
    called = ", ".join(f"{source.path}:{line}" for line in judgement.lines)
    for at, (first, last) in enumerate(citation.lines):
        if all(source.is_in_docstring(line) for line in range(first, last + 1)):
            detail = (
                f"line {first} is in the docstring of {source.qualname}, which calls it at {called}"
            )
            found[at] = replace(
                found[at], verdict=ClaimVerdict.MOVED, ground=Ground.SYNTAX, detail=detail
            )
    return found
