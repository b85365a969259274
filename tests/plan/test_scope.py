"""Where the answer starts, and what belongs to it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from tests.plan.conftest import Project
from tests.plan.trees import write_tree
from tracer.brief.question import question_brief
from tracer.model.brief import Brief, BriefAnchor
from tracer.model.evidence import AnchorVerdict, Candidate, CheckedAnchor
from tracer.model.source import FunctionId
from tracer.plan.questions import question_paths
from tracer.plan.scope import Scope, choose_scope
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

QUESTION = "How does the shop produce and consume `wts.h5.zip` (`Manager.save_all`, `load_bundle`)?"
SAVE_ALL = FunctionId("shop/manager.py::Manager.save_all")
SAVE = FunctionId("shop/manager.py::save")
LOAD_BUNDLE = FunctionId("shop/work.py::load_bundle")
TRAIN = FunctionId("shop/work.py::train")
MAIN = FunctionId("scripts/train.py::main")
INFER = FunctionId("scripts/infer.py::main")


def scope_of(
    project: Project, question: str, *anchors: BriefAnchor, hints: tuple[str, ...] = ()
) -> tuple[Scope, Brief]:
    brief = replace(question_brief(question, hints=hints), anchors=anchors)
    checked = [CheckedAnchor(anchor, AnchorVerdict.VERIFIED) for anchor in anchors]
    return choose_scope(brief, project.graph, project.tree, checked), brief


def signals(scope: Scope, function: FunctionId) -> str:
    found = [c for c in scope.candidates if c.function == function]
    return "; ".join(signal.name for c in found for signal in c.signals)


def candidate(scope: Scope, function: FunctionId) -> Candidate:
    return next(c for c in scope.candidates if c.function == function)


def test_both_sides_are_selected(project: Project) -> None:
    """An inventory has the named functions, whoever calls them, and the scripts above."""
    scope, _ = scope_of(project, QUESTION)
    assert {SAVE_ALL, LOAD_BUNDLE, SAVE, MAIN, INFER} <= set(scope.entry_points)
    assert SAVE_ALL in scope.producers and LOAD_BUNDLE not in scope.producers
    assert LOAD_BUNDLE in scope.consumers and SAVE_ALL not in scope.consumers
    assert set(scope.named) == {SAVE_ALL, LOAD_BUNDLE}


def test_signals_are_shown_and_add_up(project: Project) -> None:
    """The score of a candidate is the sum of the reasons beside it, best first."""
    scope, _ = scope_of(project, QUESTION)
    for found in scope.candidates:
        assert found.score == pytest.approx(sum(signal.weight for signal in found.signals))
    scores = [found.score for found in scope.candidates]
    assert scores == sorted(scores, reverse=True)
    assert "`load_bundle` in the question" in signals(scope, LOAD_BUNDLE)
    assert "a string holds 'wts.h5.zip'" in signals(scope, LOAD_BUNDLE)
    assert "string 'wts.h5'" in signals(scope, LOAD_BUNDLE)


def test_a_key_leads_to_the_writer(project: Project) -> None:
    """Who writes the file never spells its name: the key under which the name is kept does."""
    scope, _ = scope_of(project, "who writes wts.h5.zip?")
    assert "reads 'h5_path', the key of 'wts.h5'" in signals(scope, SAVE)
    assert SAVE in scope.entry_points
    assert candidate(scope, SAVE).role.startswith("spells a name of the question; leads to writing")
    assert LOAD_BUNDLE not in scope.entry_points  # it spells the name, and only reads
    assert SAVE_ALL in scope.functions
    operations = {effect.operation for effect in scope.sinks}
    assert operations == {"dill.dump", "zipfile.ZipFile", "zipfile.ZipFile.write"}


def test_the_other_side_is_left_out_where_one_is_asked(project: Project) -> None:
    """Who reads is not answered by what writes."""
    scope, _ = scope_of(project, "who loads the bundle `load_bundle`?")
    assert {effect.operation for effect in scope.sinks} == {"dill.load"}


def test_tests_and_archives_are_counted(project: Project) -> None:
    """Code that is not shipped is not an entry point, and not silently dropped."""
    scope, _ = scope_of(project, QUESTION)
    assert not [f for f in scope.functions if f.startswith(("tests/", "archive/"))]
    assert "2 callers among tests not shown" in scope.limits
    assert "1 caller among archived not shown" in scope.limits


def test_tests_count_where_they_are_asked_for(project: Project) -> None:
    """A question about tests gets them."""
    scope, _ = scope_of(project, "which tests load with `load_bundle`?")
    assert FunctionId("tests/test_bundle.py::test_load") in scope.functions


def test_chains_reach_every_sink_once(project: Project) -> None:
    """Each chain ends in an effect, and each effect of the named code ends a chain."""
    scope, _ = scope_of(project, QUESTION)
    ends = {(chain.hops[-1].caller, chain.hops[-1].line) for chain in scope.chains}
    for sink in scope.sinks:
        assert (sink.function, sink.span.line) in ends
    assert all(chain.effect is not None for chain in scope.chains)
    starts = {chain.hops[0].caller for chain in scope.chains}
    assert starts <= set(scope.entry_points)
    assert {hop.caller for chain in scope.chains for hop in chain.hops} <= set(scope.functions)


def test_anchored_lines(project: Project) -> None:
    """What stands in the lines of an anchor and is called by a driver is part of the chain."""
    scope, brief = scope_of(
        project, QUESTION, BriefAnchor("shop/work.py:7-9", "shop/work.py", 7, 9)
    )
    assert "stands in `shop/work.py:7-9`" in signals(scope, TRAIN)
    assert candidate(scope, TRAIN).role.startswith("in a code anchor, called by `scripts/")
    paths = {(p.source, p.target): p for p in question_paths(brief, scope, project.graph)}
    answer = paths[TRAIN, SAVE]
    assert not answer.is_path
    assert MAIN in answer.sibling_callers
    assert {"scripts/train.py:7", "scripts/train.py:8"} <= {str(a) for a in answer.siblings}
    assert paths[MAIN, SAVE_ALL].is_path
    assert [hop.line for hop in paths[MAIN, SAVE_ALL].hops] == [8, 23]


def test_a_missing_anchor_points_at_nothing(project: Project) -> None:
    """An anchor that was not found gives no signal."""
    anchor = BriefAnchor("shop/work.py:7-9", "shop/work.py", 7, 9)
    brief = replace(question_brief(QUESTION), anchors=(anchor,))
    scope = choose_scope(
        brief, project.graph, project.tree, [CheckedAnchor(anchor, AnchorVerdict.MISSING)]
    )
    assert "stands in" not in signals(scope, TRAIN)


def test_unknown_names_are_said(project: Project) -> None:
    """A name that nothing bears is a stated limit, and the answer is chosen by words."""
    scope, _ = scope_of(project, "who calls `frobnicate_all`?")
    assert "`frobnicate_all` of the question names nothing in the tree" in scope.limits


def test_unknown_names_may_stand_in_what_was_not_read(tmp_path: Path) -> None:
    """A file that cannot be parsed may define the name: nobody says that the tree does not."""
    for name in ("broken", "other"):
        (tmp_path / f"{name}.py").write_text("def (:\n")
    (tmp_path / "work.py").write_text("def work():\n    pass\n")
    tree = read_tree(tmp_path)
    graph = build_call_graph(tree, load_effect_table())
    scope = choose_scope(question_brief("who calls `frobnicate_all`?"), graph, tree, [])
    told = "`frobnicate_all` of the question names nothing that was read"
    assert scope.limits[0] == f"{told}; broken.py and 1 more were not"
    (tmp_path / "other.py").unlink()
    tree = read_tree(tmp_path)
    graph = build_call_graph(tree, load_effect_table())
    scope = choose_scope(question_brief("who calls `frobnicate_all`?"), graph, tree, [])
    assert scope.limits[0] == f"{told}; broken.py was not"


def test_hints_and_classes(project: Project) -> None:
    """A hint is a weaker pointer than the question; a class points at its methods."""
    scope, _ = scope_of(project, "who saves?", hints=("Manager", "load_bundle"))
    assert "its class `Manager` is in the hints" in signals(scope, SAVE_ALL)
    assert "`load_bundle` in the hints" in signals(scope, LOAD_BUNDLE)


@pytest.mark.parametrize("seed", range(5))
def test_order_does_not_matter(project: Project, seed: int) -> None:
    """A graph in any order gives the same answer."""
    scope, brief = scope_of(project, QUESTION)
    shuffled = random.Random(seed)
    parts = {
        name: tuple(
            shuffled.sample(getattr(project.graph, name), len(getattr(project.graph, name)))
        )
        for name in ("files", "functions", "classes", "resolutions", "effects")
    }
    graph = replace(project.graph, **parts)
    tree = replace(project.tree, files=tuple(reversed(project.tree.files)))
    again = choose_scope(brief, graph, tree, [])
    assert again == scope
    assert question_paths(brief, again, graph) == question_paths(brief, scope, project.graph)


def read_scope(tmp_path: Path, question: str, source: str) -> Scope:
    """The scope of a real reading: bases and overloads are what the sources say."""
    tree = write_tree(tmp_path, {"late.py": source})
    graph = build_call_graph(tree, load_effect_table())
    return choose_scope(question_brief(question), graph, tree, ())


LATE = """\
    from typing import overload

    class Late(Exception):
        pass

    class TooLate(Late):
        def __init__(self, age):
            self.age = age

    class Base:
        def check(self, token):
            raise Late

        def dump(self, value):
            return value

    class Signer(Base):
        pass

    class Timed(Base):
        @overload
        def check(self, token: str) -> str: ...
        @overload
        def check(self, token: bytes) -> bytes: ...
        def check(self, token):
            raise TooLate(3)

    def boot():
        return Timed().check('x')
    """


def test_a_class_without_methods_of_its_own_is_found(tmp_path: Path) -> None:
    """It has those of its bases, or none at all; either way the question names something."""
    scope = read_scope(tmp_path, "How does `Signer` check a token, and what of `Late`?", LATE)
    assert scope.named == ("late.py::Base.check",)
    assert not [limit for limit in scope.limits if "names nothing" in limit]


def test_where_a_class_comes_in(tmp_path: Path) -> None:
    """Where the question names no method, whoever makes an instance is part of the answer."""
    scope = read_scope(tmp_path, "Where does `TooLate` come from?", LATE)
    assert scope.named == ("late.py::TooLate.__init__",)
    assert "late.py::Timed.check#3" in scope.functions


def test_overloads_are_no_part_of_an_answer(tmp_path: Path) -> None:
    """What only type checkers read never runs: no candidate, and no path to ask for."""
    source = dedent(LATE)
    tree = write_tree(tmp_path, {"late.py": source})
    graph = build_call_graph(tree, load_effect_table())
    brief = question_brief("How does Timed.check reject a token?")
    scope = choose_scope(brief, graph, tree, ())
    assert scope.named == ("late.py::Timed.check#3",)
    assert not {"late.py::Timed.check", "late.py::Timed.check#2"} & set(scope.functions)
    ends = {
        end for path in question_paths(brief, scope, graph) for end in (path.source, path.target)
    }
    assert not {"late.py::Timed.check", "late.py::Timed.check#2"} & ends


def test_alternatives_of_one_call_are_no_steps(tmp_path: Path) -> None:
    """Of two functions that one call site may call, nobody would say that one leads to the other;
    nor of two versions of one function."""
    source = """\
        import os

        class A:
            def load(self): return 1

        class B(A):
            def load(self): return 2

        def pick(flag):
            thing = A() if flag else B()
            return thing.load()

        if os.name == 'nt':
            def move(): return pick(1)
        else:
            def move(): return pick(0)
        """
    tree = write_tree(tmp_path, {"a.py": dedent(source)})
    graph = build_call_graph(tree, load_effect_table())
    brief = question_brief("What do `pick`, `load` and `move` do?")
    scope = choose_scope(brief, graph, tree, ())
    assert {"a.py::A.load", "a.py::B.load", "a.py::move", "a.py::move#2"} <= set(scope.named)
    asked = {(path.source, path.target) for path in question_paths(brief, scope, graph)}
    assert ("a.py::A.load", "a.py::B.load") not in asked
    assert ("a.py::move", "a.py::move#2") not in asked
    assert ("a.py::pick", "a.py::A.load") in asked


def test_nothing_that_matches_is_said(tmp_path: Path) -> None:
    """A question about another tree gets no answer, and is told so."""
    scope = read_scope(tmp_path, "flurbl gronk zork", LATE)
    assert not scope.functions
    assert any("nothing in the tree bears a name" in limit for limit in scope.limits)


@pytest.mark.parametrize(
    ("question", "is_whole"),
    [
        ("how is wts.h5.zip loaded?", False),
        ("how is wts.h5.zip kept, and loaded again?", True),
        ("what must a second loader of wts.h5.zip replicate?", True),
    ],
)
def test_what_is_kept_is_written_and_read(project: Project, question: str, is_whole: bool) -> None:
    """A word of one side leaves the other out, unless the question is of both by its nature."""
    scope, _ = scope_of(project, question)
    operations = {effect.operation for effect in scope.sinks}
    assert "dill.load" in operations
    assert ("dill.dump" in operations) == is_whole
