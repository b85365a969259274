"""What audit events tell: files, folders, the environment, other processes, the network.

An audit hook cannot be removed, so it looks at a flag first. It runs inside the audited call: it
opens nothing, and finds the caller's frame without `sys._getframe`, which is audited itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container
from itertools import chain
from types import FrameType
from typing import Any

from .codes import module_of
from .effects import command_of
from .naming import absolute, host_and_port, is_absolute, path_of, without_secrets
from .recorder import Recorder
from .signals import raise_again
from .telling import Fixed, Telling
from .tests import HERE

_CHILDREN = ("subprocess.Popen", "os.posix_spawn", "os.spawn", "os.system", "os.startfile")
_IMPORT_SYSTEM = (
    *("importlib._bootstrap", "_frozen_importlib", "zipimport"),
    "_tracer_probe.stand_ins",  # it reads sources to see who can do without a module
)
_OPENERS = frozenset(("os", "shutil"))  # of names below an open folder
_MOST_MODES = 200
_OPENED, _OF_A_PATH, _OF_A_CLASS = 1, 2, 3  # shapes, as `accelerator/events.h` has them
_OF_PATHS = {  # events whose first argument is the path, and what it means
    "os.mkdir": "file.write",
    "os.rmdir": "file.write",
    "os.remove": "file.write",
    "os.truncate": "file.write",
    "os.chdir": "process",
    "shutil.rmtree": "file.write",
    "tempfile.mkdtemp": "file.write",
    "tempfile.mkstemp": "file.write",
    "sqlite3.connect": "file.write",
}
_FLAG_WORDS = tuple(
    (name, getattr(os, name))
    for name in ("O_CREAT", "O_TRUNC", "O_APPEND", "O_EXCL")
    if hasattr(os, name)
)
_ACCESS = os.O_WRONLY | os.O_RDWR
_WRITING = frozenset("wax+")
_OURS = 3  # frames of ours above the one that raised an event, `_caller` among them

_Fields = dict[str, Any]


def listen(recorder: Recorder) -> None:
    """Hear of what the program does to the world from now on."""
    tell, telling = recorder.effects.on_event, recorder.effects.telling
    described = dict(_EVENTS)
    modes: dict[Any, Fixed] = {}  # how a file is opened, by mode or by flags
    unheard, on_others = recorder.unheard, recorder.on_event

    arrived = recorder.arrived

    # From C comes the frame, too.

    def on_event(event: str, arguments: tuple[Any, ...], frame: FrameType | None = None) -> None:
        if event not in unheard:
            hear(event, arguments, frame)
        if arrived:  # in here, whatever the event
            (_,) = map(raise_again, (arrived.pop(),))

    def hear(event: str, arguments: tuple[Any, ...], frame: FrameType | None) -> None:
        if recorder.is_paused:
            recorder.resume()
        describe = described.get(event)
        if describe is None:
            if event in on_others and (event == HERE or not recorder.is_stopped):
                on_others[event](arguments)
            return
        if event == "sys.settrace":
            # The interpreter takes a trace function off when it raises, and asks here first:
            # refusing keeps the hook, and hands the target the exception it would have had.
            escaped, recorder.escaped = recorder.escaped, None
            if escaped is not None:
                raise escaped
            is_ours = recorder.own_changes or not recorder.has_trace_function
            if not is_ours and not recorder.is_stopped:
                recorder.miss(
                    "native code set a trace function in place of ours;"
                    " what that thread did afterwards is not recorded"
                )
            return
        if recorder.is_stopped:
            return
        if event in on_others:
            on_others[event](arguments)
        if not recorder.follows_children:
            if event == "os.exec":
                recorder.note(
                    "the program replaced itself by another (os.exec); the rest is not seen"
                )
            elif event in _CHILDREN:
                recorder.note("child processes were started; they are not recorded")
        try:
            frame = frame or _caller()
            if frame is None or not _is_of_others(frame, event, arguments):
                fields = describe(*arguments)
                if fields is not None:
                    kind, mode = fields.pop("kind"), fields.pop("mode", "")
                    fixed = telling.fixed(kind, event, "audit", mode)
                    tell(frame, event, fixed, tuple(chain.from_iterable(fields.items())))
                    if event == "open" and len(modes) < _MOST_MODES:
                        how = arguments[2] if arguments[1] is None else arguments[1]
                        if type(how) is str or type(how) is int:
                            modes[how] = fixed
        except Exception:
            recorder.dropped += 1
        if event == "os.exec" and not recorder.follows_children:
            recorder.flush_all()

    if recorder.accelerator is None:
        sys.addaudithook(on_event)
    else:
        recorder.accelerator.listen(
            on_event,
            arrived,
            tuple({*described, *on_others}),
            {} if os.sep != "/" else _in_c(telling, modes, on_others),
            _IMPORT_SYSTEM,
            _OPENERS,
        )


def _in_c(
    telling: Telling, modes: dict[Any, Fixed], others: Container[str]
) -> dict[str, tuple[int, Any, str]]:
    """Events that C describes where their arguments are plain; what it cannot, comes to us.

    Returns:
        By event: the shape of its arguments (`events.h`), what is said of each, its package.
    """
    shapes: dict[str, tuple[int, Any]] = {"open": (_OPENED, modes)}
    for event, kind in _OF_PATHS.items():
        shapes[event] = _OF_A_PATH, telling.fixed(kind, event, "audit")
    shapes["pickle.find_class"] = (
        _OF_A_CLASS,
        telling.fixed("deserialize", "pickle.find_class", "audit"),
    )
    return {
        event: (*shape, event.partition(".")[0])
        for event, shape in shapes.items()
        if event not in others
    }


def _caller() -> FrameType | None:
    """The frame in which the event was raised."""
    try:
        raise LookupError
    except LookupError as error:
        assert error.__traceback__ is not None
        frame: FrameType | None = error.__traceback__.tb_frame
        for _ in range(_OURS):
            if frame is not None:
                frame = frame.f_back
        return frame


def _is_of_others(frame: FrameType, event: str, arguments: tuple[Any, ...]) -> bool:
    """Modules that are imported; names below an open folder, which `os.open` does not tell."""
    module = module_of(frame)
    if module.startswith(_IMPORT_SYSTEM):
        return True
    is_relative = event == "open" and arguments[1] is None and not is_absolute(arguments[0])
    return is_relative and module in _OPENERS


def _path(given: Any) -> str:
    """A path that holds wherever the program goes; empty for a descriptor or an unknown type."""
    path = path_of(given, {}) if type(given) is not int else ""
    return absolute(path) if path and path != ":memory:" else ""


def _opened(given: Any, mode: Any, flags: Any) -> _Fields | None:
    if type(given) is int:
        return None  # a descriptor: whoever opened it was heard
    path = _path(given) or f"<{type(given).__name__}>"
    if type(mode) is str:
        is_written = not _WRITING.isdisjoint(mode)
    else:
        mode, is_written = _flags_in_words(flags)
    return {"kind": "file.write" if is_written else "file.read", "path": path, "mode": mode}


def _flags_in_words(flags: Any) -> tuple[str, bool]:
    """For `os.open`: `write O_CREAT O_EXCL`, and whether it is opened for writing."""
    if type(flags) is not int:
        return "?", False
    access = {os.O_WRONLY: "write", os.O_RDWR: "read and write"}.get(flags & _ACCESS, "read")
    words = [name for name, bit in _FLAG_WORDS if flags & bit]
    return " ".join([access, *words]), access != "read"


def _of_path(kind: str) -> Callable[..., _Fields | None]:
    """Events whose first argument is the path that is touched, and the last perhaps a folder."""

    def describe(given: Any, *others: Any) -> _Fields | None:
        if others and type(others[-1]) is int and others[-1] >= 0 and not is_absolute(given):
            return None  # below an open folder; whoever works so tells of the folder itself
        path = _path(given)
        return {"kind": kind, "path": path} if path else None

    return describe


def _of_two_paths(source: Any, target: Any, *_: Any) -> _Fields:
    return {"kind": "file.write", "path": _path(target), "from": _path(source)}


def _of_archive(kind: str, is_made: bool) -> Callable[..., _Fields]:
    def describe(archive: Any, second: Any, folder: Any = None, *_: Any) -> _Fields:
        other = folder if is_made else second
        fields = {"kind": kind, "path": _path(archive)}
        if other is not None:
            fields["from"] = _path(other)
        return fields

    return describe


def _of_environment(key: Any, *_: Any) -> _Fields:
    return {"kind": "env", "subject": "os.environ", "keys": (path_of(key, {}),)}  # never the value


def _of_popen(executable: Any, arguments: Any, *_: Any) -> _Fields:
    command = command_of(arguments)
    if executable is not None and (type(arguments) is str or not command):
        command = path_of(executable, {})
    return {"kind": "process", "subject": command}


def _of_command(command: Any, *_: Any) -> _Fields:
    return {"kind": "process", "subject": command_of(command)}


def _of_spawn(_mode: Any, path: Any, arguments: Any, *_: Any) -> _Fields:
    return {"kind": "process", "subject": command_of(arguments)}


def _of_posix_spawn(path: Any, arguments: Any, *_: Any) -> _Fields:
    return {"kind": "process", "subject": command_of(arguments)}


def _of_exec(path: Any, arguments: Any, *_: Any) -> _Fields:
    return {"kind": "process", "subject": command_of(arguments)}


def _of_address(_socket: Any, address: Any) -> _Fields:
    return {"kind": "network", "subject": host_and_port(address)}


def _of_host(host: Any, port: Any = None, *_: Any) -> _Fields:
    port = path_of(port, {}) if type(port) is not int else int.__repr__(port)
    name = without_secrets(path_of(host, {}))
    return {"kind": "network", "subject": name + (f":{port}" if port else "")}


def _of_url(url: Any, *_: Any) -> _Fields:
    return {"kind": "network", "subject": without_secrets(path_of(url, {}))}


def _of_class(module: Any, name: Any) -> _Fields:
    return {"kind": "deserialize", "subject": f"{path_of(module, {})}.{path_of(name, {})}"}


_EVENTS: dict[str, Callable[..., _Fields | None]] = {
    "open": _opened,
    **{event: _of_path(kind) for event, kind in _OF_PATHS.items()},
    "os.rename": _of_two_paths,
    "os.link": _of_two_paths,
    "os.symlink": _of_two_paths,
    "shutil.copyfile": _of_two_paths,
    "shutil.copytree": _of_two_paths,
    "shutil.move": _of_two_paths,
    "shutil.make_archive": _of_archive("archive.write", True),
    "shutil.unpack_archive": _of_archive("archive.read", False),
    "os.putenv": _of_environment,
    "os.unsetenv": _of_environment,
    "subprocess.Popen": _of_popen,
    "os.system": _of_command,
    "os.spawn": _of_spawn,
    "os.posix_spawn": _of_posix_spawn,
    "os.startfile": _of_command,
    "os.exec": _of_exec,
    "sys.settrace": _of_exec,  # no effect, but ours to hear
    "socket.connect": _of_address,
    "socket.bind": _of_address,
    "socket.sendto": _of_address,
    "socket.getaddrinfo": _of_host,
    "socket.gethostbyname": _of_host,
    "urllib.Request": _of_url,
    "pickle.find_class": _of_class,
}
