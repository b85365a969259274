"""What earlier bundles and the brief's ledgers say, held against the tree of today."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracer.model.source import Anchor, FunctionId


class Match(StrEnum):
    """How a question that was answered before is related to this one."""

    SAME = "same question"  # of the same initiative
    NEAR = "near question"  # offered, never taken for the same


class Standing(StrEnum):
    """Whether an answer holds on today's tree."""

    VALID = "still valid"  # every anchor holds, every function of the answer reads as it did
    IN_DOUBT = "in doubt"  # every anchor holds, and something that it rests on is not the same
    NO_LONGER = "no longer valid"  # anchors changed


@dataclass(frozen=True, slots=True)
class FunctionText:
    """The digest of a function's own statements, by which a later reader knows them again.

    Blank lines and the functions and classes defined within it do not count.
    """

    function: FunctionId
    sha256: str


@dataclass(frozen=True, slots=True)
class ChangedPlace:
    """An anchor of an answer that does not hold any more."""

    place: str  # `path:line`, or what the claim is about where it has none
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether an answer holds on a tree, and what says so."""

    standing: Standing
    checked: int  # anchors, edges and paths that were judged
    changed: tuple[ChangedPlace, ...] = ()
    only_moved: bool = False  # anchors changed, and every function of the answer reads as it did
    doubts: tuple[str, ...] = ()  # one sentence each
    notes: tuple[str, ...] = ()  # what this says nothing about


@dataclass(frozen=True, slots=True)
class QuestionMatch:
    """How one brief is related to another."""

    match: Match
    why: str  # of a near one: `12 of 15 words`
    differs: tuple[str, ...] = ()  # in scope: one sentence each


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """A bundle that answers this question, or one near it."""

    bundle: str  # its folder below the reports, POSIX
    initiative_id: str
    question: str
    commit: str  # empty: not known
    tree: str  # the digest of the tree that it was made of
    related: QuestionMatch
    validity: Validity
    scope: tuple[str, ...] = ()  # under which it answers: `namespaces ptycho`
    runs: tuple[str, ...] = ()  # that it rests on: `run train.py, exit 0`; or why there is none

    @property
    def is_the_answer(self) -> bool:
        """Whether the same question was asked with the same scope, and the answer holds."""
        return (
            self.related.match is Match.SAME
            and not self.related.differs
            and self.validity.standing is Standing.VALID
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What one bundle says."""

    bundle: str  # its folder below the reports; empty: the bundle that holds this
    evidence: str  # JSON pointer into its evidence.json: `/edges/12`
    says: str
    anchors: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two bundles of the same sources that cannot both be right."""

    kind: str  # `edge`, `path`, `layout`, `constant`, `tap value`, `effect`
    subject: str
    a: Said
    b: Said


@dataclass(frozen=True, slots=True)
class Memory:
    """What the reports folder held when a question was asked."""

    bundles: int  # that were read
    broken: tuple[str, ...] = ()  # folders that should be bundles and could not be read
    earlier: tuple[EarlierAnswer, ...] = ()  # the same question first, then what holds
    contradictions: tuple[Contradiction, ...] = ()  # A: the bundle that holds this; B: earlier ones


@dataclass(frozen=True, slots=True)
class DocumentClaim:
    """A place or claim of an entry that does not hold."""

    line: int  # of the document
    verdict: str
    text: str
    detail: str = ""
    is_of_answer: bool = False  # it speaks of a file of the answer


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An entry of a ledger that names something of the answer."""

    title: str  # its first cell, its heading, or its first words
    line: int
    end_line: int
    names: tuple[str, ...]  # what of the answer it names, as the ledger writes it
    is_near: bool  # a function of the answer is among these, or what the question names
    checked: int  # claims of it that were judged
    wrong: tuple[DocumentClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What a ledger of the brief says of the answer."""

    path: str
    is_gate: bool = False  # a sentence on what waits for the answer names it
    problem: str = ""  # why it was not read
    entries_read: int = 0
    entries: tuple[LedgerEntry, ...] = ()  # those that name something of the answer
    looked_for: str = ""  # the place that a reference to the summary would name
    references: tuple[Anchor, ...] = ()  # lines that name such a place
