"""`read_bundle`: one part of a bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracer.bundle.codec import encode
from tracer.bundle.store import find_bundle, read_evidence, read_text, read_verification
from tracer.errors import RequestError
from tracer.report.values import staleness
from tracer.server.answers import answer
from tracer.server.claims import claim_item, worst_first
from tracer.server.parts import CLAIMS, SLICES, TEXTS
from tracer.server.places import Places
from tracer.server.pruning import pruned


def serve(places: Places, given: Mapping[str, Any]) -> dict[str, Any]:
    """One part of a bundle; without a name, which bundles there are."""
    if not given["bundle"]:
        names = places.bundles()
        why = [] if names else [{"what": "no bundle", "reason": "run_brief has made none yet"}]
        return answer("read_bundle", {"bundles": names}, unknown=why)
    folder = find_bundle(places.bundle(given["bundle"]))
    part, offset = given["part"], given["offset"]
    evidence = read_evidence(folder)
    if part in TEXTS:
        items: list[Any] = _text(folder, TEXTS[part]).splitlines()
    elif part == CLAIMS:
        items = [claim_item(each) for each in worst_first(read_verification(folder).claims)]
    else:
        items = pruned(json.loads(encode(evidence)).get(SLICES[part]) or [])
    if offset and offset >= len(items):
        raise RequestError(f"offset: expected less than {len(items)}, found {offset}")
    return answer(
        "read_bundle",
        {
            "bundle": given["bundle"],
            "part": part,
            "total": len(items),
            "offset": offset,
            "items": items[offset:],
        },
        ok=True,
        unknown=[] if items else [_why_empty(part, evidence.why_no_run)],
        staleness=staleness(evidence),
    )


def continued(shown: Mapping[str, Any]) -> list[str]:
    """What to ask for next, after the answer was cut to its size."""
    data = shown["data"]
    if "items" not in data:
        return []
    end = data["offset"] + len(data["items"])
    return [f"the same with offset {end}"] if end < data["total"] else []


def _text(folder: Path, name: str) -> str:
    """A file of the bundle by its name: a brief may have wanted it in another place."""
    found = sorted(folder.rglob(name))
    if not found:
        raise RequestError(f"{folder.name}: the bundle has no {name}")
    return read_text(found[0])


def _why_empty(part: str, why_no_run: str) -> dict[str, str]:
    reason = f"this bundle has none; {why_no_run}" if why_no_run else "this bundle has none"
    return {"what": part, "reason": reason}
