"""Children that outlive the program by a moment, as servers of `multiprocessing` do."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from tracer.dynamic.log.files import logs_of_children

_LONGEST_WAIT_S = 1.0
_PAUSE_S = 0.02
_TAIL_BYTES = 4096
_FOOTER = b'"t":"footer"'


def await_children(log: Path) -> None:
    """Wait until all recorded children have closed their logs, for a second at most.

    Args:
        log: Of the first process, which has ended.
    """
    until = time.monotonic() + _LONGEST_WAIT_S
    while time.monotonic() < until and any(map(_goes_on, logs_of_children(log))):
        time.sleep(_PAUSE_S)


def _goes_on(log: Path) -> bool:
    """Whether the writer of a log is alive, and has not said its last word."""
    try:
        with log.open("rb") as file:
            pid = json.loads(file.readline())["pid"]
            file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            if _FOOTER in file.read():
                return False
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True
