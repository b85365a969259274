"""Two implementations side by side, touchpoint by touchpoint; A is the one that was named first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracer.model.evidence import EdgeVerdict, Finding
from tracer.model.source import Anchor, FunctionId

CONTRAST_SCHEMA = "tracer/contrast/1"


class RowVerdict(StrEnum):
    """How the two sides compare at a touchpoint."""

    SAME = "same"
    DIFFERS = "differs"
    ONLY_A = "only A"
    ONLY_B = "only B"
    UNKNOWN = "unknown"  # both do something of the kind; what belongs to what cannot be told


class Role(StrEnum):
    """Which half of a pair of programs something belongs to."""

    SAVE = "save"  # it writes
    LOAD = "load"  # it reads
    BOTH = "both"  # it reads and writes, or neither


@dataclass(frozen=True, slots=True)
class Trait:
    """One property of a fact, as it is compared with the same property of its partner."""

    name: str  # `operation`, `condition`, `keys`
    value: str  # as the source has it
    compared: str | None = None  # what is compared instead, names of locals levelled; None: value
    is_telling: bool = True  # False: shown, never a difference: the name of a local variable
    parts: tuple[str, ...] = ()  # of a set: compared and reported one by one

    @property
    def measure(self) -> tuple[str, ...]:
        """What must be equal on both sides."""
        if self.parts:
            return tuple(sorted(set(self.parts)))
        return (self.value if self.compared is None else self.compared,)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that one side does, asks or gives at a touchpoint."""

    subject: str  # what it is about: `manifest.dill`, `pkg.params.cfg`; empty: the whole touchpoint
    text: str  # one line, as a reader wants it: `dill.dump(manifest)` into `manifest.dill`
    anchors: tuple[Anchor, ...]  # at least one, the main one first
    traits: tuple[Trait, ...] = ()
    # By what it finds its partner, strictest first. Equal strict keys pair in order; any later key
    # pairs only where one fact of either side has it.
    keys: tuple[str, ...] = ()
    kin: str = ""  # both sides without a partner, of one kin: nobody can tell who belongs to whom
    seen: EdgeVerdict = EdgeVerdict.NOT_RUN  # what runs say of it


@dataclass(frozen=True, slots=True)
class Difference:
    """A property in which two aligned facts differ; an empty text: there is none on that side."""

    what: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Row:
    """A touchpoint on both sides."""

    touchpoint: str  # as the table names it
    role: Role
    subject: str
    verdict: RowVerdict
    a: tuple[Fact, ...]  # one where the sides are aligned; several where that cannot be told
    b: tuple[Fact, ...]
    differences: tuple[Difference, ...] = ()
    why: str = ""  # of `unknown`


@dataclass(frozen=True, slots=True)
class Hook:
    """Something that A has at a touchpoint and B lacks."""

    text: str
    touchpoint: str
    anchors: tuple[Anchor, ...]  # in A, then what B has there, if anything


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What reading cannot decide, and the cheapest run that would."""

    text: str
    anchors: tuple[Anchor, ...]
    next_step: str


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """What was compared on one side."""

    name: str  # as it was given
    kind: str  # `entry points`, `brief`, `bundle`
    tree: str  # the digest of the sources
    entries: tuple[FunctionId, ...]
    core: tuple[FunctionId, ...]  # the functions whose effects, checks and conditions count
    below: int  # functions that these lead to, and that only count for state and what is built
    open_sites: int  # call sites of the core whose callees are not all known
    findings: tuple[Finding, ...] = ()  # where its own writer and reader do not fit together


@dataclass(frozen=True, slots=True)
class Contrast:
    """The whole comparison."""

    schema: str
    tool_version: str
    a: ComparedSide
    b: ComparedSide
    rows: tuple[Row, ...]  # in the order of the table, then of A, then of B
    hooks: tuple[Hook, ...]
    questions: tuple[OpenQuestion, ...]
    exchange: tuple[Finding, ...] = ()  # where one side does not read what the other writes
    limits: tuple[str, ...] = ()

    @property
    def contradicts(self) -> bool:
        """Whether a side does not agree with itself."""
        return bool(self.a.findings or self.b.findings)
