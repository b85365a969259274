"""Two bundles contradict each other where both speak of a thing and say different things of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.conftest import EvidenceMaker
from tracer.compare.contradictions import Side, contradictions
from tracer.model.evidence import (
    ArtifactLayout,
    EdgeVerdict,
    Evidence,
    LayoutMember,
    OpenSite,
    PathAnswer,
    Run,
    TapResult,
    TreeState,
)
from tracer.model.graph import EffectKind, OpenReason
from tracer.model.memory import FunctionText
from tracer.model.plan import Tap, Workload
from tracer.model.source import Anchor, FunctionId, function_id

TREE = TreeState("demo", "d" * 64, "d" * 64, sources="5" * 64)
SAVE, PACK = function_id("a.py", "save"), function_id("a.py", "pack")


def _run(**more: object) -> Run:
    values: dict[str, object] = {
        "workload": Workload("w1", ("job.py",)),
        "is_complete": True,
        "why_incomplete": "",
        "exit_status": 0,
        "python": "3.11",
        "backend": "settrace",
        "calls": 3,
        "edges": 2,
        "functions": 2,
        "exceptions": (),
        "opened": (),
        "cannot_see": (),
        **more,
    }
    return Run(**values)  # type: ignore[arg-type]


def _evidence(*edges: tuple[FunctionId, FunctionId, int, EdgeVerdict], **more: object) -> Evidence:
    maker = EvidenceMaker()
    maker.function("a.py", "save", 1)
    maker.function("a.py", "pack", 30)
    for caller, callee, line, verdict in edges:
        maker.edge(caller, callee, line, verdict)
    values: dict[str, object] = {
        "tree": TREE,
        "texts": (FunctionText(PACK, "1" * 64), FunctionText(SAVE, "2" * 64)),
        **more,
    }
    return maker.evidence(**values)


def _kinds(a: Evidence, b: Evidence) -> list[str]:
    there = contradictions(Side("", a), Side("b", b))
    back = contradictions(Side("b", b), Side("", a))
    assert sorted(each.subject for each in there) == sorted(each.subject for each in back)
    return [each.kind for each in there]


CALL = (SAVE, PACK, 5, EdgeVerdict.CONFIRMED)
NO_RUN = (SAVE, PACK, 5, EdgeVerdict.NOT_RUN)


def test_equal_bundles_do_not_contradict() -> None:
    """Control for all below."""
    assert _kinds(_evidence(CALL), _evidence(CALL)) == []


def test_a_call_that_was_seen_and_one_that_is_not_there() -> None:
    """Both read the caller whole, and the evidence of both is named."""
    (found,) = contradictions(Side("", _evidence(CALL)), Side("b", _evidence()))
    assert (found.kind, found.subject) == ("edge", "save → pack at a.py:5")
    assert (found.a.evidence, found.a.says) == ("/edges/0", "confirmed")
    assert (found.b.evidence, found.b.says) == ("/texts/1", "no such call in the function")
    assert [str(each) for each in (*found.a.anchors, *found.b.anchors)] == ["a.py:5", "a.py:5"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_evidence(tree=replace(TREE, sources="6" * 64)), id="other sources"),
        pytest.param(_evidence(texts=(FunctionText(PACK, "1" * 64),)), id="caller not read"),
        pytest.param(_evidence(texts=(FunctionText(SAVE, "2" * 64),)), id="callee not read"),
        pytest.param(
            _evidence(open_sites=(OpenSite(SAVE, 5, "it()", OpenReason.UNKNOWN_VALUE),)),
            id="an open site there",
        ),
        pytest.param(_evidence(NO_RUN), id="read and not run"),
    ],
)
def test_what_only_one_says_is_no_contradiction(other: Evidence) -> None:
    """Whoever did not look cannot contradict."""
    assert _kinds(_evidence(CALL), other) == []


def test_the_same_runs_saw_a_call_and_did_not() -> None:
    """Of other runs, or of runs that were cut or fabricated, nothing follows."""
    quiet = (SAVE, PACK, 5, EdgeVerdict.NOT_TAKEN)
    seen = _evidence(CALL, runs=(_run(),))
    assert _kinds(seen, _evidence(quiet, runs=(_run(),))) == ["edge"]
    other = _run(workload=Workload("w1", ("job.py", "--fast")))
    assert _kinds(seen, _evidence(quiet, runs=(other,))) == []
    cut = _run(is_complete=False, why_incomplete="time budget")
    assert _kinds(seen, _evidence(quiet, runs=(cut,))) == []


def test_a_path_and_no_path() -> None:
    """Of the same two ends."""
    a = _evidence(paths=(PathAnswer(SAVE, PACK, True),))
    b = _evidence(paths=(PathAnswer(SAVE, PACK, False, siblings=(Anchor("a.py", 3),)),))
    assert _kinds(a, b) == ["path"]
    assert _kinds(a, _evidence(paths=(PathAnswer(PACK, SAVE, False),))) == []


def _layout(*members: str, **more: object) -> ArtifactLayout:
    values: dict[str, object] = {
        "artifact": "{base}.zip",
        "direction": EffectKind.ARCHIVE_WRITE,
        "function": SAVE,
        "anchor": Anchor("a.py", 9),
        "members": tuple(LayoutMember(each, (Anchor("a.py", 9),)) for each in members),
        **more,
    }
    return ArtifactLayout(**values)  # type: ignore[arg-type]


def test_members_and_names_of_an_artefact() -> None:
    """A side that could not follow something has not said that there is no more."""
    a = _evidence(layouts=(_layout("m.dill", "p.dill", names=("wts.zip",)),))
    b = _evidence(layouts=(_layout("m.dill", names=("other.zip",)),))
    assert _kinds(a, b) == ["layout", "constant"]
    found = contradictions(Side("", a), Side("b", b))[0]
    assert (found.a.says, found.b.says) == ("also p.dill", "1 members, none besides")
    open_side = _evidence(layouts=(_layout("m.dill", unknown=("a loop",)),))
    assert _kinds(a, open_side) == []


def _tap(expected: str, *observed: str) -> TapResult:
    tap = Tap("count", "len(objects)", "a.py", 7, function="save", expected=expected)
    return TapResult(tap, "read", observed, len(observed), "w1" if observed else "")


def test_constants_and_values() -> None:
    """The count of one display; what the same run read at one place."""
    a = _evidence(taps=(_tap("== 18", "int 18"),), runs=(_run(),))
    b = _evidence(taps=(_tap("== 25", "int 17"),), runs=(_run(),))
    assert _kinds(a, b) == ["constant", "tap value"]
    silent = _evidence(taps=(_tap(""),))
    assert _kinds(a, silent) == []
    elsewhere = _evidence(
        taps=(_tap("", "int 17"),), runs=(_run(workload=Workload("w1", ("other.py",))),)
    )
    assert _kinds(a, elsewhere) == []


def test_one_operation_of_two_kinds() -> None:
    """The two were read with different tables."""

    def made(kind: EffectKind) -> Evidence:
        maker = EvidenceMaker()
        maker.function("a.py", "save", 1)
        maker.effect(SAVE, 4, kind, "lib.put")
        return maker.evidence(tree=TREE, texts=(FunctionText(SAVE, "2" * 64),))

    assert _kinds(made(EffectKind.FILE_WRITE), made(EffectKind.SERIALIZE)) == ["effect"]
    assert _kinds(made(EffectKind.FILE_WRITE), made(EffectKind.FILE_WRITE)) == []
