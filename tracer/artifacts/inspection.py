"""What an artefact holds, read as bytes.

Kinds are told by content, names decide only where the content has no mark of its own. Nothing is
unpacked to disk; nothing that an artefact names is imported, called or run. No verdict is given:
a report says what is there, and what was not looked at.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tracer.artifacts import arrays, hdf5
from tracer.artifacts.pickles import read_pickle
from tracer.artifacts.report import (
    INSPECTION_SCHEMA,
    ArtifactMember,
    ArtifactReport,
    InspectionLimits,
    printable,
)
from tracer.errors import SourceError


def inspect_artifact(path: Path, limits: InspectionLimits | None = None) -> ArtifactReport:
    """Inspect a file, or all files of a folder.

    Raises:
        SourceError: There is no such file or folder, or it cannot be read.
    """
    limits = limits or InspectionLimits()
    budget = _Budget(limits)
    try:
        if path.is_dir():
            members = tuple(_folder_members(path, budget))
            size = sum(member.size for member in members if "!/" not in member.path)
            return ArtifactReport(
                INSPECTION_SCHEMA,
                path.name,
                "folder",
                size,
                "",
                members,
                not_inspected=tuple(budget.gaps),
            )
        size = path.stat().st_size
        sha256 = _file_digest(path)
        if size > limits.member_bytes and not zipfile.is_zipfile(path):
            reason = f"{size} bytes, more than {limits.member_bytes}"
            return ArtifactReport(
                INSPECTION_SCHEMA, path.name, "other", size, sha256, (), not_inspected=(reason,)
            )
        if zipfile.is_zipfile(path):
            with path.open("rb") as file:
                nested, notes, gaps = _zip_members(file, "", budget, 1)
            kind = _archive_kind([member.path for member in nested])
            not_inspected = (*gaps, *budget.gaps)
            return ArtifactReport(
                INSPECTION_SCHEMA, path.name, kind, size, sha256, nested, notes, not_inspected
            )
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: expected a file or folder, found: {error.strerror}") from error
    found = list(_inspect(data, printable(path.name), budget, 0))
    return ArtifactReport(
        INSPECTION_SCHEMA,
        path.name,
        found[0].kind,
        size,
        sha256,
        tuple(found),
        not_inspected=tuple(budget.gaps),
    )


_UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # encrypted
    NotImplementedError,  # a compression that zipfile does not know
)
_LONGEST_END = 70_000  # a comment of 65 535 bytes, and the end records around it
_PICKLE_SUFFIXES = (".pkl", ".pickle", ".dill", ".p", ".joblib")
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}


class _Budget:
    """What may still be unpacked."""

    def __init__(self, limits: InspectionLimits) -> None:
        self.limits = limits
        self.bytes_left = limits.total_bytes
        self.gaps: list[str] = []


def _folder_members(root: Path, budget: _Budget) -> Iterator[ArtifactMember]:
    names: list[str] = []
    for folder, folders, files in os.walk(root):
        folders.sort()
        relative = Path(folder).relative_to(root)
        names += [(relative / name).as_posix() for name in files]
    if len(names) > budget.limits.members:
        budget.gaps.append(f"more than {budget.limits.members} files: the rest was not read")
    for name in sorted(names)[: budget.limits.members]:
        path, shown = root / name, printable(name)
        if path.is_symlink() or not path.is_file():
            yield ArtifactMember(shown, "other", 0, not_inspected=("a link or special file",))
            continue
        size = path.stat().st_size
        if size > min(budget.limits.member_bytes, budget.bytes_left):
            yield ArtifactMember(shown, "other", size, not_inspected=(f"{size} bytes",))
            continue
        budget.bytes_left -= size
        yield from _inspect(path.read_bytes(), shown, budget, 0)


def _inspect(data: bytes, path: str, budget: _Budget, depth: int) -> Iterator[ArtifactMember]:
    """The member itself first, then what is inside."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not data:
        yield ArtifactMember(path, "empty", 0, sha256)
    elif data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _inspect_zip(data, path, sha256, budget, depth)
    elif data.startswith(arrays.MAGIC):
        yield _inspect_array(data, path, sha256, budget)
    elif data.startswith(hdf5.MAGIC):
        outline = hdf5.read_hierarchy(data, budget.limits)
        yield ArtifactMember(
            path,
            "hdf5",
            len(data),
            sha256,
            "group",
            tuple(outline.keys),
            notes=tuple(outline.notes),
            not_inspected=tuple(outline.not_inspected),
        )
    elif _is_pickle(data, path):
        yield _inspect_pickle(data, path, sha256, budget)
    elif path.endswith(".json") or data.lstrip()[:1] in (b"{", b"["):
        yield _inspect_json(data, path, sha256, budget)
    else:
        packed = next((kind for magic, kind in _PACKED.items() if data.startswith(magic)), "")
        gaps = (f"{packed}: not unpacked",) if packed else ()
        yield ArtifactMember(path, packed or "other", len(data), sha256, not_inspected=gaps)


