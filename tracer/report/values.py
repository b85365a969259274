"""What every answer for programs says beside its data."""

from __future__ import annotations

from typing import Any

from tracer.model.evidence import Evidence


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
