"""`verify`: claims against the code."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracer.errors import RequestError
from tracer.model.verification import ClaimVerdict, Verification
from tracer.pipeline.verify import VerifyRequest, verify
from tracer.server.answers import answer
from tracer.server.claims import claim_item, worst_first
from tracer.server.places import Places


def serve(places: Places, given: Mapping[str, Any]) -> dict[str, Any]:
    """`tracer verify` of a bundle, a document of the tree, or a text that the agent just wrote."""
    chosen = [name for name in ("document", "bundle", "text") if given[name]]
    if len(chosen) != 1:
        raise RequestError(
            "verify: expected one of document (a path), bundle (a name) and text (Markdown), found "
            + (" and ".join(chosen) or "none")
        )
    beside = places.bundle(given["with_bundle"]) if given["with_bundle"] else None
    with tempfile.TemporaryDirectory(prefix="tracer-") as scratch:
        if given["text"]:
            subject = Path(scratch) / "text.md"
            subject.write_text(given["text"], "utf-8")
        elif given["document"]:
            subject = places.file(given["document"])
        else:
            subject = places.bundle(given["bundle"])
        found = verify(VerifyRequest((subject,), places.root, beside)).verifications[0]
    return _verified(found, given[chosen[0]] if chosen[0] != "text" else "text", given["show"])


def _verified(found: Verification, subject: str, show: str) -> dict[str, Any]:
    claims = worst_first(found.claims)
    if show == "bad":
        claims = [each for each in claims if each.verdict.is_bad]
    counts = Counter(str(each.verdict) for each in found.claims)
    grounds = Counter(str(each.ground) for each in found.claims if each.verdict.holds)
    open_ones = [each for each in found.claims if each.verdict is ClaimVerdict.NOT_JUDGED]
    # Whoever reads `is_good` alone must not take these for right.
    unknown = [{"what": f"`{c.text}` (line {c.line})", "reason": c.detail} for c in open_ones]
    unknown += [{"what": note, "reason": "a limit of this verification"} for note in found.notes]
    return answer(
        "verify",
        {
            "subject": subject,
            "is_good": found.is_good,
            "claims_judged": len(found.claims) - len(open_ones),
            "claims_not_judged": len(open_ones),
            "sentences_not_judged": found.not_judged,
            "verdicts": dict(sorted(counts.items())),
            "grounds_of_what_holds": dict(sorted(grounds.items())),
            "claims": [claim_item(each) for each in claims],
        },
        ok=found.is_good,
        unknown=unknown,
        next_steps=() if found.is_good else ("mend or delete each bad claim, then verify again",),
    )
