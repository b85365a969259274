"""The measured rows as JSON: what a run that was stopped has, and what the next one takes over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.dynamic.rows import Row
from benchmarks.dynamic.sizes import Size

SCHEMA = "benchmarks/overhead/1"
_Measured = TypeVar("_Measured", Row, Size)


class Kept:
    """What was measured, each with a key that tells how."""

    def __init__(self, place: Path, resumes: bool) -> None:
        """Read what is there if it is to be taken over.

        Raises:
            ValueError: It is no file of ours.
        """
        self._place = place
        self._found: dict[str, dict[str, Any]] = {}
        self.settings: Mapping[str, Any] = {}
        if resumes and place.exists():
            read = json.loads(place.read_text("utf-8"))
            if not isinstance(read, dict) or read.get("schema") != SCHEMA:
                raise ValueError(f"{place}: expected schema {SCHEMA}")
            self._found = {entry["key"]: entry for entry in read["measured"]}

    def get(self, key: str, kind: type[_Measured]) -> _Measured | None:
        """What was measured under this key, if it was."""
        entry = self._found.get(key)
        return kind(**entry[kind.__name__.lower()]) if entry else None

    def put(self, key: str, python: str, measured: Row | Size) -> None:
        """Add one, and write all of them: whoever stops us loses what is at work."""
        kind = type(measured).__name__.lower()
        self._found[key] = {"key": key, "python": python, kind: asdict(measured)}
        document = {"schema": SCHEMA, **self.settings, "measured": list(self._found.values())}
        beside = self._place.with_name(f".{self._place.name}.partial")
        beside.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
        beside.replace(self._place)
