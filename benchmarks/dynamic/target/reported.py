"""The one line that a measured run prints, with what only the process itself can tell."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

MARK = '{"measured_body":'


def report(body: Callable[[], object]) -> None:
    """Run the body and print its times; a tool's start and end are not in them."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = body()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    line = {"measured_body": 1, "cpu_s": cpu, "wall_s": wall, "result": result, "pid": os.getpid()}
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
