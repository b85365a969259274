"""`contrast`: two implementations side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tracer.pipeline.contrast import ContrastRequest, contrast_two
from tracer.report.contrast import render_contrast
from tracer.server.answers import answer
from tracer.server.leave import side
from tracer.server.places import Places


def serve(places: Places, given: Mapping[str, Any]) -> dict[str, Any]:
    """`tracer contrast`."""
    a, b = (side(places, name) for name in (given["a"], given["b"]))
    found = contrast_two(ContrastRequest(a, b, places.root, hints=tuple(given["hints"])))
    return answer(
        "contrast",
        {
            "rows": len(found.rows),
            "hooks": [asdict(each) for each in found.hooks],
            "table": render_contrast(found).splitlines(),
        },
        ok=not found.contradicts,
        unknown=[
            {"what": each.text, "reason": "reading cannot decide it", "next": each.next_step}
            for each in found.questions
        ],
        truncated=found.limits,
        staleness={"tree_a": found.a.tree, "tree_b": found.b.tree},
    )
