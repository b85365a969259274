"""Ways out of a process that skip its end: `os._exit`, `fork`, and threads started by hand."""

from __future__ import annotations

import _thread
import atexit
import os
import sys
from collections.abc import Callable
from typing import Any

from .children import Children
from .recorder import Recorder

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_real_exit = os._exit
_real_abort = os.abort
_real_start = _thread.start_new_thread


def watch_exits(
    recorder: Recorder, in_new_thread: Callable[[], None], children: Children | None
) -> None:
    """Write the log before the process goes, however it goes; a fork leaves the log alone.

    Args:
        children: Those that are followed; None: a fork goes on unrecorded.
    """

    def close_and_exit(status: int) -> None:
        recorder.close()
        _real_exit(status)

    def close_and_abort() -> None:
        recorder.close()
        _real_abort()

    def start_new_thread(function: Any, args: Any, kwargs: Any = None, /) -> int:
        if recorder.is_stopped or not callable(function):
            return _real_start(function, args, *(() if kwargs is None else (kwargs,)))

        def run_traced(*args: Any, **kwargs: Any) -> None:
            in_new_thread()
            try:
                function(*args, **kwargs)
            except SystemExit:
                pass
            except BaseException as error:  # reported as the interpreter reports it
                error.__traceback__ = without_ours(error.__traceback__, _FOLDER)
                _report_unraisable(error, function)

        return _real_start(run_traced, args, *(() if kwargs is None else (kwargs,)))

    def in_child() -> None:
        if children is not None and not recorder.is_stopped and children.in_fork():
            return
        os._exit, os.abort = _real_exit, _real_abort
        _thread.start_new_thread = _thread.start_new = _real_start
        recorder.abandon()

    def before_fork() -> None:
        if not recorder.is_stopped:
            if children is None:
                recorder.note("the program forked; what its children did is not recorded")
            else:
                children.before_fork()
            recorder.pause()

    def in_parent() -> None:
        recorder.raise_arrived()
        recorder.is_paused = True  # last: the next event starts the thread, and `fork` counts them

    close_and_exit.__name__ = "_exit"
    os._exit = close_and_exit  # type: ignore[assignment]
    os.abort = close_and_abort  # type: ignore[assignment]
    _thread.start_new_thread = start_new_thread
    if hasattr(_thread, "start_new"):
        _thread.start_new = start_new_thread
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=before_fork, after_in_child=in_child, after_in_parent=in_parent)
    atexit.register(recorder.close)  # the first to register is the last to run


def hide_frames() -> None:
    """Let the traceback that the interpreter is about to print be the untraced one."""
    original = sys.__dict__.get("excepthook")
    if original is None:
        return

    def excepthook(kind: Any, value: Any, traceback: Any) -> None:
        sys.excepthook = original
        stripped = without_ours(traceback, _FOLDER)
        try:
            value.__traceback__ = stripped
        except Exception:
            pass
        sys.last_traceback = stripped
        original(kind, value, stripped)

    sys.excepthook = excepthook


def without_ours(traceback: Any, folder: str) -> Any:
    """The same traceback less the frames of the probe."""
    kept = []
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(folder):
            kept.append(traceback)
        traceback = traceback.tb_next
    result = None
    for each in reversed(kept):
        if each.tb_next is not result:
            each.tb_next = result
        result = each
    return result


def _type_of_reports() -> Any:
    """What `sys.unraisablehook` is called with; the type has no public name."""
    found = []

    class Raises:
        def __del__(self) -> None:
            raise LookupError

    original, sys.unraisablehook = sys.unraisablehook, lambda report: found.append(type(report))
    try:
        Raises()
    finally:
        sys.unraisablehook = original
    return found[0] if found else None


_report_type = _type_of_reports()


def _report_unraisable(error: BaseException, function: Any) -> None:
    """Say what the interpreter says when the function of a raw thread raises."""
    if _report_type is None:
        return
    message, subject = "Exception ignored in thread started by", function
    if sys.version_info >= (3, 13):
        message, subject = f"{message} {function!r}", None
    report = (type(error), error, error.__traceback__, message, subject)
    sys.unraisablehook(_report_type(report))
