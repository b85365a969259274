"""Cards of answers in all states, and what an answer's age does to it: to the last word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.bundle.store import read_evidence
from tracer.model.evidence import (
    EdgeVerdict,
    Evidence,
    ExecutedSummary,
    OpenSite,
    Run,
    TapResult,
)
from tracer.model.graph import OpenReason
from tracer.model.plan import Workload
from tracer.model.recording import StandIns
from tracer.model.source import Anchor, ExternalId, FunctionId
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground, Verification
from tracer.pipeline.ask import Question, ask
from tracer.pipeline.run import BundleRequest, run_brief
from tracer.pipeline.workloads import RunRequest
from tracer.static.sources import read_tree
from tracer.verify.card import make_card
from tracer.verify.standing import check_standing

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "reports" / "ptycho_mini"
JOINED = PROJECT / "tests" / "reconcile" / "joined"
TOLD = Path(__file__).parent / "told"


def _with(evidence: Evidence, run: Run, **more: object) -> Evidence:
    return replace(evidence, runs=(run, *evidence.runs[1:]), **more)  # type: ignore[arg-type]


def _cards(evidence: Evidence, verification: Verification) -> Iterator[tuple[str, str]]:
    (run,) = evidence.runs
    tree = evidence.tree
    no_path = [path for path in evidence.paths if not path.is_path]
    one = evidence.paths[:1]
    differing = [TapResult(each.tap, "differs", (), 1) for each in evidence.taps[:2]]
    under = [replace(each, detail="read under stand-ins") for each in evidence.taps]
    stand_ins = StandIns(("auto",), ("heavylib", "other", "third"))
    every = tuple(
        replace(edge, verdict=list(EdgeVerdict)[at % len(EdgeVerdict)])
        for at, edge in enumerate(evidence.edges)
    )
    leads = replace(evidence.paths[0], is_path=True)
    long = replace(leads, source=FunctionId(f"a.py::{'f' * 60}"), target=ExternalId("g" * 60))
    places = tuple(Anchor(f"{'deep/' * 20}a.py", line) for line in (3, 4, 5))
    far = replace(long, siblings=places, open_sites=1234)
    sites = [
        OpenSite(leads.source, number, "x", reason)
        for number, reason in enumerate(OpenReason)
        for _ in range(number + 1)
    ]
    summary = ExecutedSummary("coverage.py 7", "data", True, 3, (("a.py", "newer"),), 2, ("one",))
    by_lines = replace(run, executed=summary)
    cases = {
        "as it is": evidence,
        "nothing ran": replace(evidence, runs=(), why_no_run="off", taps=()),
        "nothing ran, and nobody knows why": replace(evidence, runs=(), why_no_run=""),
        "cut": _with(evidence, replace(run, is_complete=False, why_incomplete="budget")),
        "failed": _with(evidence, replace(run, exit_status=3)),
        "stand-ins": _with(evidence, replace(run, stand_ins=stand_ins), taps=tuple(under)),
        "one stand-in": _with(evidence, replace(run, stand_ins=StandIns((), ("heavylib",)))),
        "two runs": replace(evidence, runs=(run, run)),
        "three runs": replace(evidence, runs=(run, run, run)),
        "clean": replace(evidence, tree=replace(tree, commit="c" * 40, is_dirty=False)),
        "dirty": replace(evidence, tree=replace(tree, commit="c" * 40, is_dirty=True)),
        "unknown": replace(evidence, tree=replace(tree, commit="c" * 40, is_dirty=None)),
        "one changed": replace(evidence, tree=replace(tree, changed=("a",))),
        "changed": replace(evidence, tree=replace(tree, changed=("a", "b"))),
        "no path": replace(evidence, paths=()),
        "one path": replace(evidence, paths=one),
        "three paths": replace(evidence, paths=(evidence.paths * 3)[:3]),
        "paths that are none": replace(evidence, paths=tuple(no_path)),
        "paths": replace(
            evidence, paths=tuple(replace(p, is_path=True, open_sites=0) for p in evidence.paths)
        ),
        "open": replace(
            evidence, paths=tuple(replace(p, open_sites=1, siblings=()) for p in evidence.paths)
        ),
        "differing": replace(evidence, taps=(*differing, *evidence.taps)),
        "verdicts": replace(evidence, edges=every),
        "nothing open": replace(evidence, open_sites=(), unknowns=()),
        "one open": replace(
            evidence, open_sites=evidence.open_sites[:1], unknowns=evidence.unknowns[:1]
        ),
        "no candidates": replace(evidence, candidates=()),
        "a path first": replace(evidence, paths=(leads, *no_path)),
        "long names": replace(evidence, paths=(long,)),
        "a long place": replace(evidence, paths=(replace(far, is_path=False),)),
        "open by its name": replace(
            evidence,
            paths=(replace(far, is_path=False, siblings=(), fitting=(Anchor("a.py", 3),)),),
        ),
        "many reasons": replace(evidence, open_sites=tuple(sites)),
        "a limit": replace(evidence, totals=replace(evidence.totals, limits=("a bound of 3",))),
        "long limits": replace(
            evidence,
            open_sites=tuple(sites),
            totals=replace(evidence.totals, limits=("a bound " + "x" * 60, "another")),
        ),
        "lines alone": replace(evidence, runs=(by_lines,)),
        "lines, too": replace(evidence, runs=(run, by_lines, replace(run, exit_status=1))),
        "a line that breaks": _with(evidence, replace(run, workload=Workload("w", ("a\nb\t",)))),
    }
    for name, case in cases.items():
        yield name, make_card(case, verification, recheck="again")
    bad = Claim(ClaimKind.EDGE, "a → b", 0, ClaimVerdict.REFUTED, Ground.SYNTAX, "no")
    open_claim = replace(bad, verdict=ClaimVerdict.UNVERIFIABLE, ground=None)
    anchor = replace(bad, kind=ClaimKind.ANCHOR, verdict=ClaimVerdict.MOVED)
    member = replace(bad, kind=ClaimKind.MEMBER, verdict=ClaimVerdict.DERIVED)
    quiet = replace(evidence, open_sites=(), unknowns=())
    for number, claims in enumerate(
        ([], [bad], [bad, anchor, bad], [open_claim], [member, replace(anchor, detail="")])
    ):
        found = replace(verification, claims=tuple(claims))
        yield f"claims {number}", make_card(quiet, found, recheck="again")


def test_cards(tmp_path: Path) -> None:
    """One for each state. Look at what changed, and copy it over."""
    runs = RunRequest(recordings=(JOINED / "w1",))
    request = BundleRequest(JOINED / "tree", tmp_path / "out", runs=runs)
    result = run_brief(JOINED / "brief.md", request)
    lines = []
    for name, card in _cards(result.evidence, result.verification):
        lines += [f"## {name}", card]
    golden = TOLD / "cards.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join(lines) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")


CODE = """\
def keep(parts):
    return first(parts) + second(parts) + third(parts) + fourth(parts)


