"""Two kept recordings of one small tree, and all that comes of joining them, to the last word.

`joined/w1` is a run of `run.py goods`, `joined/w2` one of `run_heavy.py goods` under stand-ins.
Both were made by `tracer run joined/brief.md --root joined/tree` and kept: every interpreter joins
the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.model.evidence import Evidence, ReconciledEdge
from tracer.model.source import qualname_of
from tracer.pipeline.run import BundleRequest, BundleResult, run_brief
from tracer.pipeline.workloads import RunRequest

JOINED = Path(__file__).parent / "joined"
CASES = {"w1": ("w1",), "w2": ("w2",), "both": ("w1", "w2"), "none": ()}


def _edge(edge: ReconciledEdge) -> str:
    parts = [
        f"{edge.line:3} {qualname_of(edge.caller)} → {edge.callee}",
        f"{edge.verdict.value} {edge.tier or '-'}{'!' * edge.is_exact} {edge.kind.value}",
        f"seen by {edge.seen_by} {edge.calls}× #{edge.order} {','.join(edge.workloads)}",
        *(str(each) for each in (edge.cause, edge.origin, edge.through, edge.barred_by) if each),
        *(f"under {guard.text}" for guard in edge.guards),
    ]
    return "; ".join(parts)


def _told(evidence: Evidence) -> list[str]:
    lines = ["## edges", *map(_edge, evidence.edges)]
    lines += ["## effects"]
    for effect, verdict in zip(evidence.effects, evidence.effect_verdicts, strict=True):
        lines.append(f"{effect.span.line:3} {effect.operation} {verdict.value}")
    lines += ["## changes"]
    lines += [
        f"{each.anchor}: {each.subject} {each.times}× #{each.order} {each.how} "
        f"{each.verdict.value} {each.workload} {each.writer} {each.until} "
        f"by {', '.join(map(str, each.callers))}: "
        + ", ".join(f"{k.key} {k.change} {k.old}→{k.new} {k.times}×" for k in each.keys)
        for each in evidence.state_changes
    ]
    lines += ["## seen", *map(str, evidence.seen_effects)]
    lines += ["## findings"]
    lines += [
        f"{f.kind.value}: {f.text} [{', '.join(map(str, f.anchors))}]" for f in evidence.findings
    ]
    lines += ["## unknowns"]
    lines += [f"{u.text}: {u.reason} → {u.next_step}" for u in evidence.unknowns]
    return lines


def _bundle(out: Path, case: str) -> BundleResult:
    recordings = tuple(JOINED / name for name in CASES[case])
    request = BundleRequest(
        JOINED / "tree", out, runs=RunRequest(recordings=recordings, is_off=not recordings)
    )
    return run_brief(JOINED / "brief.md", request)


@pytest.mark.parametrize("case", CASES)
def test_all_that_comes_of_it(case: str, tmp_path: Path) -> None:
    """Edges, effects, changes, findings, unknowns, the card. Look at what changed, and copy it."""
    result = _bundle(tmp_path / "out", case)
    bad = [claim.text for claim in result.verification.claims if claim.verdict.is_bad]
    assert result.folder is not None and bad == []
    summary = (result.folder / "summary.md").read_text("utf-8")
    card = [line for line in summary.split("```")[1].splitlines() if "recheck" not in line]
    golden = JOINED / f"{case}.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join([*_told(result.evidence), "## card", *card]) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")
