"""`query`: one question about the call graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.model.query import Query
from tracer.pipeline.query import query
from tracer.query.fit import answer_object
from tracer.server.places import Places


def serve(places: Places, given: Mapping[str, Any]) -> dict[str, Any]:
    """`tracer query`, in its own schema."""
    question = Query(
        command=given["command"],
        names=tuple(given["names"]),
        depth=given["depth"] or None,
        detail=given["detail"],
        max_tokens=given["max_tokens"],
        since=given["since"],
    )
    bundle = places.bundle(given["bundle"]) if given["bundle"] else None
    return {"tool": "query", **answer_object(query(question, places.root, bundle=bundle))}
