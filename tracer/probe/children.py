"""Following the processes that a recorded program starts; only where the plan asks for it.

Each process has a name: `1` is the first that the first one started, `1.2` the second that `1`
did. Names count the starts of one process, so that the same program gives the same names whichever
child is quicker. A started Python learns its name from two variables in the environment of that
start alone (`following/sitecustomize.py`); a fork goes on with the same hooks and a new log.
"""

from __future__ import annotations

import _thread
import os
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from .ending import close_before_end
from .job import to_json
from .log import Log
from .recorder import Recorder

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "following")
_VARIABLE = "TRACER_FOLLOWS"
_MOST_CHILDREN = 1_000
_SAME_NAME = 100  # Pythons that one start of a shell may lead to
_putenv, _unsetenv, _now = os.putenv, os.unsetenv, time.monotonic
_basename, _fsdecode, _fsencode = os.path.basename, os.fsdecode, os.fsencode


def open_log(first: str, name: str, trouble: str) -> tuple[Log, str]:
    """The log of a process, beside that of the first one, and its name.

    A shell that is started as `3` may start several Pythons: they are `3`, `3-2`, `3-3` …
    """
    for number in range(1, _SAME_NAME):
        own = name if number == 1 else f"{name}-{number}"
        try:
            return Log(f"{first.removesuffix('.jsonl')}.{own}.jsonl", trouble), own
        except FileExistsError:
            continue
    raise FileExistsError(name)


