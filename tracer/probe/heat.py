"""Which functions are called so often that their calls go to the stream.

The first calls of every function are looked at, frame by frame: that gives the lines that call. A
function that was called often enough from the namespace itself is *hot* from then on: its calls are
counted exactly, and nobody looks where they come from. How often is a number, never a time, so that
the same run is recorded the same way.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from types import FrameType
from typing import Any

from .codes import Entry, identity
from .encoding import is_possible
from .recorder import Recorder
from .stream import Stream

_SWITCHERS = ("greenlet", "_greenlet", "fibers", "tealet")  # calls need not end in order there
_frames_of_threads = sys._current_frames


class Heat:
    """Makes functions hot."""

    def __init__(
        self,
        recorder: Recorder,
        monitoring: Any,
        tool_id: int | None,
        looked_at: int,
        tree_calls: int,
    ) -> None:
        self.keeps_tree = tree_calls > 0
        self._tree_calls = tree_calls
        self.looked_at = looked_at  # calls of a function of which the caller is looked at
        self.stream: Stream | None = None
        self.is_allowed = tool_id is not None and is_possible()
        self._recorder = recorder
        self._monitoring = monitoring
        self._tool_id = tool_id
        self._is_alone = True

    def begin(self) -> None:
        """Take the tool id; nothing is heard yet."""
        if self.is_allowed:
            self._monitoring.use_tool_id(self._tool_id, "tracer")

    def make_hot(self, entry: Entry, frame: FrameType) -> bool:
        """Have the calls of a function go to the stream; answers whether they do so without us.

        Args:
            entry: The function; not tapped, and never called but from the namespace itself.
            frame: The call of it that starts or goes on at this moment.
        """
        if not self.is_allowed or (self.stream is None and not self.open_stream(frame)):
            return False
        entry.is_hot = True
        if self.starts_in_c:
            events = self._monitoring.events
            starts = events.PY_START | (events.PY_RESUME if entry.is_generator else 0)
            self._hear(entry, starts | events.PY_RETURN | events.PY_YIELD)
        return self.starts_in_c

    def follow(self, entry: Entry) -> None:
        """A function was met after the stream began: hear of its ends."""
        if self.stream is not None:
            self._hear_ends(entry)

    @property
    def starts_in_c(self) -> bool:
        """Whether calls of hot functions are opened by callbacks in C."""
        return self.stream is not None and self.stream.is_alone

    def second_thread(self) -> None:
        """A thread is about to be started, or calls us that native code has started."""
        self._is_alone = False
        if self.starts_in_c:
            self._recorder.exclusively(self._split)
            self._monitoring.restart_events()  # the starts of hot functions were switched off

    def forbid(self, why: str) -> None:
        """Make no function hot any more: events would mix that belong to several stacks."""
        if not self.is_allowed:
            return
        self.is_allowed = False
        if self.stream is not None:
            self._recorder.note(f"the call tree and the stream of calls ended because of {why}")
            self._recorder.exclusively(self._close_stream)
            self._monitoring.restart_events()  # the starts of hot functions were switched off

    def imported(self, name: str) -> None:
        """A module is about to be imported."""
        if name.partition(".")[0] in _SWITCHERS:
            self.forbid("stacks that are switched")

    def drain(self) -> None:
        """Write what came; called by the writing thread alone."""
        stream = self.stream
        if stream is not None:
            stream.drain()

    def end(self) -> None:
        """Hear nothing any more, and give the tool id back."""
        if self._tool_id is None:
            return
        self.is_allowed = False
        if self.stream is not None:
            self._recorder.exclusively(self._close_stream)
        if self._monitoring.get_tool(self._tool_id) == "tracer":
            self._monitoring.free_tool_id(self._tool_id)
        self._tool_id = None

    def open_stream(self, frame: FrameType | None) -> bool:
        """Whether events go to a stream from now on.

        Args:
            frame: The innermost call that has begun in this thread.
        """
        if not self.is_allowed:
            return False
        modules = sys.modules
        if any(name in modules for name in _SWITCHERS):
            self.is_allowed = False
            return False
        # Ends first: what another thread opens from now on must be closed, and what it closes that
        # was not opened is not minded.
        for entry in list(self._recorder.codes.inside.values()):
            self._hear_ends(entry)
        stream = Stream(
            self._recorder, self._register, self._open_calls, self.second_thread, self._tree_calls
        )
        # Our own thread counts, but may be about to run for the first time, and have no frame yet.
        others = len(_frames_of_threads()) - 1 - self._recorder.is_writing
        stream.begin(frame, self._is_alone and others <= 0)
        self.stream = stream
        self._recorder.drain_stream = self.drain
        self._recorder.restart_stream = self._restart
        return True

    def _restart(self) -> None:
        """This process is a fork."""
        if self.stream is not None:
            self.stream.begin_anew(_frames_of_threads().get(get_ident()))

    def _close_stream(self) -> None:
        stream, self.stream = self.stream, None
        if stream is None:  # another thread was quicker
            return
        self._recorder.drain_stream = self._recorder.restart_stream = None
        for entry in list(self._recorder.codes.inside.values()):
            self._hear(entry, 0)
            entry.is_hot = False
        for name in ("PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD"):
            self._register(name, None)
        stream.finish(_frames_of_threads())

    def _split(self) -> None:
        if self.stream is not None:
            self.stream.split()
        for entry in list(self._recorder.codes.inside.values()):
            if entry.is_hot:
                self._hear_ends(entry)

    def _hear_ends(self, entry: Entry) -> None:
        self._hear(entry, self._monitoring.events.PY_RETURN | self._monitoring.events.PY_YIELD)

    def _hear(self, entry: Entry, events: int) -> None:
        self._monitoring.set_local_events(self._tool_id, entry.code, events)

    def _open_calls(self, frame: FrameType | None) -> list[Entry]:
        """The functions of the namespace that are running, innermost first."""
        inside, found = self._recorder.codes.inside, []
        while frame is not None:
            entry = inside.get(identity(frame.f_code))
            if entry is not None:
                found.append(entry)
            frame = frame.f_back
        return found

    def _register(self, event: str, callback: Any) -> None:
        self._monitoring.register_callback(
            self._tool_id, getattr(self._monitoring.events, event), callback
        )
