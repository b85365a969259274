"""A verification as SARIF 2.1.0, for tools that show findings beside the lines of a document.

What holds is left out; what is open is no failure. Fingerprints name a claim by its words, so that
it is the same finding when lines are added above it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tracer import __version__
from tracer.model.claim_identity import fingerprints
from tracer.model.verification import (
    BaselineComparison,
    Claim,
    ClaimVerdict,
    PlacedClaim,
    Verification,
    VerificationSet,
)

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINGERPRINT = "claim/v1"
_MEANINGS = {
    ClaimVerdict.MOVED: "What is cited stands elsewhere.",
    ClaimVerdict.CHANGED: "The place is there, and reads otherwise.",
    ClaimVerdict.MISSING: "What is named is not there.",
    ClaimVerdict.REFUTED: "The sources or a recording say otherwise.",
    ClaimVerdict.NO_PATH: "The one function does not lead to the other.",
    ClaimVerdict.ORDER_ONLY: "Another function calls the two one after the other.",
    ClaimVerdict.NOT_FOUND: "Not found, and call sites are open that could lead there.",
    ClaimVerdict.UNVERIFIABLE: "It could not be checked.",
    ClaimVerdict.PROPOSED: "It is not there, and is said to be yet to come.",
}
_KINDS = {ClaimVerdict.PROPOSED: "informational"}


def render_sarif(verifications: VerificationSet) -> str:
    """One run over all documents; the same verification gives the same bytes."""
    results = [
        result
        for verification in verifications.verifications
        for result in _results(verification, verifications.baseline)
    ]
    if verifications.baseline is not None:
        results += [_absent(placed) for placed in verifications.baseline.vanished]
    used = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = used.index(result["ruleId"])
    run = {
        "tool": {
            "driver": {
                "name": "tracer",
                "version": __version__,
                "rules": [_rule(rule) for rule in used],
            }
        },
        "columnKind": "utf16CodeUnits",
        "artifacts": [{"location": {"uri": _uri(v.subject)}} for v in verifications.verifications],
        "results": results,
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _results(
    verification: Verification, baseline: BaselineComparison | None
) -> Iterator[dict[str, Any]]:
    new = {id(placed.claim) for placed in baseline.new} if baseline is not None else set()
    for claim, fingerprint in zip(verification.claims, fingerprints(verification), strict=True):
        if claim.verdict not in _MEANINGS:
            continue
        result = _result(verification.subject, claim, fingerprint)
        if baseline is not None and claim.verdict.is_bad:
            result["baselineState"] = "new" if id(claim) in new else "unchanged"
        yield result


def _absent(placed: PlacedClaim) -> dict[str, Any]:
    """A finding of the baseline that is no more."""
    result = _result(placed.subject, placed.claim, "")
    del result["partialFingerprints"]
    return {**result, "baselineState": "absent"}


def _result(subject: str, claim: Claim, fingerprint: str) -> dict[str, Any]:
    told = f"{claim.text}: {claim.verdict.value}"
    is_bad = claim.verdict.is_bad
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(subject)}}
    if claim.line:
        location["region"] = {"startLine": claim.line}
    return {
        "ruleId": _rule_id(claim),
        "kind": "fail" if is_bad else _KINDS.get(claim.verdict, "open"),
        "level": "error" if is_bad else "none",
        "message": {"text": f"{told}, {claim.detail}" if claim.detail else told},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }


def _rule_id(claim: Claim) -> str:
    return f"{claim.kind.value}/{claim.verdict.value.replace(' ', '-')}"


def _rule(rule: str) -> dict[str, Any]:
    kind, _, verdict = rule.partition("/")
    meaning = _MEANINGS[ClaimVerdict(verdict.replace("-", " "))]
    is_bad = ClaimVerdict(verdict.replace("-", " ")).is_bad
    return {
        "id": rule,
        "name": "".join(part.capitalize() for part in (kind, *verdict.split("-"))),
        "shortDescription": {"text": meaning},
        "defaultConfiguration": {"level": "error" if is_bad else "none"},
    }


def _uri(subject: str) -> str:
    return quote(subject)
