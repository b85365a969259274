"""How much memory a running target takes, its children with it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def resident_bytes(pid: int) -> int:
    """The resident memory of a process and of all that it started; 0 where it cannot be told.

    What processes share is counted for each of them.
    """
    if not (_PROC / str(pid) / "statm").exists():
        return _asked(pid)
    total = 0
    for each in process_tree(pid):
        try:
            total += int((_PROC / str(each) / "statm").read_text().split()[1]) * _PAGE
        except (OSError, ValueError, IndexError):
            continue  # it has just ended
    return total


def process_tree(pid: int) -> list[int]:
    """A process, and all that it started and that is still below it, itself first."""
    found = [pid]
    for each in found:
        try:
            for task in (_PROC / str(each) / "task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except (OSError, ValueError):
            continue
    return found


def _asked(pid: int) -> int:
    """Where there is no `/proc`: of the process alone."""
    try:
        answer = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return int(answer.stdout) * 1024
    except (OSError, ValueError):
        return 0
