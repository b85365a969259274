"""Questions of the three shapes, each on a small program with its brief beside it.

Distilled from real briefs: a gradient that a detach ends, a premise that does not hold, an inner
function without `nonlocal`, a gradient that crosses modules, one class made in two ways.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tracer.model.brief import QuestionShape
from tracer.model.evidence import Evidence, FindingKind
from tracer.model.flow import FlowHop, HopKind, Sureness, ValueFlow
from tracer.model.parting import PartingOutcome
from tracer.model.source import path_of
from tracer.model.verification import ClaimVerdict, Verification
from tracer.pipeline.run import BundleRequest, run_brief
from tracer.pipeline.workloads import RunRequest
from tracer.plan.goal_taps import tapped_goals
from tracer.report.flows import crossings, first_end
from tracer.report.markdown import render_static
from tracer.report.summary import SUMMARY_LINES, render_summary
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table
from tracer.verify.evidence import verify_evidence

HERE = Path(__file__).parent / "programs"
CASES = ("zero_gradient", "stale_premise", "closure", "crossing_modules", "constructors")


@cache
def answer(case: str) -> tuple[Evidence, Verification]:
    request = BundleRequest(HERE / case, runs=RunRequest(is_off=True), dry_run=True)
    result = run_brief(HERE / case / "brief.md", request)
    return result.evidence, result.verification


def flow(case: str, name: str) -> ValueFlow:
    return next(each for each in answer(case)[0].flows if each.name == name)


def ends(found: ValueFlow, kind: HopKind) -> list[tuple[str, int]]:
    return [(hop.function, hop.line) for hop in found.hops if hop.kind is kind]


def end(found: ValueFlow) -> FlowHop:
    place = first_end(found)
    assert place is not None
    return found.hops[place]


@pytest.mark.parametrize("case", CASES)
def test_nothing_that_is_told_is_refused_and_the_page_is_one_page(case: str) -> None:
    """The verifier reads the places for itself; the summary keeps its bound."""
    evidence, verification = answer(case)
    assert not [claim for claim in verification.claims if claim.verdict.is_bad]
    summary = render_summary(evidence, "card")
    assert len(summary.splitlines()) <= SUMMARY_LINES
    heading = "Two paths side by side" if evidence.contrasted else "The way of the values"
    assert f"## {heading}" in render_static(evidence)


@pytest.mark.parametrize("case", CASES)
def test_a_moved_line_is_refused(case: str, tmp_path: Path) -> None:
    """Control for the one above: the same answer against a tree whose lines moved."""
    evidence, _ = answer(case)
    if not evidence.flows:
        pytest.skip("this question follows no value")
    for path in (HERE / case).rglob("*.py"):
        copy = tmp_path / path.relative_to(HERE / case)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text("# one line more\n" + path.read_text())
    again = verify_evidence(evidence, read_tree(tmp_path))
    moved = [c for c in again.claims if c.verdict.is_bad and c.text.startswith("`")]
    assert moved


def test_a_detach_ends_a_gradient_and_a_plain_way_arrives() -> None:
    """Two parameters of one class: over a dataclass, an attribute and two methods."""
    evidence, _ = answer("zero_gradient")
    assert evidence.brief.shape is QuestionShape.VALUE_FLOW
    lost, kept = flow("zero_gradient", "a"), flow("zero_gradient", "b")
    assert ends(lost, HopKind.LOST) == [("pkg/crystal.py::Crystal.volume", 11)]
    assert not ends(lost, HopKind.ARRIVES)
    assert not ends(kept, HopKind.LOST)
    assert ends(kept, HopKind.ARRIVES) == [("check.py::train", 17)]
    assert ends(kept, HopKind.DROPPED) == [("pkg/simulator.py::Simulator.run", 11)]
    assert end(lost).kind is HopKind.LOST and end(kept).kind is HopKind.ARRIVES
    assert "none arrives where it is made use of" in render_summary(evidence, "card")


def test_each_hop_on_a_way_has_a_tap_that_stands_in_the_evidence() -> None:
    """Taps on names, never on a class's own default."""
    evidence, _ = answer("zero_gradient")
    keys = {result.tap.key: result.tap for result in evidence.taps}
    tapped = [hop for each in evidence.flows for hop in each.hops if hop.tap]
    assert len(tapped) > 6
    assert {hop.tap for hop in tapped} <= keys.keys()
    assert not any(tap.expression.startswith("CellConfig") for tap in keys.values())


def test_a_premise_that_does_not_hold_is_said_first() -> None:
    """Both come to the function that binds `steps`; the arguments that differ stand beside it."""
    evidence, _ = answer("stale_premise")
    contrasted = evidence.contrasted
    assert contrasted is not None
    first = contrasted.partings[0]
    assert first.goal == "sim/core.py::Simulator.run"
    assert (first.outcome, first.is_premise) == (PartingOutcome.BOTH, True)
    assert first.a.entry == "sim/__main__.py::main"
    assert first.b.entry == "tests/test_steps.py::test_steps_normalization"
    assert evidence.findings[0].kind is FindingKind.PREMISE
    answer_line = render_summary(evidence, "card").partition("## Answer\n")[2].splitlines()[0]
    assert "premise not supported: both paths reach `Simulator.run` `sim/core.py:7`" in answer_line
    made = next(t for t in contrasted.touchpoints if t.callee.endswith("Simulator.__init__"))
    assert {(p.parameter, p.a, p.b) for p in made.arguments if not p.is_same} == {
        ("size", "options.size", "8"),
        ("oversample", "2", "1"),
        ("roi", "", "(0, 4)"),
    }


