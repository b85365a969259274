"""Read the stream: exact counts of the calls at which nobody looked, and the call tree with times.

What the probe writes is a call tree in postfix order (`probe/stream.py`), in opcodes of a pickle.
It is never loaded as one; a reader knows the few opcodes that can occur.
"""

from __future__ import annotations

import binascii
import struct
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

_NONE, _TRUE, _FALSE, _GET, _LONG_GET = ord("N"), 0x88, 0x89, ord("h"), ord("j")
_INTS = {ord("K"): 1, ord("M"): 2, ord("J"): 4}  # bytes of a number; from four on it has a sign
_FLOAT, _TEXT, _TRIPLE = ord("G"), ord("X"), 0x87
_unpack_float = struct.Struct(">d").unpack_from
_BETWEEN = frozenset(b"](ea")  # of the list itself: empty list, mark, appends, append
_HEAD, _STOP = b"\x80\x02", b"."

_Callee = tuple[int, bool]
"""The number of a function, and whether it was resumed."""


class StreamTree:
    """The call tree in columns, in call order: parents come before children.

    Attributes:
        parents: Position of the caller, or -1.
        codes: Number of the function in the log; 0: the target was killed before it was told.
        looked_at: Number of the `tree` record that says which line called; 0: there is none.
        began: Microseconds since the stream began.
        ended: The same, or -1.
        raised: By position, the name of the exception that ended the call.
        resumed: Positions at which a generator went on.
    """

    def __init__(self) -> None:
        self.parents, self.codes, self.looked_at = array("i"), array("q"), array("q")
        self.began, self.ended = array("q"), array("q")
        self.raised: dict[int, str] = {}
        self.resumed: set[int] = set()

    def in_order_of_time(self, most: int) -> StreamTree:
        """The first nodes of several threads; parents still come before children."""
        order = sorted(range(len(self.began)), key=lambda at: (self.began[at], at))[:most]
        places = {old: new for new, old in enumerate(order)}
        places[-1] = -1
        tree = StreamTree()
        tree.parents = array("i", (places.get(self.parents[old], -1) for old in order))
        tree.codes = array("q", (self.codes[old] for old in order))
        tree.looked_at = array("q", (self.looked_at[old] for old in order))
        tree.began = array("q", (self.began[old] for old in order))
        tree.ended = array("q", (self.ended[old] for old in order))
        tree.raised = {places[old]: name for old, name in self.raised.items() if old in places}
        tree.resumed = {places[old] for old in self.resumed if old in places}
        return tree


@dataclass(slots=True)
class StreamCalls:
    """What the stream counted; functions by their number in the log."""

    pairs: dict[tuple[int, _Callee], int] = field(default_factory=lambda: defaultdict(int))
    """Calls and resumptions by caller and callee, in the order of their first end."""
    roots: dict[_Callee, int] = field(default_factory=lambda: defaultdict(int))
    """Those with no caller in the namespace."""
    tree: StreamTree = field(default_factory=StreamTree)
    lost: int = 0  # calls whose caller had no name yet when the target was killed
    trouble: str = ""  # why the rest of the stream was not read


@dataclass(slots=True)
class _Call:
    """A call that is open."""

    number: int  # of its function; 0: not known yet
    is_resumed: bool
    node: int  # index into the nodes; -1: none is kept
    calls: dict[_Callee, int] | None = None  # those that it made, until it has a name


def read_stream(records: Iterable[dict[str, Any]], most_nodes: int = 0) -> StreamCalls:
    """Count the calls of a log's `stream…` records, given in the order of the log.

    Args:
        most_nodes: So many calls of the tree are kept, the first ones of each thread.
    """
    calls = StreamCalls()
    numbers: list[int] = []
    lanes: dict[int, _Lane] = {}
    zero = 0.0
    for record in records:
        kind, lane = record["t"], record.get("lane", 0)
        if calls.trouble:
            break
        if kind == "stream_zero":
            zero = record["s"]
        elif kind == "stream_codes":
            numbers += record["codes"]
        elif kind == "stream_broken":
            calls.trouble = f"it could not be written ({record['why']})"
        elif lane not in lanes:
            lanes[lane] = _Lane(calls, numbers, zero, most_nodes)
        if kind == "stream":
            try:
                data = binascii.a2b_base64(record["b" if "b" in record else "z"])
                data = data if "b" in record else zlib.decompress(data)
            except (ValueError, zlib.error):
                calls.trouble = "a part of it cannot be unpacked"
                break
            lanes[lane].read(data)
        elif kind == "stream_end":
            lanes[lane].name_open_calls(record["open"])
    for each in lanes.values():
        each.finish()
    if len(lanes) > 1:
        calls.tree = calls.tree.in_order_of_time(most_nodes)
    return calls


