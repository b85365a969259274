"""Which parts of a document speak of what is yet to come."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer.model.verification import Claim, ClaimVerdict
from tracer.verify.markdown import Unit, UnitKind

_TITLE = re.compile(
    r"\b(?:next (?:steps?|actions?)|propos\w+|plan(?:s|ned)?\b|planning|to-?do|future|roadmap"
    r"|recommend\w+|follow-?ups?|implementation steps?|(?:to be|must be) (?:written|built|added)"
    r"|requirements?|deliverables|minimum hooks|design options?"
    r"|must (?:implement|build|replicate))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?:^\W*|[.;:]\s+|\bto\s+|\band\s+)(?:create|add|implement|introduce|write|provide|build|extract"
    r"|propose[ds]?)\b"
    r"|\b(?:must|should|shall|will|would|could|needs? to|has to|have to|going to)\s+(?:not\s+)?"
    r"(?:be\s+)?(?:\w+\s+)?(?:implement|create|add|introduce|write|provide|build|replicat|offer"
    r"|accept|gain|get|live|land|move|expose|call|support|become|replace)\w*"
    r"|\b(?:propos(?:e|ed|al)|planned|not yet|yet to|to be (?:added|created|written)|new module"
    r"|TODO|future)\b|\bmissing\b|\bdoes not exist\b|\b(?:no|lacks?)\s+`|\(new\b",
    re.IGNORECASE,
)
_ABSENT = ("no file ", "no `")


class Outlook:
    """Goes through a document from the top, and knows whether a unit is about the future."""

    def __init__(self) -> None:
        self._headings: list[tuple[int, bool]] = []
        self._lead = False  # of the paragraph that introduces the list at hand
        self._is_future = False

    def enter(self, unit: Unit) -> None:
        """Begin a unit."""
        if unit.kind is UnitKind.HEADING:
            while self._headings and self._headings[-1][0] >= unit.level:
                self._headings.pop()
            self._headings.append((unit.level, _TITLE.search(unit.text) is not None))
            self._lead = False
        elif unit.kind is UnitKind.PARAGRAPH and unit.depth == 0:
            is_lead = unit.text.rstrip().endswith(":")
            self._lead = is_lead and _is_about_future(unit.text)
        in_section = any(is_future for _, is_future in self._headings)
        in_list = self._lead and (unit.depth > 0 or unit.kind is not UnitKind.PARAGRAPH)
        self._is_future = in_section or in_list or _is_about_future(unit.text)

    def see(self, claims: list[Claim]) -> list[Claim]:
        """The claims of the unit: a name that is nowhere is proposed where the future is told.

        Without an outlook on the future they stay as they are.
        """
        if not self._is_future:
            return claims
        return [_proposed(claim) if _is_absent(claim) else claim for claim in claims]


def _is_about_future(text: str) -> bool:
    return _TITLE.search(text) is not None or _SENTENCE.search(text) is not None


def _is_absent(claim: Claim) -> bool:
    """Whether what a claim names is nowhere, rather than somewhere else or other than told."""
    # A path alone that is no source may be another document, here or elsewhere.
    is_source = claim.verdict is ClaimVerdict.UNVERIFIABLE and ".py" in claim.text
    can_be = claim.verdict is ClaimVerdict.MISSING or is_source
    return can_be and claim.detail.startswith(_ABSENT)


def _proposed(claim: Claim) -> Claim:
    detail = f"{claim.detail}; the document speaks of what is to come"
    return replace(claim, verdict=ClaimVerdict.PROPOSED, ground=None, detail=detail)
