"""In what two runs or two bundles differ; A is the one that was named first."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model.recording import Frame


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A call on the way from the root of a call tree to where two runs part."""

    frame: Frame
    line_a: int  # in the caller, that made the call; 0 for a root
    line_b: int


@dataclass(frozen=True, slots=True)
class NextCall:
    """What one of the runs does at the place where they part."""

    frame: Frame | None  # None: nothing more is called there
    line: int = 0  # in the last function of the chain
    through: str | None = None
    exception: str = ""  # by which it ended
    repeats: int = 1
    guards: tuple[str, ...] = ()  # conditions of the line, outermost first, where they are known


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place in call order where two call trees part."""

    chain: tuple[ChainStep, ...]  # outermost first; empty: between roots
    call: int  # that many calls were the same before, in both
    a: NextCall
    b: NextCall
    lines_only_a: tuple[int, ...] = ()  # of the last function, of all its calls
    lines_only_b: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that both runs or one of them did, with how often."""

    what: str
    a: int
    b: int
    lines_a: tuple[int, ...] = ()
    lines_b: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ListDifference:
    """What differs of one kind: edges, files, effects, changes of state."""

    kind: str
    same: int  # entries that are the same
    only_a: tuple[Counted, ...] = ()
    only_b: tuple[Counted, ...] = ()
    counts: tuple[Counted, ...] = ()  # in both, not as often
    lines: tuple[Counted, ...] = ()  # as often, from other lines of the same sources
    first: tuple[int, str, str] | None = None  # where the order parts: position from 1, A, B
    through: tuple[Counted, ...] = ()  # calls of both, through other functions outside

    @property
    def is_same(self) -> bool:
        """Whether nothing of this kind differs."""
        return not (self.entries or self.first)

    @property
    def entries(self) -> tuple[Counted, ...]:
        """All that differs but for the order."""
        return (*self.only_a, *self.only_b, *self.through, *self.counts, *self.lines)


@dataclass(frozen=True, slots=True)
class TapDifference:
    """A tap that did not read the same; texts are summaries of values."""

    key: str
    what: str  # `reading 3`, `hits`, `only in A`, …
    a: str
    b: str
    is_within: bool = False  # not the same, and within the tolerance


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Two runs side by side."""

    name_a: str
    name_b: str
    calls_a: int
    calls_b: int
    first: Divergence | None
    why_no_first: str  # empty where there is one
    lists: tuple[ListDifference, ...]
    taps: tuple[TapDifference, ...]
    taps_same: int
    outcome: tuple[tuple[str, str, str], ...] = ()  # `exit status`, A, B
    notes: tuple[str, ...] = ()  # why the two cannot be compared in full

    @property
    def is_same(self) -> bool:
        """Whether nothing differs beyond the tolerance."""
        return (
            self.first is None
            and not self.outcome
            and all(each.is_same for each in self.lists)
            and all(tap.is_within for tap in self.taps)
        )


@dataclass(frozen=True, slots=True)
class Change:
    """Something of which two bundles tell different things."""

    what: str
    a: str  # empty: it is not there
    b: str


@dataclass(frozen=True, slots=True)
class PartDifference:
    """What differs in one part of the evidence; the gravest first in each list."""

    kind: str
    same: int
    changed: tuple[Change, ...] = ()
    only_a: tuple[Change, ...] = ()
    only_b: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()  # told the same, at other lines

    @property
    def is_same(self) -> bool:
        """Whether nothing of this part differs."""
        return not (self.changed or self.only_a or self.only_b or self.moved)


@dataclass(frozen=True, slots=True)
class BundleDifference:
    """Two bundles side by side; what their runs did is compared apart."""

    name_a: str
    name_b: str
    parts: tuple[PartDifference, ...]  # in the order in which they bear on the answer
    notes: tuple[str, ...] = ()  # what the two were made of, where that differs

    @property
    def is_same(self) -> bool:
        """Whether no part differs."""
        return all(part.is_same for part in self.parts)


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which two sides differ."""

    bundles: BundleDifference | None  # None: not both are bundles
    runs: tuple[RunDifference, ...]  # by name, of those that both have

    @property
    def is_same(self) -> bool:
        """Whether nothing differs beyond the tolerance."""
        return (self.bundles is None or self.bundles.is_same) and all(
            run.is_same for run in self.runs
        )
