"""A run of pytest under the probe, calls counted for each test."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tracer.bundle.store import free_folder
from tracer.dynamic.trace import EDGES_NAME
from tracer.pipeline.trace import TraceRequest, trace

_REPORTS = Path("reports") / "pytest"


@dataclass(frozen=True, slots=True)
class TestsRequest:
    """What to run again, recorded."""

    __test__ = False  # pytest takes any class of such a name for tests

    root: Path
    command: tuple[str, ...]  # the words after the interpreter, as it was started
    out: Path | None = None  # None: reports/pytest/<UTC timestamp>
    namespaces: tuple[str, ...] = ()
    has_workers: bool = False  # processes that run tests, too


@dataclass(frozen=True, slots=True)
class RecordedTests:
    """How it ended."""

    exit_status: int
    told: str  # one line; empty where nothing was recorded


def record_tests(request: TestsRequest, on_trouble: Callable[[str], None]) -> RecordedTests:
    """Run the command under the probe; its streams and its working folder are ours.

    Raises:
        TracerError: It cannot be started, or the output folder holds a recording.
    """
    out = request.out
    if out is None:
        out = free_folder(_REPORTS / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ"))
    status = trace(
        TraceRequest(
            root=request.root,
            command=request.command,
            out=out,
            namespaces=request.namespaces,
            mode="edges",
            backend="auto",
            taps=(),
            python=Path(sys.executable),
            time_budget_s=None,
            cwd=None,
            follows_children=request.has_workers,
            looks_at_all_calls=True,
        ),
        on_trouble,
    )
    return RecordedTests(status, _told(out, request.root))


def _told(out: Path, root: Path) -> str:
    try:
        found = json.loads((out / EDGES_NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return ""  # the trouble was told
    edges = found["edges"]
    by_tests = sum("by_test" in edge for edge in edges)
    incomplete = "" if found["complete"] else f"; INCOMPLETE: {found['why_incomplete']}"
    tests = len(found.get("tests", ()))
    return (
        f"{len(edges)} edges, {by_tests} of them made by {tests} tests{incomplete}: "
        f"tracer run BRIEF --root {root} --recording {out}"
    )