class _Lane:
    """The calls of one thread."""

    def __init__(
        self, calls: StreamCalls, numbers: list[int], zero: float, most_nodes: int
    ) -> None:
        self._calls = calls
        self._tree = calls.tree
        self._numbers = numbers
        self._zero = zero
        self._nodes_left = most_nodes
        self._stack: list[_Call] = []
        self._is_resumption_next = False  # the next time is that of a resumption
        self._last_closed = -1  # the node that the next negative time belongs to

    def read(self, data: bytes) -> None:
        """Take one pickle of a list apart."""
        if not data.startswith(_HEAD) or not data.endswith(_STOP):
            self._calls.trouble = "a part of it is of an unknown form"
            return
        try:
            for item in _items(data):
                self._take(item)
        except _BadStreamError as error:
            self._calls.trouble = str(error)
        except (IndexError, TypeError, AttributeError, struct.error, UnicodeDecodeError):
            self._calls.trouble = "a part of it is of an unknown form"

    def name_open_calls(self, numbers: list[int]) -> None:
        """The names of the calls that were open at the end, outermost first."""
        for call, number in zip(self._stack, numbers, strict=False):
            if call.number and call.number != number:
                return
        for position, number in enumerate(numbers[: len(self._stack)]):
            call = self._stack[position]
            if not call.number:
                self._name(call, number, self._stack[position - 1] if position else None)

    def finish(self) -> None:
        """Count what has no name."""
        for call in self._stack:
            if call.calls:
                self._calls.lost += sum(call.calls.values())

    def _take(self, item: Any) -> None:
        """One item of the queue: a call opens, or the innermost ends."""
        kind = type(item)
        if item is None:
            self._stack.append(_Call(0, False, -1))
        elif kind is _Get:
            if item.is_entry:
                self._stack.append(_Call(self._number(item), False, -1))
            else:
                self._close(self._number(item))
        elif item is True:
            self._is_resumption_next = True
        elif item is False:
            self._stack.append(_Call(0, True, -1))
        elif kind is float and item > 0:
            is_resumed, self._is_resumption_next = self._is_resumption_next, False
            self._stack.append(_Call(0, is_resumed, self._new_node(item, is_resumed)))
        elif kind is float:
            self._end_at(-item)
        elif item[0].is_entry:
            number = self._number(item[0])
            self._stack.append(
                _Call(number, False, self._new_node(item[1], False, number, item[2]))
            )
        else:
            self._close(self._number(item[0]), item[1])
            self._end_at(item[2])

    def _end_at(self, time: float) -> None:
        if self._last_closed >= 0:
            self._tree.ended[self._last_closed] = self._since(time)

    def _since(self, time: float) -> int:
        return round((time - self._zero) * 1e6)

    def _number(self, item: _Get) -> int:
        if item.position >= len(self._numbers):
            raise _BadStreamError("it names a function that the log does not hold")
        return self._numbers[item.position]

    def _new_node(self, began: float, is_resumed: bool, number: int = 0, looked_at: int = 0) -> int:
        if not self._nodes_left:
            return -1
        self._nodes_left -= 1
        parent = self._stack[-1].node if self._stack else -1
        tree, position = self._tree, len(self._tree.codes)
        tree.parents.append(parent)
        tree.codes.append(number)
        tree.looked_at.append(looked_at)
        tree.began.append(self._since(began))
        tree.ended.append(-1)
        if is_resumed:
            tree.resumed.add(position)
        return position

    def _close(self, number: int, exception: str = "") -> None:
        call = self._stack.pop() if self._stack else None
        if call is None or (call.number and call.number != number):
            raise _BadStreamError("what begins and what ends do not agree")
        if not call.number:
            self._name(call, number, self._stack[-1] if self._stack else None)
        self._last_closed = call.node
        if call.node >= 0 and exception:
            self._tree.raised[call.node] = exception

    def _name(self, call: _Call, number: int, caller: _Call | None) -> None:
        """A call has its name now: count it, and those that it made."""
        call.number = number
        if call.node >= 0:
            self._tree.codes[call.node] = number
        if call.calls:
            for callee, count in call.calls.items():
                self._calls.pairs[number, callee] += count
            call.calls = None
        this = (number, call.is_resumed)
        if caller is None:
            self._calls.roots[this] += 1
        elif caller.number:
            self._calls.pairs[caller.number, this] += 1
        elif caller.calls is None:
            caller.calls = {this: 1}
        else:
            caller.calls[this] = caller.calls.get(this, 0) + 1


class _BadStreamError(Exception):
    """Why no more of a stream is read."""


@dataclass(frozen=True, slots=True)
class _Get:
    """What stood in the pickler's memo."""

    position: int  # of the function
    is_entry: bool  # it opens a call; else it is the code, which closes one


def _items(data: bytes) -> Iterator[Any]:
    """The items of one list, which hold no list themselves."""
    gets: dict[int, _Get] = {}
    parts: list[Any] = []  # the last ones, of which a tuple may still be made
    position, end = len(_HEAD), len(data) - len(_STOP)
    while position < end:
        operation = data[position]
        position += 1
        if operation == _NONE:
            item: Any = None
        elif operation == _FALSE:
            item = False
        elif operation == _TRUE:
            item = True
        elif operation in (_GET, _LONG_GET):
            size = 1 if operation == _GET else 4
            index = int.from_bytes(data[position : position + size], "little")
            position += size
            item = gets.get(index)
            if item is None:
                item = gets[index] = _Get(index >> 1, bool(index & 1))
        elif operation == _FLOAT:
            (item,) = _unpack_float(data, position)
            position += 8
        elif operation in _INTS:
            size = _INTS[operation]
            item = int.from_bytes(data[position : position + size], "little", signed=size > 2)
            position += size
        elif operation == _TEXT:
            size = int.from_bytes(data[position : position + 4], "little")
            item = data[position + 4 : position + 4 + size].decode("utf-8", "surrogatepass")
            position += 4 + size
        elif operation == _TRIPLE:
            item = tuple(parts[-3:])
            del parts[-3:]
        elif operation in _BETWEEN:
            continue
        else:
            raise _BadStreamError("a part of it is of an unknown form")
        parts.append(item)
        if len(parts) > 3:
            yield parts.pop(0)
    yield from parts
