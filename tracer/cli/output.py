"""Results to stdout, progress and trouble to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

ANSWER_SCHEMA = "tracer/answer/1"


def print_text(text: str) -> None:
    """A result for people, as it stands: no wrapping, no markup, no colour."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def print_json(
    data: Any,
    *,
    ok: bool,
    unknown: Sequence[Any] = (),
    truncated: Sequence[str] = (),
    staleness: Any = None,
    error: str = "",
) -> None:
    """A result for programs: one object of one shape; `error` says why there is no result."""
    answer = {
        "schema": ANSWER_SCHEMA,
        "ok": ok,
        "data": data,
        "unknown": list(unknown),
        "truncated": list(truncated),
        "staleness": staleness,
        **({"error": error} if error else {}),
    }
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")


def print_trouble(message: str) -> None:
    """One line on stderr."""
    line = " ".join(message.split())
    sys.stderr.write(f"tracer: {line}\n")


class StageLines:
    """A line on stderr when a stage ends; a moving bar before that, on a terminal only."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._is_quiet = is_quiet
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def begin(self, stage: str) -> None:
        if self._is_quiet or not sys.stderr.isatty():
            return
        # Only for somebody who looks on: it takes as long to load as all of this command line.
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task(stage, total=None)

    def advance(self, done: int, total: int) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total or None)

    def end(self, stage: str, result: str, seconds: float) -> None:
        self.close()
        if not self._is_quiet:
            sys.stderr.write(f"{stage:<10} {result}   {seconds:.1f} s\n")

    def say(self, message: str) -> None:
        self.close()
        if not self._is_quiet:
            print_trouble(message)

    def warn(self, message: str) -> None:
        self.close()
        print_trouble(message)

    def close(self) -> None:
        """Take the bar away, whatever happened."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
