"""Runs a command under limits and says what it took; run as a script it is the small helper.

The helper is a process of its own, `python -I -S limited.py`, because the peak memory that the
kernel reports for a child starts at the size of the process it was forked from. The command may
run its work in a child: each process tells its own peak, `VmHWM`, which is asked for again and
again, since it is gone with the process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_POLL_S = 0.03


@dataclass(frozen=True, slots=True)
class Limits:
    """What a command may take before it is killed."""

    timeout_s: float = 300.0
    memory_mb: float = 4000.0  # resident, of all its processes together


@dataclass(frozen=True, slots=True)
class Took:
    """What a command took.

    Attributes:
        status: 127: there is no such program.
        peak_mb: Of the largest of its processes, exact.
        peaks_mb: By process, the highest that was seen; the last moments may be missing.
        killed_for: "timeout", "memory" or nothing.
    """

    status: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    peaks_mb: Mapping[str, float]
    killed_for: str = ""


def run_limited(
    command: Sequence[str],
    limits: Limits,
    output: Path,
    errors: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    cores: Sequence[int] = (),
) -> Took:
    """Run a command to its end or its limits.

    Args:
        output: Gets its standard output; `errors` its standard error.
        environment: Added to our own.
        folder: To run in; None: ours.
        cores: Those to run on; none leaves it free.
    """
    with tempfile.TemporaryDirectory(prefix="limited-") as own:
        record = Path(own, "record")
        job = {
            "command": list(command),
            "timeout_s": limits.timeout_s,
            "memory_mb": limits.memory_mb,
            "folder": None if folder is None else str(folder),
            "cores": list(cores),
            "record": str(record),
        }
        with output.open("wb") as out, errors.open("wb") as err:
            subprocess.run(
                [sys.executable, "-I", "-S", __file__, json.dumps(job)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**os.environ, **(environment or {})},
                check=False,
            )
        if not record.exists():
            return Took(127, 0.0, 0.0, 0.0, {})
        return Took(**json.loads(record.read_text("utf-8")))


def _help(job: Mapping[str, Any]) -> None:
    if job["cores"]:
        os.sched_setaffinity(0, job["cores"])  # what `taskset -c` does
    began = time.perf_counter()
    child = subprocess.Popen(job["command"], cwd=job["folder"], start_new_session=True)
    killed_for: list[str] = []
    peaks: dict[int, float] = {}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_POLL_S):
            resident = 0.0
            for process in _descendants(child.pid):
                peak, now = _memory_mb(process)
                peaks[process] = max(peak, peaks.get(process, 0.0))
                resident += now
            if time.perf_counter() - began > job["timeout_s"]:
                killed_for.append("timeout")
            elif resident > job["memory_mb"]:
                killed_for.append("memory")
            if killed_for:
                os.killpg(child.pid, signal.SIGKILL)
                return

    threading.Thread(target=watch, daemon=True).start()
    _, status, used = os.wait4(child.pid, 0)
    wall_s = time.perf_counter() - began
    ended.set()
    Path(job["record"]).write_text(
        json.dumps(
            {
                "status": os.waitstatus_to_exitcode(status),
                "wall_s": wall_s,
                "cpu_s": used.ru_utime + used.ru_stime,
                "peak_mb": used.ru_maxrss / 1024,
                "peaks_mb": peaks,
                "killed_for": killed_for[0] if killed_for else "",
            }
        ),
        "utf-8",
    )


def _descendants(process: int) -> Iterator[int]:
    yield process
    try:
        tasks = os.listdir(f"/proc/{process}/task")
        for task in tasks:
            for child in Path(f"/proc/{process}/task/{task}/children").read_text("utf-8").split():
                yield from _descendants(int(child))
    except OSError:
        return  # ended meanwhile


def _memory_mb(process: int) -> tuple[float, float]:
    """The peak and what is resident now."""
    try:
        text = Path(f"/proc/{process}/status").read_text("utf-8", errors="replace")
    except OSError:
        return 0.0, 0.0
    found = dict(line.split(":", 1) for line in text.splitlines() if line.startswith("Vm"))
    peak, now = (found.get(name, "0 kB").split()[0] for name in ("VmHWM", "VmRSS"))
    return int(peak) / 1024, int(now) / 1024


if __name__ == "__main__":
    _help(json.loads(sys.argv[1]))
