"""Read the stream: exact counts of the calls at which nobody looked.

What the probe writes is a call tree in postfix order (`probe/stream.py`), in opcodes of a pickle.
It is never loaded as one; a reader knows the few opcodes that can occur.
"""

from __future__ import annotations

import binascii
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_CALL, _RESUMPTION, _GET, _LONG_GET = ord("N"), 0x89, ord("h"), ord("j")  # None, False, memo
_BETWEEN = frozenset(b"](ea")  # of the list itself: empty list, mark, appends, append
_HEAD, _STOP = b"\x80\x02", b"."

_Callee = tuple[int, bool]
"""The number of a function, and whether it was resumed."""


class _Unnamed:
    """A call that is open and has no name yet, and its calls so far."""

    __slots__ = ("calls", "is_resumed")

    def __init__(self, is_resumed: bool) -> None:
        self.is_resumed = is_resumed
        self.calls: dict[_Callee, int] | None = None


_Open = int | _Unnamed
"""A call that is open: the number of its function, where that is known."""


@dataclass(slots=True)
class StreamCalls:
    """What the stream counted; functions by their number in the log."""

    pairs: dict[tuple[int, _Callee], int] = field(default_factory=lambda: defaultdict(int))
    """Calls and resumptions by caller and callee, in the order of their first end."""
    roots: dict[_Callee, int] = field(default_factory=lambda: defaultdict(int))
    """Those with no caller in the namespace."""
    lost: int = 0  # calls whose caller had no name yet when the target was killed
    trouble: str = ""  # why the rest of the stream was not read


def read_stream(records: Iterable[dict[str, Any]]) -> StreamCalls:
    """Count the calls of a log's `stream…` records, given in the order of the log."""
    calls = StreamCalls()
    numbers: list[int] = []
    lanes: dict[int, _Lane] = {}
    for record in records:
        kind, lane = record["t"], record.get("lane", 0)
        if calls.trouble:
            break
        if kind == "stream_codes":
            numbers += record["codes"]
        elif kind == "stream_broken":
            calls.trouble = f"it could not be written ({record['why']})"
        elif lane not in lanes:
            lanes[lane] = _Lane(calls, numbers)
        if kind == "stream":
            try:
                data = zlib.decompress(binascii.a2b_base64(record["z"]))
            except (ValueError, zlib.error):
                calls.trouble = "a part of it cannot be unpacked"
                break
            lanes[lane].read(data)
        elif kind == "stream_end":
            lanes[lane].name_open_calls(record["open"])
    for each in lanes.values():
        each.finish()
    return calls


class _Lane:
    """The calls of one thread."""

    def __init__(self, calls: StreamCalls, numbers: list[int]) -> None:
        self._calls = calls
        self._numbers = numbers
        self._stack: list[_Open] = []

    def read(self, data: bytes) -> None:
        """Take one pickle of a list apart."""
        self._calls.trouble = self._read(data)

    def name_open_calls(self, numbers: list[int]) -> None:
        """The names of the calls that were open at the end, outermost first."""
        for position, number in enumerate(numbers[: len(self._stack)]):
            call = self._stack[position]
            if isinstance(call, int):
                if call != number:
                    return
                continue
            self._stack[position] = number
            self._name(call, number, self._stack[:position])

    def finish(self) -> None:
        """Count what has no name."""
        for call in self._stack:
            if isinstance(call, _Unnamed) and call.calls:
                self._calls.lost += sum(call.calls.values())

    def _read(self, data: bytes) -> str:
        if not data.startswith(_HEAD) or not data.endswith(_STOP):
            return "a part of it is of an unknown form"
        stack, numbers = self._stack, self._numbers
        position, end = len(_HEAD), len(data) - len(_STOP)
        while position < end:
            operation = data[position]
            position += 1
            if operation == _GET:
                index = data[position]
                position += 1
            elif operation in (_CALL, _RESUMPTION):
                stack.append(_Unnamed(operation == _RESUMPTION))
                continue
            elif operation == _LONG_GET:
                index = int.from_bytes(data[position : position + 4], "little")
                position += 4
            elif operation in _BETWEEN:
                continue
            else:
                return "a part of it is of an unknown form"
            if index >> 1 >= len(numbers):
                return "it names a function that the log does not hold"
            number = numbers[index >> 1]
            if index & 1:
                stack.append(number)
                continue
            call = stack.pop() if stack else -1
            if isinstance(call, _Unnamed):
                self._name(call, number, stack)
            elif call != number:
                return "what begins and what ends do not agree"
        return ""

    def _name(self, call: _Unnamed, number: int, callers: list[_Open]) -> None:
        """A call has its name now: count it, and those that it made."""
        if call.calls:
            for callee, count in call.calls.items():
                self._calls.pairs[number, callee] += count
        this = (number, call.is_resumed)
        if not callers:
            self._calls.roots[this] += 1
            return
        caller = callers[-1]
        if isinstance(caller, int):
            self._calls.pairs[caller, this] += 1
        elif caller.calls is None:
            caller.calls = {this: 1}
        else:
            caller.calls[this] = caller.calls.get(this, 0) + 1
