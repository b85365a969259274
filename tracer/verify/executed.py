"""What coverage data say of an edge: whether the lines that it rests on ran."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.recording import ObservedLines, Recording
from tracer.verify.recorded import is_frame_of
from tracer.verify.syntax import Definition


class ExecutedLines:
    """The lines of all recordings that know lines alone, asked by definition."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        known = [recording for recording in recordings if recording.executed is not None]
        self.is_empty = not known
        self._lines: dict[str, list[ObservedLines]] = {}
        for recording in known:
            for entry in recording.lines:
                self._lines.setdefault(entry.frame.path, []).append(entry)

    def ran(self, function: Definition, first: int = 0, last: int = 0) -> bool:
        """Whether the function's body ran; between two lines, where they are given."""
        return any(
            not first or any(first <= line <= last for line in entry.lines)
            for entry in self._lines.get(function.path, ())
            if is_frame_of(entry.frame, function)
        )
