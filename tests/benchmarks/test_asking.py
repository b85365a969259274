"""The judge of the bots: what is right, what is wrong, what is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.asking.answers import Hop, Said
from benchmarks.asking.grep_bot import GrepBot
from benchmarks.asking.query_bot import ask_query
from benchmarks.asking.questions import Question, choose
from benchmarks.asking.suite import judge, page
from benchmarks.asking.truth import Ran, Truth

_SOURCE = """
class Box:
    def save(self):
        pack()


class Bag:
    def save(self):
        pack()


def pack():
    return 1


def close(box):
    box.save()


def day():
    close(Box())
"""
_BOX, _BAG = Ran("a.py", "Box.save"), Ran("a.py", "Bag.save")
_PACK, _CLOSE, _DAY = Ran("a.py", "pack"), Ran("a.py", "close"), Ran("a.py", "day")


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    """A run that made a Box and no Bag."""
    (tmp_path / "a.py").write_text(_SOURCE)
    lines = {(_DAY, _CLOSE): (21,), (_CLOSE, _BOX): (17,), (_BOX, _PACK): (4,)}
    return Truth(tmp_path, lines)


def _chain(*hops: tuple[Ran, Ran, int], is_sure: bool = True) -> list[Hop]:
    return [Hop(caller.id, callee.id, line, is_sure) for caller, callee, line in hops]


def test_questions_have_the_distance_of_the_run(truth: Truth) -> None:
    """No function is an end twice, and the same seed asks the same."""
    asked = choose("a", truth, 2, "1")
    ends = [end for q in asked for end in (q.start, q.end) if end is not None]
    assert len(ends) == len(set(ends))
    assert asked == choose("a", truth, 2, "1")
    for question in asked:
        if question.start is not None:
            assert truth.distances(question.start)[question.end] == question.hops


def test_a_chain_is_right_where_each_call_ran(truth: Truth) -> None:
    """One that goes elsewhere is wrong where it is told for sure, else open."""
    question = Question("a", 2, _DAY, _BOX)
    right = Said(chains=[_chain((_DAY, _CLOSE, 21), (_CLOSE, _BOX, 17))])
    assert judge(truth, question, "bot", right).is_right
    other = Question("a", 2, _DAY, _BAG)
    sure = Said(chains=[_chain((_DAY, _CLOSE, 21), (_CLOSE, _BAG, 17))])
    assert len(judge(truth, other, "bot", sure).wrong) == 1
    unsure = Said(chains=[_chain((_DAY, _CLOSE, 21), (_CLOSE, _BAG, 17), is_sure=False)])
    judged = judge(truth, other, "bot", unsure)
    assert (judged.wrong, judged.is_right) == ((), False)


def test_a_denial_and_a_false_whole_are_wrong(truth: Truth) -> None:
    """Unless they are told with a doubt."""
    chain, callers = Question("a", 2, _DAY, _BOX), Question("a", 1, None, _PACK, (_BOX,))
    assert judge(truth, chain, "bot", Said(denies=True)).wrong
    assert not judge(truth, chain, "bot", Said()).wrong
    assert judge(truth, callers, "bot", Said(is_complete=True)).wrong
    assert not judge(truth, callers, "bot", Said()).wrong
    named = Said(callers=_chain((_BOX, _PACK, 4), (_BAG, _PACK, 9)))
    assert judge(truth, callers, "bot", named).is_right


def test_both_bots_answer(truth: Truth) -> None:
    """The one by the graph, the other by its names; and the page has both."""
    question = Question("a", 3, _DAY, _PACK)
    ours, grep = ask_query(question, truth.root), GrepBot(truth.root).ask(question)
    judged = [judge(truth, question, "tracer query", ours)]
    judged.append(judge(truth, question, "grep and read", grep))
    assert judged[0].is_right and not judged[0].wrong
    assert (ours.calls, grep.calls > 1) == (1, True)
    assert ours.tokens and grep.tokens
    text = page(judged, "1")
    assert "| 3 | tracer query | 1 of 1 | 1 | 0 | 1.0 |" in text
