"""`f` function, the class `C`: a name that is said to be one of the tree, without a place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.marks import Mark
from tracer.verify.names import candidates, parse_span
from tracer.verify.reading import Reading

_TYPES = r"(?:functions?|methods?|class|helpers?|wrappers?)"
_BEHIND = re.compile(rf"[\s*_]+{_TYPES}\b(?!\s*(?:of|in|from)\s)", re.IGNORECASE)
_BEFORE = re.compile(rf"\b{_TYPES}[\s*_]+$", re.IGNORECASE)
_SHOWN = 2


def judge_names(reading: Reading, marks: Sequence[Mark]) -> list[Claim]:
    """Names of one unit that are called a function or a class.

    One that is defined is verified; one that stands nowhere in the tree is missing. One that only
    stands somewhere may come from outside: nothing is said of it.
    """
    claims: list[Claim] = []
    for at, mark in enumerate(marks):
        written = parse_span(mark.text) if mark.is_code and mark.citation is None else None
        before = marks[at - 1].text if at else ""
        behind = marks[at + 1].text if at + 1 < len(marks) else ""
        if written is None or not (_BEHIND.match(behind) or _BEFORE.search(before)):
            continue
        defined = candidates(written.dotted, reading)
        if defined:
            places = ", ".join(f"{d.path}:{d.def_line}" for d in defined[:_SHOWN])
            more = f" and {len(defined) - _SHOWN} more" if len(defined) > _SHOWN else ""
            claims.append(
                _claim(mark, ClaimVerdict.VERIFIED, Ground.SYNTAX, f"defined at {places}{more}")
            )
        elif _is_distinct(written.dotted) and not reading.is_word(written.name):
            detail = f"no `{written.name}` anywhere in the tree"
            claims.append(_claim(mark, ClaimVerdict.MISSING, Ground.TEXT, detail))
    return claims


def _claim(mark: Mark, verdict: ClaimVerdict, ground: Ground, detail: str) -> Claim:
    return Claim(ClaimKind.NAME, mark.text, mark.line, verdict, ground, detail)


def _is_distinct(dotted: str) -> bool:
    """A name of several words, with no library in front: `save_bundle`, `TorchModelManager`."""
    has_words = "_" in dotted.strip("_") or re.search(r"[a-z][A-Z]", dotted) is not None
    return "." not in dotted and has_words
