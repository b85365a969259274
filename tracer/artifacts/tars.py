"""Members of tar archives, read in memory and never unpacked to disk."""

from __future__ import annotations

import io
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from tracer.artifacts.limits import Budget
from tracer.artifacts.streams import Inspect, archive_kind, is_too_deep, name_refusal
from tracer.artifacts.texts import printable
from tracer.model.artifact import ArtifactMember

_ERRORS = (
    tarfile.TarError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RecursionError,
    MemoryError,
    IndexError,
    KeyError,
)
_SPECIAL = {
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.LNKTYPE: "a hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a FIFO",
}


def is_tar(head: bytes, path: str) -> bool:
    """Whether the first bytes, or the name, say so."""
    return head[257:262] == b"ustar" or (path.lower().endswith(".tar") and len(head) >= 512)


def inspect_tar(
    stream: BinaryIO, plain: ArtifactMember, budget: Budget, depth: int, inspect: Inspect
) -> Iterator[ArtifactMember]:
    """The archive, then its members."""
    found = replace(plain, kind="tar")
    if gaps := is_too_deep(depth, budget):
        yield replace(found, not_inspected=gaps)
        return
    stream.seek(0)
    try:
        archive = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115
    except _ERRORS as error:
        yield replace(found, not_inspected=(f"tar: {printable(str(error))}",))
        return
    with archive:
        infos, trouble = _listed(archive, budget)
        budget.members_left -= len(infos)
        names = [info.name for info in infos]
        yield replace(
            found,
            kind=archive_kind([name.removeprefix("./") for name in names], "tar", budget),
            top="archive",
            keys=tuple(printable(name) for name in names[: budget.limits.keys]),
            not_inspected=trouble,
        )
        counts = Counter(names)
        for info in infos:
            shown = f"{plain.path}!/{printable(info.name)}"
            reason = _refusal(info, counts[info.name]) or budget.refusal(info.size)
            if info.isdir() and not name_refusal(info.name):
                yield ArtifactMember(shown, "folder", 0)
            elif reason:
                gaps = (f"refused: {reason}",)
                yield ArtifactMember(shown, "other", info.size, not_inspected=gaps)
            else:
                yield from _unpacked(archive, info, shown, budget, depth, inspect)


def _listed(
    archive: tarfile.TarFile, budget: Budget
) -> tuple[list[tarfile.TarInfo], tuple[str, ...]]:
    """The entries in order, as far as they can be read."""
    infos: list[tarfile.TarInfo] = []
    before = -1
    while True:
        try:
            info = archive.next()
        except _ERRORS as error:
            return infos, (f"tar: {printable(str(error))}: the rest was not read",)
        if info is None:
            return infos, ()
        # A negative size leads back to an earlier header, and round in circles.
        if info.offset <= before or info.size < 0:
            return infos, ("tar: an entry that leads back: the rest was not read",)
        if len(infos) >= budget.members_left:
            return infos, (f"more than {len(infos)} members: the rest is not listed",)
        before = info.offset
        infos.append(info)


def _refusal(info: tarfile.TarInfo, count: int) -> str:
    if count > 1:
        return f"{count} members have this name"
    if reason := name_refusal(info.name):
        return reason
    if info.type in _SPECIAL:
        return _SPECIAL[info.type]
    if info.issparse():
        return "a sparse file"
    return "" if info.isreg() else f"an entry of type {info.type!r}"


def _unpacked(
    archive: tarfile.TarFile,
    info: tarfile.TarInfo,
    shown: str,
    budget: Budget,
    depth: int,
    inspect: Inspect,
) -> Iterator[ArtifactMember]:
    try:
        member = archive.extractfile(info)
        data = b"" if member is None else member.read(info.size)
    except _ERRORS as error:
        gap = (f"tar: {printable(str(error))}",)
        yield ArtifactMember(shown, "other", info.size, not_inspected=gap)
        return
    budget.bytes_left -= len(data)
    members = inspect(io.BytesIO(data), len(data), shown, budget, depth + 1)
    if len(data) != info.size:
        first = next(members)
        gap = (f"{len(data)} bytes, where the header says {info.size}",)
        yield replace(first, not_inspected=(*first.not_inspected, *gap))
    yield from members
