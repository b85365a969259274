"""Data files of coverage.py, read by `sqlite3` alone.

coverage.py documents the file's form (`dbschema.html`; version 7 since coverage 5.0). Read so, it
needs no coverage.py beside us and none of the right version, and no file is made or changed, as
opening one by its own interface may do. That both read the same is a test.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import WorkloadError

_SCHEMA = 7
_PHASES = ("setup", "run", "teardown")  # what pytest-cov hangs on the id of a test


@dataclass(frozen=True, slots=True)
class MeasuredFile:
    """What ran of one file, by context; the empty context is none."""

    path: str  # as it was measured
    lines: Mapping[str, frozenset[int]]
    # First lines of code objects that were entered, each with the line that ran first in it, where
    # branches were measured and told of it.
    entered: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class CoverageData:
    """A data file."""

    tool: str  # `coverage.py 7.6.1`
    has_arcs: bool
    written_at: float  # seconds since the epoch, of the file itself
    files: tuple[MeasuredFile, ...]  # sorted by path


def read_coverage(path: Path) -> CoverageData:
    """Read a `.coverage` file; nothing of it is run, and it is not changed.

    Raises:
        WorkloadError: It is not there, is none, or is of another form.
    """
    if not path.is_file():
        raise WorkloadError(
            f"--coverage {path}: expected a data file of coverage.py, found none{_beside(path)}"
        )
    try:
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as database:
            return _read(database, path)
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise WorkloadError(
            f"--coverage {path}: expected a data file of coverage.py, found: {error}"
        ) from error


def _beside(path: Path) -> str:
    """Of a run in parallel mode each process has a file of its own: `.coverage.host.pid1.X`."""
    folder = path.parent
    parts = [each for each in folder.glob(f"{path.name}.*") if each.is_file()]
    if not parts:
        return ""
    combine = f"coverage combine --data-file={path} {' '.join(sorted(map(str, parts))[:3])}"
    more = " …" if len(parts) > 3 else ""
    return f"; {len(parts)} of its processes beside it: make one of them by `{combine}{more}`"


def _read(database: sqlite3.Connection, path: Path) -> CoverageData:
    (schema,) = database.execute("select version from coverage_schema").fetchone()
    if schema != _SCHEMA:
        raise WorkloadError(
            f"--coverage {path}: data of schema {schema}, expected {_SCHEMA} (coverage.py 5 to 7)"
        )
    about = dict(database.execute("select key, value from meta"))
    contexts = {number: _name(name) for number, name in database.execute("select * from context")}
    files = sorted(database.execute("select path, id from file"))
    measured = [_file(database, name, number, contexts) for name, number in files]
    has_arcs = about.get("has_arcs") in ("1", 1, "True")
    tool = f"coverage.py {about.get('version', 'of unknown version')}"
    return CoverageData(tool, has_arcs, path.stat().st_mtime, tuple(measured))


def _file(
    database: sqlite3.Connection, path: str, number: int, contexts: Mapping[int, str]
) -> MeasuredFile:
    lines: defaultdict[str, set[int]] = defaultdict(set)
    entered: set[tuple[int, int]] = set()
    query = "select context_id, numbits from line_bits where file_id = ?"
    for context, bits in database.execute(query, (number,)):
        lines[contexts[context]].update(_numbers(bits))
    query = "select context_id, fromno, tono from arc where file_id = ?"
    for context, before, after in database.execute(query, (number,)):
        lines[contexts[context]].update(line for line in (before, after) if line > 0)
        if before < 0 < after:
            entered.add((-before, after))
    return MeasuredFile(
        path,
        {name: frozenset(found) for name, found in sorted(lines.items())},
        frozenset(entered),
    )


def _numbers(bits: bytes) -> Iterator[int]:
    """Bit `n` of byte `k` is line `8k + n`."""
    for place, byte in enumerate(bits):
        for bit in range(8):
            if byte & (1 << bit):
                yield place * 8 + bit


def _name(context: str) -> str:
    """The phases of one test are one test."""
    test, bar, phase = context.rpartition("|")
    return test if bar and phase in _PHASES else context
