"""Runs a command in a folder of its own and says what it took; run as a script it is the helper.

The helper is a process of its own, `python -I -S measuring.py`, because the peak memory that the
kernel reports for a child starts at the size of the process it was forked from. The command may
run the target in a child: each process tells its own peak, `VmHWM`, which is asked for again and
again, since it is gone with the process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_POLL_S = 0.03


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
    output, errors, record = (folder / name for name in ("stdout", "stderr", "record"))
    job = {
        "command": list(command),
        "folder": str(work),
        "timeout_s": timeout_s,
        "memory_mb": memory_mb,
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
    if not record.exists():  # there is no such program
        return Run(127, 0.0, 0.0, 0.0, {}, None, 0, 0, _last_line(errors))
    took = json.loads(record.read_text("utf-8"))
    lines = output.read_text("utf-8", errors="replace").splitlines()
    bodies = [line for line in lines if line.startswith(mark)]
    skipped = {output, record}
    written = sum(
        place.lstat().st_size
        for place in folder.rglob("*")
        if place not in skipped and place.is_file() and not place.is_symlink()
    )
    others = [line for line in lines if not line.startswith(mark)]
    return Run(
        **took,
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


def _help(job: Mapping[str, Any]) -> None:
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