class Children:
    """This process as a parent."""

    def __init__(
        self, recorder: Recorder, job_path: str, logs: tuple[str, str], name: str, describe: Any
    ) -> None:
        self._recorder = recorder
        self._job_path = job_path
        self._first_log, self._trouble = logs
        self._name = name
        self._describe: Callable[[str], dict[str, Any]] = describe
        self._started = 0
        self._is_starting = False
        self._lock: Any = _thread.RLock()
        self._environ: Any = os.environ

    def follow(self) -> None:
        """Stand before all ways of the standard library to start a process."""
        import _posixsubprocess

        self._wrap_fork_exec(_posixsubprocess)
        sys.modules["_posixsubprocess"] = _posixsubprocess  # else it would be made anew
        for name in ("posix_spawn", "posix_spawnp"):
            if hasattr(os, name):
                self._wrap_spawn(name)
        self._wrap_exec("execv", has_environment=False)
        self._wrap_exec("execve", has_environment=True)
        self._wrap_system()

    def before_fork(self) -> None:
        """A fork of this very program is about to be made."""
        if not self._is_starting:
            self._next("fork", "")

    def in_fork(self) -> bool:
        """Go on in the child with a log of its own; False: this child is not recorded."""
        self._lock = _thread.RLock()
        if self._is_starting or self._started > _MOST_CHILDREN:
            return False
        self._recorder.is_busy = True  # a signal waits: what would be closed is the parent's
        try:
            log, self._name = open_log(self._first_log, self._name_of(self._started), self._trouble)
        except OSError:
            return False
        try:
            self._started = 0
            close_before_end(self._recorder)
            self._recorder.begin_anew(log, self._describe(self._name))
        except Exception:  # Never raise into the target.
            return False
        return True

    def _name_of(self, number: int) -> str:
        return f"{self._name}.{number}" if self._name else str(number)

    def _next(self, how: str, program: Any) -> str:
        """The name of the process that is about to be started; empty where there were too many."""
        recorder = self._recorder
        self._started += 1
        if self._started > _MOST_CHILDREN:
            recorder.note(f"of the processes that one started, {_MOST_CHILDREN} are recorded")
            return ""
        name = self._name_of(self._started)
        shown = program if type(program) in (str, bytes) else b""
        fields = {"process": name, "how": how, "program": _basename(_fsdecode(shown))}
        recorder.happened("started", _this_frame(), fields)
        return name

    def _variables(self, name: str, path: bytes | None) -> dict[bytes, bytes]:
        """What a started Python finds in its environment.

        Args:
            name: Of the process.
            path: The `PYTHONPATH` that it would have.
        """
        given = [self._job_path, name, self._recorder.deadline]
        ours = _fsencode(_FOLDER)
        if path is not None:  # an empty one is not a folder, but one after a separator is
            ours += os.pathsep.encode() + path if path else b"/."
        return {
            b"PYTHONPATH": ours,
            _VARIABLE.encode(): to_json(given).encode(),
        }

    def _added(self, name: str, given: Any) -> Any:
        """The same environment and ours; what is no plain mapping is left alone."""
        if not name:
            return given
        if type(given) is type(self._environ):
            return self._with(name, dict(given._data))
        return self._with(name, dict(given)) if type(given) is dict else given

    def _with(self, name: str, environment: dict[Any, Any]) -> dict[Any, Any]:
        path = environment.pop("PYTHONPATH", None)
        path = environment.pop(b"PYTHONPATH", path)
        if type(path) not in (str, bytes):
            path = None
        environment.update(self._variables(name, None if path is None else _fsencode(path)))
        return environment

    def _set(self, name: str) -> Callable[[], None]:
        """Give our variables to what inherits the environment; returns what takes them back."""
        if not name:
            return _nothing
        before: Any = self._environ._data
        before = before if type(before) is dict else {}
        variables = self._variables(name, before.get(b"PYTHONPATH"))
        for key, value in variables.items():
            _putenv(key, value)

        def restore() -> None:
            for key in variables:
                if key in before:
                    _putenv(key, before[key])
                else:
                    _unsetenv(key)

        return restore

    def _wrap_fork_exec(self, module: Any) -> None:
        real = module.fork_exec

        def fork_exec(*given: Any) -> Any:
            if self._recorder.is_stopped or len(given) < 6:
                return real(*given)
            with self._lock:
                words, environment = given[0], given[5]
                name = self._next("spawn", words[0] if type(words) in (list, tuple) else "")
                self._is_starting = True
                restore = _nothing
                try:
                    if environment is None:
                        restore = self._set(name)
                    elif name and type(environment) is list:
                        given = (*given[:5], self._listed(name, environment), *given[6:])
                    return real(*given)
                finally:
                    restore()
                    self._is_starting = False

        module.fork_exec = fork_exec
        loaded = sys.modules.get("subprocess")  # a `.pth` file may have imported it
        if loaded is not None and loaded.__dict__.get("_fork_exec") is real:
            loaded._fork_exec = fork_exec  # type: ignore[attr-defined, unused-ignore]

    def _listed(self, name: str, environment: list[bytes]) -> list[bytes]:
        path = None
        kept = []
        for entry in environment:
            if entry.startswith(b"PYTHONPATH="):
                path = entry.partition(b"=")[2]
            else:
                kept.append(entry)
        return kept + [key + b"=" + value for key, value in self._variables(name, path).items()]

    def _wrap_spawn(self, function: str) -> None:
        real = getattr(os, function)

        def spawn(path: Any, argv: Any, env: Any, /, **options: Any) -> Any:
            if self._recorder.is_stopped:
                return real(path, argv, env, **options)
            with self._lock:
                name = self._next("spawn", path)
                restore = self._set(name) if env is None else _nothing
                try:
                    return real(path, argv, self._added(name, env), **options)
                finally:
                    restore()

        spawn.__name__ = spawn.__qualname__ = function
        setattr(os, function, spawn)

    def _wrap_system(self) -> None:
        real = os.system

        def system(command: Any) -> int:
            if self._recorder.is_stopped:
                return real(command)
            restore = self._set(self._next("system", "sh"))
            try:
                return real(command)
            finally:
                restore()

        os.system = system

    def _wrap_exec(self, function: str, has_environment: bool) -> None:
        real = getattr(os, function)

        def replaced(path: Any, argv: Any, *env: Any) -> None:
            recorder = self._recorder
            if recorder.is_stopped or len(env) != has_environment:
                return real(path, argv, *env)  # type: ignore[no-any-return]
            name = self._next("exec", path)
            restore = _nothing
            try:
                if has_environment:
                    env = (self._added(name, env[0]),)
                else:
                    restore = self._set(name)
                recorder.before_exec()
                return real(path, argv, *env)  # type: ignore[no-any-return]
            finally:  # it was not replaced
                restore()
                self._started -= bool(name)
                recorder.after_failed_exec()

        replaced.__name__ = replaced.__qualname__ = function
        setattr(os, function, replaced)


def _nothing() -> None:
    pass


def _this_frame() -> FrameType | None:
    """A frame from which the caller is found without `sys._getframe`, which is audited."""
    try:
        raise LookupError
    except LookupError as error:
        return None if error.__traceback__ is None else error.__traceback__.tb_frame
