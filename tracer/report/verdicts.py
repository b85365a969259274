"""What a verifier said, for the terminal."""

from __future__ import annotations

from collections import Counter

from tracer.model.verification import (
    BaselineComparison,
    Claim,
    ClaimVerdict,
    Ground,
    PlacedClaim,
    SilentText,
    Verification,
    VerificationSet,
)

_SHOWN = 20
_NO_FORM = "no form that can be judged"


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
        lines += [_line(verification.subject, claim) for claim in open_ones[:_SHOWN]]
        if len(open_ones) > _SHOWN:
            lines.append(f"  … {_SHOWN} of {len(open_ones)} shown; --json lists all")
    if unjudged := _not_judged(verification):
        lines += ["", "not judged:", *unjudged[:_SHOWN]]
        if len(unjudged) > _SHOWN:
            lines.append(f"  … {_SHOWN} of {len(unjudged)} shown; --format annotated shows all")
    lines += ["", _counts(verification), _grounds(verification)]
    if unjudged or verification.not_judged:
        lines.append(_fraction(verification))
    lines += [f"note: {note}" for note in verification.notes]
    return "\n".join(lines) + "\n"


def render_annotated(verification: Verification) -> str:
    """Every claim in the order of the document: line, verdict, ground, words, detail.

    Sentences without one stand between them, where the document has them.
    """
    lines = [f"{verification.subject}:"]
    silent = list(verification.silent)
    for claim in verification.claims:
        while silent and silent[0].line < claim.line:
            lines.append(_silent(silent.pop(0)))
        ground = f" ({claim.ground.value})" if claim.ground is not None else ""
        verdict = claim.verdict.value.upper() if claim.verdict.is_bad else claim.verdict.value
        place = f"{claim.line:>5}" if claim.line else f"{claim.kind.value:>5}"
        detail = f"  — {claim.detail}" if claim.detail else ""
        lines.append(f"{place}  {verdict}{ground}  {claim.text}{detail}")
    lines += [_silent(each) for each in silent]
    lines += ["", _counts(verification), _grounds(verification), _fraction(verification)]
    lines += [f"note: {note}" for note in verification.notes]
    return "\n".join(lines) + "\n"


def render_set(verifications: VerificationSet, *, is_annotated: bool) -> str:
    """All documents, one below the other; then what is new beside the baseline."""
    render = render_annotated if is_annotated else render_verification
    texts = [render(verification) for verification in verifications.verifications]
    if len(texts) > 1:
        bad = sum(c.verdict.is_bad for v in verifications.verifications for c in v.claims)
        judged = sum(
            c.verdict is not ClaimVerdict.NOT_JUDGED
            for v in verifications.verifications
            for c in v.claims
        )
        texts.append(f"{len(texts)} documents: {bad} of {judged} judged claims do not hold\n")
    if verifications.baseline is not None:
        texts.append(_beside(verifications.baseline))
    return "\n".join(texts)


def _beside(baseline: BaselineComparison) -> str:
    lines = [
        f"beside {baseline.baseline}: {len(baseline.new)} new, {len(baseline.known)} known, "
        f"{len(baseline.vanished)} vanished"
    ]
    lines += [f"  new       {_placed(placed)}" for placed in baseline.new]
    lines += [f"  vanished  {_placed(placed)}" for placed in baseline.vanished]
    return "\n".join(lines) + "\n"


def _placed(placed: PlacedClaim) -> str:
    return _line(placed.subject, placed.claim).strip()


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


def _fraction(verification: Verification) -> str:
    """How much of the document was judged: its silent parts count, too."""
    judged = sum(c.verdict is not ClaimVerdict.NOT_JUDGED for c in verification.claims)
    whole = len(verification.claims) + verification.not_judged
    silent = verification.not_judged
    told = f"; {silent} hold{'s' * (silent == 1)} no form that can be judged" if silent else ""
    return f"judged   {judged} of {whole} claims, sentences and cells{told}"


def _silent(text: SilentText) -> str:
    return f"{text.line:>5}  not judged  {text.text}  — {_NO_FORM}"


def _not_judged(verification: Verification) -> list[str]:
    """Claims that were not judged, each with the reason, and sentences that hold none."""
    claims = [c for c in verification.claims if c.verdict is ClaimVerdict.NOT_JUDGED]
    lines = [(c.line, _line(verification.subject, c)) for c in claims]
    lines += [
        (each.line, f"  {verification.subject}:{each.line}  {each.text}  — {_NO_FORM}")
        for each in verification.silent
    ]
    return [line for _, line in sorted(lines, key=lambda item: item[0])]


def _grounds(verification: Verification) -> str:
    counts = Counter(claim.ground for claim in verification.claims if claim.verdict.holds)
    shown = [f"{counts[ground]} {ground.value}" for ground in Ground if counts[ground]]
    return "grounds  " + ("; ".join(shown) or "none")
