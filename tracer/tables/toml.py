"""Reads one file of a table."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from tracer.errors import TableError


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Read a table.

    Args:
        what: What the table is of, for who reads the error.

    Raises:
        TableError: The file cannot be read, or is no TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"{path}: expected a table of {what}, found: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: expected TOML in UTF-8, found: {error}") from error