def test_the_first_tap_of_a_divergence_reads_what_both_sides_come_to() -> None:
    """Where reading finds no difference, the value of each side decides."""
    evidence, verification = answer("stale_premise")
    taps = render_summary(evidence, "card").partition("## First taps")[2].splitlines()
    first = evidence.taps[0].tap
    assert (first.key, first.expression, first.path) == (
        "side.Simulator.run.steps",
        "steps",
        "sim/core.py",
    )
    assert f"`sim/core.py:{first.line}`" in taps[1] and "`side.Simulator.run.steps`" in taps[1]
    assert any(claim.text.startswith("tap side.") for claim in verification.claims)
    root = HERE / "stale_premise"
    graph, tree = build_call_graph(read_tree(root), load_effect_table()), read_tree(root)
    assert evidence.contrasted is not None
    (parting, *_) = evidence.contrasted.partings
    for outcome, count in ((PartingOutcome.BOTH, 1), (PartingOutcome.NEITHER, 0)):
        told = replace(evidence.contrasted, partings=(replace(parting, outcome=outcome),))
        assert len(tapped_goals(told, graph, tree)) == count
    assert tapped_goals(None, graph, tree) == ()


def test_the_call_under_the_fewest_conditions_is_the_way() -> None:
    """`main` calls `run` twice; the one in the `if` is not what every run takes."""
    contrasted = answer("stale_premise")[0].contrasted
    assert contrasted is not None
    assert [hop.line for hop in contrasted.partings[0].a.hops] == [14]
    (guard,) = contrasted.partings[0].a.hops[0].guards
    assert guard.hidden_inputs == ("os.environ.get",)


def test_an_inner_function_without_nonlocal_leaves_the_outer_name_as_it_was() -> None:
    """Control: with `nonlocal` the value that is stored comes back out."""
    best = flow("closure", "best")
    assert ends(best, HopKind.SHADOWED) == [("refine.py::refine.<locals>.closure", 12)]
    assert end(best).kind is HopKind.SHADOWED
    evidence, _ = answer("closure")
    assert not any(
        hop.kind is HopKind.SHADOWED and "rightly" in hop.function
        for each in evidence.flows
        for hop in each.hops
    )


def test_a_gradient_is_followed_over_modules() -> None:
    """Into a constructor, into a function of a third file, back, and to the loss."""
    length = flow("crossing_modules", "length")
    assert crossings(length)[:2] == [
        "gradients.py:7 → model/image.py",
        "model/image.py:6 → model/lattice.py",
    ]
    assert ends(length, HopKind.ARRIVES) == [("gradients.py::check", 15)]
    stored = [hop.holder for hop in length.hops if hop.kind is HopKind.STORED]
    assert stored == ["self.star", "self.cache[…]"]


def test_one_class_made_in_two_ways_shows_what_is_given_otherwise() -> None:
    """No premise is refuted: that outputs differ says nothing of who calls what."""
    evidence, _ = answer("constructors")
    contrasted = evidence.contrasted
    assert contrasted is not None and not contrasted.partings[0].is_premise
    assert not any(finding.kind is FindingKind.PREMISE for finding in evidence.findings)
    made = contrasted.touchpoints[0]
    assert made.callee == "simulator.py::Simulator.__init__"
    assert [(p.parameter, p.a, p.b) for p in made.arguments if not p.is_same] == [
        ("oversample", 'config["oversample"]', ""),
        ("normalise", "", "False"),
    ]


def test_every_hop_follows_one_before_it_and_is_no_surer_than_it_says() -> None:
    """A property of all flows: a tree in order; what a table knows by name alone says so."""
    for case in CASES:
        for each in answer(case)[0].flows:
            for place, hop in enumerate(each.hops):
                assert hop.follows < place
                if hop.kind is HopKind.LEAVES:
                    assert hop.sureness is Sureness.UNKNOWN


def test_a_way_that_is_no_way_is_refused() -> None:
    """Control: the side's call on a line where nothing is called."""
    evidence, _ = answer("stale_premise")
    contrasted = evidence.contrasted
    assert contrasted is not None
    first = contrasted.partings[0]
    wrong = replace(first.a.hops[0], line=7)
    planted = replace(contrasted, partings=(replace(first, a=replace(first.a, hops=(wrong,))),))
    tree = read_tree(HERE / "stale_premise")
    again = verify_evidence(replace(evidence, contrasted=planted), tree)
    before = verify_evidence(evidence, tree)
    sure = (ClaimVerdict.VERIFIED, ClaimVerdict.DERIVED)
    assert all(claim.verdict in sure for claim in before.claims)
    assert any(claim.verdict not in sure for claim in again.claims)


def test_a_copy_that_nobody_uses_is_told_after_what_is_used(tmp_path: Path) -> None:
    """A file laid aside holds the same names; the values of the code that runs come first."""
    code = """\
class Detector:
    def __init__(self, basis):
        self._cached_basis = basis

    def same(self, other):
        return self._cached_basis == other
"""
    (tmp_path / "a_backup.py").write_text(code)
    (tmp_path / "detector.py").write_text(code)
    (tmp_path / "main.py").write_text("from detector import Detector\n\nDetector(1).same(2)\n")
    question = "Where are detector caches compared after `.to(dtype)`, and lost?"
    (tmp_path / "brief.md").write_text(f"**Analysis question:** {question}\n")
    request = BundleRequest(tmp_path, runs=RunRequest(is_off=True), dry_run=True)
    flows = run_brief(tmp_path / "brief.md", request).evidence.flows
    found = [path_of(each.hops[0].function) for each in flows if each.name == "_cached_basis"]
    assert found == ["detector.py", "a_backup.py"]
