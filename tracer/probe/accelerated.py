"""The part of the hooks that is in C, where the parent could build it (`accelerator/`).

It answers what Python has seen before: calls of code outside, calls whose caller, callee and place
are known, lines that ran. All else it hands to the hooks in Python, which decide, and tell it. What
it counted goes into the same tables; so both ways give the same recording.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import CodeType, FrameType
from typing import Any

from .codes import Entry, identity
from .job import to_json
from .statics import type_name

CALLED, RESUMED, CALLED_OUTSIDE, RAISED_IN, CALLED_FROM_SITE = range(5)
"""Kinds of what is counted in C, as `accelerator/edges.h` has them."""

_NAME = "accelerator"
_PROTOCOL = (StopIteration, StopAsyncIteration, GeneratorExit)
_MOST_TYPES = 2_000  # of exceptions, each at its places: types are kept alive
_MOST_TURNS = 20  # of taking the tree's news at once


def build() -> str:
    """What a compiled module is good for; the parent asks the interpreter for the same."""
    return " ".join((sys.version, getattr(sys, "abiflags", ""), sys.platform))


def load(path: str) -> Any:
    """The compiled module, checked.

    Raises:
        Exception: It cannot be loaded, or does not do here what it should.
    """
    import _imp

    machinery: Any = sys.modules["_frozen_importlib_external"]
    loader = machinery.ExtensionFileLoader(_NAME, path)
    spec = machinery.spec_from_file_location(_NAME, path, loader=loader)
    module = _imp.create_dynamic(spec)
    _imp.exec_dynamic(module)
    _check(module)
    return module


def _check(c: Any) -> None:
    """Have a small program counted whose calls are known."""

    def inner(given: Any) -> Any:
        here = _get_frame()
        back = here.f_back
        assert back is not None
        return c.look() == (here.f_code, back.f_code, back.f_lasti), back.f_code, back.f_lasti

    def outer() -> Any:
        return [inner(0), *map(inner, (1,)), *through()]

    def through() -> Any:
        yield inner(2)

    c.spare_frames(True)  # by which the offsets of calls are not what they would be
    try:
        found = outer()
    finally:
        c.spare_frames(False)
    if not all(each[0] for each in found) or len(found) != 3:
        raise RuntimeError("it takes the frames of this interpreter for others")
    expected = {}
    for function in (inner, outer, through):
        code = function.__code__
        is_generator = function is through
        c.add_inside(code, identity(code), -1, is_generator, set(), frozenset(), True)
    for number, (_, code, offset) in enumerate(found):
        expected[number] = 2 * sum(each[1:] == (code, offset) for each in found)
        c.know(number, inner.__code__, code, offset, CALLED)
    if _count(c, outer, inner.__code__):
        news: dict[int, int] = dict(c.news())
        wanted = {key: count for key, count in expected.items() if count}
        if sum(news.values()) != 6 or any(wanted[key] != count for key, count in news.items()):
            raise RuntimeError("it counts what was not called")
    if sys.version_info < (3, 12):
        _check_lines(c)
    c.anew()


def _check_lines(c: Any) -> None:
    """Have lines run once each, late, in a function that by then runs without events of lines."""

    def late(given: Any, which: int) -> Any:
        held: Any = {"key": 0}
        found: Any = 0
        for each in given:
            found = each
            if which == 1:
                found += 1
            elif which == 2:
                found = held["key"]
            elif which == 3:
                held["key"] = each
            elif which == 4:
                found = len
            elif which == 5:
                found = each.real
            elif which == 6:
                found = each.bit_length()
            elif which == 7:
                _, found = each, each < 1
            elif which == 8:
                late.__doc__ = ""
            elif which == 9:
                return each
        return found

    def program() -> None:
        for which in range(10):
            late((1,) if which else (1,) * 20, which)

    code = late.__code__
    seen: set[int] = set()
    wanted = frozenset(
        line for _, _, line in code.co_lines() if line and line > code.co_firstlineno
    )
    c.add_inside(code, identity(code), -1, False, seen, wanted, True)
    if _count(c, program, code):
        c.infer_lines()
        if seen != wanted:
            raise RuntimeError("it does not see all lines that run")


def _count(c: Any, program: Any, code: CodeType) -> bool:
    """Run a program twice while it is counted; False where somebody else is tracing."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        if sys.gettrace() is not None:
            return False
        c.trace_hooks(_nothing, _nothing, _nothing)
        c.trace_thread(_nothing)
        c.spare_frames(True)
        try:
            program()
            program()
        finally:
            sys.settrace(None)
            c.spare_frames(False)
        return True
    free = [each for each in range(6) if monitoring.get_tool(each) is None]
    if not free:
        return False
    tool_id, start = free[-1], monitoring.events.PY_START
    monitoring.use_tool_id(tool_id, "tracer")
    try:
        callbacks = c.callbacks({"PY_START": _nothing}, monitoring.DISABLE, 0)
        monitoring.register_callback(tool_id, start, callbacks["PY_START"])
        monitoring.set_local_events(tool_id, code, start)
        program()
        program()
    finally:
        monitoring.set_local_events(tool_id, code, 0)
        monitoring.register_callback(tool_id, start, None)
        monitoring.free_tool_id(tool_id)
    return True


