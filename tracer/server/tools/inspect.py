"""`inspect`: what an artefact holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tracer.pipeline.inspect import InspectRequest, inspect
from tracer.report.artifact import render_artifact
from tracer.report.joined import render_join
from tracer.server.answers import answer
from tracer.server.places import Places


def serve(places: Places, given: Mapping[str, Any]) -> dict[str, Any]:
    """`tracer inspect`."""
    file = places.file(given["file"])
    request = InspectRequest(
        file,
        root=places.root if given["with_code"] else None,
        bundle=places.bundle(given["bundle"]) if given["bundle"] else None,
    )
    joined = inspect(request)
    text = render_artifact(joined.report)
    data: dict[str, Any] = {"file": given["file"], "holds": text.splitlines()}
    if request.has_code:
        data["beside_the_code"] = render_join(joined).splitlines()
        data["contradictions"] = [asdict(each) for each in joined.contradictions]
    return answer(
        "inspect",
        json.loads(json.dumps(data, default=str)),
        ok=not joined.contradictions,
        unknown=joined.unknown,
    )
