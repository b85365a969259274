"""`run_brief`: a brief in, a bundle out; the only tool that writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracer.brief.read import parse_brief
from tracer.pipeline.run import BundleRequest, default_place, make_bundle
from tracer.pipeline.workloads import RunRequest
from tracer.report.values import staleness, unknowns
from tracer.server.answers import answer
from tracer.server.briefs import brief_file
from tracer.server.places import Places
from tracer.verify.card import make_card


def serve(
    places: Places, given: Mapping[str, Any], python: Path, *, may_run: bool
) -> dict[str, Any]:
    """`tracer run`, with a run of the target only where the server may."""
    workloads = tuple(given["workloads"])
    path, data = brief_file(places, given)
    brief = parse_brief(path, data)
    runs = RunRequest(
        python=python,
        workloads=workloads,
        is_off=not may_run or given["no_run"],
        time_budget_s=given["time_budget_s"],
        stand_ins=tuple(given["stand_ins"]),
    )
    request = BundleRequest(
        places.root,
        places.new_bundle(given["name"]) if given["name"] else default_place(brief, places.out),
        runs=runs,
        is_flat=True,
        reports=places.out,
        unless_answered=given["unless_answered"],
    )
    made = make_bundle(brief, request)
    assert made.folder is not None
    name = places.name_of(made.folder)
    evidence = made.evidence
    verdicts = Counter(str(edge.verdict) for edge in evidence.edges)
    return answer(
        "run_brief",
        {
            "bundle": name,
            "was_answered": made.was_answered,
            "was_stopped": made.was_stopped,
            "card": make_card(evidence, made.verification, recheck=f"verify bundle {name}").split(
                "\n"
            ),
            "edges": dict(sorted(verdicts.items())),
            "entry_points": list(evidence.entry_points),
            "why_no_run": evidence.why_no_run,
        },
        ok=made.verification.is_good and not made.was_stopped,
        unknown=[*_not_run(may_run), *unknowns(evidence)],
        truncated=evidence.totals.limits,
        staleness=staleness(evidence),
        next_steps=(f"read_bundle {name} part summary", f"verify bundle {name}"),
    )


def _not_run(may_run: bool) -> list[dict[str, str]]:
    if may_run:
        return []
    return [
        {
            "what": "which of the edges run, and with which values",
            "reason": "this server may not run the program",
            "next": "a person can start it with --allow-run",
        }
    ]
