"""Files that hold one other file in a compressed form."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from tracer.artifacts.limits import Budget
from tracer.artifacts.streams import Inspect, is_too_deep
from tracer.artifacts.texts import printable
from tracer.model.artifact import ArtifactMember

_CHUNK = 1024 * 1024
_LZMA_MEMORY = 256 * 1024 * 1024  # an honest file at the highest preset needs 65 MiB
_SMALL = 1024 * 1024  # below that a ratio tells nothing
_MAGICS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"\x04\x22\x4d\x18": "lz4",
}
_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_LZMA_HEAD = b"\x5d\x00\x00"
_ENDINGS = (".gz", ".bz2", ".xz", ".lzma", ".zst", ".z", ".tgz")
_ZLIB_NAMES = (".joblib", ".pkl", ".pickle", ".z", ".dill", ".zlib")
_LZMA_NAMES = (".lzma", ".joblib", ".pkl", ".pickle")
_NEEDS = {"zstandard": "needs Python 3.14, or: pip install 'callchain-tracer[zstd]'"}
_ERRORS = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, MemoryError)


def form_of(head: bytes, path: str) -> str | None:
    """The compression that the first bytes tell; zlib and the old LZMA need a fitting name."""
    for magic, form in _MAGICS.items():
        if head.startswith(magic):
            return form
    lower = path.lower()
    if head.startswith(_ZLIB_HEADS) and lower.endswith(_ZLIB_NAMES):
        return "zlib"
    return "lzma" if head.startswith(_LZMA_HEAD) and lower.endswith(_LZMA_NAMES) else None


def inspect_packed(
    stream: BinaryIO,
    plain: ArtifactMember,
    form: str,
    budget: Budget,
    depth: int,
    inspect: Inspect,
) -> Iterator[ArtifactMember]:
    """The packed file, then what is in it."""
    found = replace(plain, kind=form)
    if gaps := is_too_deep(depth, budget):
        yield replace(found, not_inspected=gaps)
        return
    data, gap = _unpacked(stream, plain.size, form, budget)
    budget.bytes_left -= len(data)
    if gap:
        yield replace(found, not_inspected=(gap,))
        return
    name = _inner_name(plain.path)
    yield replace(found, top="archive", keys=(name,))
    yield from inspect(io.BytesIO(data), len(data), f"{plain.path}!/{name}", budget, depth + 1)


def _inner_name(path: str) -> str:
    name = path.rpartition("/")[2]
    for ending in _ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return f"{name[: -len(ending)]}.tar" if ending == ".tgz" else name[: -len(ending)]
    return name


def _unpacked(stream: BinaryIO, size: int, form: str, budget: Budget) -> tuple[bytes, str]:
    """The bytes; or none, and why. Never more than may be is unpacked."""
    stream.seek(0)
    try:
        reader = _reader(stream, form)
        if reader is None:
            return b"", f"{form}: not unpacked: {_NEEDS.get(form, 'no reader is known')}"
        chunks: list[bytes] = []
        count = 0
        while chunk := reader.read(_CHUNK):
            count += len(chunk)
            if count > _SMALL and count > budget.limits.ratio * max(size, 1):
                return b"", f"{form}: {size} bytes that unpack to more than {count}"
            if budget.refusal(count):
                return b"", f"{form}: {budget.refusal(count)}"
            chunks.append(chunk)
        return b"".join(chunks), ""
    except _ERRORS as error:
        return b"", f"{form}: {printable(str(error) or type(error).__name__)}"


def _reader(stream: BinaryIO, form: str) -> Any:
    if form == "gzip":
        return gzip.GzipFile(fileobj=stream, mode="rb")
    if form == "bzip2":
        return bz2.BZ2File(stream)
    if form == "zlib":
        return _Decompressing(stream, _Zlib())
    if form in ("xz", "lzma"):
        return _Decompressing(stream, lzma.LZMADecompressor(memlimit=_LZMA_MEMORY))
    if form == "zstandard":
        return _zstandard(stream)
    return None


def _zstandard(stream: BinaryIO) -> Any:
    """By Python itself from 3.14 on, else by the package `zstandard` where it is installed."""
    try:
        return importlib.import_module("compression.zstd").ZstdFile(stream)
    except ImportError:
        pass
    try:
        library = importlib.import_module("zstandard")
    except ImportError:
        return None
    limit = library.ZstdDecompressor(max_window_size=_LZMA_MEMORY)
    return _Guarded(limit.stream_reader(stream, closefd=False), library.ZstdError)


class _Guarded:
    """Errors of a library as those that are expected here."""

    def __init__(self, reader: Any, error: type[Exception]) -> None:
        self._reader = reader
        self._error = error

    def read(self, size: int) -> bytes:
        try:
            return bytes(self._reader.read(size))
        except self._error as error:
            raise ValueError(str(error)) from error


class _Zlib:
    """zlib with the interface of the other decompressors."""

    def __init__(self) -> None:
        self._object = zlib.decompressobj()

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def needs_input(self) -> bool:
        return not self._object.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._object.decompress(self._object.unconsumed_tail + data, max_length)


class _Decompressing:
    """Reads what a decompressor gives, a bounded piece at a time."""

    def __init__(self, stream: BinaryIO, decompressor: Any) -> None:
        self._stream = stream
        self._decompressor = decompressor

    def read(self, size: int) -> bytes:
        while not self._decompressor.eof:
            data = self._stream.read(64 * 1024) if self._decompressor.needs_input else b""
            if not data and self._decompressor.needs_input:
                raise EOFError("the compressed data breaks off")
            if found := self._decompressor.decompress(data, size):
                return bytes(found)
        return b""
