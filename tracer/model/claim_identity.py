"""Which claim of one verification is which of another, wherever the lines have gone."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from tracer.model.verification import Verification


def fingerprints(verification: Verification) -> tuple[str, ...]:
    """One for each claim, in order: of its document, kind and words, of no line of the document.

    Equal claims of a document are told apart by their order.
    """
    seen: Counter[tuple[str, str]] = Counter()
    found: list[str] = []
    for claim in verification.claims:
        key = claim.kind.value, claim.text
        seen[key] += 1
        whole = "\0".join([verification.subject, *key, str(seen[key])])
        found.append(sha256(whole.encode()).hexdigest()[:32])
    return tuple(found)
