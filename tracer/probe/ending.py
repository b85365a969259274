"""SIGTERM in a followed child: pools end their workers by it, just after the work.

Its default action would take what is not written yet, so a handler stands for it. The interpreter
runs one in the main thread alone, and only between bytecodes: a signal that comes after the last
look at signals and before a call that blocks, or to another thread, would never end the process
(measured: one run of a pool in fifty, on a busy machine). So the interpreter is asked to write each
signal into a pipe as it comes, and our own thread, which looks there ten times a second, sees to
the rest.
"""

from __future__ import annotations

import _thread
import os
import sys
import time
from typing import Any

from .descriptors import identify, moved_up

try:
    import _signal  # type: ignore[import-not-found]
except ImportError:
    _signal = None

_real_signal: Any = getattr(_signal, "signal", None)
_real_getsignal: Any = getattr(_signal, "getsignal", None)
_real_wakeup: Any = getattr(_signal, "set_wakeup_fd", None)
_pthread_kill: Any = getattr(_signal, "pthread_kill", None)  # not on Windows, which has no SIGTERM
_kill, _getpid, _now, _get_ident = os.kill, os.getpid, time.monotonic, _thread.get_ident
_read, _close, _pipe, _dup2, _set_blocking = os.read, os.close, os.pipe, os.dup2, os.set_blocking
_GRACE_S = 1.0  # after that the main thread is at something that never looks at signals


class Ending:
    """Stands for the default action of SIGTERM: the log is closed, then the process ends so."""

    __slots__ = (
        "_arrived",
        "_identity",
        "_main",
        "_number",
        "original",
        "reads",
        "recorder",
        "writes",
    )

    def __init__(self, recorder: Any) -> None:
        self.recorder = recorder
        self.original = _signal.SIG_DFL
        self.reads = self.writes = -1
        self._number = int(_signal.SIGTERM)
        self._main = _get_ident()
        self._identity: tuple[int, int] | None = None
        self._arrived: float | None = None

    def __call__(self, number: int, frame: Any) -> None:
        if self.recorder.is_busy:  # raised again as soon as the log is whole
            self.recorder.arrived.append(number)
            return
        self.recorder.close()
        _real_signal(number, _signal.SIG_DFL)
        _kill(_getpid(), number)

    def begin(self) -> None:
        """Handle the signal from now on.

        Raises:
            ValueError: This is not the main thread.
        """
        _real_signal(self._number, self)
        if _pthread_kill is None:
            return
        try:
            self.reads, self.writes = _new_pipe()
        except OSError:  # no descriptors left: the handler will mostly do
            return
        self._identity = identify(self.writes)
        previous = _real_wakeup(self.writes, warn_on_full_buffer=False)
        if previous != -1:
            _wake_by(previous)  # the target waits there, and so it does look at signals

    def end(self) -> None:
        """Let the default action be itself again: nothing is left to be written."""
        try:
            if _real_getsignal(self._number) is self:
                _real_signal(self._number, _signal.SIG_DFL)
            self.let_go()
        except ValueError:  # not in the main thread
            pass

    def let_go(self) -> None:
        """Have the interpreter forget the pipe.

        Raises:
            ValueError: This is not the main thread.
        """
        if self.writes == -1:
            return
        previous = _real_wakeup(-1)
        if previous != self.writes:
            _wake_by(previous)
        if identify(self.writes) == self._identity:
            _close(self.writes)
            if self.reads != -1:
                _close(self.reads)
        self.reads = self.writes = -1

    def look(self) -> None:
        """Have a signal that came end the process; called by our own thread, every so often."""
        if self.reads == -1:
            return
        try:
            self._look()
        except Exception:  # never a word of ours on the target's stderr
            self.reads = -1

    def _look(self) -> None:
        if identify(self.writes) is None:  # the target closed all there were
            self._open_again()
        try:
            if self._number in _read(self.reads, 4096) and self._arrived is None:
                self._arrived = _now()
        except BlockingIOError:
            pass
        if self._arrived is None or self.recorder.is_busy:
            return
        if _real_getsignal(self._number) is not self:
            self._arrived = None  # a handler of the target's has it
        elif _now() - self._arrived < _GRACE_S or not self._end_from_here():
            _pthread_kill(self._main, self._number)  # what blocks there looks at signals again

    def _end_from_here(self) -> bool:
        """End the process from a thread that may not set handlers; False: that cannot be done."""
        try:
            import ctypes

            set_action = ctypes.PyDLL(None).PyOS_setsig
            set_action.argtypes, set_action.restype = (ctypes.c_int, ctypes.c_void_p), None
        except Exception:
            return False
        self.recorder.close()
        set_action(self._number, None)  # SIG_DFL
        _kill(_getpid(), self._number)
        return True

    def _open_again(self) -> None:
        """The interpreter writes to the number that it was given: that one it must be."""
        self.reads, writes = _new_pipe()
        _dup2(writes, self.writes, False)
        _close(writes)
        self._identity = identify(self.writes)


def close_before_end(recorder: Any) -> None:
    """Close the log of a child that SIGTERM ends.

    A process that has an own handler, or ignores the signal, is left as it is.
    """
    if _signal is None:
        return
    before = recorder.ending
    try:
        handler = _real_getsignal(_signal.SIGTERM)
        if before is not None:  # of the process of which this is a fork: they share the pipe
            before.let_go()
            recorder.ending = None
        if handler == _signal.SIG_DFL or handler is before:
            recorder.ending = Ending(recorder)
            recorder.ending.begin()
            _gate_wakeups(recorder)
    except ValueError:  # not in the main thread
        pass


def _gate_wakeups(recorder: Any) -> None:
    """Have the target find no descriptor of ours, and ours be back when it takes its own off."""

    def set_wakeup_fd(*given: Any, **options: Any) -> int:
        previous: int = _real_wakeup(*given, **options)
        ours = -1 if recorder.ending is None else recorder.ending.writes
        if given[0] == -1 and ours != -1:
            _wake_by(ours, warn_on_full_buffer=False)
        return -1 if previous == ours else previous

    _signal.set_wakeup_fd = set_wakeup_fd
    loaded = sys.modules.get("signal")
    if loaded is not None and loaded.__dict__.get("set_wakeup_fd") is _real_wakeup:
        loaded.set_wakeup_fd = set_wakeup_fd  # type: ignore[attr-defined]


def _wake_by(descriptor: int, **options: Any) -> None:
    """Have signals written there again, unless it was closed meanwhile."""
    try:
        _real_wakeup(descriptor, **options)
    except OSError:
        pass


def _new_pipe() -> tuple[int, int]:
    """Both ends, neither of which blocks."""
    ends = _pipe()
    for end in ends:
        _set_blocking(end, False)
    return moved_up(ends[0]), moved_up(ends[1])
