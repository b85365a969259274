"""Summaries of a tree's files on disk, so that the next reading lowers only what has changed.

All summaries of a root are in one file, the *pack*, by the SHA-256 of their source's bytes. A pack
counts only for the very code that made it: it names our version and a digest of our own sources.
"""

from __future__ import annotations

import functools
import hashlib
import marshal
import os
import sys
from pathlib import Path

import tracer
from tracer.static.flat import FileSummary, decode_summary, encode_summary
from tracer.static.sources import SourceText
from tracer.static.user_cache import (
    cache_folder,
    checksum,
    read_parts,
    remove_old,
    write_parts,
)

_FORMAT = 2
_LARGEST_PACK_BYTES = 200 * 1024 * 1024


class SummaryCache:
    """The pack of one root; made for one reading, which asks for each file and then writes.

    Summaries with a `problem` are not kept: some depend on the stack and the memory of the process
    that read the file, and all are quick to find again. Nor are those of sources without a digest.
    """

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        """Load what there is.

        Args:
            root: Absolute. Where the cache lies below it, nothing is read or written.
            folder: Of the packs; by default in the user's cache.
        """
        folder = folder or cache_folder() / "summaries"
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
        self._pack: Path | None = folder / f"{name}.{sys.implementation.cache_tag}.marshal"
        if folder.resolve().is_relative_to(root):
            self._pack = None
        self._stored = _Stored(self._pack)
        self._used: dict[str, bytes] = {}
        self._fresh: set[str] = set()  # those that the pack lacks

    def find(self, source: SourceText) -> FileSummary | None:
        """The summary of a file with these bytes, if it was kept."""
        body = self._stored.get(source.sha256)
        if body is None:
            return None
        summary = decoded(body)
        if summary is not None:
            self._used[source.sha256] = body
        return summary

    def keep(self, source: SourceText, summary: FileSummary, body: bytes | None = None) -> None:
        """Remember a summary for `write`; `body` is what `encoded` says of it, if that is known."""
        if self._pack is not None and source.sha256 and not summary.problem:
            body = encoded(summary) if body is None else body
            if body is not None:
                self._used[source.sha256] = body
                self._fresh.add(source.sha256)

    def write(self, is_partial: bool = False) -> None:
        """Store what was found and kept, if anything is new.

        Args:
            is_partial: Only some files were asked for; what was stored of others stays, if there
                is room.
        """
        if self._pack is None or not self._fresh:
            return
        rest = sorted(self._stored.digests - self._used.keys()) if is_partial else []
        index: dict[str, tuple[int, int, int]] = {}
        parts: list[bytes | memoryview] = []
        size = 0
        for digest in (*sorted(self._used), *rest):
            body = self._used.get(digest) or self._stored.part(digest)
            if size + len(body) > _LARGEST_PACK_BYTES:
                break
            is_new = digest in self._fresh
            total = checksum(body) if is_new else self._stored.sum_of(digest)
            index[digest] = (size, len(body), total)
            parts.append(body)
            size += len(body)
        if not self._fresh.isdisjoint(index) and write_parts(self._pack, (_maker(), index), parts):
            remove_old(self._pack.parent, "*.marshal*")


class _Stored:
    """What a pack held when it was opened."""

    def __init__(self, pack: Path | None) -> None:
        self._index: dict[str, tuple[int, int, int]] = {}
        self._parts = memoryview(b"")
        if pack is not None:
            head, parts = read_parts(pack)
            match head:
                case (str(maker), dict(index)) if maker == _maker():
                    self._index, self._parts = index, parts

    @property
    def digests(self) -> frozenset[str]:
        """Of all files in it."""
        return frozenset(self._index)

    def part(self, digest: str) -> memoryview:
        """The summary of a file in it, as it was read."""
        start, size, _ = self._index[digest]
        return self._parts[start : start + size]

    def sum_of(self, digest: str) -> int:
        """The checksum that a part had when it was written."""
        return self._index[digest][2]

    def get(self, digest: str) -> bytes | None:
        """The summary of a file, if it is there and whole."""
        found = self._index.get(digest)
        if found is None:
            return None
        body = bytes(self.part(digest))
        if len(body) == found[1] and checksum(body) == found[2]:
            return body
        del self._index[digest]
        return None


def encoded(summary: FileSummary) -> bytes | None:
    """A summary as bytes; None where it is nested deeper than `marshal` goes."""
    try:
        return marshal.dumps(encode_summary(summary))
    except ValueError:
        return None


def decoded(body: bytes) -> FileSummary | None:
    """The summary that was encoded; None where the bytes say something else."""
    try:
        return decode_summary(marshal.loads(body))
    except (EOFError, ValueError, TypeError):
        return None


@functools.cache
def _maker() -> str:
    """Our version, and a digest of the sources that a summary may depend on."""
    package = Path(tracer.__file__).parent
    digest = hashlib.sha256()
    for folder in ("model", "static", "static/lowering"):
        for file in sorted((package / folder).glob("*.py")):
            digest.update(file.read_bytes())
    return f"{_FORMAT} {tracer.__version__} {sys.version} {digest.hexdigest()}"