def _nothing(*_: Any) -> None:
    pass


class Told:
    """What Python tells the part in C, so that it need not ask again."""

    def __init__(self, c: Any) -> None:
        self._c = c
        self._types = 0
        self._numbered = 0
        self._between: dict[int, CodeType] = {}  # by its number in C

    def inside(self, entry: Entry, code_id: int, is_native: bool) -> None:
        """A function is recorded from now on.

        Args:
            is_native: Nothing of it has to be told to Python each time.
        """
        self._c.add_inside(
            entry.code,
            code_id,
            entry.start,
            entry.is_generator,
            entry.lines,
            entry.to_cover,
            is_native,
        )

    def call(self, key: Any, entry: Entry, caller: FrameType, offset: int, kind: int) -> None:
        """A call of a function from the frame next to it was counted by this key."""
        self._c.know(key, entry.code, self._c.code_in(caller), offset, kind)

    def far_call(
        self,
        key: Any,
        entry: Entry,
        caller: FrameType | None,
        between: Sequence[FrameType],
        kind: int,
    ) -> None:
        """A call through functions outside was counted by this key.

        Args:
            caller: The nearest frame inside, if any.
            between: The frames from the next one to the last one before it, or to the first of all.
        """
        code_in = self._c.code_in
        nearest, outer = code_in(between[0]), code_in(between[-1])
        for frame in between:
            self._c.add_between(code_in(frame))
        code, offset = None, 0
        if caller is not None:
            code, offset = code_in(caller), self._c.offset_in(caller)
        number = self._c.know_far(key, entry.code, code, offset, kind, nearest, outer)
        if number:
            self._between[number] = outer

    def raised(self, key: Any, entry: Entry, kind: type, offset: int) -> None:
        """An exception was counted by this key, or is not to be counted: None."""
        if self._types < _MOST_TYPES:
            self._types += 1
            self._c.know(key, kind, entry.code, offset, RAISED_IN)

    def counted(self, counts: dict[tuple[Any, ...], int]) -> int:
        """Add what was counted in C, only to keys that are there already; answers what was lost."""
        for key, more in self._c.news():
            counts[key] += more  # no other thread runs in between: there is no call in this line
        lost: int = self._c.lost()
        return lost

    def infer_lines(self) -> None:
        """Add lines that ran, and left something behind, to those that were told by events."""
        self._c.infer_lines()

    def were_frames_taken(self) -> bool:
        """Whether another tool evaluates frames in our place, since this was asked last."""
        taken: bool = self._c.were_frames_taken()
        return taken

    def tree(self, recorder: Any, zero: int) -> list[bytes]:
        """Lines of the log: the calls that began and ended, and what was raised in them."""
        entries = list(recorder.codes.inside.values())
        for entry in entries[self._numbered :]:
            self._c.numbered(entry.code, recorder.number_of(entry.code))
        self._numbered = len(entries)
        for number in list(self._between):
            self._c.numbered_far(number, recorder.number_of(self._between.pop(number)))
        lines: list[bytes] = []
        for _ in range(_MOST_TURNS):
            begun, ended = self._c.tree_news(zero)
            lines.extend(filter(None, (begun, ended)))
            if not begun and not ended:
                break
        lines.extend(filter(None, (self._c.raised_news(_raised_as),)))  # of nodes told by now
        return lines

    def anew(self) -> None:
        """This process is a fork with a log of its own."""
        self._numbered = self._types = 0
        self._between.clear()
        self._c.anew()


def _raised_as(kind: type) -> str | None:
    """How the log names what a call raised; None for the ends of loops and generators."""
    return None if issubclass(kind, _PROTOCOL) else to_json(type_name(kind))


_get_frame = sys._getframe
