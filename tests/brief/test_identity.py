"""The same question is the same words under the same initiative; all else is near at most."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracer.brief.identity import normal_question, question_match
from tracer.brief.question import question_brief
from tracer.model.memory import Match
from tracer.tables.words import load_words

WORDS = load_words()
ASKED = replace(
    question_brief("How does training produce and consume `wts.h5.zip` bundles?", hints=("zip",)),
    initiative_id="INTEGRATE-1",
)


@pytest.mark.parametrize(
    "question",
    [
        "How does training produce and consume `wts.h5.zip` bundles?",
        "how does  training produce and consume wts.h5.zip bundles",
        '"How does training produce and consume `wts.h5.zip` bundles?"',
    ],
)
def test_markup_case_and_end_marks_do_not_matter(question: str) -> None:
    """The initiative neither, as far as its case goes."""
    found = question_match(
        ASKED, replace(ASKED, question=question, initiative_id="integrate-1"), WORDS
    )
    assert found is not None and found.match is Match.SAME and found.differs == ()


def test_another_scope_is_told() -> None:
    """The question is the same; the answer may hold other things."""
    found = question_match(ASKED, replace(ASKED, scope_hints=("zip", "dill")), WORDS)
    assert found is not None and found.match is Match.SAME
    assert found.differs == ("other scope hints: without dill now",)


def test_another_initiative_makes_it_near() -> None:
    """The bare question of `ask` has none."""
    found = question_match(replace(ASKED, initiative_id=""), ASKED, WORDS)
    assert found is not None and found.match is Match.NEAR
    assert found.why == "the same question under INTEGRATE-1"


def test_most_words_shared_is_near_and_never_the_same() -> None:
    """Words that every question has do not count; control: one of other words is not related."""
    near = replace(ASKED, question="How does inference consume `wts.h5.zip` bundles of training?")
    found = question_match(ASKED, near, WORDS)
    assert found is not None and found.match is Match.NEAR
    assert found.why == "the questions share 4 of their 6 words"
    other = replace(ASKED, question="How does the loader of patches get and set its values?")
    assert question_match(ASKED, other, WORDS) is None


def test_the_normal_form_is_one_of_its_own() -> None:
    """Doing it twice changes nothing."""
    once = normal_question('  "What is   `A`?!" ')
    assert once == "what is a" == normal_question(once)
