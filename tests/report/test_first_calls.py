"""Who called the first function of a way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import tracer
from tracer.model.evidence import EdgeVerdict
from tracer.model.source import FunctionId
from tracer.report.lines import caller_lines, seen_calls_of
from tracer.report.markdown import render_summary
from tracer.report.names import Names
from tracer.report.quoting import MARKDOWN

BUNDLE = Path(__file__).parents[2] / "reports" / "ptycho_mini"
_SAVED = FunctionId("ptycho/model_manager.py::ModelManager.save_model")


def test_a_caller_that_a_run_saw_is_named() -> None:
    """Calls that were only read are none of them."""
    evidence = tracer.read_bundle(BUNDLE).evidence
    (edge,) = seen_calls_of(_SAVED, evidence)
    assert (edge.caller.rpartition(".")[2], edge.calls) == ("save_multiple_models", 2)
    edges = tuple(
        replace(each, verdict=EdgeVerdict.NOT_REACHED, calls=0) if each is edge else each
        for each in evidence.edges
    )
    assert seen_calls_of(_SAVED, replace(evidence, edges=edges)) == ()


def test_a_way_of_one_function_says_who_called_it() -> None:
    """And denies that the run shows it only where the run does not."""
    bundle = tracer.read_bundle(BUNDLE)
    alone = tuple(
        replace(chain, hops=chain.hops[-1:])
        for chain in bundle.evidence.chains
        if len(chain.hops) > 1 and chain.hops[-1].caller == _SAVED
    )
    assert alone
    evidence = replace(bundle.evidence, chains=alone)
    told = render_summary(evidence, "")
    assert "called by `ModelManager.save_multiple_models` at `ptycho/model_manager.py:" in told
    unseen = tuple(edge for edge in evidence.edges if edge.callee != _SAVED)
    told = render_summary(replace(evidence, edges=unseen), "")
    assert "called by `ModelManager.save_multiple_models`" not in told


def test_who_only_hands_a_function_over_is_told_so() -> None:
    """A property keeps its function: making one calls nothing."""
    evidence = tracer.read_bundle(BUNDLE).evidence
    (edge,) = seen_calls_of(_SAVED, evidence)
    place = f"`{edge.caller.partition('::')[0]}:{edge.line}`"
    for through, told in (
        ("builtins.property.__init__ (later)", f"{place} (later)"),
        ("builtins.sorted", place),
    ):
        callers = [(_SAVED, [replace(edge, through=through)])]
        (line,) = caller_lines(callers, Names(evidence), MARKDOWN, 200)
        assert line.endswith(told)
