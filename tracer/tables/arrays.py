"""Which arrays of which libraries the probe can tell the shape and dtype of, from a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tracer.errors import TableError
from tracer.tables.toml import read_toml

_OWN_TABLE = Path(__file__).with_name("arrays.toml")
_TEXTS = ("at", "shape", "dtype", "only_if_zero")


def load_arrays(extra: Sequence[Path] = ()) -> dict[str, dict[str, Any]]:
    """By the dotted name of a type, how it is read; a later table replaces entries of earlier ones.

    Args:
        extra: Tables of the user's, in the form of `arrays.toml`.

    Raises:
        TableError: One cannot be read, or has another form.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in (_OWN_TABLE, *extra):
        table = read_toml(path, "arrays")
        for name, entry in table.get("arrays", {}).items():
            found[name] = _checked(entry, f"{path}: arrays.{name}")
    return found


def _checked(entry: Any, where: str) -> dict[str, Any]:
    if not isinstance(entry, dict) or not isinstance(entry.get("at"), str):
        raise TableError(f'{where}: expected a table with at = "module.Class"')
    unknown = sorted(entry.keys() - {*_TEXTS, "dtype_names"})
    if unknown:
        raise TableError(f"{where}: unknown {', '.join(unknown)}; expected {', '.join(_TEXTS)}")
    names = entry.get("dtype_names", {})
    if not all(isinstance(entry.get(each, ""), str) for each in _TEXTS) or not (
        isinstance(names, dict) and all(isinstance(name, str) for name in names.values())
    ):
        raise TableError(f"{where}: expected texts")
    return dict(entry)