def first(parts):
    return open("a", "w").write(parts)


def second(parts):
    return open("b", "w").write(parts)


def third(parts):
    return open("c", "w").write(parts)


def fourth(parts):
    return open("d", "w").write(parts)
"""


def test_doubts_about_an_earlier_answer(tmp_path: Path) -> None:
    """What failed then, what its runs executed, what it kept; and the names that are shown."""
    (tmp_path / "job.py").write_text(CODE)
    evidence, verification = ask(Question("What does `keep` write?", tmp_path))
    run = read_evidence(SAMPLE).runs[0]
    ran = replace(evidence, runs=(run,))
    tree = read_tree(tmp_path)
    (digest,) = [file.sha256 for file in tree.files]

    def doubts(of: Evidence, **more: object) -> tuple[str, ...]:
        return check_standing(of, verification, read_tree(tmp_path), **more).doubts  # type: ignore[arg-type]

    assert doubts(evidence) == ()
    assert doubts(evidence, problems=("torn",)) == ("torn",)
    assert doubts(ran) == ("its runs do not say of which sources they were made",)
    assert doubts(ran, ran={"job.py": digest}) == ()
    assert doubts(evidence, ran={"job.py": "other"}) == ()
    others = {f"{letter}.py": "x" for letter in "edcb"}
    assert doubts(ran, ran={"job.py": digest, **others}) == (
        "its runs executed what has changed since: b.py, c.py, d.py and 1 more",
    )
    assert doubts(ran, ran={"a.py": "x", "b.py": "x", "c.py": "x"}) == (
        "its runs executed what has changed since: a.py, b.py, c.py",
    )
    assert doubts(replace(evidence, texts=())) == (
        "it keeps no digest of its functions: what they gained is not known",
    )
    bad = Claim(ClaimKind.EDGE, "a → b at a.py:1", 0, ClaimVerdict.REFUTED, Ground.TEXT)
    then = replace(verification, claims=(*verification.claims, bad))
    found = check_standing(evidence, then, tree)
    assert found.doubts == ("1 claim failed already when it was made",)
    then = replace(then, claims=(*then.claims, replace(bad, text="c → d at a.py:1")))
    assert check_standing(evidence, then, tree).doubts == (
        "2 claims failed already when it was made",
    )
    (tmp_path / "job.py").write_text(CODE.replace("parts)", "parts )"))
    told = doubts(evidence)
    assert told == (
        "first, fourth, keep and 2 more of the answer's 5 functions read otherwise now",
    )
