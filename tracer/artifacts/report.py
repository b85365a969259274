"""What was found in an artefact: plain values, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass

INSPECTION_SCHEMA = "tracer/inspection/1"


@dataclass(frozen=True, slots=True)
class InspectionLimits:
    """How far an inspection goes; whatever a limit cuts is said in the report."""

    members: int = 10_000  # of one archive or folder
    member_bytes: int = 256 * 1024 * 1024  # unpacked
    total_bytes: int = 1024 * 1024 * 1024  # unpacked, over all members
    ratio: int = 1_000  # unpacked to packed, of members above 1 MiB
    nesting: int = 4  # archives within archives
    pickle_opcodes: int = 2_000_000  # of one pickle
    pickle_depth: int = 100_000  # values on the stack
    pickles: int = 64  # one after another in one file
    keys: int = 1_000  # listed of one member
    globals: int = 10_000  # listed of one member
    text_bytes: int = 4 * 1024 * 1024  # of a JSON member
    directory_bytes: int = 16 * 1024 * 1024  # of a zip: what lists its members
    objects: int = 5_000  # groups and datasets of one HDF5 file


@dataclass(frozen=True, slots=True)
class ArtifactMember:
    """A member of an archive, a file of a folder, or the file itself."""

    path: str  # `autoencoder/params.dill`; below a member: `outer.zip!/inner.npy`
    kind: str  # by content: `pickle`, `zip`, `npy`, `hdf5`, `json`, `empty`, `folder`, `other`
    size: int  # unpacked bytes
    sha256: str = ""  # empty where it was not read whole
    top: str = ""  # what the outermost value is: `dict`, `list`, `collections.OrderedDict`
    keys: tuple[str, ...] = ()  # of the outermost value, in order
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


def printable(text: str, limit: int = 200) -> str:
    """Text out of an artefact as it may be shown: no control or bidi characters, bounded."""
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "replace").decode("ascii")
        for char in cut
    )
