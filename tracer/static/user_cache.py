"""The user's cache folder, and plain values in files below it; only importer of platformdirs.

`TRACER_CACHE_DIR` names another folder. Trouble with the disk means more work, and is no error.
"""

from __future__ import annotations

import marshal
import os
import time
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

FOLDER_VARIABLE = "TRACER_CACHE_DIR"
_KEPT_S = 30 * 24 * 3600  # What nobody wrote for so long is of roots that are gone.
_SIZE_BYTES = 8
_HEAD_BYTES = 4  # A checksum: `marshal` may read garbage without complaint.


def cache_folder() -> Path:
    """Where all that can be made again is kept; absolute, and maybe not there yet."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named or user_cache_dir("callchain-tracer")).absolute()


def read_value(file: Path) -> object:
    """The value that was stored in a file; None when there is none that can be read."""
    try:
        data = memoryview(file.read_bytes())
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


def write_value(file: Path, value: tuple[Any, ...] | dict[Any, Any]) -> bool:
    """Store a value of nested tuples and dicts of str, bytes, int, bool and None, or store nothing.

    Whoever reads at the same time finds the former value or this one, whole.
    """
    body = marshal.dumps(value)
    return _write(file, (_checksum(body), body))


def read_parts(file: Path) -> tuple[object, memoryview]:
    """The value of `write_parts`, and the parts behind it, unchecked; None where it is damaged."""
    try:
        data = memoryview(file.read_bytes())
    except OSError:
        return None, memoryview(b"")
    start = _HEAD_BYTES + _SIZE_BYTES
    body_end = start + int.from_bytes(data[_HEAD_BYTES:start], "little")
    body = data[start:body_end]
    if data[:_HEAD_BYTES] != _checksum(body):
        return None, memoryview(b"")
    try:
        value: object = marshal.loads(body)
    except (EOFError, ValueError, TypeError):
        return None, memoryview(b"")
    return value, data[body_end:]


def write_parts(file: Path, value: tuple[Any, ...], parts: Sequence[bytes | memoryview]) -> bool:
    """Store a value, and large parts behind it, which nobody copies or reads as a whole.

    The value has to say where each part lies, and by `checksum` whether it is whole.
    """
    body = marshal.dumps(value)
    size = len(body).to_bytes(_SIZE_BYTES, "little")
    return _write(file, (_checksum(body), size, body, *parts))


def _write(file: Path, pieces: Iterable[bytes | memoryview]) -> bool:
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as stream:
            stream.writelines(pieces)
        os.replace(beside, file)
    except OSError:  # A cache that cannot be written is slower, and no trouble of the user's.
        remove(beside)
        return False
    return True


def remove(file: Path) -> None:
    """Remove a file of the cache, if it is there and may be removed."""
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return


def checksum(body: bytes | memoryview) -> int:
    """By which a part that was damaged is told from one that is whole."""
    return zlib.crc32(body)


def _checksum(body: bytes | memoryview) -> bytes:
    return checksum(body).to_bytes(_HEAD_BYTES, "little")


def remove_old(folder: Path, pattern: str) -> None:
    """Remove the files of a folder that nobody wrote for a month."""
    oldest = time.time() - _KEPT_S
    for file in folder.glob(pattern):
        try:
            is_old = file.stat().st_mtime < oldest
        except OSError:
            continue
        if is_old:
            remove(file)
