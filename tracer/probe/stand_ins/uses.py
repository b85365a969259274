"""Who uses what was invented, how often, and when that must end."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from ..codes import identity
from ..definitions import INVENTED
from ..recorder import Recorder

_get_frame = sys._getframe
_MOST_DISTINCT = 10_000
_MOST_USES = 1_000_000
_MOST_AT_ONE_PLACE = 100_000
_STEADY_ANSWERS = 100


class StandInLimitReached(BaseException):
    """A program goes on and on with invented values.

    No `Exception`: a loop that swallows those would never end.
    """


class Uses:
    """The ledger of a run. Operations on invented things call it, so it is no hook."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._counts = recorder.counts
        self._inside = recorder.codes.inside
        self._distinct = 0
        self._total = 0
        self._answers: dict[str, int] = {}
        self._why_ended = ""

    def note(self, path: str, operation: str) -> None:
        """One use of an invented thing, by the nearest frame of the namespace.

        Raises:
            StandInLimitReached: There have been too many.
        """
        if self._why_ended:
            raise StandInLimitReached(self._why_ended)
        self._total += 1
        frame: FrameType | None = _get_frame(2)
        while frame is not None and identity(frame.f_code) not in self._inside:
            frame = frame.f_back
        code_id, offset = 0, 0
        if frame is not None:
            code_id, offset = identity(frame.f_code), self._recorder.offset_in(frame)
        key = (INVENTED, path, operation, code_id, offset)
        if key not in self._counts:
            if self._distinct >= _MOST_DISTINCT:
                key = (INVENTED, "others", operation, 0, 0)
            self._distinct += 1
        if not self._recorder.is_stopped:
            self._counts[key] += 1
        if self._total > _MOST_USES or self._counts.get(key, 0) > _MOST_AT_ONE_PLACE:
            self._end(path, frame)

    def answer(self, path: str) -> bool:
        """Whether an invented thing is true: at first, and false by turns, so that loops end."""
        asked = self._answers[path] = self._answers.get(path, 0) + 1
        return (asked - 1) // _STEADY_ANSWERS % 2 == 0

    def imported(self, name: str, frame: FrameType | None, recipe: bool) -> None:
        """A stand-in was imported: the run is no ordinary one any more."""
        self._recorder.happened("stand_in", frame, {"name": name, "recipe": recipe})

    def told(self, text: str) -> None:
        """Say something that a reader of the recording must know."""
        self._recorder.note(text)

    def _end(self, path: str, frame: FrameType | None) -> None:
        where = ""
        if frame is not None:
            where = f", last at {frame.f_code.co_filename}:{frame.f_lineno}"
        self._why_ended = (
            f"tracer: stand-ins were used {self._total} times, `{path}`{where}:"
            " a loop that depends on an invented value does not end"
        )
        self._recorder.note(
            f"the stand-ins were ended after {self._total} uses: a loop around `{path}` does not"
            " end by an invented value"
        )
        raise StandInLimitReached(self._why_ended)


class Context:
    """What all stand-ins of this process share; set once, when they are installed."""

    uses: Any = None  # Uses
    recipes: Any = None  # Recipes
    invent: Any = None  # makes a value of a dotted name
