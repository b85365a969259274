"""The call tree with clock times, as the trace events that Perfetto and Chrome open.

Events on one track must lie within each other or apart; Perfetto drops what overlaps. Each stretch
of a generator or a task is a call of its own in the tree, so that only what runs at the same time
in several threads, or a log that lost the ends of calls, needs more than one track.
"""

from __future__ import annotations

import heapq
import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import le
from typing import Any

from tracer.dynamic.tree_log import TreeLog
from tracer.model.recording import Frame

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Timeline:
    """Clock times of one run.

    Attributes:
        frame_of: The function of a code number, or None where the log does not say.
        is_in_caller: Whether a code is a comprehension that belongs to the code that called it; it
            is no event of its own.
    """

    command: str
    log: TreeLog
    frame_of: Callable[[int], Frame | None]
    is_in_caller: Callable[[int, int], bool]

    def text(self) -> Iterator[str]:
        """A document of JSON in pieces, since the whole is large: an event to a line."""
        about = {"name": self.command}
        process = {"name": "process_name", "ph": "M", "pid": 1, "tid": 1, "args": about}
        yield '{"displayTimeUnit":"ms","traceEvents":[\n' + _json(process)
        lines = self._lines()
        while batch := list(islice(lines, _BATCH)):
            yield "".join(batch)
        yield "\n]}\n"

    def _lines(self) -> Iterator[str]:
        """A complete event for each call, as they began; each with the end of the line before."""
        log, tracks = self.log, _Tracks()
        ends, last = log.ends(), log.last_moment()
        places = array("q", [-1]) * len(log)
        written: dict[int, tuple[str, str, str] | None] = {}
        for position in _as_they_began(log.began):
            code = log.codes[position]
            if code not in written:
                written[code] = self._written(code)
            parts = written[code]
            parent = log.parents[position]
            above = places[parent] if parent >= 0 else -1
            if parts is None:
                continue
            if parent >= 0 and self.is_in_caller(code, log.codes[parent]):
                places[position] = above
                continue
            head, seen, unseen = parts
            began, ended = log.began[position], ends[position]
            tail = seen
            if ended < 0:
                ended, tail = last, unseen
            duration = max(0, ended - began)
            track = places[position] = tracks.place(began, began + duration, above)
            yield f'{head}{began},"dur":{duration},"tid":{track + 1}{tail}'

    def _written(self, code: int) -> tuple[str, str, str] | None:
        """The parts of an event that are the same for each call, as JSON."""
        frame = self.frame_of(code)
        if frame is None:
            return None
        name = _json(f"{frame.module}.{frame.qualname}")
        details: dict[str, Any] = {"path": frame.path, "line": frame.first_line}
        return (
            f',\n{{"name":{name},"cat":"call","ph":"X","pid":1,"ts":',
            f',"args":{_json(details)}}}',
            f',"args":{_json({**details, "end": "not seen"})}}}',
        )


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _as_they_began(began: array[int]) -> Sequence[int]:
    """Positions by time: a thread may have its number before another, and its time after it."""
    if all(map(le, began, islice(began, 1, None))):
        return range(len(began))
    return sorted(range(len(began)), key=began.__getitem__)


class _Tracks:
    """Where events go that come in the order of their beginnings."""

    def __init__(self) -> None:
        self._open: list[list[int]] = []  # by track: the ends of what is open, outermost first
        self._free: list[tuple[int, int]] = []  # when a track was free at the earliest, and which

    def place(self, began: int, ended: int, preferred: int) -> int:
        """The caller's track if the event lies within what is open there, else a free one."""
        track = preferred
        if track < 0 or not self._fits(track, began, ended):
            track = self._free_track(began)
        self._open[track].append(ended)
        return track

    def _fits(self, track: int, began: int, ended: int) -> bool:
        ends = self._open[track]
        while ends and ends[-1] <= began:
            ends.pop()
        return not ends or ended <= ends[-1]

    def _free_track(self, began: int) -> int:
        while self._free and self._free[0][0] <= began:
            _, track = heapq.heappop(self._free)
            ends = self._open[track]
            while ends and ends[-1] <= began:
                ends.pop()
            if not ends:
                return self._taken(track)
            heapq.heappush(self._free, (ends[0], track))
        self._open.append([])
        return self._taken(len(self._open) - 1)

    def _taken(self, track: int) -> int:
        heapq.heappush(self._free, (0, track))
        return track
