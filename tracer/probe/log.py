"""The log: JSON Lines, appended in whole lines, so that a kill loses moments and not the run."""

from __future__ import annotations

import os
from typing import Any

from .descriptors import identify, moved_up
from .job import to_json

# Bound now: the target may replace them, or close every descriptor that it knows.
_open, _write, _close = os.open, os.write, os.close
_FLAGS = os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Log:
    """One file, opened once."""

    def __init__(self, path: str, trouble_path: str = "") -> None:
        self._trouble_path = trouble_path  # on another disk, perhaps: what is wrong with this one
        self.trouble = ""
        self.written = 0  # bytes
        self._path = path
        self._lines: list[str | bytes] = []
        self._descriptor = moved_up(_open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o644))
        self._identity = identify(self._descriptor)

    def add(self, record: dict[str, Any]) -> None:
        """Queue one record."""
        self._lines.append(to_json(record))

    def add_text(self, line: str) -> None:
        """Queue one record that is JSON already."""
        self._lines.append(line)

    def add_line(self, line: bytes) -> None:
        """Queue one record that is a whole line already, as the long ones that C makes are."""
        self._lines.append(line)

    def write(self) -> None:
        """Append all queued records."""
        if not self._lines or self.trouble or self._descriptor < 0:
            return
        lines, self._lines = self._lines, []  # first: another thread may queue one meanwhile
        parts = _joined(lines)
        self.written += sum(map(len, parts))
        try:
            # It may be closed by the target, and perhaps in use again.
            if identify(self._descriptor) != self._identity:
                self._descriptor = _open(self._path, _FLAGS)
            for part in parts:
                data = memoryview(part)
                while data:
                    data = data[_write(self._descriptor, data) :]
        except OSError as error:
            self.trouble = f"the log could not be written: {error.strerror}"
            self._say_trouble()

    def _say_trouble(self) -> None:
        if not self._trouble_path:
            return
        try:
            descriptor = _open(self._trouble_path, _FLAGS | os.O_CREAT, 0o644)
            _write(descriptor, self.trouble.encode("utf-8", "replace") + b"\n")
            _close(descriptor)
        except OSError:
            pass

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0 and identify(self._descriptor) == self._identity:
            _close(self._descriptor)
        self._descriptor = -1


def _joined(lines: list[str | bytes]) -> list[bytes]:
    """What is to be written, in whole lines. Long ones stay as they are: each copy of millions of
    bytes costs as much as making them."""
    parts: list[bytes] = []
    texts: list[str] = []
    for line in [*lines, b""]:
        if type(line) is str:
            texts.append(line)
        elif type(line) is bytes:
            if texts:
                texts.append("")  # the last one ends, too
                parts.append("\n".join(texts).encode("ascii"))
                texts = []
            if line:
                parts.append(line)
    return parts
