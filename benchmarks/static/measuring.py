"""Runs a tool under limits, as installed, and says what it printed and took."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.limited import Limits, run_limited

# Who measures may have it set: every run would then compile the tool's sources anew, which nobody
# waits for who has installed it.
_AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command printed and took.

    Attributes:
        peak_mb: Of the largest of its processes.
        killed_for: "timeout", "memory" or nothing.
    """

    output: str
    errors: str
    status: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    killed_for: str = ""


def measure(
    command: Sequence[str],
    limits: Limits,
    environment: Mapping[str, str] | None = None,
    cores: Sequence[int] = (),
) -> Measured:
    """Run a command to its end or its limits; the arguments are those of `run_limited`."""
    with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
        output, errors = Path(folder, "out"), Path(folder, "err")
        environment = {**_AS_INSTALLED, **(environment or {})}
        took = run_limited(command, limits, output, errors, environment, cores=cores)
        return Measured(
            output.read_text("utf-8", errors="replace"),
            errors.read_text("utf-8", errors="replace"),
            took.status,
            took.wall_s,
            took.cpu_s,
            took.peak_mb,
            took.killed_for,
        )
