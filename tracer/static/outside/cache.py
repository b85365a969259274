"""Lowered tables on disk: a file each, in a folder for the versions that they were made with."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tracer.static.outside.tables import FORMAT
from tracer.static.user_cache import cache_folder, read_value, write_value


class TableCache:
    """Reads and writes plain values by name; trouble with the disk means only more work."""

    def __init__(self, folder: Path | None = None) -> None:
        base = folder or cache_folder() / "outside"
        interpreter = sys.implementation.cache_tag
        self._folder = base / f"{version('typeshed-client')}-{interpreter}-{FORMAT}"

    def read(self, name: str) -> object:
        """The value stored under this name; None when there is none that can be read."""
        return read_value(self._file(name))

    def write(self, name: str, value: tuple[Any, ...] | dict[Any, Any]) -> None:
        """Store a value of nested tuples and dicts of str, int, bool and None."""
        write_value(self._file(name), value)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.marshal"
