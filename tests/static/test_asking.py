"""Answers of questions that ask one another: as a graph says that was searched by somebody else."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.model.graph import OpenReason
from tracer.static.solving.asking import Answers, Asking, Question, of_node, told_of
from tracer.static.values import Open

LARGEST = 12
SOURCE = Open(OpenReason.UNKNOWN_VALUE, "what nobody read")

asked_of = st.lists(
    st.lists(st.integers(0, LARGEST - 1), max_size=4), min_size=LARGEST, max_size=LARGEST
)
sources = st.sets(st.integers(0, LARGEST - 1), max_size=3)
order = st.permutations(range(LARGEST))


def answers_of(asked: list[list[int]], sources: set[int]) -> Answers:
    def ask(question: Question) -> Asking:
        number = question[2]
        assert isinstance(number, int)
        if number in sources:
            return SOURCE
        for other in asked[number]:
            found = yield of_node((0, 0), other)
            if found is not None:
                return found
        return None

    return Answers(ask)


@given(asked_of, sources, order)
def test_open_is_what_leads_to_something_open(
    asked: list[list[int]], sources: set[int], order: list[int]
) -> None:
    """In circles, too, and whoever is asked first."""
    graph = nx.DiGraph((number, other) for number in range(LARGEST) for other in asked[number])
    graph.add_nodes_from(range(LARGEST))
    answers = answers_of(asked, sources)
    for number in order:
        leads_there = bool(sources & ({number} | nx.descendants(graph, number)))
        assert (answers.of(of_node((0, 0), number)) is not None) == leads_there


@pytest.mark.parametrize("is_open", [True, False])
def test_chains_have_no_limit(is_open: bool) -> None:
    """A hundred thousand questions, the last of which asks the first again."""
    length = 100_000
    asked = [[(number + 1) % length] for number in range(length)]
    answers = answers_of(asked, {length - 1} if is_open else set())
    assert (answers.of(of_node((0, 0), 0)) is not None) is is_open


def test_an_answer_that_is_passed_on_names_its_origin_once() -> None:
    """However many steps it makes."""
    near = told_of("`.kept` may hold", told_of("parameter `x` may be passed", SOURCE))
    assert near.detail == "`.kept` may hold: what nobody read"
    assert near.reason is SOURCE.reason
