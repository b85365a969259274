"""Planted errors on the embedded target: what is caught, and what is never called verified."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from benchmarks.planting.facts import Facts, facts_of
from benchmarks.planting.graph_bugs import Bug, Outcome, outcomes, plant
from benchmarks.planting.papers import claims_of, write
from benchmarks.planting.statements import Kind, Writer
from benchmarks.planting.trees import Tree, read
from tracer.verify.documents import verify_document

TARGET = Path(__file__).parents[2] / "examples" / "ptycho_mini"


@pytest.fixture(scope="module")
def tree() -> Tree:
    """Read once."""
    return read("ptycho_mini", TARGET)


@pytest.fixture(scope="module")
def facts(tree: Tree) -> Facts:
    """What documents of it are made of."""
    return facts_of(tree)


def test_a_true_document_has_no_false_alarm(tree: Tree, facts: Facts) -> None:
    """And most of it is judged."""
    paper = write("Right", Writer(facts, tree.layouts, Random(7)).true(24))
    found = verify_document("d", paper.text, tree.sources, tree.graph, (), tree.layouts)
    assert [claim for claim in found.claims if claim.verdict.is_bad] == []
    judged = [bool(claims) for _, claims in claims_of(paper, found)]
    assert sum(judged) > 0.8 * len(judged)


def test_each_kind_of_error_is_caught_somewhere(tree: Tree, facts: Facts) -> None:
    """On its own lines; a kind that is never caught would be one that is not looked for."""
    paper = write("Wrong", Writer(facts, tree.layouts, Random(7)).wrong(12))
    found = verify_document("d", paper.text, tree.sources, tree.graph, (), tree.layouts)
    caught = {
        statement.wrong
        for statement, claims in claims_of(paper, found)
        if any(claim.verdict.is_bad for claim in claims)
    }
    assert caught >= set(Kind) - {Kind.LINE}  # few places of so small a tree have such neighbours


def test_no_false_edge_is_verified(tree: Tree) -> None:
    """It does not take the solver's word; without a run a dropped edge leaves no trace."""
    graph, planted = plant(tree.graph, 12, Random(7))
    counts: Counter[tuple[Bug, Outcome]] = Counter(
        (one.bug, outcome) for one, outcome in outcomes(tree.sources, graph, planted, ())
    )
    assert sum(counts.values()) == 12 * len(Bug)
    assert not sum(counts[bug, Outcome.BELIEVED] for bug in Bug)
    assert counts[Bug.REDIRECTED, Outcome.SYNTAX] >= 6
    assert counts[Bug.DROPPED, Outcome.UNSEEN] == 12


def test_edges_as_they_are_are_not_refuted(tree: Tree) -> None:
    """Control: the same check on the graph without bugs."""
    graph, planted = plant(tree.graph, 12, Random(7))
    assert graph != tree.graph
    control = [type(one)(one.bug, one.right, one.right, one.right.callees[0]) for one in planted]
    found = {outcome for _, outcome in outcomes(tree.sources, tree.graph, control, ())}
    assert found <= {Outcome.BELIEVED, Outcome.DERIVED}  # here, believing is right
