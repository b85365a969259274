"""Environment presets: how a program is launched, as data that a user can extend."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.errors import TableError

_OWN_TABLE = Path(__file__).with_name("presets.toml")


@dataclass(frozen=True, slots=True)
class Preset:
    """Variables that go together."""

    name: str
    what: str  # what they do, in words
    variables: tuple[tuple[str, str], ...]


def load_presets(extra: Sequence[Path] = ()) -> Mapping[str, Preset]:
    """The presets that come with the tool, then those of the user; a later one replaces an earlier.

    Raises:
        TableError: A file cannot be read, or is not of the form of the own table.
    """
    presets: dict[str, Preset] = {}
    for path in (_OWN_TABLE, *extra):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise TableError(f"{path}: expected a table of presets: {error}") from error
        except tomllib.TOMLDecodeError as error:
            raise TableError(f"{path}: expected TOML: {error}") from error
        for name, given in data.items():
            presets[name] = _preset(name, given, f"{path}: [{name}]")
    return presets


def _preset(name: str, given: Any, where: str) -> Preset:
    if not isinstance(given, dict) or not isinstance(given.get("variables"), dict):
        raise TableError(f'{where}: expected `variables = {{ NAME = "value" }}`')
    if unknown := sorted(set(given) - {"what", "variables"}):
        raise TableError(f"{where}: {unknown[0]!r}: expected `what` and `variables` alone")
    what = given.get("what", "")
    if not isinstance(what, str):
        raise TableError(f"{where} what: expected text, found {what!r}")
    for variable, value in given["variables"].items():
        if not isinstance(value, str) or "\0" in value:
            raise TableError(f"{where} {variable}: expected text, found {value!r}")
        if not variable or "=" in variable or "\0" in variable:
            raise TableError(f"{where} {variable!r}: expected the name of a variable")
    return Preset(name, what, tuple(given["variables"].items()))
