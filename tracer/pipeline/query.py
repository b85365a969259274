"""`tracer query`: one question about the call graph of a tree, answered from its index."""

from __future__ import annotations

import sqlite3
import tokenize
from collections.abc import Callable, Sequence
from pathlib import Path

from tracer.errors import SourceError
from tracer.model.query import Query, QueryAnswer, Staleness
from tracer.pipeline.git import CommitReader
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.query_index import OpenIndex, open_index
from tracer.query.answer import answer_query
from tracer.query.changes import Changes
from tracer.query.runs import Runs
from tracer.static.quoting import quote
from tracer.static.sources import checked_root

_QUOTE_LIMIT = 160


def query(
    question: Query,
    root: Path,
    *,
    bundle: Path | None = None,
    tables: Sequence[Path] = (),
    stale_ok: bool = False,
    progress: Progress | None = None,
) -> QueryAnswer:
    """Answer a question about the code below a root. Nothing of it is imported or run.

    The first question reads the whole tree; what was read is kept in the user's cache, and made
    again when a file has changed.

    Args:
        root: The tree.
        bundle: Whose verdicts and counts stand beside the edges, as far as its sources are the
            same.
        tables: Of effects of the user's own.
        stale_ok: Answer from what was read last, even if files have changed since; the answer names
            them.

    Raises:
        BundleError: There is no bundle, or it cannot be read.
        QueryError: The question takes another number of names.
        SourceError: The root cannot be listed, or no Python file stands below it.
        TableError: A table of the user's has another form.
    """
    clock = StageClock(progress or Silent())
    absolute = checked_root(root)
    commit = CommitReader(absolute)
    opened = open_index(absolute, tables, clock, stale_ok=stale_ok)
    git = commit.wait()
    try:
        runs = _runs(bundle, opened)
        staleness = Staleness(
            tree=opened.index.meta["tree"],
            commit=git.sha or None,
            dirty=git.is_dirty,
            changed_files=opened.changed,
            bundle=runs.staleness,
        )
        changes = _changes(question, absolute)
        quote_line = _quoter(opened)
        return answer_query(
            opened.index,
            question,
            staleness=staleness,
            quote=quote_line,
            runs=runs,
            changes=changes,
        )
    except sqlite3.DatabaseError as error:
        raise SourceError(f"{root}: the index of this tree is damaged: {error}") from error
    finally:
        opened.index.close()


def _runs(bundle: Path | None, opened: OpenIndex) -> Runs:
    if bundle is None:
        return Runs()
    from tracer.pipeline.query_runs import read_runs  # only where there is one

    return read_runs(bundle, opened)


def _changes(question: Query, root: Path) -> Changes | None:
    if not question.since:
        return None
    from tracer.pipeline.changes import changes_since  # for one question alone

    return changes_since(root, question.since)


def _quoter(opened: OpenIndex) -> Callable[[str], str]:
    """Lines as they stand, each file read once; none of files that have changed."""
    lines: dict[str, list[str]] = {}

    def line_at(place: str) -> str:
        path, _, number = place.rpartition(":")
        if path not in lines:
            lines[path] = []
            if path in opened.index.files and path not in opened.changed:
                try:
                    with tokenize.open(opened.root / path) as file:
                        lines[path] = file.read().split("\n")
                except (OSError, SyntaxError, UnicodeDecodeError):
                    lines[path] = []
        known = lines[path]
        return quote(known[int(number) - 1], _QUOTE_LIMIT) if int(number) <= len(known) else ""

    return line_at
