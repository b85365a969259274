"""Evidence in the shape of a JSON answer."""

from __future__ import annotations

import json
from typing import Any

from tracer.bundle.codec import encode
from tracer.model.evidence import Evidence


def evidence_data(evidence: Evidence) -> Any:
    """The whole evidence, as evidence.json has it."""
    return json.loads(encode(evidence))


def unknowns(evidence: Evidence) -> list[dict[str, str]]:
    """What the answer leaves open."""
    return [
        {"what": item.text, "reason": item.reason, "next": item.next_step}
        for item in evidence.unknowns
    ]


def staleness(evidence: Evidence) -> dict[str, Any]:
    """Which tree the answer was made of, and what has changed since."""
    return {
        "tree": evidence.tree.digest,
        "commit": evidence.tree.commit or None,
        "dirty": evidence.tree.is_dirty,
        "changed_files": list(evidence.tree.changed),
    }
