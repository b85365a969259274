"""Mutants that a reader found to be no change of what the code does, each with the reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

_FILE = Path(__file__).with_name("equivalent.toml")


def read_equivalent(file: Path = _FILE) -> dict[str, str]:
    """The reason by the mutant's id; an empty reason is no judgement."""
    with file.open("rb") as opened:
        found: dict[str, str] = tomllib.load(opened).get("equivalent", {})
    if empty := [name for name, reason in found.items() if not reason.strip()]:
        raise ValueError(f"{file.name}: {', '.join(empty)}: say why the mutant is equivalent")
    return found
