"""What a run did to files and archives, in order: an account of its effects."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model.recording import Place


@dataclass(frozen=True, slots=True)
class FileDeed:
    """One thing done to one file or folder."""

    number: int  # of the effect
    deed: str  # `wrote`, `read`, `made`, `moved`, `removed`
    path: str
    operation: str  # the call that the namespace made, or what it led to that is known
    place: Place | None  # who caused it: the nearest frame of the namespace
    through: str = ""
    source: str = (
        ""  # where it came from: the path before a move, `a.zip!b.txt` of an extracted one
    )
    source_place: Place | None = None  # who had written it
    source_operation: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class MemberDeed:
    """One member of an archive, written or read."""

    number: int  # of the effect
    deed: str  # `wrote` or `read`
    archive: str
    member: str
    operation: str
    place: Place | None
    through: str = ""
    source: str = ""  # the file that went in
    source_place: Place | None = None  # who had written that file; of a read: that member
    source_operation: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Both accounts of one run, in its order."""

    members: tuple[MemberDeed, ...] = ()
    files: tuple[FileDeed, ...] = ()
