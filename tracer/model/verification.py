"""What a verifier says of a document or a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

VERIFICATION_SCHEMA = "tracer/verification/1"
VERIFICATION_SET_SCHEMA = "tracer/verifications/1"


class Ground(StrEnum):
    """What a verdict rests on, strongest first."""

    RUN = "run"  # seen in a recording
    SYNTAX = "syntax"  # imports and definitions alone bind the name
    TEXT = "text"  # the line says so
    EXECUTED = "executed"  # derived, and by coverage data the lines of both ends ran
    SOLVER = "solver"  # derived


class ClaimKind(StrEnum):
    """The closed forms that are judged."""

    ANCHOR = "anchor"
    EDGE = "edge"
    CHAIN = "chain"
    CALLER = "caller"  # one function is said to call another, in words
    RUN = "run"  # what a run is said to have shown
    EXCEPTION = "exception"  # one is said to leave a place or a function
    COUNT = "count"
    QUOTE = "quote"
    NAME = "name"  # a function or class is said to exist
    MEMBER = "member"
    DIGEST = "digest"


class ClaimVerdict(StrEnum):
    """What became of a claim."""

    VERIFIED = "verified"
    DERIVED = "derived"  # holds, but on the solver's word alone
    MOVED = "moved"
    CHANGED = "changed"
    MISSING = "missing"
    REFUTED = "refuted"
    CALL_PATH = "call path"  # no direct call; it leads there through others
    ORDER_ONLY = "order only"  # no path: another function calls the two, one after the other
    NO_PATH = "no path"
    NOT_FOUND = "not found"  # open sites on the frontier, so nothing is refuted
    PROPOSED = "proposed"  # not there, and the document says that it is yet to come
    UNVERIFIABLE = "unverifiable"
    NOT_JUDGED = "not judged"

    @property
    def is_bad(self) -> bool:
        """Whether a document with such a claim should not be believed as it stands."""
        return self in _BAD

    @property
    def holds(self) -> bool:
        """Whether the claim is right, on whatever ground."""
        return self in _HOLDS


_BAD = frozenset(
    {
        ClaimVerdict.CHANGED,
        ClaimVerdict.MISSING,
        ClaimVerdict.MOVED,
        ClaimVerdict.REFUTED,
        ClaimVerdict.NO_PATH,
        ClaimVerdict.ORDER_ONLY,
    }
)
_HOLDS = frozenset({ClaimVerdict.VERIFIED, ClaimVerdict.DERIVED, ClaimVerdict.CALL_PATH})


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a document says, in its own words, and the verdict on it."""

    kind: ClaimKind
    text: str
    line: int  # in the document, 1-indexed; 0 where the claim stands in evidence.json
    verdict: ClaimVerdict
    ground: Ground | None = None
    detail: str = ""  # what is true instead, or why it could not be judged


@dataclass(frozen=True, slots=True)
class SilentText:
    """A sentence, a block or a table's cell that holds no claim of a form that can be judged."""

    line: int  # in the document, 1-indexed
    text: str  # its beginning


@dataclass(frozen=True, slots=True)
class Verification:
    """All claims of one document or bundle, in order."""

    schema: str
    subject: str  # the document's or bundle's name
    claims: tuple[Claim, ...]
    not_judged: int = 0  # sentences and cells that hold no closed form, counted
    notes: tuple[str, ...] = ()  # limits of this verification, one sentence each
    silent: tuple[SilentText, ...] = ()  # those that `not_judged` counts, in order

    @property
    def is_good(self) -> bool:
        return not any(claim.verdict.is_bad for claim in self.claims)


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A claim with the document that makes it."""

    subject: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class BaselineComparison:
    """What became of the bad claims of an earlier verification, and which are new."""

    baseline: str  # the name of its file
    new: tuple[PlacedClaim, ...]
    known: tuple[PlacedClaim, ...]  # as they are now
    vanished: tuple[PlacedClaim, ...]  # as they were then: mended, or no longer claimed


@dataclass(frozen=True, slots=True)
class VerificationSet:
    """Several documents, or some beside an earlier verification of theirs."""

    schema: str
    verifications: tuple[Verification, ...]
    baseline: BaselineComparison | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing bad was found; beside a baseline, whether nothing bad is new."""
        return self.is_good_but_for(frozenset())

    def is_good_but_for(self, allowed: frozenset[ClaimVerdict]) -> bool:
        """The same, where claims with these verdicts do not count."""
        if self.baseline is not None:
            bad = [placed.claim for placed in self.baseline.new]
        else:
            bad = [claim for one in self.verifications for claim in one.claims]
        return not any(claim.verdict.is_bad and claim.verdict not in allowed for claim in bad)
