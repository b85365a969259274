"""Runs a workload in a folder of its own, and says what it printed, wrote and took."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.limited import Limits, run_limited


@dataclass(frozen=True, slots=True)
class Run:
    """What a command printed and took.

    Attributes:
        body: The line of `reported.py`, if it came.
        other_lines: What else stood on standard output.
        peaks_mb: By process, the highest that was seen; the last moments may be missing.
        peak_mb: Of the largest, exact.
        last_error: The last line of standard error.
        written: Bytes of all files below the folder and on standard error, the command's own line
            on standard output apart.
    """

    status: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    peaks_mb: Mapping[str, float]
    body: Mapping[str, Any] | None
    other_lines: int
    written: int
    last_error: str
    killed_for: str = ""

    @property
    def target_mb(self) -> float:
        """The peak of the process that ran the body."""
        own = self.peaks_mb.get(str(self.body["pid"]), 0.0) if self.body else 0.0
        return own if len(self.peaks_mb) > 1 and own else self.peak_mb


def run(
    command: Sequence[str],
    folder: Path,
    mark: str,
    timeout_s: float = 60.0,
    memory_mb: float = 4000.0,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run a command to its end or its limits, in an empty folder that the caller removes.

    Args:
        mark: How the line begins that tells of the body.
    """
    work = folder / "cwd"
    work.mkdir()
    output, errors = folder / "stdout", folder / "stderr"
    limits = Limits(timeout_s, memory_mb)
    took = run_limited(command, limits, output, errors, environment, work)
    lines = output.read_text("utf-8", errors="replace").splitlines()
    bodies = [line for line in lines if line.startswith(mark)]
    written = sum(
        place.lstat().st_size
        for place in folder.rglob("*")
        if place != output and place.is_file() and not place.is_symlink()
    )
    others = [line for line in lines if not line.startswith(mark)]
    return Run(
        **asdict(took),
        body=json.loads(bodies[-1]) if bodies else None,
        other_lines=len(others),
        written=written + sum(len(line) + 1 for line in others),
        last_error=_last_line(errors),
    )


def _last_line(errors: Path) -> str:
    with errors.open("rb") as file:
        file.seek(max(0, errors.stat().st_size - 2000))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else ""
