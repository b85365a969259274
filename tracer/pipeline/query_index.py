"""The index of a tree in the user's cache: opened where it is current, else made."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import tracer
from tracer.errors import TableError
from tracer.pipeline.progress import StageClock
from tracer.query.index import GraphIndex
from tracer.query.tables import INDEX_FORMAT
from tracer.static.sources import changed_sources, checked_root, stat_sources
from tracer.static.user_cache import cache_folder, remove, remove_old

_MAKERS = ("model", "static", "tables", "query")


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An index, and what has changed on the disk since it was made."""

    index: GraphIndex
    root: Path  # absolute
    changed: tuple[str, ...] = ()


def open_index(
    root: Path, tables: Sequence[Path], clock: StageClock, *, stale_ok: bool = False
) -> OpenIndex:
    """The index of a tree.

    Args:
        tables: Of effects of the user's own.
        stale_ok: Take the one that was made last, whatever has changed since.

    Raises:
        SourceError: The root cannot be listed, or no Python file stands below it.
        TableError: A table of the user's has another form.
    """
    absolute = checked_root(root)
    maker = _maker(tables)
    file = _file_of(absolute, tables)
    if file is not None and (index := _opened(file, maker)) is not None:
        known = {path: (row[0], row[1]) for path, row in index.files.items()}
        changed = changed_sources(absolute, known)
        if not changed or stale_ok:
            return OpenIndex(index, absolute, changed)
        index.close()
    return OpenIndex(_made(absolute, tables, clock, file, maker), absolute)


def _file_of(root: Path, tables: Sequence[Path]) -> Path | None:
    folder = cache_folder() / "queries"
    if folder.resolve().is_relative_to(root):
        return None  # nothing is written below the root
    parts = (os.fsencode(root), *(os.fsencode(table.absolute()) for table in tables))
    name = hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]
    return folder / f"{name}.sqlite3"


def _opened(file: Path, maker: str) -> GraphIndex | None:
    """The index that is there, if these very sources of ours made it and it can be read."""
    try:
        # `immutable`: whoever makes a new one puts another file in its place.
        address = f"file:{quote(str(file))}?mode=ro&immutable=1"
        index = GraphIndex(sqlite3.connect(address, uri=True))
    except sqlite3.Error:
        return None
    try:
        if index.meta.get("maker") == maker:
            return index
    except sqlite3.Error:
        pass
    index.close()
    return None


def _made(
    root: Path, tables: Sequence[Path], clock: StageClock, file: Path | None, maker: str
) -> GraphIndex:
    # A second of loading that no answer from an index needs.
    from tracer.pipeline.reading import read_sources
    from tracer.query.build import fill_index

    stats = stat_sources(root)  # before reading: a change in between makes the index stale
    reading = read_sources(root, tables, clock)
    meta = {
        "maker": maker,
        "tree": reading.tree.digest,
        "limits": json.dumps(reading.graph.limits),
        "unread": json.dumps(reading.graph.unread),
    }
    if file is not None:
        beside = file.with_name(f"{file.name}.{os.urandom(8).hex()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            remove(beside)
            database = sqlite3.connect(beside, isolation_level="DEFERRED")
            try:
                database.execute("PRAGMA journal_mode = OFF")
                database.execute("PRAGMA synchronous = OFF")
                fill_index(database, reading.graph, meta, stats)
            finally:
                database.close()
            os.replace(beside, file)
            remove_old(file.parent, "*.sqlite3*")
            if (index := _opened(file, maker)) is not None:
                return index
        except (OSError, sqlite3.Error):  # a disk that is full costs time, and no answer
            remove(beside)
    database = sqlite3.connect(":memory:")
    fill_index(database, reading.graph, meta, stats)
    return GraphIndex(database)


def _maker(tables: Sequence[Path]) -> str:
    """What an index depends on besides the tree: our sources, and tables of the user's."""
    package = Path(tracer.__file__).parent
    digest = hashlib.sha256(f"{INDEX_FORMAT} {tracer.__version__} {sys.version}".encode())
    for folder in _MAKERS:
        for place, folders, names in os.walk(package / folder):
            folders.sort()
            for name in sorted(names):
                if not name.endswith(".pyc"):
                    status = os.stat(os.path.join(place, name))
                    digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    for table in tables:
        try:
            digest.update(table.read_bytes())
        except OSError as error:
            raise TableError(f"{table}: cannot be read: {error.strerror}") from error
    return digest.hexdigest()
