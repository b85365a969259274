"""The sentences of a unit, as stretches of its marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tracer.verify.marks import Mark

# `e.g. `f`` and `cf. a.py:3` end none; what begins with a code span is a sentence, too.
_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bcf)(?<!\bvs)(?<!\bincl)(?<!\bresp)[.!?]['\")*_]*\s+"
)
_GOES_ON = re.compile(r"[a-zà-ÿ]")  # no sentence begins so


def sentences_of(marks: Sequence[Mark]) -> tuple[tuple[Mark, ...], ...]:
    """The marks of each sentence; text that holds the end of one is cut there, none is lost."""
    found: list[list[Mark]] = [[]]
    for at, mark in enumerate(marks):
        if mark.is_code or mark.citation is not None:
            found[-1].append(mark)
            continue
        begins = 0
        for end in _ends_in(marks, at):
            found[-1].append(replace(mark, text=mark.text[begins:end]))
            found.append([])
            begins = end
        if rest := mark.text[begins:]:
            found[-1].append(replace(mark, text=rest))
    return tuple(tuple(sentence) for sentence in found if sentence)


def span_of_sentence(marks: Sequence[Mark], at: int) -> tuple[int, int]:
    """The first and the last mark of the sentence in which a place or code span stands.

    Text at either end may belong to the neighbours in part.
    """
    first = next((n for n in range(at - 1, -1, -1) if _ends_in(marks, n)), 0)
    last = next((n for n in range(at + 1, len(marks)) if _ends_in(marks, n)), len(marks) - 1)
    return first, last


def _ends_in(marks: Sequence[Mark], at: int) -> list[int]:
    """Offsets behind the ends of sentences in a mark that is text."""
    mark = marks[at]
    if mark.is_code or mark.citation is not None:
        return []
    is_last = at + 1 == len(marks)
    return [
        match.end()
        for match in _END.finditer(mark.text)
        if not _GOES_ON.match(mark.text, match.end())
        and not (is_last and match.end() == len(mark.text))
    ]
