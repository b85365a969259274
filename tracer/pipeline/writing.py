"""A result in a file of its own: written beside its place, then renamed."""

from __future__ import annotations

import os
from pathlib import Path

from tracer.errors import SourceError


def write_text(output: Path, text: str) -> None:
    """Write UTF-8 text so that nobody ever sees half of it.

    A link stays one, and what is no file (`/dev/null`, a pipe) is written to: renaming would put a
    file in its place.

    Raises:
        SourceError: It cannot be written.
    """
    place = output.resolve()
    beside = place.with_name(f".{place.name}.{os.urandom(4).hex()}.partial")
    try:
        if place.exists() and not place.is_file():
            place.write_text(text, "utf-8")
            return
        beside.write_text(text, "utf-8")
        os.replace(beside, place)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SourceError(f"{output}: cannot be written: {error.strerror}") from error
