"""`ask`: a question in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tracer.pipeline.ask import Question, ask
from tracer.report.terminal import render_terminal
from tracer.report.values import staleness, unknowns
from tracer.server.answers import answer
from tracer.server.places import Places


def serve(places: Places, given: Mapping[str, Any]) -> dict[str, Any]:
    """`tracer ask`."""
    asked = ask(
        Question(
            given["question"],
            places.root,
            tuple(given["hints"]),
            tuple(given["namespaces"]),
            reports=places.out,
        )
    )
    evidence = asked.evidence
    return answer(
        "ask",
        {
            "question": evidence.brief.question,
            "shape": str(evidence.brief.shape),
            "entry_points": list(evidence.entry_points),
            "answer": render_terminal(evidence).splitlines()[1:],
            "earlier": [asdict(each) for each in evidence.memory.earlier]
            if evidence.memory
            else [],
        },
        ok=asked.verification.is_good,
        unknown=unknowns(evidence),
        truncated=evidence.totals.limits,
        staleness=staleness(evidence),
        next_steps=(
            "query with one of these functions: callers, callees, path, effects, explain",
            "source with one of these places, to read the lines",
        ),
    )
