"""What says how far a whole answer may be trusted: on the one page, on the terminal, on stderr."""

from __future__ import annotations

from tracer.model.evidence import Evidence

_MOST = 3


def doubts_of(evidence: Evidence) -> tuple[str, ...]:
    """The first limits that are words; a figure alone (`3 of 9 chains shown`) is told elsewhere."""
    told = [text for text in evidence.totals.limits if not text[:1].isdigit()]
    return tuple(told[:_MOST])
