"""What was found in an artefact, and which lines are known to have put it there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracer.model.source import Anchor

INSPECTION_SCHEMA = "tracer/inspection/2"


@dataclass(frozen=True, slots=True)
class HeldValue:
    """A value inside a member, by kind alone: values themselves are never shown."""

    path: tuple[str, ...]  # keys from the outermost value inwards; an attribute begins with `@`
    what: str  # `dict of 4`, `tensor 3×4 float32`, `dataset 2×3 float64`, `text`


@dataclass(frozen=True, slots=True)
class ArtifactMember:
    """A member of an archive, a file of a folder, or the file itself."""

    path: str  # `autoencoder/params.dill`; below a member: `outer.zip!/inner.npy`
    kind: str  # by content: `pickle`, `zip`, `npy`, `hdf5`, `json`, `empty`, `folder`, `other` …
    size: int  # unpacked bytes
    sha256: str = ""  # empty where it was not read whole
    top: str = ""  # what the outermost value is: `dict`, `list`, `collections.OrderedDict`
    keys: tuple[str, ...] = ()  # of the outermost value, in order
    held: tuple[HeldValue, ...] = ()  # in order, to a bounded depth
    globals: tuple[str, ...] = ()  # dotted names that loading a pickle would import, sorted
    opcodes: tuple[tuple[str, int], ...] = ()  # of pickles, by name
    notes: tuple[str, ...] = ()  # facts, one phrase each
    not_inspected: tuple[str, ...] = ()  # what was not looked at, and why


@dataclass(frozen=True, slots=True)
class ArtifactReport:
    """One artefact, read as bytes: nothing that it names was imported, called or run."""

    schema: str
    name: str  # of the file or folder, without the folders above it
    kind: str
    size: int
    sha256: str  # empty for a folder
    members: tuple[ArtifactMember, ...]  # in the order of the archive; nested ones after their own
    notes: tuple[str, ...] = ()
    not_inspected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftArtifact:
    """A file that a run left in its scratch folder, inspected before the folder was removed."""

    path: str  # `<scratch>/outputs/wts.zip`
    report: ArtifactReport


@dataclass(frozen=True, slots=True)
class LeftArtifacts:
    """All that a run left."""

    files: tuple[LeftArtifact, ...] = ()  # sorted by path
    not_inspected: tuple[str, ...] = ()  # what was there besides, and why it was not looked at


class MatchVerdict(StrEnum):
    """How what is there and what the code says agree on one member or key."""

    MATCHED = "matched"  # in the file, and a line is known that writes it
    NO_LINE = "no line known"  # in the file; the code was followed whole, and writes no such thing
    OPEN = "open"  # in the file; not all of what the code writes is known
    NOT_WRITTEN = "not in the file"  # the code writes it, whatever happens
    CONDITIONAL = "perhaps written, not in the file"  # something may stand in the way
    EXPECTED = "expected, not in the file"  # the loader reads it, whatever happens
    TESTED = "asked for, not in the file"  # the loader asks whether it is there, or reads it then

    @property
    def contradicts(self) -> bool:
        """Whether file and code cannot both be right."""
        return self in (MatchVerdict.NO_LINE, MatchVerdict.NOT_WRITTEN, MatchVerdict.EXPECTED)


@dataclass(frozen=True, slots=True)
class ArtifactMatch:
    """One member, or one key of a member, beside the code."""

    member: str
    verdict: MatchVerdict
    key: str = ""  # empty: the member itself
    written_at: tuple[Anchor, ...] = ()  # by reading
    read_at: tuple[Anchor, ...] = ()
    seen_at: tuple[Anchor, ...] = ()  # the lines that a run saw writing it
    reason: str = ""  # of a verdict that needs one


@dataclass(frozen=True, slots=True)
class JoinedArtifact:
    """An artefact, and what the code says of it."""

    report: ArtifactReport
    writers: tuple[Anchor, ...]  # of the layouts that it was compared with
    readers: tuple[Anchor, ...]
    matches: tuple[ArtifactMatch, ...]  # members in the order of the archive, then what is missing
    unknown: tuple[str, ...] = ()  # what was not compared, and why
    workload: str = ""  # the run that left it; empty: it was given
    path: str = ""  # where the run left it

    @property
    def contradictions(self) -> tuple[ArtifactMatch, ...]:
        """The matches in which file and code cannot both be right."""
        return tuple(match for match in self.matches if match.verdict.contradicts)
