"""Which sentences and cells of a document hold no claim that anything was said of.

A claim is of one sentence, the one that writes most of what it names: a paragraph with one place
is not judged as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.model.verification import Claim, SilentText
from tracer.verify.markdown import Unit, UnitKind
from tracer.verify.marks import Mark, marks_of
from tracer.verify.sentences import sentences_of

_WORD = re.compile(r"\w")
_LONGEST = 100  # characters of a sentence that are quoted

_Sentence = tuple[Mark, ...]


def silent_texts(unit: Unit, claims: Sequence[Claim]) -> list[SilentText]:
    """The sentences of a unit without a claim; of a block of code the whole."""
    if unit.kind is UnitKind.HEADING or not _WORD.search(unit.text):
        return []
    if unit.kind is UnitKind.FENCE:
        return [] if claims else [SilentText(unit.line, _cut(unit.text.strip("`")))]
    sentences = sentences_of(marks_of(unit.pieces))
    return [_silent(each) for each in _without_claim(sentences, claims)]


def silent_in_row(units: Sequence[Unit], claims: Sequence[Claim]) -> list[SilentText]:
    """The same of a table's row: a cell of one sentence belongs to the row's claims."""
    cells = [sentences_of(marks_of(unit.pieces)) for unit in units]
    sentences = [sentence for cell in cells for sentence in cell]
    if not claims:
        return [SilentText(u.line, _cut(u.text)) for u in units if _WORD.search(u.text)]
    silent = _without_claim(sentences, claims)
    several = [id(sentence) for cell in cells if _said(cell) > 1 for sentence in cell]
    return [_silent(each) for each in silent if id(each) in several]


def _said(cell: Sequence[_Sentence]) -> int:
    return sum(_WORD.search(_text(sentence)) is not None for sentence in cell)


def _without_claim(sentences: Sequence[_Sentence], claims: Sequence[Claim]) -> list[_Sentence]:
    told = [sentence for sentence in sentences if _WORD.search(_text(sentence))]
    if len(told) == 1:
        return [] if claims else told
    texts: list[list[str]] = [[] for _ in told]  # of the claims of each sentence
    for claim in claims:
        shares = [_share(sentence, claim) for sentence in told]
        most = max(shares, default=0)
        if most:
            # Two sentences may name one place, and then each has a claim of its own.
            best = [number for number, share in enumerate(shares) if share == most]
            of = min(best, key=lambda number: texts[number].count(claim.text))
            texts[of].append(claim.text)
    return [sentence for sentence, found in zip(told, texts, strict=True) if not found]


def _share(sentence: _Sentence, claim: Claim) -> int:
    """How much of what a claim names a sentence writes, in characters."""
    spans = {mark.text.strip() for mark in sentence if mark.is_code or mark.citation is not None}
    share = sum(len(span) for span in spans if span and span in claim.text)
    is_quoted = claim.text in _text(sentence)
    return share + len(claim.text) * is_quoted


def _silent(sentence: _Sentence) -> SilentText:
    first = next((mark for mark in sentence if _WORD.search(mark.text)), sentence[0])
    shown = "".join(f"`{m.text}`" if m.is_code else m.text for m in sentence)
    return SilentText(first.line, _cut(shown))


def _text(sentence: _Sentence) -> str:
    return "".join(mark.text for mark in sentence)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
