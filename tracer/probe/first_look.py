"""The trace function itself: one look at what is called, and no more where that lies outside.

It runs at every call of the whole program, and its size decides what libraries cost. Its names are
globals, since cells are copied into each frame. And its frame is small: the interpreter keeps
frames in chunks of 16 KiB, and a hook that no longer fits into the last one has the system map a
new chunk and unmap it again, at every call from that depth.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any

from .recorder import Recorder
from .signals import raise_again

_get, _hash = dict.get, hash
_outside_names: set[str] = set()
_live: dict[int, int] = {}
_arrived: list[int] = []
_on_boundary: Callable[[FrameType, FrameType], None]
_on_inside: Callable[[FrameType], Any]
_recorder: Recorder


def prepare(
    recorder: Recorder,
    live: dict[int, int],
    on_boundary: Callable[[FrameType, FrameType], None],
    on_inside: Callable[[FrameType], Any],
) -> Callable[[FrameType, str, Any], Any]:
    """The trace function of this process; a process has one recorder.

    Args:
        live: Frames of the namespace that are running, by their hash.
        on_boundary: Called for a function outside and the frame inside that calls it.
        on_inside: Called for all that is not known to be outside; returns the local trace function.
    """
    global _recorder, _outside_names, _live, _arrived, _on_boundary, _on_inside
    _recorder, _outside_names, _arrived = recorder, recorder.codes.outside_names, recorder.arrived
    _live, _on_boundary, _on_inside = live, on_boundary, on_inside
    return _on_call


def _on_call(frame: FrameType, event: str, argument: Any) -> Any:
    try:
        # `frame.f_code` and `id()` raise audit events, and so cost ten times what they look like
        # while any audit hook is there: a module's name decides for all its functions.
        if _get(frame.f_globals, "__name__") in _outside_names:
            if _hash(frame.f_back) in _live:
                _on_boundary(frame, frame.f_back)  # type: ignore[arg-type]
            if _arrived:
                (_,) = map(raise_again, (_arrived.pop(),))
            return None
        return _on_inside(frame)
    except Exception:  # Never raise into the target; the footer reports the count.
        _recorder.dropped += 1
        return None
    except BaseException as error:  # a signal handler of the target's raised in here
        _recorder.escaped = error
        raise
