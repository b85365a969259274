"""Claims and their verdicts as an agent gets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracer.model.verification import Claim
from tracer.server.pruning import pruned


def worst_first(claims: Sequence[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda each: (not each.verdict.is_bad, each.verdict.holds, each.line))


def claim_item(claim: Claim) -> dict[str, Any]:
    told: dict[str, Any] = pruned(
        {
            "line": claim.line,
            "verdict": str(claim.verdict),
            "claim": claim.text,
            "instead": claim.detail,
            "kind": str(claim.kind),
            "ground": str(claim.ground) if claim.ground else "",
        }
    )
    return told
