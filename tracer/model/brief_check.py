"""What a brief was understood to say, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model.brief import Brief
from tracer.model.evidence import CheckedAnchor

BRIEF_CHECK_SCHEMA = "tracer/brief-check/1"


@dataclass(frozen=True, slots=True)
class BriefProblem:
    """Something of a brief that does not fit the tree, or that was not understood."""

    text: str
    line: int = 0  # in the brief, 1-indexed; 0: of the brief as a whole


@dataclass(frozen=True, slots=True)
class NamedLedger:
    """A document that the brief wants to be looked into, or to refer to the answer."""

    path: str
    is_gate: bool  # a sentence on what waits for the answer names it
    is_there: bool


@dataclass(frozen=True, slots=True)
class BriefCheck:
    """A brief beside its tree; nothing was analysed or run."""

    schema: str
    brief: Brief
    anchors: tuple[CheckedAnchor, ...] = ()  # in the brief's order
    ledgers: tuple[NamedLedger, ...] = ()
    problems: tuple[BriefProblem, ...] = ()  # to be mended: an answer would rest on nothing there
    notes: tuple[BriefProblem, ...] = ()  # what was not read, or names nothing that can be found

    @property
    def is_good(self) -> bool:
        """Whether everything that the brief points at is there."""
        return not self.problems
