"""How a target is launched: its environment and its limits, as they were asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import WorkloadError
from tracer.static.user_cache import cache_folder
from tracer.tables.presets import load_presets

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)
_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


@dataclass(frozen=True, slots=True)
class Launch:
    """What the options of the command line say of a launch; sizes in bytes."""

    environment: tuple[str, ...] = ()  # `NAME=VALUE`
    presets: tuple[str, ...] = ()
    tables: tuple[Path, ...] = ()  # of presets, besides the own one
    memory_limit: int | None = None
    log_limit: int | None = None
    accelerator: str = "auto"  # or `off`

    def variables(self) -> tuple[tuple[str, str], ...]:
        """All variables that are set for the target, sorted; what is given singly wins.

        Raises:
            TracerError: A preset is not known, or a variable is not of the form `NAME=VALUE`.
        """
        known = load_presets(self.tables)
        found: dict[str, str] = {}
        for name in self.presets:
            if name not in known:
                raise WorkloadError(f"--preset {name}: expected one of {', '.join(sorted(known))}")
            found.update(known[name].variables)
        for given in self.environment:
            name, equals, value = given.partition("=")
            if not name or not equals or "\0" in given:
                raise WorkloadError(f"--env {given!r}: expected NAME=VALUE")
            found[name] = value
        return tuple(sorted(found.items()))


def accelerator_folder() -> Path:
    """Where hooks that were compiled are kept."""
    return cache_folder() / "accelerators"


def parse_size(text: str) -> int:
    """`500M`, `2GiB`, `1048576`: bytes, in steps of 1024.

    Raises:
        ValueError: It is none of these, or nothing.
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(float(match[1]) * 1024 ** _UNITS[match[2].lower()]) if match else 0
    if size <= 0:
        raise ValueError(f"expected a size such as 500M or 2G, found {text!r}")
    return size
