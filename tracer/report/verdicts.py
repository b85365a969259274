"""What a verifier said, for the terminal."""

from __future__ import annotations

from collections import Counter

from tracer.model.verification import Claim, ClaimVerdict, Ground, Verification


def render_verification(verification: Verification) -> str:
    """Bad claims first with what is true instead, then the counts by verdict and by ground."""
    bad = [claim for claim in verification.claims if claim.verdict.is_bad]
    open_ones = [
        claim
        for claim in verification.claims
        if claim.verdict in (ClaimVerdict.NOT_FOUND, ClaimVerdict.UNVERIFIABLE)
    ]
    lines = [f"{verification.subject}: {_headline(verification, len(bad))}"]
    lines += [_line(verification.subject, claim) for claim in bad]
    if open_ones:
        lines += ["", "could not be settled:"]
        lines += [_line(verification.subject, claim) for claim in open_ones[:20]]
        if len(open_ones) > 20:
            lines.append(f"  … 20 of {len(open_ones)} shown; --json lists all")
    lines += ["", _counts(verification), _grounds(verification)]
    lines += [f"note: {note}" for note in verification.notes]
    return "\n".join(lines) + "\n"


def _headline(verification: Verification, bad: int) -> str:
    judged = sum(c.verdict is not ClaimVerdict.NOT_JUDGED for c in verification.claims)
    if not judged:
        return "no claim of a form that can be judged"
    if bad:
        return f"{bad} of {judged} judged claims do not hold"
    return f"all {judged} judged claims hold or are open"


def _line(subject: str, claim: Claim) -> str:
    place = f"{subject}:{claim.line}" if claim.line else claim.kind.value
    detail = f"  — {claim.detail}" if claim.detail else ""
    return f"  {place}  {claim.verdict.value.upper()}  {claim.text}{detail}"


def _counts(verification: Verification) -> str:
    counts = Counter(claim.verdict for claim in verification.claims)
    counts[ClaimVerdict.NOT_JUDGED] += verification.not_judged
    shown = [f"{counts[verdict]} {verdict.value}" for verdict in ClaimVerdict if counts[verdict]]
    return "claims   " + ("; ".join(shown) or "none")


def _grounds(verification: Verification) -> str:
    counts = Counter(
        claim.ground
        for claim in verification.claims
        if claim.verdict in (ClaimVerdict.VERIFIED, ClaimVerdict.DERIVED)
    )
    shown = [f"{counts[ground]} {ground.value}" for ground in Ground if counts[ground]]
    return "grounds  " + ("; ".join(shown) or "none")
