"""Expressions that are read at places of the unmodified program, and when.

LINE events come before a line runs, so that what holds after a statement is read when the next line
of the same frame is about to run, or when the frame ends. Where that line can be reached from the
statement alone (`direct_line`, which the parent knows from the source), its event is enough.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from opcode import opmap
from types import CodeType, FrameType
from typing import Any

from . import arrays
from .readings import Tap
from .readings_in_c import accelerate
from .statics import identity

_get_frame = sys._getframe
_WITH_OPCODES = frozenset(
    number
    for name, number in opmap.items()
    if name.startswith(("BEFORE_WITH", "BEFORE_ASYNC_WITH", "SETUP_WITH", "SETUP_ASYNC_WITH"))
    or name == "LOAD_SPECIAL"
)


class TapTable:
    """The taps of a plan by file."""

    def __init__(self, given: list[dict[str, Any]], root: str) -> None:
        self.taps = [Tap(each) for each in given]
        self._by_path: dict[str, list[tuple[dict[str, Any], Tap]]] = {}
        for description, tap in zip(given, self.taps, strict=True):
            for folder in {root, os.path.realpath(root)}:
                path = os.path.normpath(os.path.join(folder, description["path"]))
                self._by_path.setdefault(path, []).append((description, tap))
        if any(tap.needs_digest for tap in self.taps):
            arrays.prepare_digests()

    def accelerate(self, c: Any, recorder: Any, is_traced: bool) -> None:
        """Have C keep what is read, and read what it can; nothing was read yet."""
        for tap in self.taps:
            accelerate(tap, c, recorder, is_traced)

    def has_file(self, path: str) -> bool:
        """Whether any tap lies in a file."""
        return bool(self._by_path) and os.path.normpath(path) in self._by_path

    def of_code(self, code: CodeType, qualname: str) -> CodeTaps | None:
        """The taps that lie in a code object, of its own lines and not those of inner functions."""
        here = self._by_path.get(os.path.normpath(code.co_filename))
        if not here:
            return None
        lines = {line for _, _, line in code.co_lines() if line}
        first_line = code.co_firstlineno
        is_module = code.co_name == "<module>"
        found = []
        for description, tap in here:
            if description["moment"] in ("entry", "return"):
                wanted = description["function"]
                if first_line in description["def_lines"] and (
                    not wanted or wanted.rpartition(".")[2] == code.co_name
                ):
                    found.append((description, tap))
                continue
            first, last = description["lines"]
            if lines.isdisjoint(range(first, last + 1)):
                continue
            owner = description["function"]
            if owner and owner not in (qualname, "<module>" if is_module else qualname):
                continue
            if not owner and not is_module and len(lines) > 1 and first <= first_line:
                continue  # the `def` statement itself belongs to the holder
            found.append((description, tap))
        return CodeTaps(code, found) if found else None


class _Placed:
    """A tap at a statement of one code object."""

    __slots__ = ("exits", "first", "is_after", "last", "tap")

    def __init__(self, code: CodeType, description: dict[str, Any], tap: Tap) -> None:
        self.tap = tap
        self.first, self.last = description["lines"]
        self.is_after = description["moment"] == "after"
        self.exits: frozenset[int] = frozenset()  # offsets where a `with` is left on this line
        if description.get("is_with"):
            self.exits = _with_exits(code, self.first, self.last)


class CodeTaps:
    """The taps of one code object."""

    __slots__ = ("direct", "direct_spans", "entry", "is_in_c", "leaving", "placed", "unwatched")

    def __init__(self, code: CodeType, taps: list[tuple[dict[str, Any], Tap]]) -> None:
        self.is_in_c = False  # C hears of the lines, and knows what has begun
        self.entry: list[Any] = []  # of ours, and of the effect table
        self.leaving: list[Tap] = []
        self.direct: dict[int, list[Any]] = {}  # by the line that says that a statement has run
        self.direct_spans: list[tuple[int, int, Tap]] = []
        self.placed: dict[int, list[_Placed]] = {}  # by each line of the statement
        self.unwatched: frozenset[int] = frozenset()  # lines that follow none of the statements
        is_any = False
        for description, tap in taps:
            moment = description["moment"]
            tap.place(code)
            if moment == "entry":
                self.entry.append(tap)
            elif moment == "return":
                self.leaving.append(tap)
            elif description.get("direct_line"):
                self.direct.setdefault(description["direct_line"], []).append(tap)
                self.direct_spans.append((*description["lines"], tap))
            else:
                placed = _Placed(code, description, tap)
                for line in range(placed.first, placed.last + 1):
                    self.placed.setdefault(line, []).append(placed)
                lines = frozenset(description.get("unwatched_lines", ()))
                self.unwatched = lines & self.unwatched if is_any else lines
                is_any = True
        self.unwatched -= self.placed.keys()

    def accelerate_effects(self, c: Any) -> None:
        """Have C read, at the entry, what the effect table asks for."""
        is_alone = len(self.entry) == 1 and not (self.leaving or self.direct or self.placed)
        for tap in self.entry:
            if type(tap) is not Tap:
                tap.accelerate(c, is_alone)

    def tell(self, c: Any, code: CodeType, local: Any) -> None:
        """Have C hear of the lines.

        Args:
            local: The trace function in whose place it does.
        """
        lines = [line for _, _, line in code.co_lines() if line]
        if not lines or not (self.direct or self.placed):
            return
        direct = [(line, tap.in_c) for line, taps in self.direct.items() for tap in taps]
        placed = {identity(each): each for here in self.placed.values() for each in here}
        c.put_taps(
            code,
            local,
            direct,
            [
                (each, each.first, each.last, each.is_after, tuple(each.exits), each.tap.in_c)
                for each in placed.values()
            ],
            list(self.unwatched),
            min(lines),
            max(lines),
            bool(self.entry),
            bool(self.leaving),
        )
        self.is_in_c = True


def with_entry(taps: CodeTaps | None, code: CodeType, more: list[Any]) -> CodeTaps | None:
    """The taps of a function, and others that are read at its entry."""
    if not more:
        return taps
    taps = taps or CodeTaps(code, [])
    taps.entry += more
    return taps


class Pending:
    """The tapped statements that have begun in the frames that are alive."""

    def __init__(self, c: Any = None) -> None:
        # By the hash of a frame: the tap, line and offset of its start.
        self._begun: dict[int, list[tuple[_Placed, int, int]]] = {}
        self._c = c

    def _take(self, frame: FrameType, taps: CodeTaps) -> list[_Placed]:
        """What had begun in a frame, and has no more."""
        if taps.is_in_c:
            found: list[_Placed] = self._c.take_begun(frame) if taps.placed else []
            return found
        if not self._begun:
            return []
        return [placed for placed, _, _ in self._begun.pop(hash(frame), ())]

    def enter(self, frame: FrameType, taps: CodeTaps, is_resumed: bool) -> None:
        """A body starts or goes on."""
        if is_resumed:
            return
        self._take(frame, taps)
        for tap in taps.entry:
            tap.read(frame)

    def line_event(self, taps: CodeTaps, line: int) -> bool:
        """The same as `line` for the frame whose event our caller was called for.

        Returns:
            Whether further events of this line are of use.
        """
        direct = taps.direct.get(line)
        if direct is None and (not taps.placed or line in taps.unwatched):
            return False
        try:
            frame = _find_frame(None)
        except (ValueError, StopIteration):  # another thread is in the finder
            frame = _get_frame(2)
        if direct is not None:
            for tap in direct:
                tap.read(frame)
        if taps.placed:
            self.placed_line(frame, taps, line)
        return True

    def line(self, frame: FrameType, taps: CodeTaps, line: int) -> None:
        """A line is about to run: LINE events fire before it."""
        for tap in taps.direct.get(line, ()):
            tap.read(frame)
        if taps.placed:
            self.placed_line(frame, taps, line)

    def placed_line(self, frame: FrameType, taps: CodeTaps, line: int) -> None:
        """What statements begin and end with a line."""
        still: list[tuple[_Placed, int, int]] = []
        frame_id = hash(frame)
        begun = self._begun.pop(frame_id, None) if self._begun else None
        here = taps.placed.get(line)
        if begun is not None:
            offset = frame.f_lasti
            for each in begun:
                placed, start_line, start = each
                is_restart = line == start_line and offset == start
                if placed.first <= line <= placed.last and not is_restart:
                    still.append(each)
                elif placed.is_after:
                    placed.tap.read(frame)
        if here is not None:
            offset = frame.f_lasti
            for placed in here:
                if offset in placed.exits or (still and _is_among(placed, still)):
                    continue
                if not placed.is_after:
                    placed.tap.read(frame)
                still.append((placed, line, offset))
        if still:
            self._begun[frame_id] = still

    def raised(self, frame: FrameType, taps: CodeTaps, name: str) -> None:
        """The statement that had begun did not complete."""
        for placed in self._take(frame, taps):
            if placed.is_after:
                placed.tap.note(f"the statement raised {name}")
        if taps.direct_spans:
            line = frame.f_lineno
            for first, last, tap in taps.direct_spans:
                if first <= line <= last:
                    tap.note(f"the statement raised {name}")

    def leave(self, frame: FrameType, taps: CodeTaps, returned: Any) -> None:
        """The body returns."""
        for placed in self._take(frame, taps):
            if placed.is_after:
                placed.tap.read(frame, returned)
        for tap in taps.leaving:
            tap.read(frame, returned)


def _is_among(placed: _Placed, begun: list[tuple[_Placed, int, int]]) -> bool:
    return any(other is placed for other, _, _ in begun)


def _with_exits(code: CodeType, first: int, last: int) -> frozenset[int]:
    """Where the header of a `with` statement gets the event of its end, not of its beginning.

    Stretches of the header's lines that enter no context are those that leave it.
    """
    text = code.co_code
    exits: list[int] = []
    starts: list[int] = []
    enters = False
    for start, end, line in [*code.co_lines(), (0, 0, -1)]:
        if line is not None and first <= line <= last:
            starts.append(start)
            enters = enters or any(text[at] in _WITH_OPCODES for at in range(start, end, 2))
        elif line is not None:
            if not enters:
                exits += starts
            starts, enters = [], False
    return frozenset(exits)


def _frame_finder() -> Iterator[Any]:
    """Hands out the third frame behind this one: the function that called what called who asks.

    `f_back` raises no audit event; `sys._getframe` does, and an event costs more than the rest.
    """
    own_frame: Any = yield
    while True:
        yield own_frame.f_back.f_back.f_back


def _start_finder() -> Any:
    finder: Any = _frame_finder()
    next(finder)
    frame = finder.gi_frame
    send = finder.send
    send(frame)
    return send


_find_frame = _start_finder()
