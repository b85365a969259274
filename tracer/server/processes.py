"""Starting one process for each call, and ending it with all that it started."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import Process

# By its path, and not by PYTHONPATH or TMPDIR: a program that is run must not see either.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from tracer.server.worker import main; "
    "sys.exit(main())"
)
_PATIENCE_S = 0.5  # after each time that it was asked to end
_ASKED = 8  # times, so that scratch folders are removed; then the whole group is killed


class WorkerError(Exception):
    """A call that ended without an answer; its traceback is on the server's stderr."""


async def call_worker(
    request: Mapping[str, Any], scratch: Path, timeout_s: float
) -> dict[str, Any]:
    """Have a request answered.

    Args:
        scratch: The process's working directory, and where its temporary files go.

    Raises:
        TimeoutError: It took longer.
        WorkerError: It crashed.
    """
    process = await anyio.open_process(
        [sys.executable, "-c", _START, str(Path(__file__).parents[2])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None,
        cwd=scratch,
        start_new_session=True,
    )
    try:
        with anyio.fail_after(timeout_s):
            text = await _exchange(process, json.dumps(request).encode())
            status = await process.wait()
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process)
            await process.aclose()
    if status:
        raise WorkerError(f"it ended with status {status}")
    reply: dict[str, Any] = json.loads(text)
    return reply


async def _exchange(process: Process, request: bytes) -> bytes:
    assert process.stdin is not None and process.stdout is not None
    with contextlib.suppress(anyio.BrokenResourceError):  # it has crashed; its status says so
        await process.stdin.send(request)
        await process.stdin.aclose()
    return b"".join([part async for part in process.stdout])


async def _end(process: Process) -> None:
    """End the process, and whoever of its group is still there."""
    for _ in range(_ASKED):  # the first may only end the program that it runs
        if process.returncode is not None:
            break
        _signal(process, signal.SIGTERM)
        with anyio.move_on_after(_PATIENCE_S):
            await process.wait()
    _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: Process, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
