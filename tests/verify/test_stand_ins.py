"""The verifier believes no run under stand-ins."""

from __future__ import annotations

from dataclasses import replace

from tests.verify.test_evidence import (  # noqa: F401 - `tree` and `evidence` are fixtures
    _edge_claims,
    _recording,
    evidence,
    tree,
)
from tracer.model.evidence import EdgeVerdict, SeenBy, StandInSummary
from tracer.model.recording import StandIns
from tracer.model.verification import ClaimVerdict, Ground
from tracer.reconcile.runs import summarise_run
from tracer.verify.card import make_card
from tracer.verify.evidence import verify_evidence


def _under_stand_ins():
    return replace(_recording(), stand_ins=StandIns(("auto",), ("lib",)))


def _with(evidence, verdict: EdgeVerdict):  # noqa: F811
    return replace(
        evidence,
        edges=tuple(
            replace(edge, verdict=verdict, seen_by=SeenBy.CALL) for edge in evidence.edges[:2]
        ),
    )


def test_a_run_under_stand_ins_is_no_ground(tree, evidence) -> None:  # noqa: F811
    """What it alone has seen is verified by what is written, or derived."""
    claimed = _with(evidence, EdgeVerdict.STAND_INS)
    claims = _edge_claims(verify_evidence(claimed, tree, [_under_stand_ins()]))
    assert claims and all(claim.ground is not Ground.RUN for claim in claims)
    assert not any(claim.verdict.is_bad for claim in claims)


def test_confirmed_is_refuted_where_only_stand_ins_saw_it(tree, evidence) -> None:  # noqa: F811
    """Control: the same recording, made by the program itself, bears it out."""
    claimed = _with(evidence, EdgeVerdict.CONFIRMED)
    claims = _edge_claims(verify_evidence(claimed, tree, [_under_stand_ins()]))
    assert {claim.verdict for claim in claims} == {ClaimVerdict.REFUTED}
    claims = _edge_claims(verify_evidence(claimed, tree, [_recording()]))
    assert {claim.ground for claim in claims} == {Ground.RUN}


def test_seen_under_stand_ins_is_refuted_where_no_such_run_saw_it(tree, evidence) -> None:  # noqa: F811
    """The label is a claim as well."""
    claimed = _with(evidence, EdgeVerdict.STAND_INS)
    claims = _edge_claims(verify_evidence(claimed, tree, [_recording()]))
    assert {claim.verdict for claim in claims} == {ClaimVerdict.REFUTED}


def test_what_was_seen_under_stand_ins_alone_cannot_be_verified(tree, evidence) -> None:  # noqa: F811
    """Nothing was read, and the run is not the program's own."""
    claimed = _with(evidence, EdgeVerdict.STAND_INS)
    unread = tuple(replace(edge, tier=None) for edge in claimed.edges)
    verification = verify_evidence(replace(claimed, edges=unread), tree, [_under_stand_ins()])
    claims = _edge_claims(verification)
    assert {claim.verdict for claim in claims} == {ClaimVerdict.UNVERIFIABLE}
    assert {claim.detail for claim in claims} == {"seen only in a run under stand-ins"}


def test_the_card_says_what_stood_in(tree, evidence) -> None:  # noqa: F811
    """Before the counts, so that nobody takes them for those of a real run."""
    recording = _under_stand_ins()
    claimed = replace(_with(evidence, EdgeVerdict.STAND_INS), runs=(summarise_run(recording),))
    assert claimed.runs[0].stand_ins == StandInSummary(("auto",), ("lib",))
    card = make_card(claimed, verify_evidence(claimed, tree, [recording]), recheck="again")
    assert "STAND-INS for lib: 0 confirmed" in card
    assert "2 seen under stand-ins" in card
