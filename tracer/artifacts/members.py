"""One member after another, by what its first bytes say that it is."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from tracer.artifacts import arrays, configurations, hdf5, packed, safetensors, tars, zips
from tracer.artifacts.limits import Budget
from tracer.artifacts.pickles import PickleContents, read_pickle
from tracer.artifacts.texts import printable, shape_text
from tracer.model.artifact import ArtifactMember

HEAD_BYTES = 512
_PICKLE_SUFFIXES = (".pkl", ".pickle", ".dill", ".p", ".joblib")
_LATEST_PROTOCOL = 5

_Reader = Callable[[BinaryIO, ArtifactMember, Budget], ArtifactMember]


def inspect_stream(
    stream: BinaryIO, size: int, path: str, budget: Budget, depth: int
) -> Iterator[ArtifactMember]:
    """The member itself first, then what is inside.

    Args:
        stream: Seekable, of exactly `size` bytes.
        path: As it may be shown.
        depth: In how many archives it lies.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not head:
        yield ArtifactMember(path, "empty", 0, hashlib.sha256().hexdigest())
        return
    plain = ArtifactMember(path, "other", size, _digest(stream))
    own: Iterator[ArtifactMember]
    if head.startswith(zips.MAGICS):
        yield from zips.inspect_zip(stream, plain, budget, depth, inspect_stream)
        return
    if tars.is_tar(head, path):
        own = tars.inspect_tar(stream, plain, budget, depth, inspect_stream)
    elif (form := packed.form_of(head, path)) is not None:
        own = packed.inspect_packed(stream, plain, form, budget, depth, inspect_stream)
    else:
        own = iter((_inspect_plain(stream, head, plain, budget),))
    first = next(own)
    hidden = zips.hidden_archive(stream) if depth == 0 else 0
    if hidden:
        note = f"a zip archive begins after {hidden} bytes: another reader takes it for one"
        yield replace(first, notes=(*first.notes, note))
        yield from own
        inside = zips.inspect_zip(stream, plain, budget, depth, inspect_stream)
        next(inside)  # the file itself
        yield from inside
        return
    yield first
    yield from own


def _inspect_plain(
    stream: BinaryIO, head: bytes, plain: ArtifactMember, budget: Budget
) -> ArtifactMember:
    """What holds no other files."""
    reader = _reader_of(head, plain.path)
    if reader is not None:
        return reader(stream, plain, budget)
    name = plain.path.rpartition("/")[2]
    if why := budget.table.why_opaque(name):
        return replace(plain, not_inspected=(why,))
    return replace(plain, not_inspected=("no format that is known",))


def _reader_of(head: bytes, path: str) -> _Reader | None:
    lower = path.lower()
    if head.startswith(arrays.MAGIC):
        return _array
    if head.startswith(hdf5.MAGIC):
        return _hierarchy
    # Protocol 2 and later begin with PROTO; the older ones have no mark of their own.
    if head[0] == 0x80 and len(head) > 1 and head[1] <= _LATEST_PROTOCOL:
        return _pickle
    if lower.endswith(_PICKLE_SUFFIXES):
        return _pickle
    if lower.endswith(".safetensors"):
        return safetensors.inspect_safetensors
    return configurations.reader_of(head, lower)


def _pickle(stream: BinaryIO, plain: ArtifactMember, budget: Budget) -> ArtifactMember:
    contents = _outline(stream, 0, plain.size, budget)
    if isinstance(contents, str):
        return replace(plain, kind="pickle", not_inspected=(contents,))
    return replace(
        plain,
        kind="pickle",
        top=contents.top,
        keys=contents.keys,
        held=contents.held,
        globals=contents.globals,
        opcodes=contents.opcodes,
        notes=contents.notes,
        not_inspected=contents.not_inspected,
    )


def _array(stream: BinaryIO, plain: ArtifactMember, budget: Budget) -> ArtifactMember:
    header = arrays.read_header(stream)
    if isinstance(header, str):
        return replace(plain, kind="npy", not_inspected=(header,))
    dtype = budget.table.dtypes.get(header.dtype.lstrip("<>|="), header.dtype)
    notes = (f"{shape_text(header.shape)} {printable(dtype)}",)
    found = replace(plain, kind="npy", top="array", notes=notes)
    if not header.holds_objects:
        return found
    inner = _outline(stream, header.data_offset, plain.size, budget)
    if isinstance(inner, str):
        return replace(found, not_inspected=(inner,))
    return replace(
        found,
        globals=inner.globals,
        opcodes=inner.opcodes,
        notes=(*notes, "holds objects: its data is a pickle", *inner.notes),
        not_inspected=inner.not_inspected,
    )


def _outline(stream: BinaryIO, start: int, size: int, budget: Budget) -> PickleContents | str:
    """What the pickles from there on hold; or why they are not read.

    They are read from memory: of a file, asking for a text that says to be long takes as much.
    """
    if size > budget.limits.member_bytes:
        return f"{size} bytes, more than {budget.limits.member_bytes}"
    stream.seek(0)
    data = io.BytesIO(stream.read())
    data.seek(start)
    return read_pickle(data, size, budget)


def _hierarchy(stream: BinaryIO, plain: ArtifactMember, budget: Budget) -> ArtifactMember:
    outline = hdf5.read_hierarchy(stream, budget)
    return replace(
        plain,
        kind="hdf5",
        top="group",
        keys=tuple(outline.keys),
        held=tuple(outline.held),
        notes=tuple(outline.notes),
        not_inspected=tuple(outline.not_inspected),
    )


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1024 * 1024):
        digest.update(chunk)
    return digest.hexdigest()
