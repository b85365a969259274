"""What differs between two bundles, matched by what things are and not by their lines."""

from __future__ import annotations

from tests.report.conftest import EvidenceMaker
from tracer.compare.bundles import compare_bundles
from tracer.model.difference import PartDifference
from tracer.model.evidence import (
    EdgeVerdict,
    Evidence,
    Finding,
    FindingKind,
    OpenSite,
    TapResult,
    TreeState,
    Unknown,
)
from tracer.model.graph import EffectKind, OpenReason
from tracer.model.plan import Tap
from tracer.model.source import Anchor
from tracer.report.difference import render_bundle_difference


def _made(
    *,
    line: int = 5,
    verdict: EdgeVerdict = EdgeVerdict.CONFIRMED,
    callee: str = "dill.dump",
    **more: object,
) -> Evidence:
    maker = EvidenceMaker()
    save = maker.function("a.py", "save", line - 2)
    maker.edge(save, callee, line, verdict)
    maker.effect(save, line, EffectKind.SERIALIZE, callee, keys=("k",))
    values: dict[str, object] = {
        "effect_verdicts": (verdict,),
        "findings": (Finding(FindingKind.HIDDEN_INPUT, f"`x` at a.py:{line} is read"),),
        "unknowns": (Unknown("What runs", f"line {line} is open"),),
        "open_sites": (OpenSite(save, line, "it()", OpenReason.UNKNOWN_VALUE),),
        "taps": (TapResult(Tap("n", "len(x)", "a.py", line, expected="== 1"), "not run"),),
        **more,
    }
    return maker.evidence(**values)


def _parts(a: Evidence, b: Evidence) -> dict[str, PartDifference]:
    found = compare_bundles("A", a, "B", b)
    return {part.kind: part for part in found.parts if not part.is_same}


def test_equal_bundles_are_the_same() -> None:
    """Control for all below."""
    found = compare_bundles("A", _made(), "B", _made())
    assert found.is_same and found.notes == ()
    assert "The same evidence." in render_bundle_difference(found)


def test_moved_lines_are_told_as_moved() -> None:
    """In every part that has places; nothing changed, came or went."""
    parts = _parts(_made(), _made(line=9))
    assert set(parts) == {"edges", "effects", "taps", "findings", "unknowns", "open call sites"}
    for part in parts.values():
        assert not (part.changed or part.only_a or part.only_b)
        (moved,) = part.moved
        assert "5" in moved.a and "9" in moved.b


def test_a_verdict_that_changed() -> None:
    """With both verdicts; the effect of the line changes with its edge."""
    parts = _parts(_made(), _made(verdict=EdgeVerdict.NOT_TAKEN))
    (change,) = parts["edges"].changed
    assert (change.what, change.a, change.b) == (
        "a.py::save → dill.dump",
        "confirmed, 1 calls a.py:5",
        "not taken a.py:5",
    )
    assert len(parts["effects"].changed) == 1


def test_what_went_and_what_came() -> None:
    """Another callee is another edge."""
    parts = _parts(_made(), _made(callee="pickle.dump"))
    assert [each.what for each in parts["edges"].only_a] == ["a.py::save → dill.dump"]
    assert [each.what for each in parts["edges"].only_b] == ["a.py::save → pickle.dump"]


def test_equal_things_are_counted() -> None:
    """A second call of the same function from the same one is one that came."""
    maker = EvidenceMaker()
    save = maker.function("a.py", "save", 3)
    for line in (5, 6):
        maker.edge(save, "dill.dump", line)
    two = maker.evidence()
    one = EvidenceMaker()
    one.function("a.py", "save", 3)
    one.edge(save, "dill.dump", 5)
    part = _parts(one.evidence(), two)["edges"]
    assert part.same == 1 and len(part.only_b) == 1


def test_both_ways_agree() -> None:
    """What went one way came the other."""
    a, b = _made(), _made(callee="pickle.dump", verdict=EdgeVerdict.NOT_RUN)
    there, back = compare_bundles("A", a, "B", b), compare_bundles("B", b, "A", a)
    for one, other in zip(there.parts, back.parts, strict=True):
        assert [each.what for each in one.only_a] == [each.what for each in other.only_b]
        assert (one.same, len(one.changed)) == (other.same, len(other.changed))


def test_the_gravest_comes_first_and_the_headline_counts() -> None:
    """Seen edges that went before those that never ran; trees that differ are noted."""
    maker = EvidenceMaker()
    save = maker.function("a.py", "save", 3)
    maker.edge(save, "a.last", 5, EdgeVerdict.NOT_RUN)
    maker.edge(save, "z.first", 6, EdgeVerdict.CONFIRMED)
    a = maker.evidence(tree=TreeState("demo", "1" * 64, "1" * 64, commit="c" * 40))
    none = EvidenceMaker()
    none.function("a.py", "save", 3)
    found = compare_bundles("A", a, "B", none.evidence())
    (edges,) = (part for part in found.parts if part.kind == "edges")
    assert [each.what for each in edges.only_a] == [
        "a.py::save → z.first",
        "a.py::save → a.last",
    ]
    text = render_bundle_difference(found)
    assert "They differ: edges 2 went." in text
    assert "note: of different sources: commit cccccccccccc and tree 1a2b3c4d5e6f" in text


def test_a_tap_that_differs_is_told_with_what_it_read() -> None:
    """The claim stays, the outcome is another."""
    tap = Tap("n", "len(x)", "a.py", 5, expected="== 1")
    good = _made(taps=(TapResult(tap, "as expected", ("int 1",), 1, "w1"),))
    bad = _made(taps=(TapResult(tap, "differs", ("int 2",), 1, "w1"),))
    (change,) = _parts(good, bad)["taps"].changed
    assert change.b.startswith("differs, expected == 1, observed int 2")


def test_a_finding_without_a_line_is_matched_by_its_text() -> None:
    """And one with another text is another."""
    one = _made(findings=(Finding(FindingKind.NO_PATH, "no way", (Anchor("a.py", 5),)),))
    two = _made(findings=(Finding(FindingKind.NO_PATH, "a way"),))
    part = _parts(one, two)["findings"]
    assert (len(part.only_a), len(part.only_b)) == (1, 1)