def _is_pickle(data: bytes, path: str) -> bool:
    # Protocol 2 and later begin with PROTO; the older ones have no mark of their own.
    has_mark = data[0] == 0x80 and len(data) > 1 and data[1] <= 5
    return has_mark or path.lower().endswith(_PICKLE_SUFFIXES)


def _inspect_pickle(data: bytes, path: str, sha256: str, budget: _Budget) -> ArtifactMember:
    contents = read_pickle(data, budget.limits)
    return ArtifactMember(
        path,
        "pickle",
        len(data),
        sha256,
        contents.top,
        contents.keys,
        contents.globals,
        contents.opcodes,
        contents.notes,
        contents.not_inspected,
    )


def _inspect_array(data: bytes, path: str, sha256: str, budget: _Budget) -> ArtifactMember:
    header = arrays.read_header(data)
    if isinstance(header, str):
        return ArtifactMember(path, "npy", len(data), sha256, not_inspected=(header,))
    shape = "×".join(map(str, header.shape)) or "scalar"
    notes = (f"{shape} {printable(header.dtype)}",)
    if not header.holds_objects:
        return ArtifactMember(path, "npy", len(data), sha256, "array", notes=notes)
    inner = read_pickle(data[header.data_offset :], budget.limits)
    return ArtifactMember(
        path,
        "npy",
        len(data),
        sha256,
        "array",
        (),
        inner.globals,
        inner.opcodes,
        (*notes, "holds objects: its data is a pickle", *inner.notes),
        inner.not_inspected,
    )


def _inspect_json(data: bytes, path: str, sha256: str, budget: _Budget) -> ArtifactMember:
    if len(data) > budget.limits.text_bytes:
        gaps: tuple[str, ...] = (f"JSON of more than {budget.limits.text_bytes} bytes",)
        return ArtifactMember(path, "json", len(data), sha256, not_inspected=gaps)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        gaps = (f"no JSON: {printable(str(error))}",) if path.endswith(".json") else ()
        return ArtifactMember(path, "other", len(data), sha256, not_inspected=gaps)
    keys = list(value) if isinstance(value, dict) else []
    classes = sorted(_class_names(value))
    notes = [f"classes: {', '.join(classes[: budget.limits.keys])}"] if classes else []
    if any(name.rpartition(".")[2] == "Lambda" for name in classes):
        notes.append("a Lambda layer: loading runs code that stands in the file")
    return ArtifactMember(
        path,
        "json",
        len(data),
        sha256,
        type(value).__name__,
        tuple(printable(key) for key in keys[: budget.limits.keys]),
        notes=tuple(notes),
    )


def _class_names(value: object) -> set[str]:
    """`module.class_name` wherever a Keras configuration names a class."""
    names: set[str] = set()
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            name, module = item.get("class_name"), item.get("module")
            if isinstance(name, str):
                names.add(printable(f"{module}.{name}" if isinstance(module, str) else name))
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return names


def _inspect_zip(
    data: bytes, path: str, sha256: str, budget: _Budget, depth: int
) -> Iterator[ArtifactMember]:
    if depth >= budget.limits.nesting:
        gaps: tuple[str, ...] = (f"nested more than {budget.limits.nesting} archives deep",)
        yield ArtifactMember(path, "zip", len(data), sha256, not_inspected=gaps)
        return
    members, notes, gaps = _zip_members(io.BytesIO(data), f"{path}!/", budget, depth + 1)
    names = [member.path.removeprefix(f"{path}!/") for member in members]
    yield ArtifactMember(
        path,
        _archive_kind(names),
        len(data),
        sha256,
        "archive",
        tuple(name for name in names if "!/" not in name)[: budget.limits.keys],
        notes=notes,
        not_inspected=gaps,
    )
    yield from members


