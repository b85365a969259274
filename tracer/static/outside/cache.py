"""Lowered tables on disk: a file each, in a folder for the versions that they were made with."""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

from tracer.static.outside.tables import FORMAT

_HEAD_BYTES = 4  # A checksum: `marshal` may read garbage without complaint.


class TableCache:
    """Reads and writes plain values by name; trouble with the disk means only more work."""

    def __init__(self, folder: Path | None = None) -> None:
        base = folder or Path(user_cache_dir("callchain-tracer"), "outside")
        interpreter = sys.implementation.cache_tag
        self._folder = base / f"{version('typeshed-client')}-{interpreter}-{FORMAT}"

    def read(self, name: str) -> object:
        """The value stored under this name; None when there is none that can be read."""
        try:
            data = self._file(name).read_bytes()
        except OSError:
            return None
        head, body = data[:_HEAD_BYTES], data[_HEAD_BYTES:]
        if head != _checksum(body):
            return None
        try:
            value: object = marshal.loads(body)
        except (EOFError, ValueError, TypeError):
            return None
        return value

    def write(self, name: str, value: tuple[Any, ...] | dict[Any, Any]) -> None:
        """Store a value of nested tuples and dicts of str, int, bool and None."""
        body = marshal.dumps(value)
        file = self._file(name)
        beside = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(_checksum(body) + body)
            os.replace(beside, file)
        except OSError:  # A cache that cannot be written is slower, and no trouble of the user's.
            return

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.marshal"


def _checksum(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(_HEAD_BYTES, "little")
