"""How a use case tells what it is doing; the command line decides what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """Hears of stages. `done` and `total` count the stage's own unit; a total of 0 is unknown."""

    def begin(self, stage: str) -> None:
        """A stage begins."""

    def advance(self, done: int, total: int) -> None:
        """The running stage has come so far."""

    def end(self, stage: str, result: str, seconds: float) -> None:
        """The stage ended with this result, in one line."""

    def say(self, message: str) -> None:
        """Something worth knowing before the work begins."""

    def warn(self, message: str) -> None:
        """Something is missing from what was found, whether or not progress is asked for."""


class Silent:
    """Progress that nobody listens to."""

    def begin(self, stage: str) -> None:
        return None

    def advance(self, done: int, total: int) -> None:
        return None

    def end(self, stage: str, result: str, seconds: float) -> None:
        return None

    def say(self, message: str) -> None:
        return None

    def warn(self, message: str) -> None:
        return None


class StageClock:
    """Times the stages of one use case, in order."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.current = ""
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[list[str]]:
        """One stage; put its result, in words, into the list that this yields."""
        self.current = name
        result: list[str] = []
        self._progress.begin(name)
        started = time.perf_counter()
        yield result
        elapsed = time.perf_counter() - started
        self.seconds[name] = self.seconds.get(name, 0.0) + elapsed
        self._progress.end(name, ", ".join(result), elapsed)

    def advance(self, done: int, total: int) -> None:
        """Pass on how far the running stage has come."""
        self._progress.advance(done, total)

    def say(self, message: str) -> None:
        """Pass on what is worth knowing."""
        self._progress.say(message)

    def warn(self, message: str) -> None:
        """Pass on a warning."""
        self._progress.warn(message)
