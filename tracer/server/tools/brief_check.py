"""`brief_check`: how a brief is understood."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tracer.brief.read import read_closely
from tracer.bundle.codec import encode
from tracer.pipeline.check_brief import check_read_brief
from tracer.server.answers import answer
from tracer.server.briefs import brief_file
from tracer.server.places import Places
from tracer.server.pruning import pruned
from tracer.static.sources import read_tree


def serve(places: Places, given: Mapping[str, Any]) -> dict[str, Any]:
    """`tracer brief check`."""
    path, data = brief_file(places, given)
    check = check_read_brief(read_closely(path, data), read_tree(places.root))
    data_of: dict[str, Any] = pruned(json.loads(encode(check)))
    return answer(
        "brief_check",
        data_of,
        ok=check.is_good,
        next_steps=("run_brief, once the problems are mended or meant",),
    )
