"""What audit events tell: files that are opened, children that are started, our hook taken off.

An audit hook cannot be removed, so it looks at a flag first. It runs inside the audited call: it
opens nothing, and finds the caller's frame without `sys._getframe`, which is audited itself.
"""

from __future__ import annotations

import os
import sys
from types import FrameType
from typing import Any

from .codes import identity, module_of
from .recorder import OPENED, Recorder
from .signals import raise_again

_getcwd, _join, _isabs, _fsdecode = os.getcwd, os.path.join, os.path.isabs, os.fsdecode
_CHILDREN = ("subprocess.Popen", "os.posix_spawn", "os.spawn", "os.system")
_IMPORT_SYSTEM = ("importlib._bootstrap", "_frozen_importlib", "zipimport")
_MOST_FILES = 20_000
_FLAG_WORDS = tuple(
    (name, getattr(os, name))
    for name in ("O_CREAT", "O_TRUNC", "O_APPEND", "O_EXCL")
    if hasattr(os, name)
)


def listen(recorder: Recorder) -> None:
    """Hear of files and children from now on."""
    inside = recorder.codes.inside
    counts = recorder.counts
    unheard, on_others = recorder.unheard, recorder.on_event
    files = 0

    def on_event(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal files
        if event in unheard:
            return
        if recorder.is_paused:
            recorder.resume()
        if event == "object.__getattr__":  # by far the most frequent: our own hooks ask for code
            return
        if event == "open":
            if recorder.is_stopped:
                return
            try:
                frame = _caller()
                key = _opened(frame, inside, arguments)
                if key is not None and (files < _MOST_FILES or key in counts):
                    files += key not in counts
                    counts[key] += 1
            except Exception:
                recorder.dropped += 1
            if recorder.arrived:
                (_,) = map(raise_again, (recorder.arrived.pop(),))
        elif event == "sys.settrace":
            # The interpreter takes a trace function off when it raises, and asks here first:
            # refusing keeps the hook, and hands the target the exception it would have had.
            escaped, recorder.escaped = recorder.escaped, None
            if escaped is not None:
                raise escaped
            if not recorder.own_changes and not recorder.is_stopped:
                recorder.note(
                    "native code set a trace function in place of ours;"
                    " what that thread did afterwards is not recorded"
                )
        elif recorder.is_stopped:
            pass
        elif event in on_others:
            on_others[event](arguments)
        elif recorder.follows_children:
            pass
        elif event in _CHILDREN:
            recorder.note("child processes were started; they are not recorded")
        elif event == "os.exec":
            recorder.note("the program replaced itself by another (os.exec); the rest is not seen")
            recorder.flush_all()

    sys.addaudithook(on_event)


def _caller() -> FrameType | None:
    """The frame in which the event was raised."""
    try:
        raise LookupError
    except LookupError as error:
        assert error.__traceback__ is not None
        hook = error.__traceback__.tb_frame.f_back
        return None if hook is None else hook.f_back


def _opened(
    frame: FrameType | None, inside: dict[int, Any], arguments: tuple[Any, ...]
) -> tuple[Any, ...] | None:
    given, mode, flags = arguments
    if type(given) is int:
        return None  # a descriptor: whoever opened it was heard
    if frame is not None and module_of(frame).startswith(_IMPORT_SYSTEM):
        return None  # the import system reading modules
    if type(given) is bytes:
        given = _fsdecode(given)
    elif type(given) is not str:
        fields = type.__dict__["__dict__"].__get__(type(given))
        if fields.get("__module__", "").partition(".")[0] != "pathlib":
            given = f"<{type(given).__name__}>"
        else:
            given = given.__fspath__()
    path = given if _isabs(given) or given.startswith("<") else _join(_getcwd(), given)
    while frame is not None and identity(frame.f_code) not in inside:
        frame = frame.f_back
    code_id, offset = (0, 0) if frame is None else (identity(frame.f_code), frame.f_lasti)
    return OPENED, path, _mode(mode, flags), code_id, offset


def _mode(mode: Any, flags: Any) -> str:
    """`r`, `wb` and the like; for `os.open` the flags in words."""
    if type(mode) is str:
        return mode
    if type(flags) is not int:
        return "?"
    access = {os.O_WRONLY: "write", os.O_RDWR: "read and write"}.get(
        flags & (os.O_WRONLY | os.O_RDWR), "read"
    )
    words = [name for name, bit in _FLAG_WORDS if flags & bit]
    return " ".join([access, *words])
