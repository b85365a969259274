"""Lowered tables on disk: a file each, in a folder for the versions that they were made with."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tracer.static.outside.tables import FORMAT
from tracer.static.user_cache import cache_folder, read_value, write_value


class TableCache:
    """Reads and writes plain values by name; trouble with the disk means only more work."""

    def __init__(self, folder: Path | None = None) -> None:
        base = folder or cache_folder() / "outside"
        interpreter = sys.implementation.cache_tag
        self._folder = base / f"{_stubs_version()}-{interpreter}-{FORMAT}"

    def read(self, name: str) -> object:
        """The value stored under this name; None when there is none that can be read."""
        return read_value(self._file(name))

    def write(self, name: str, value: tuple[Any, ...] | dict[Any, Any]) -> None:
        """Store a value of nested tuples and dicts of str, int, bool and None."""
        write_value(self._file(name), value)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.marshal"


def _stubs_version() -> str:
    """The version of the package with the stubs, read off the name of what installed it.

    `importlib.metadata` says the same, and takes longer to load than the tables do.
    """
    spec = find_spec("typeshed_client")
    installed = Path(spec.origin).parents[1] if spec and spec.origin else Path()
    named = [found.stem for found in installed.glob("typeshed_client-*.dist-info")]
    if len(named) == 1:
        return named[0].rpartition("-")[2]
    from importlib.metadata import version

    return version("typeshed-client")
