"""A whole reports folder, as `tracer reports` tells it."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model.evidence import Evidence
from tracer.model.memory import Contradiction, Validity


@dataclass(frozen=True, slots=True)
class ReportsRow:
    """One bundle."""

    bundle: str  # its folder below the reports, POSIX
    evidence: Evidence
    wrong_claims: int | None  # when it was made; None: its verification cannot be read
    validity: Validity | None  # None: there are no sources to check it against
    premises: tuple[str, ...] = ()
    ledgers: tuple[str, ...] = ()  # that must refer to it, as its brief says, and could be read
    referenced: tuple[str, ...] = ()  # `docs/plan.md:12`: lines of any ledger that name it


@dataclass(frozen=True, slots=True)
class Reports:
    """The whole memory."""

    rows: tuple[ReportsRow, ...]  # sorted by folder
    broken: tuple[tuple[str, str], ...] = ()  # folder and problem
    contradictions: tuple[Contradiction, ...] = ()  # between any two of the bundles
