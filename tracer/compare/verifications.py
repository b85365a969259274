"""A verification beside an earlier one: which bad claims are new, and which have gone."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.claim_identity import fingerprints
from tracer.model.verification import BaselineComparison, PlacedClaim, Verification


def compare_verifications(
    now: Sequence[Verification], earlier: Sequence[Verification], baseline: str
) -> BaselineComparison:
    """Compare the bad claims of the same documents, by what they say and not by their lines.

    Args:
        now: As just made.
        earlier: Of the baseline; documents that are not verified now are left out.
        baseline: The name of its file, for the result.

    Returns:
        Each list in the order of its documents. A claim that was bad in another way is known.
    """
    subjects = {verification.subject for verification in now}
    bad_then = _bad([v for v in earlier if v.subject in subjects])
    bad_now = _bad(now)
    return BaselineComparison(
        baseline,
        tuple(placed for key, placed in bad_now.items() if key not in bad_then),
        tuple(placed for key, placed in bad_now.items() if key in bad_then),
        tuple(placed for key, placed in bad_then.items() if key not in bad_now),
    )


def _bad(verifications: Sequence[Verification]) -> dict[str, PlacedClaim]:
    return {
        fingerprint: PlacedClaim(verification.subject, claim)
        for verification in verifications
        for fingerprint, claim in zip(fingerprints(verification), verification.claims, strict=True)
        if claim.verdict.is_bad
    }
