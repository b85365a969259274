"""The calls of functions that are called too often for Python code to run at each of them.

`SimpleQueue.put(item, block, timeout)` does not look at its last two arguments, so the method is
itself a callback of `sys.monitoring`: of a return it is given the code object, and for a start
`partial(put, None)` will do. No Python frame is made, a call costs about 70 ns. What lies in the
queue is a call tree in postfix order: `None` opens a call, `False` a resumption, and a code object
closes and names it. A call of which the caller was looked at is opened by its `Entry` instead, so
that long calls have their name from the start, and ends can be checked against beginnings.

Events do not say in which thread they happen. As long as one thread alone runs the namespace it is
no matter; from the second on a callback in Python asks, and each thread has a queue of its own.

The queue is encoded at the speed of C, too: a pickler whose memo knows all these objects writes
one byte for None and two to five for any other. Nobody ever loads that: a reader takes it apart.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from .codes import Entry
from .recorder import Recorder
from .signals import raise_again

_get_frame = sys._getframe

_referents: Any = None
_Queue: Any = None
_Pickler: Any = None
_Buffer: Any = None
_partial: Any = None
_compress: Any = None
_to_base64: Any = None
_KINDS = (CodeType, bool, Entry)
_PROTOCOL = 2  # later ones write in frames

Register = Callable[[str, Callable[..., Any] | None], None]


def _load() -> None:
    """Import what is in C; of `functools` the pickler needs nothing but `partial`."""
    global _referents, _Queue, _Pickler, _Buffer, _partial, _compress, _to_base64
    import _functools  # type: ignore[import-not-found]

    is_absent = "functools" not in sys.modules
    if is_absent:  # ten times as long to import as all the rest
        sys.modules["functools"] = _functools
    try:
        import _io
        import _pickle
        import _queue
        import binascii
        import gc
        import zlib
    except ImportError:
        return
    finally:
        if is_absent:
            del sys.modules["functools"]
    _referents, _Queue, _partial = gc.get_referents, _queue.SimpleQueue, _functools.partial
    _Pickler, _Buffer = _pickle.Pickler, _io.BytesIO
    _compress, _to_base64 = zlib.compress, binascii.b2a_base64


if hasattr(sys, "monitoring"):
    _load()


def is_possible() -> bool:
    """Whether this interpreter does what the stream is built on; nothing of it is promised."""
    if _Pickler is None or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return False
    code, entry = is_possible.__code__, Entry(is_possible.__code__, "")
    queue = _Queue()
    try:
        _partial(queue.put, None)(code, 0)
        _partial(queue.put, False)(code, 0)
        queue.put(entry)
        queue.put(code, 2, "any value")
        return _items(queue) == [None, False, entry, code] and _encoded(
            [None, False, entry, code], {0: (0, code), 1: (300, entry)}
        ) == (b"\x80\x02](N\x89j,\x01\x00\x00h\x00e.")
    except Exception:
        return False


def _items(queue: Any) -> list[Any]:
    """What a queue holds, in order, at the speed of C; the queue is not changed."""
    found: list[Any] = _referents(queue)
    for each in found[
        :3
    ]:  # Python 3.12 tells of its inner list, later ones of the items themselves
        if type(each) is list:
            return each
    return [each for each in found if each is None or type(each) in _KINDS]


def _encoded(items: list[Any], memo: dict[int, tuple[int, Any]]) -> bytes:
    buffer = _Buffer()
    pickler = _Pickler(buffer, _PROTOCOL)
    pickler.fast = True  # the list itself gets no place in the memo
    pickler.memo = memo
    pickler.dump(items)
    return bytes(buffer.getvalue())


class _Lane:
    """The queue of one thread, and the one before it on its way to the log."""

    __slots__ = ("queue", "retired")

    def __init__(self) -> None:
        self.queue = _Queue()
        self.retired: Any = None


class Stream:
    """The queues that events go to.

    Args:
        register: Makes a callback that of an event, by the event's name.
        open_calls: The functions of the namespace that run in a frame and below, innermost first.
    """

    def __init__(
        self,
        recorder: Recorder,
        register: Register,
        open_calls: Callable[[FrameType | None], list[Entry]],
    ) -> None:
        self._recorder = recorder
        self._register = register
        self._open_calls = open_calls
        self._lanes: dict[int, _Lane] = {}  # by thread
        self._is_direct = False  # the callbacks are those in C of the only lane
        self._memo: dict[int, tuple[int, Any]] = {}
        self._known = 0
        self._trouble = False

    def begin(self, frame: FrameType, is_alone: bool) -> None:
        """Hear of starts and ends from now on.

        Args:
            frame: The call that starts at this moment.
            is_alone: No other thread is there.
        """
        self._join(get_ident(), frame)
        if is_alone:
            self._is_direct = True
            self._point_at(self._lanes[get_ident()].queue)
        else:
            self._ask_for_threads()

    def begin_anew(self, frame: FrameType | None) -> None:
        """This process is a fork with a log of its own: what is in the queues is its parent's.

        Args:
            frame: What runs now, in the only thread that is left.
        """
        self._lanes.clear()
        self._known = 0
        lane = self._join(get_ident(), frame)
        if self._is_direct:
            self._point_at(lane.queue)

    def split(self) -> None:
        """There is a second thread from now on."""
        self._is_direct = False
        self._ask_for_threads()

    def opened(self, entry: Entry, frame: FrameType) -> None:
        """A call that was looked at begins or goes on."""
        thread = get_ident()
        lane = self._lanes.get(thread)
        if lane is None:
            self._recorder.exclusively(self.split)
            self._join(thread, frame)
        else:
            lane.queue.put(entry)

    def closed(self, code: CodeType) -> None:
        """A call ends by an exception, of which the interpreter tells no callback in C."""
        lane = self._lanes.get(get_ident())
        if lane is not None:
            lane.queue.put(code)

    def drain(self) -> None:
        """Write the queues before the last ones, and begin others.

        Two callbacks cannot be changed at one moment, and an event between the two would go to the
        wrong queue. So all are first ones in Python that ask which queue it is; then that answer
        changes; then they are those in C again. One that had asked just before adds its item late,
        to a queue that is written at the next turn only: there is but one thread that adds to it.
        """
        for thread, lane in list(self._lanes.items()):
            if lane.queue.qsize() == 0 and lane.retired is None:
                continue
            is_direct = self._is_direct
            if is_direct:
                self._ask_for_threads()
            before, lane.queue = lane.queue, _Queue()
            if is_direct:
                self._point_at(lane.queue)
                if not self._is_direct:  # a second thread came while we were at it
                    self._ask_for_threads()
            retired, lane.retired = lane.retired, before
            self._write(thread, retired)

    def finish(self, frames: dict[int, FrameType]) -> None:
        """Write all that there is, when no event comes any more.

        Args:
            frames: What runs now, by thread.
        """
        for thread, lane in self._lanes.items():
            self._write(thread, lane.retired)
            self._write(thread, lane.queue)
            running = self._open_calls(frames.get(thread))[::-1]
            numbers = [self._recorder.number_of(entry.code) for entry in running]
            self._recorder.log(
                {"t": "stream_end", "lane": self._number_of(thread), "open": numbers}
            )
        self._lanes.clear()

    def _number_of(self, thread: int) -> int:
        return list(self._lanes).index(thread)

    def _join(self, thread: int, frame: FrameType | None) -> _Lane:
        """A thread raises its first event: what runs in it already comes first."""
        lane = _Lane()
        for entry in reversed(self._open_calls(frame)):
            lane.queue.put(entry)
        self._lanes[thread] = lane
        return lane

    def _point_at(self, queue: Any) -> None:
        put = queue.put
        self._register("PY_START", _partial(put, None))
        self._register("PY_RESUME", _partial(put, False))
        self._register("PY_RETURN", put)
        self._register("PY_YIELD", put)

    def _ask_for_threads(self) -> None:
        lanes, join, arrived = self._lanes, self._join, self._recorder.arrived

        def on_start(code: CodeType, offset: int) -> None:
            lane = lanes.get(get_ident())
            if lane is None:
                lane = join(get_ident(), _get_frame(1).f_back)
            lane.queue.put(None)
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))

        def on_resume(code: CodeType, offset: int) -> None:
            lane = lanes.get(get_ident())
            if lane is None:
                lane = join(get_ident(), _get_frame(1).f_back)
            lane.queue.put(False)
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))

        def on_end(code: CodeType, offset: int, value: Any) -> None:
            lane = lanes.get(get_ident())
            if lane is not None:
                lane.queue.put(code)
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))

        self._register("PY_START", on_start)
        self._register("PY_RESUME", on_resume)
        self._register("PY_RETURN", on_end)
        self._register("PY_YIELD", on_end)

    def _write(self, thread: int, queue: Any) -> None:
        if queue is None or self._trouble:
            return
        items = _items(queue)
        if not items:
            return
        try:
            self._learn_codes()
            data = _encoded(items, self._memo)
        except Exception as error:  # an object that nobody put there
            self._trouble = True
            self._recorder.log({"t": "stream_broken", "why": type(error).__name__})
            return
        text = _to_base64(_compress(data, 1), newline=False).decode("ascii")
        self._recorder.log({"t": "stream", "lane": self._number_of(thread), "z": text})

    def _learn_codes(self) -> None:
        """Give every function a number of its own in the stream: even ones close, odd ones open."""
        entries = list(self._recorder.codes.inside.values())
        if len(entries) == self._known:
            return
        numbers = []
        for position in range(self._known, len(entries)):
            entry = entries[position]
            self._memo[2 * position] = (2 * position, entry.code)
            self._memo[2 * position + 1] = (2 * position + 1, entry)
            numbers.append(self._recorder.number_of(entry.code))
        self._recorder.log({"t": "stream_codes", "codes": numbers})
        self._known = len(entries)
