"""The calls of functions that are called too often for Python code to run at each of them.

`SimpleQueue.put(item, block, timeout)` does not look at its last two arguments, so the method is
itself a callback of `sys.monitoring`: of a return it is given the code object, and for a start
`partial(put, None)` will do. No Python frame is made, a call costs about 70 ns. What lies in the
queue is a call tree in postfix order: `None` opens a call, `False` a resumption, and a code object
closes and names it. A call of which the caller was looked at is opened by its `Entry` instead, so
that long calls have their name from the start, and ends can be checked against beginnings.

While the call tree is kept, its times are wanted: then callbacks in Python put the time for `None`,
`True` and the time for `False`, the code and the negative time for the code, and a tuple for the
`Entry`. Times are floats, which a pickler writes several times as fast as large integers; and there
are no tuples elsewhere, since the garbage collector has to look at each.

Events do not say in which thread they happen. As long as one thread alone runs the namespace it is
no matter; from the second on callbacks in Python ask, and each thread has a queue of its own. Then
one callback alone decides how a call is opened: were it two, a thread that stands between them
while another makes the function hot would open a call twice, or never.

The queue is encoded at the speed of C, too: a pickler whose memo knows all these objects writes
one byte for None and two to five for any other. Nobody ever loads that: a reader takes it apart.
"""

from __future__ import annotations

import itertools
import sys
from _thread import get_ident
from collections.abc import Callable
from time import perf_counter
from types import CodeType, FrameType
from typing import Any

from . import encoding, stream_callbacks
from .codes import Entry
from .recorder import Recorder

_SLICE = 100_000  # items that are encoded at once, for the sake of memory
_get_frame = sys._getframe
Register = Callable[[str, Callable[..., Any] | None], None]


class Lane:
    """The queue of one thread, and the one before it on its way to the log."""

    __slots__ = ("number", "put", "queue", "retired")

    def __init__(self, number: int) -> None:
        self.number = number
        self.retired: Any = None
        self.turn()

    def turn(self) -> Any:
        """Begin a new queue; answers the one before the last."""
        retired = self.retired
        self.retired = getattr(self, "queue", None)
        self.queue = encoding.new_queue()
        self.put = self.queue.put  # what callbacks ask for: from this moment on it is another
        return retired


