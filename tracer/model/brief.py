"""The question, and what its author already knows about where the answer lies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class QuestionShape(StrEnum):
    """What kind of answer a question wants."""

    INVENTORY = "inventory"  # how is X produced and consumed
    DIVERGENCE = "divergence"  # A works, B does not
    VALUE_FLOW = "value flow"  # where is v lost or changed


@dataclass(frozen=True, slots=True)
class BriefAnchor:
    """A place that the brief names, as its author wrote it."""

    text: str  # as written: `specs/ptychodus_api_spec.md §4.5–4.6`
    path: str
    line: int | None = None
    end_line: int | None = None
    symbol: str = ""  # from `path::Class.method`
    section: str = ""  # `§4.5–4.6`, `Phase 5`, `D3 rows`
    note: str = ""  # the rationale beside it
    brief_line: int = 0  # where the brief says so, 1-indexed; 0 when it came from the command line


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A file that the brief asks for."""

    path: str  # relative to the output folder
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """A question with its scope."""

    question: str
    shape: QuestionShape
    mentions: tuple[str, ...] = ()  # code spans of the question, in order: `ModelManager.save`
    initiative_id: str = ""
    scope_hints: tuple[str, ...] = ()
    roi_hint: str = ""
    namespaces: tuple[str, ...] = ()  # packages whose frames are recorded; empty: all of the root
    time_budget_minutes: float | None = None
    anchors: tuple[BriefAnchor, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    output_folder: str = ""  # as the brief names it; resolved under --out
    ledgers: tuple[str, ...] = ()  # must refer to the summary, or be checked for findings
    gating: tuple[str, ...] = ()  # the sentences that say what waits for this answer
    tasks: tuple[str, ...] = ()  # what else the brief asks for, one sentence each
    source: str = ""  # the brief's file name; empty for a bare question
    sha256: str = ""
