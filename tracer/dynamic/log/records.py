"""One pass over the records of a log, and what it gathers."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from tracer.dynamic.log.files import log_file, records_of
from tracer.dynamic.stream import read_stream
from tracer.dynamic.test_counts import TestCounts
from tracer.dynamic.tree_log import TreeLog
from tracer.errors import LogFormatError

LOG_SCHEMA = "tracer/log/1"


def read_log(place: Path, end: Mapping[str, Any] | None = None) -> Log:
    """Read the log of one process.

    Args:
        place: Its folder or the log itself.
        end: Stands for the last record, where it could not be written.

    Raises:
        LogFormatError: There is no log, or it is of another format version.
    """
    records = chain(records_of(log_file(place)), () if end is None else (dict(end),))
    header = next(records, {})
    if header.get("t") != "header":
        raise LogFormatError(f"{place}: no header: this is no recording")
    schema = header.get("schema")
    if schema != LOG_SCHEMA:
        raise LogFormatError(f"{place}: format {schema}, expected {LOG_SCHEMA}")
    with _no_collection():  # nothing here forms a cycle, and it would look at all again and again
        return Log(header, records)


class Log:
    """The records by kind; counts, the tree and the stream of frequent calls are added up."""

    def __init__(self, header: dict[str, Any], records: Iterable[dict[str, Any]]) -> None:
        self.header = header
        self.by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.tree_log = TreeLog()
        self.counts: dict[int, int] = defaultdict(int)
        self.tests = TestCounts()
        streamed: list[dict[str, Any]] = []  # in the order of the log
        for record in records:
            kind = record.get("t", "")
            if kind == "count":
                for number, count in record["add"]:
                    self.counts[number] += count
                self.tests.add(record["add"])
            elif kind == "test":
                self.tests.begin(record["id"])
            elif not self.tree_log.add(record):
                self.by_kind[kind].append(record)
                if kind.startswith("stream"):
                    streamed.append(record)
        self.tree_log.close()
        most = header.get("tree_calls", 0) if header.get("mode") == "tree" else 0
        self.stream = read_stream(streamed, most)
        self.tree_log.take_stream(self.stream.tree)

    def last(self, kind: str) -> dict[str, Any]:
        """The last record of a kind; empty if there is none."""
        found = self.by_kind[kind]
        return found[-1] if found else {}

    def defined(self, kind: str) -> Iterable[dict[str, Any]]:
        """What the numbers of the counts are about, each once."""
        return {record["n"]: record for record in self.by_kind[kind]}.values()


@contextmanager
def _no_collection() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
