"""Two tracers on one hook: ours, and one that the target sets for itself.

The interpreter has one trace function for each thread. While we record, `sys.settrace` and
`sys.gettrace` are functions of ours that keep the target's own beside ours, so that debuggers and
coverage tools in the target work, and a target that asks whether it is traced hears the truth about
itself.
"""

from __future__ import annotations

import sys
import time
from _thread import get_ident
from types import FrameType
from typing import Any

from .codes import identity
from .recorder import Recorder

_real_settrace, _real_gettrace = sys.settrace, sys.gettrace
_sleep = time.sleep
_MOST_TRIES = 1000


class SharedTracing:
    """The trace functions of the target by thread, and ours."""

    def __init__(self, recorder: Recorder, ours: Any) -> None:
        self._recorder = recorder
        self._ours = ours
        self._theirs: dict[int, Any] = {}
        self._both_of: dict[int, Any] = {}  # what stands in the interpreter for both, by thread

        def settrace(function: Any, /) -> None:
            self._set(function)

        def gettrace() -> Any:
            if recorder.is_stopped:
                return _real_gettrace()
            return self._theirs.get(get_ident())

        self._settrace, self._gettrace = settrace, gettrace

    def install(self) -> None:
        """Stand before the interpreter's own functions."""
        sys.settrace, sys.gettrace = self._settrace, self._gettrace

    def begin(self) -> None:
        """Trace the current thread; a tracer that is there already, as in a child, goes on."""
        there = _real_gettrace()
        if there is None:
            self.trace_thread()
        else:
            self._set(there)

    def remove(self) -> None:
        """Give back what was replaced; the target's trace function goes on alone."""
        if sys.settrace is self._settrace:
            sys.settrace = _real_settrace
        if sys.gettrace is self._gettrace:
            sys.gettrace = _real_gettrace
        there, thread = _real_gettrace(), get_ident()
        if there is self._ours:
            self._real(None)
        elif there is not None and there is self._both_of.get(thread):
            self._real(self._theirs.get(thread))

    def trace_thread(self) -> None:
        """Trace the current thread, which has no trace function of its own yet."""
        self._theirs.pop(get_ident(), None)
        self._both_of.pop(get_ident(), None)
        self._real(self._ours)

    def _real(self, function: Any) -> None:
        self._recorder.own_changes += 1
        try:
            for _ in range(_MOST_TRIES):
                try:
                    if function is self._ours and self._recorder.accelerator is not None:
                        self._recorder.accelerator.trace_thread(function)
                    else:
                        _real_settrace(function)
                    return
                except RuntimeError:  # Python 3.10: while another thread is at it
                    _sleep(0.0001)
            self._recorder.note("a thread could not be traced: another was being set up")
        finally:
            self._recorder.own_changes -= 1

    def _set(self, function: Any) -> None:
        if self._recorder.is_stopped:
            self._real(function)
        elif function is self._ours or function is None:  # `threading` sets up a new thread
            self.trace_thread()
        else:
            self._recorder.note("the program set a trace function of its own; both were called")
            self._theirs[get_ident()] = function
            if self._recorder.accelerator is not None:
                _give_back_lines(self._recorder)
            both = self._both_of[get_ident()] = self._both(function)
            self._real(both)

    def _take_back(self) -> None:
        """Stand before what a tracer in C has set by itself, as coverage's does when it is called.

        It works when it is called from Python, too: so it was called just now.
        """
        there = _real_gettrace()
        if there is None:
            self.trace_thread()
        elif there is not self._ours and there is not self._both_of.get(get_ident()):
            self._set(there)

    def _both(self, theirs: Any) -> Any:
        """A trace function for all calls that asks both."""
        ours, recorder = self._ours, self._recorder

        def on_call(frame: FrameType, event: str, argument: Any) -> Any:
            is_current: bool = self._theirs.get(get_ident()) is theirs
            if recorder.is_stopped:
                self._real(theirs if is_current else None)
                return theirs(frame, event, argument) if is_current else None
            our_local = ours(frame, event, argument)
            if not is_current:
                return our_local
            recorder.own_changes += 1  # what it sets is taken back
            try:
                their_local = theirs(frame, event, argument)
                self._take_back()
            except BaseException as error:  # the interpreter would take theirs off, and raise
                self._theirs.pop(get_ident(), None)
                recorder.escaped = error
                raise
            finally:
                recorder.own_changes -= 1
            if their_local is None:
                return our_local
            if our_local is None:
                return their_local
            frame.f_trace_lines = True
            return self._both_local(our_local, their_local)

        return on_call

    def _both_local(self, ours: Any, their_local: Any) -> Any:
        def local(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal their_local
            ours(frame, event, argument)
            if their_local is not None:
                try:
                    their_local = their_local(frame, event, argument)
                except BaseException as error:
                    self._theirs.pop(get_ident(), None)
                    self._recorder.escaped = error
                    raise
            return local

        return local


def _give_back_lines(recorder: Recorder) -> None:
    """Have the frames that run raise all events again, of which C had no need or told itself."""
    inside, code_in = recorder.codes.inside, recorder.accelerator.code_in
    try:
        raise LookupError
    except LookupError as error:
        assert error.__traceback__ is not None
        frame: FrameType | None = error.__traceback__.tb_frame
    while frame is not None:
        frame.f_trace_lines = True
        entry = inside.get(identity(code_in(frame)))
        if entry is not None and frame.f_trace is None:
            frame.f_trace = entry.local
        frame = frame.f_back
