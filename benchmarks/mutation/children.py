"""Work in a fork of this process, which has imported everything: a mutant costs no start."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NoReturn

_MEMORY = 6 << 30
_POLL_S = 0.01


def in_child(work: Callable[[], Any], cpu_s: float, wall_s: float) -> tuple[str, Any]:
    """What the work gave: ("done", value), ("died", None) or ("too long", None).

    The value goes through JSON. The child prints nothing, leads a process group of its own, which
    ends with it, and leaves without the parent's cleaning up.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    with NamedTemporaryFile(prefix="mutant-") as answer:
        child = os.fork()
        if child == 0:
            _run(work, Path(answer.name), cpu_s)
        status = _await(child, time.monotonic() + wall_s)
        told = Path(answer.name).read_bytes()
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        return "too long", None
    return ("done", json.loads(told)) if told else ("died", None)


def _await(child: int, end: float) -> int | None:
    status: int | None = None
    while time.monotonic() < end:
        ended, told = os.waitpid(child, os.WNOHANG)
        if ended:
            status = told
            break
        time.sleep(_POLL_S)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # with what it may have started
    if status is None:
        os.waitpid(child, 0)
    return status


def _run(work: Callable[[], Any], answer: Path, cpu_s: float) -> NoReturn:
    try:
        os.setpgid(0, 0)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s) + 1, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        told = json.dumps(work())
        answer.write_text(told, "utf-8")
    finally:
        os._exit(0)
