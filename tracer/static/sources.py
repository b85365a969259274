"""The files of a tree: which are read, how they decode, what their digests are.

Nothing here parses or runs anything.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import SourceError

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})
_BUNDLE = frozenset({"manifest.json", "evidence.json"})  # what a folder of ours holds
_LARGEST_HASHED_BYTES = 64 * 1024 * 1024
_TICK_NS = 2_000_000_000  # Some file systems count in two seconds.
_UNREAD_SUFFIXES = {".ipynb": "notebook", ".pyx": "Cython file", ".pyi": "stub file"}


@dataclass(frozen=True, slots=True)
class SourceText:
    """One Python file as it stands."""

    path: str  # POSIX, relative to the root
    sha256: str  # of the bytes
    text: str  # decoded as PEP 263 says, newlines as they stand; empty where `problem` is set
    problem: str = ""  # why it could not be decoded: `line 1: unknown encoding: latin-7`

    @property
    def lines(self) -> int:
        return self.text.count("\n") + (not self.text.endswith("\n") if self.text else 0)


@dataclass(frozen=True, slots=True)
class SourceTree:
    """All Python files below a root, sorted by path."""

    root: Path  # absolute
    files: tuple[SourceText, ...]
    unread: tuple[str, ...] = ()  # `30 notebooks`: sources of kinds that are not read

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted pairs of path and digest."""
        return _digest_of((file.path, file.sha256) for file in self.files)


@dataclass(frozen=True, slots=True)
class TreeDigest:
    """What every file of a tree holds, at one moment."""

    files: tuple[tuple[str, str], ...]  # (path, SHA-256 of the bytes, or `size N` above 64 MiB)

    @property
    def value(self) -> str:
        """SHA-256 over the sorted pairs."""
        return _digest_of(self.files)

    def changed_since(self, before: TreeDigest) -> tuple[str, ...]:
        """Paths that were added, removed or changed, sorted."""
        return tuple(sorted({path for path, _ in set(self.files) ^ set(before.files)}))


def read_tree(root: Path) -> SourceTree:
    """Read every `.py` file below the root; hidden folders, environments and caches are left out.

    Raises:
        SourceError: The root is not a folder that can be listed.
    """
    root = checked_root(root)
    files: list[SourceText] = []
    unread: Counter[str] = Counter()
    for path in _walk(root):
        if path.endswith(".py"):
            files.append(_read_source(root, path))
        elif (kind := _UNREAD_SUFFIXES.get(os.path.splitext(path)[1])) is not None:
            unread[kind] += 1
    counted = tuple(f"{count} {kind}{'s' * (count > 1)}" for kind, count in sorted(unread.items()))
    return SourceTree(root, tuple(files), counted)


def digest_tree(root: Path) -> TreeDigest:
    """Digest every file below the root, of whatever kind, with the same folders left out."""
    root = checked_root(root)
    return TreeDigest(tuple((path, _digest(root / path)) for path in _walk(root)))


def stat_sources(root: Path) -> dict[str, str]:
    """What the disk says of each Python file, by path; it differs after every change.

    Where a file has changed a moment ago it is empty: a second change within the same tick of the
    clock would not show.
    """
    found: dict[str, str] = {}
    for path in _walk(root):
        if path.endswith(".py"):
            found[path] = _stat_text(root / path)
    return found


def changed_sources(root: Path, known: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Python files that were added, removed or changed, sorted.

    Args:
        known: SHA-256 and what `stat_sources` said, by path; only where the latter differs is a
            file read.
    """
    found = stat_sources(root)
    changed = [path for path in known if path not in found]
    for path, told in found.items():
        digest, before = known.get(path, ("", ""))
        is_same = bool(told) and told == before
        if path not in known or (not is_same and _read_source(root, path).sha256 != digest):
            changed.append(path)
    return tuple(sorted(changed))


def checked_root(root: Path) -> Path:
    """The absolute root, if it is a folder that can be listed.

    Raises:
        SourceError: It is not.
    """
    try:
        absolute = root.resolve(strict=True)
        next(os.scandir(absolute), None)
    except OSError as error:
        raise SourceError(
            f"{root}: expected a folder with sources, found: {error.strerror}"
        ) from error
    return absolute


def _digest_of(files: Iterable[tuple[str, str]]) -> str:
    joined = "".join(f"{path}\0{digest}\n" for path, digest in files)
    return hashlib.sha256(joined.encode("utf-8", "surrogateescape")).hexdigest()


def _walk(root: Path) -> Iterator[str]:
    """Relative POSIX paths of all files, sorted; links to folders are not followed.

    Bundles are evidence of a tree, not part of it: else each that is written below the root would
    make it another tree, and what one run writes would be a change that another run made.
    """
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        if folder != str(root) and set(names) >= _BUNDLE:
            folders.clear()
            continue
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED_FOLDERS
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        ]
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if relative == "." else f"{relative}/"
        found.extend(f"{prefix}{name}" for name in names if not name.endswith(".pyc"))
    yield from sorted(found)


def _digest(path: Path) -> str:
    try:
        status = path.stat()
        size = status.st_size
        if not stat.S_ISREG(status.st_mode):
            return "not a regular file"
        if size > _LARGEST_HASHED_BYTES:
            return f"size {size}"
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _stat_text(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return ""
    if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _TICK_NS:
        return ""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def _read_source(root: Path, path: str) -> SourceText:
    try:
        if not stat.S_ISREG((root / path).stat().st_mode):  # a pipe would never end
            return SourceText(path, "", "", "not a regular file")
        data = (root / path).read_bytes()
    except OSError as error:
        return SourceText(path, "", "", f"cannot be read: {error.strerror}")
    sha256 = hashlib.sha256(data).hexdigest()
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        return SourceText(path, sha256, "", f"line {line}: null byte")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return SourceText(path, sha256, "", f"line 1: {error}")
    return SourceText(path, sha256, text.removeprefix("\ufeff").replace("\r\n", "\n"))