class Stream:
    """The queues that events go to.

    Args:
        register: Makes a callback that of an event, by the event's name.
        open_calls: The functions of the namespace that run in a frame and below, innermost first.
        second_thread: Told when a thread shows itself that nobody has announced.
        tree_calls: Of so many calls the times are kept.
    """

    def __init__(
        self,
        recorder: Recorder,
        register: Register,
        open_calls: Callable[[FrameType | None], list[Entry]],
        second_thread: Callable[[], None],
        tree_calls: int,
    ) -> None:
        self.is_timed = tree_calls > 0
        self._tree = stream_callbacks.Tree(itertools.count(1).__next__, tree_calls, self.end_tree)
        self._recorder = recorder
        self._register = register
        self._open_calls = open_calls
        self._second_thread = second_thread
        self._lanes: dict[int, Lane] = {}  # by thread
        self.is_alone = False  # there is but one lane, and so the callbacks need not ask for it
        self._next_lane = itertools.count().__next__  # two threads may join at the same moment
        self._memo: dict[int, tuple[int, Any]] = {}
        self._known = 0
        self._is_broken = False

    def begin(self, frame: FrameType | None, is_alone: bool) -> None:
        """Hear of starts and ends from now on.

        Args:
            frame: The innermost call that has begun in this thread.
            is_alone: No other thread is there.
        """
        self.is_alone = is_alone
        self._recorder.log({"t": "stream_zero", "s": perf_counter()})
        self._join(get_ident(), frame)
        self._point()

    def count_node(self) -> int:
        """The number of another node of the tree, from 1."""
        node: int = self._tree.next_node()
        if node >= self._tree.most:
            self.end_tree()
        return node

    def begin_anew(self, frame: FrameType | None) -> None:
        """This process is a fork with a log of its own: what is in the queues is its parent's.

        Args:
            frame: What runs now, in the only thread that is left.
        """
        self._lanes.clear()
        self._known = 0
        self.begin(frame, self.is_alone)

    def split(self) -> None:
        """There is a second thread from now on."""
        self.is_alone = False
        self._point()

    def opened(self, entry: Entry, frame: FrameType, node: int) -> None:
        """A call that was looked at begins or goes on."""
        thread = get_ident()
        lane = self._lanes.get(thread)
        if lane is None:
            if self.is_alone:
                self._second_thread()
            lane = self._join(thread, frame.f_back)
        lane.put((entry, perf_counter(), node) if self.is_timed else entry)

    def opened_hot(self, is_resumed: bool) -> None:
        """A call at which nobody looks begins or goes on, among several threads."""
        lane = self._lanes.get(get_ident())
        if lane is None:
            starting = _get_frame(3)  # below this one, the callback's helper, the callback
            lane = self._join(get_ident(), starting.f_back)
        if not self.is_timed:
            lane.put(False if is_resumed else None)
            return
        if is_resumed:
            lane.put(True)
        lane.put(perf_counter())
        self.count_node()

    def end_tree(self) -> None:
        """The tree holds as many calls as it may: no times from now on."""
        if self.is_timed:
            self.is_timed = False
            self._recorder.exclusively(self._point)

    def raised(self, code: CodeType, name: str) -> None:
        """A call ends by an exception, of which the interpreter tells no callback in C."""
        lane = self._lanes.get(get_ident())
        if lane is not None:
            lane.put((code, name, perf_counter()) if self.is_timed else code)

    def drain(self) -> None:
        """Write the queues before the last ones, and begin others.

        Two callbacks cannot be changed at one moment, and an event between the two would go to the
        wrong queue. So all are first ones in Python that ask which queue it is; then that answer
        changes; then they are those in C again. One that had asked just before adds its item late,
        to a queue that is written at the next turn only: there is but one thread that adds to it.
        """
        for lane in list(self._lanes.values()):
            if lane.queue.qsize() == 0 and lane.retired is None:
                continue
            is_in_c = self.is_alone and not self.is_timed
            if is_in_c:
                self._listen(stream_callbacks.by_thread(self._lanes, self._join, self._recorder))
            retired = lane.turn()
            if is_in_c:
                self._point()
                if not self.is_alone:  # a second thread came while we were at it
                    self._point()
            self._write(lane, retired)

    def finish(self, frames: dict[int, FrameType]) -> None:
        """Write all that there is, when no event comes any more.

        Args:
            frames: What runs now, by thread.
        """
        for thread, lane in self._lanes.items():
            self._write(lane, lane.retired)
            self._write(lane, lane.queue)
            running = self._open_calls(frames.get(thread))[::-1]
            numbers = [self._recorder.number_of(entry.code) for entry in running]
            self._recorder.log({"t": "stream_end", "lane": lane.number, "open": numbers})
        self._lanes.clear()

    def _join(self, thread: int, frame: FrameType | None) -> Lane:
        """The first call begins of which a thread tells: what runs in it already comes first."""
        lane = Lane(self._next_lane())
        for entry in reversed(self._open_calls(frame)):
            lane.put(entry)
        self._lanes[thread] = lane
        return lane

    def _point(self) -> None:
        """Have the events go to the quickest callbacks that will do."""
        if not self.is_alone:
            tree = self._tree if self.is_timed else None
            self._listen(stream_callbacks.by_thread(self._lanes, self._join, self._recorder, tree))
            return
        (lane,) = self._lanes.values()
        if self.is_timed:
            self._listen(stream_callbacks.timed(lane, self._recorder, self._tree))
        else:
            self._listen(stream_callbacks.in_c(lane.queue))

    def _listen(self, callbacks: dict[str, Callable[..., Any]]) -> None:
        for event, callback in callbacks.items():
            self._register(event, callback)

    def _write(self, lane: Lane, queue: Any) -> None:
        if queue is None or self._is_broken:
            return
        items = encoding.items_of(queue)
        if not items:
            return
        for start in range(0, len(items), _SLICE):
            try:
                self._learn_codes()
                data = encoding.encoded(items[start : start + _SLICE], self._memo)
            except Exception as error:  # an object that nobody put there
                self._is_broken = True
                self._recorder.log({"t": "stream_broken", "why": type(error).__name__})
                return
            record = {"t": "stream", "lane": lane.number}
            if self.is_timed:  # times do not compress, and trying takes longer than all the rest
                record["b"] = encoding.in_letters(data)
            else:
                record["z"] = encoding.in_letters(encoding.compress(data, 1))
            self._recorder.log(record, is_large=True)

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
