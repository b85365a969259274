"""Members of zip archives, read in memory and never unpacked to disk."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from tracer.artifacts.limits import Budget
from tracer.artifacts.streams import Inspect, archive_kind, is_too_deep, name_refusal
from tracer.artifacts.texts import printable
from tracer.model.artifact import ArtifactMember

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    MemoryError,
    RuntimeError,  # encrypted
    NotImplementedError,  # a compression that zipfile does not know
)
_LONGEST_END = 70_000  # a comment of 65 535 bytes, and the end records around it
_LOCAL_HEADER = 30  # bytes before the name
_READ = {
    zipfile.ZIP_STORED: "stored",
    zipfile.ZIP_DEFLATED: "deflate",
    zipfile.ZIP_BZIP2: "bzip2",
}


def inspect_zip(
    stream: BinaryIO, plain: ArtifactMember, budget: Budget, depth: int, inspect: Inspect
) -> Iterator[ArtifactMember]:
    """The archive, then its members."""
    found = replace(plain, kind="zip")
    if gaps := is_too_deep(depth, budget):
        yield replace(found, not_inspected=gaps)
        return
    size = _directory_bytes(stream)
    if size > budget.limits.directory_bytes:
        yield replace(found, not_inspected=(f"zip: a directory of {size} bytes",))
        return
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except _ERRORS as error:
        yield replace(found, not_inspected=(f"zip: {printable(str(error))}",))
        return
    with archive:
        infos = archive.infolist()
        listed = infos[: max(budget.members_left, 0)]
        budget.members_left -= len(listed)
        if len(listed) < len(infos):
            gap = f"{len(infos)} members: only {len(listed)} are listed"
            found = replace(found, not_inspected=(gap,))
        if archive.comment:
            found = replace(found, notes=(f"comment of {len(archive.comment)} bytes",))
        names = [info.filename for info in infos]
        yield replace(
            found,
            kind=archive_kind(names, "zip", budget),
            top="archive",
            keys=tuple(printable(info.filename) for info in listed[: budget.limits.keys]),
        )
        refusals = _refusals(archive, infos, budget)
        for info in listed:
            shown = f"{plain.path}!/{printable(info.filename)}"
            reason = refusals.get(id(info)) or budget.refusal(info.file_size)
            if reason:
                gaps = (f"refused: {reason}",)
                yield ArtifactMember(shown, "other", info.file_size, not_inspected=gaps)
            elif info.is_dir():
                yield ArtifactMember(shown, "folder", 0)
            else:
                yield from _unpacked(archive, info, shown, budget, depth, inspect)


def hidden_archive(stream: BinaryIO) -> int:
    """At which byte a zip begins in a file that begins as something else; 0 where none does."""
    if _directory_bytes(stream) > 1024 * 1024:
        return 0
    try:
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            return min((info.header_offset for info in archive.infolist()), default=0)
    except _ERRORS:
        return 0


def _directory_bytes(stream: BinaryIO) -> int:
    """What the end record says of the directory's size, before anybody builds objects of it."""
    end = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, end - _LONGEST_END))
    tail = stream.read(_LONGEST_END)
    at = tail.rfind(b"PK\x05\x06")
    size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    wide = tail.rfind(b"PK\x06\x06")  # zip64, whose sizes have eight bytes
    if wide >= 0:
        size = max(
            0 if size == 0xFFFFFFFF else size, int.from_bytes(tail[wide + 40 : wide + 48], "little")
        )
    return size


def _refusals(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], budget: Budget
) -> dict[int, str]:
    """Why members are not unpacked, by the identity of their entry; the others may be."""
    counts = Counter(info.filename for info in infos)
    overlapping = _overlapping(archive, infos)
    refusals: dict[int, str] = {}
    for info in infos:
        reason = _refusal(info, counts[info.filename], budget)
        if not reason and id(info) in overlapping:
            reason = "its bytes are those of another member, too"
        if reason:
            refusals[id(info)] = reason
    return refusals


def _overlapping(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> set[int]:
    """Entries that share bytes: many members are made of few bytes in this way."""
    found: set[int] = set()
    ordered = sorted(infos, key=lambda info: info.header_offset)
    furthest: zipfile.ZipInfo | None = None
    end = 0
    for info in ordered:
        if furthest is not None and info.header_offset < end:
            found |= {id(info), id(furthest)}
        own_end = info.header_offset + _LOCAL_HEADER + len(info.filename) + info.compress_size
        if own_end > archive.start_dir:
            found.add(id(info))
        if furthest is None or own_end > end:
            furthest, end = info, own_end
    return found


def _refusal(info: zipfile.ZipInfo, count: int, budget: Budget) -> str:
    """Why a member is not unpacked, whatever is left; empty where it may be."""
    if count > 1:
        return f"{count} members have this name"
    if reason := name_refusal(getattr(info, "orig_filename", info.filename)):
        return reason
    if info.flag_bits & 0x1:
        return "encrypted"
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "a special file"
    if info.compress_type not in _READ:
        return f"compression method {info.compress_type}"
    ratio = budget.limits.ratio
    if info.file_size > 1024 * 1024 and info.file_size > ratio * max(info.compress_size, 1):
        return f"{info.compress_size} bytes that unpack to {info.file_size}"
    return ""


def _unpacked(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    shown: str,
    budget: Budget,
    depth: int,
    inspect: Inspect,
) -> Iterator[ArtifactMember]:
    try:
        with archive.open(info) as member:
            data = member.read(info.file_size + 1)  # never more than the directory says
    except _ERRORS as error:
        gap = (f"zip: {printable(str(error) or type(error).__name__)}",)
        yield ArtifactMember(shown, "other", info.file_size, not_inspected=gap)
        return
    budget.bytes_left -= len(data)
    members = inspect(io.BytesIO(data), len(data), shown, budget, depth + 1)
    if len(data) != info.file_size:
        gap = (f"{len(data)} bytes, where the directory says {info.file_size}",)
        first = next(members)
        yield replace(first, not_inspected=(*first.not_inspected, *gap))
    yield from members