def _zip_members(
    file: io.BufferedReader | io.BytesIO, prefix: str, budget: _Budget, depth: int
) -> tuple[tuple[ArtifactMember, ...], tuple[str, ...], tuple[str, ...]]:
    """Members, notes and gaps of an archive."""
    size = _directory_bytes(file)
    if size > budget.limits.directory_bytes:
        return (), (), (f"zip: a directory of {size} bytes",)
    try:
        archive = zipfile.ZipFile(file)
    except _UNPACKING_ERRORS as error:
        return (), (), (f"zip: {printable(str(error))}",)
    with archive:
        infos = archive.infolist()
        counts = Counter(info.filename for info in infos)
        notes = (f"comment of {len(archive.comment)} bytes",) if archive.comment else ()
        gaps: tuple[str, ...] = ()
        if (before := _bytes_before(file, infos)) > 0:
            gaps = (f"{before} bytes before the first member",)
        if len(infos) > budget.limits.members:
            gaps += (f"{len(infos)} members: only {budget.limits.members} are listed",)
        members: list[ArtifactMember] = []
        for info in infos[: budget.limits.members]:
            shown = prefix + printable(info.filename)
            refusal = _refusal(info, counts[info.filename], budget)
            if refusal:
                gap = (f"refused: {refusal}",)
                members.append(ArtifactMember(shown, "other", info.file_size, not_inspected=gap))
            elif info.is_dir():
                members.append(ArtifactMember(shown, "folder", 0))
            else:
                members += _unpacked(archive, info, shown, budget, depth)
        return tuple(members), notes, gaps


def _directory_bytes(file: io.BufferedReader | io.BytesIO) -> int:
    """What the end record says of the directory's size, before anybody builds objects of it."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - _LONGEST_END))
    tail = file.read(_LONGEST_END)
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    wide = tail.rfind(b"PK\x06\x06")  # zip64, whose sizes have eight bytes
    if wide >= 0:
        size = max(
            0 if size == 0xFFFFFFFF else size, int.from_bytes(tail[wide + 40 : wide + 48], "little")
        )
    return size


def _bytes_before(file: io.BufferedReader | io.BytesIO, infos: list[zipfile.ZipInfo]) -> int:
    """What stands before the first member: another format that shares the file, or padding."""
    file.seek(0)
    begins_as_zip = file.read(2) == b"PK"
    return 0 if begins_as_zip else min((info.header_offset for info in infos), default=0)


def _refusal(info: zipfile.ZipInfo, count: int, budget: _Budget) -> str:
    """Why a member is not unpacked; empty where it may be."""
    name, limits = info.filename, budget.limits
    parts = name.replace("\\", "/").split("/")
    raw = getattr(info, "orig_filename", name)
    if count > 1:
        return f"{count} members have this name"
    if "\0" in raw:
        return "a null byte in the name"
    if name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
        return "an absolute path"
    if ".." in parts:
        return "a path out of the archive"
    if info.flag_bits & 0x1:
        return "encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a symbolic link"
    if info.file_size > limits.member_bytes:
        return f"{info.file_size} bytes, more than {limits.member_bytes}"
    if info.file_size > 1024 * 1024 and info.file_size > limits.ratio * max(info.compress_size, 1):
        return f"{info.compress_size} bytes that unpack to {info.file_size}"
    if info.file_size > budget.bytes_left:
        return f"more than {limits.total_bytes} bytes in all"
    return ""


def _unpacked(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str, budget: _Budget, depth: int
) -> list[ArtifactMember]:
    try:
        with archive.open(info) as member:
            data = member.read(info.file_size + 1)  # never more than the directory says
    except _UNPACKING_ERRORS as error:
        gap = (f"zip: {printable(str(error))}",)
        return [ArtifactMember(shown, "other", info.file_size, not_inspected=gap)]
    budget.bytes_left -= len(data)
    return list(_inspect(data, shown, budget, depth))


def _archive_kind(names: list[str]) -> str:
    """`zip`, or what the members make of it."""
    if {"metadata.json", "config.json"} <= set(names):
        return "keras"
    if any(name == "data.pkl" or name.endswith("/data.pkl") for name in names):
        return "torch"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    return "zip"


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
