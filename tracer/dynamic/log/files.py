"""Where the logs of a recording lie, and their records."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracer.errors import LogFormatError

LOG_NAME = "recording.jsonl"
LOG_TROUBLE = "the log could not be written"
_CHILD_LOG = re.compile(r"recording\.\d[\d.-]*\.jsonl(\.gz)?")


def logs_of_children(first: Path) -> list[Path]:
    """The logs beside the first one: `recording.2.1.jsonl`, perhaps gzipped."""
    if not first.name.startswith(LOG_NAME) or not first.parent.is_dir():
        return []
    return sorted(
        log
        for log in first.parent.iterdir()
        if _CHILD_LOG.fullmatch(log.name) and log.stat().st_size
    )


def log_file(place: Path) -> Path:
    if place.is_dir():
        for name in (LOG_NAME, LOG_NAME + ".gz"):
            if (place / name).is_file():
                return place / name
        raise LogFormatError(f"{place}: no {LOG_NAME} in this folder")
    if not place.is_file():
        raise LogFormatError(f"{place}: no such recording")
    return place


def records_of(log: Path) -> Iterator[dict[str, Any]]:
    """All whole records; the one that a kill cut in two is left out."""
    opener = gzip.open if log.suffix == ".gz" else open
    with opener(log, "rt", encoding="utf-8") as lines:
        try:
            for line in lines:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    yield record
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise LogFormatError(f"{log}: cannot be read: {error}") from error
