"""A result in a file of its own: written beside its place, then renamed."""

from __future__ import annotations

import os
from pathlib import Path

from tracer.errors import SourceError


def write_text(output: Path, text: str) -> None:
    """Write UTF-8 text so that nobody ever sees half of it.

    Raises:
        SourceError: It cannot be written.
    """
    beside = output.with_name(f".{output.name}.{os.urandom(4).hex()}.partial")
    try:
        beside.write_text(text, "utf-8")
        os.replace(beside, output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SourceError(f"{output}: cannot be written: {error.strerror}") from error
