"""Whether two briefs ask the same."""

from __future__ import annotations

import re

from tracer.model.brief import Brief
from tracer.model.memory import Match, QuestionMatch
from tracer.tables.words import Words

_WORD = re.compile(r"\w+(?:[._]\w+)*")
_NEAR = 0.6  # of the words of both that the questions must share
_FEWEST = 3  # shared words; two short questions are soon alike


def normal_question(question: str) -> str:
    """The question without case, white space, markup, quotation marks and end marks."""
    words = " ".join(question.replace("`", "").casefold().split())
    return words.strip("\"'\u201c\u201d\u2018\u2019\u00ab\u00bb .?!")


def question_match(asked: Brief, before: Brief, words: Words) -> QuestionMatch | None:
    """How an earlier brief is related to this one; None where it is not.

    The same is only what has the same question under the same initiative. What shares most of its
    words is near.
    """
    is_same_question = normal_question(asked.question) == normal_question(before.question)
    initiatives = _initiative(asked), _initiative(before)
    if is_same_question and initiatives[0] == initiatives[1]:
        return QuestionMatch(
            Match.SAME, "same initiative and question", tuple(_differences(asked, before))
        )
    if is_same_question:
        named = before.initiative_id or "no initiative"
        return QuestionMatch(Match.NEAR, f"the same question under {named}")
    ours, theirs = (_content(brief.question, words) for brief in (asked, before))
    shared, both = len(ours & theirs), len(ours | theirs)
    if shared < _FEWEST or shared < _NEAR * both:
        return None
    return QuestionMatch(Match.NEAR, f"the questions share {shared} of their {both} words")


def _initiative(brief: Brief) -> str:
    return brief.initiative_id.strip().casefold()


def _content(question: str, words: Words) -> set[str]:
    return {word for word in _WORD.findall(normal_question(question)) if word not in words.stop}


def _differences(asked: Brief, before: Brief) -> list[str]:
    """What else the two briefs ask for, where it decides what an answer holds."""
    told = []
    for name, ours, theirs in (
        ("scope hints", asked.scope_hints, before.scope_hints),
        ("namespaces", asked.namespaces, before.namespaces),
        ("region of interest", (asked.roi_hint,), (before.roi_hint,)),
        ("anchors", _anchors(asked), _anchors(before)),
    ):
        gone = ", ".join(each for each in theirs if each not in ours)
        new = ", ".join(each for each in ours if each not in theirs)
        if gone or new:
            parts = [f"without {gone}"] if gone else []
            parts += [f"with {new}"] if new else []
            told.append(f"other {name}: {', '.join(parts)} now")
    return told


def _anchors(brief: Brief) -> tuple[str, ...]:
    return tuple(anchor.text for anchor in brief.anchors)
