"""Finished parts of the results, kept in files, so that one part can be measured again alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.static.minute import Answer
from benchmarks.static.tables import Table


def keep_part(folder: Path, part: str, measured: str, tables: Sequence[Table]) -> None:
    """Write what was measured of a part; `measured` says by which tool, when and how long."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"measured": measured, "tables": [asdict(table) for table in tables]})
    beside = folder / f".{part}.partial"
    beside.write_text(text, "utf-8")
    beside.replace(folder / f"{part}.json")


def kept_part(folder: Path, part: str) -> tuple[str, list[Table]] | None:
    """What was kept of a part, if it was."""
    file = folder / f"{part}.json"
    if not file.exists():
        return None
    said = json.loads(file.read_text("utf-8"))
    tables = [
        Table(**{**table, "answers": [Answer(**answer) for answer in table["answers"]]})
        for table in said["tables"]
    ]
    return said["measured"], tables
