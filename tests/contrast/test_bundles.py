"""What runs saw stands beside what was read, and what they alone saw is told apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tracer.bundle.store import read_evidence
from tracer.contrast.contrast import contrast, describe
from tracer.contrast.from_evidence import entries_of, graph_of, observed_of
from tracer.contrast.side import Side, make_side
from tracer.model.contrast import Contrast, RowVerdict
from tracer.model.evidence import EdgeVerdict, Evidence, SeenEffect
from tracer.static.sources import SourceTree
from tracer.tables.touchpoints import load_touchpoints
from tracer.tables.words import load_words

_SAMPLE = Path(__file__).parents[2] / "reports" / "ptycho_mini"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return read_evidence(_SAMPLE)


def _side(evidence: Evidence) -> Side:
    return make_side(
        graph_of(evidence),
        SourceTree(Path(), ()),
        entries_of(evidence),
        load_touchpoints(),
        load_words(),
        observed_of(evidence),
        evidence.layouts,
    )


def _compared(a: Evidence, b: Evidence) -> Contrast:
    one, other = _side(a), _side(b)
    named = (describe(one, "a", "bundle", ""), describe(other, "b", "bundle", ""))
    return contrast(one, other, named, load_touchpoints(), "0")


def test_verdicts_of_runs_stand_beside_what_was_read(evidence: Evidence) -> None:
    """Members, effects and callers; control: without runs nothing claims to have been seen."""
    found = _compared(evidence, evidence)
    for touchpoint in ("trigger", "manifest", "archive", "global state"):
        seen = {f.seen for row in found.rows if row.touchpoint == touchpoint for f in row.a}
        assert EdgeVerdict.CONFIRMED in seen, touchpoint
    unseen = replace(
        evidence,
        effect_verdicts=(EdgeVerdict.NOT_RUN,) * len(evidence.effects),
        edges=tuple(replace(edge, verdict=EdgeVerdict.NOT_RUN) for edge in evidence.edges),
        seen_effects=(),
    )
    rows = _compared(unseen, unseen).rows
    assert {fact.seen for row in rows for fact in row.a} == {EdgeVerdict.NOT_RUN}


def test_what_only_a_run_saw_is_a_row_of_its_own(evidence: Evidence) -> None:
    """It is `dynamic only`, on the side whose run saw it, and nothing that was read."""
    entry = entries_of(evidence)[0]
    seen = SeenEffect("w", 1, entry, 60, "network", "socket.connect", subject="host:80")
    more = replace(evidence, seen_effects=(*evidence.seen_effects, seen))
    rows = [row for row in _compared(evidence, more).rows if row.verdict is not RowVerdict.SAME]
    told = [row for row in rows if row.verdict is not RowVerdict.UNKNOWN]
    assert [(row.touchpoint, row.verdict, row.subject) for row in told] == [
        ("processes, network, chance", RowVerdict.ONLY_B, "host:80")
    ]
    (fact,) = told[0].b
    assert fact.seen is EdgeVerdict.DYNAMIC_ONLY
    assert (fact.anchors[0].path, fact.anchors[0].line) == (entry.partition("::")[0], 60)
    assert "seen in a run, and read at no such line" in fact.text


def test_without_sources_what_needs_them_is_unknown_and_says_so(evidence: Evidence) -> None:
    """No row of these kinds compares anything."""
    rows = {row.touchpoint: row for row in _compared(evidence, evidence).rows}
    for touchpoint in ("arguments", "version", "errors caught", "return"):
        assert rows[touchpoint].verdict is RowVerdict.UNKNOWN
        assert "the sources of A are not at hand; give the tree" in rows[touchpoint].why
        assert not rows[touchpoint].a


def test_without_sources_no_member_is_the_same(evidence: Evidence) -> None:
    """Two files of one name may hold other things: that is not known, and what would tell is."""
    rows = [r for r in _compared(evidence, evidence).rows if r.touchpoint == "manifest"]
    assert rows and {row.verdict for row in rows} == {RowVerdict.UNKNOWN}
    assert {row.why for row in rows} == {
        "what it holds was not read in A and B; give the tree with --root"
    }


def test_what_a_library_does_within_a_call_that_was_read_is_no_row(evidence: Evidence) -> None:
    """At the line of an effect that reading has; control: elsewhere, or by the code itself."""
    known = next(e for e in evidence.effects if e.function in entries_of(evidence))
    inner = SeenEffect("w", 1, known.function, known.span.line, "network", "socket.connect")

    def told(seen: SeenEffect) -> bool:
        more = replace(evidence, seen_effects=(seen,))
        point = "processes, network, chance"
        return any(row.touchpoint == point for row in _compared(evidence, more).rows)

    assert not told(replace(inner, through="lib.File.attrs"))
    assert told(replace(inner, through="lib.File.attrs", line=1))
    assert told(inner)


def test_a_bundle_of_an_older_table_keeps_what_its_runs_saw(evidence: Evidence) -> None:
    """The conditions of an effect may be told otherwise today; its place and deed are the same."""
    older = replace(
        evidence, effects=tuple(replace(each, guards=(), note="") for each in evidence.effects)
    )
    now, then = observed_of(evidence), observed_of(older)
    assert [each.guards for each in evidence.effects] != [each.guards for each in older.effects]
    assert [then.of_effects([each]) for each in evidence.effects] == list(evidence.effect_verdicts)
    assert now == then
