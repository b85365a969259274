"""Runs a command under limits and says what it took; run as a script it is the small helper.

The helper is a process of its own, `python -I -S measuring.py`, because the peak memory that the
kernel reports for a child starts at the size of the process it was forked from.
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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Who measures may have it set: every run would then compile the tool's sources anew, which nobody
# waits for who has installed it.
_AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": ""}
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """What a command may take before it is killed."""

    timeout_s: float = 300.0
    memory_mb: float = 4000.0  # resident, of all its processes together


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
    """Run a command to its end or its limits.

    Args:
        environment: Added to our own.
        cores: Those to run on; none leaves it free.
    """
    with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
        record, output, errors = (Path(folder, name) for name in ("record", "out", "err"))
        job = {
            "command": list(command),
            "timeout_s": limits.timeout_s,
            "memory_mb": limits.memory_mb,
            "cores": list(cores),
            "record": str(record),
        }
        with output.open("wb") as out, errors.open("wb") as err:
            subprocess.run(
                [sys.executable, "-I", "-S", __file__, json.dumps(job)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**os.environ, **_AS_INSTALLED, **(environment or {})},
                check=False,
            )
        said = errors.read_text("utf-8", errors="replace")
        if not record.exists():
            return Measured("", said, 127, 0.0, 0.0, 0.0)
        return Measured(
            output=output.read_text("utf-8", errors="replace"),
            errors=said,
            **json.loads(record.read_text("utf-8")),
        )


def _help(job: Mapping[str, Any]) -> None:
    if job["cores"]:
        os.sched_setaffinity(0, job["cores"])  # what `taskset -c` does
    began = time.perf_counter()
    child = subprocess.Popen(job["command"], start_new_session=True)
    killed_for: list[str] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_POLL_S):
            if time.perf_counter() - began > job["timeout_s"]:
                killed_for.append("timeout")
            elif _resident_mb(child.pid) > job["memory_mb"]:
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
                "killed_for": killed_for[0] if killed_for else "",
            }
        ),
        "utf-8",
    )


def _resident_mb(group: int) -> float:
    """The resident memory of a process group."""
    pages = 0
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            text = Path("/proc", entry, "stat").read_text("utf-8", errors="replace")
        except OSError:
            continue  # ended meanwhile
        after_name = text.rpartition(")")[2].split()
        if int(after_name[2]) == group:
            pages += int(after_name[21])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    _help(json.loads(sys.argv[1]))
