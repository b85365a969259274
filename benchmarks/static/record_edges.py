"""Records which calls of one package are executed while its own tests run.

    python3.12 record_edges.py PACKAGE_DIR OUT.json.gz [--skip REGEX] [--name NAME]
        (-m MODULE | FILE.py) [ARGS...]

for example `record_edges.py src/click click.json.gz -m pytest -q tests`. One file of the standard
library alone, Python 3.12 or later, since it runs under the package's own interpreter; it uses
`sys.monitoring`, so calls into C cost nothing and no trace function is displaced.

What it writes is one JSON object. `codes` are the code objects of the package that ran, with their
lines and their comprehensions; `hit` are the lines that ran. The rest are pairs of indexes into
`codes`, caller and callee:

    direct    the caller was the nearest Python frame when the callee started: calls, operators,
              properties, protocols, and calls that C made on the way (`sorted`, `type.__call__`)
    gen       the caller created a generator or coroutine of the callee
    genstart  the caller resumed such a callee first, and so was its nearest frame
    via       frames outside the package stood between, at most 16
    seen      a call expression in the caller was seen to evaluate to the callee

`stacks` is a bounded sample of distinct call stacks of 3 to 8 frames of the package, callers first,
no other frame between. It is taken by count, not by clock: the same run gives the same sample.
"""

from __future__ import annotations

import argparse
import gzip
import inspect
import json
import os
import re
import runpy
import sys
import time
import types
from collections.abc import Callable
from typing import Any

_COMPREHENSIONS = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")
_RESUMABLE = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_FOREIGN_FRAMES = 16  # looked through for a caller, then given up
_MIN_STACK, _MAX_STACK = 3, 8
_STACKS_PER_FUNCTION = 24  # distinct ones
_TRIES_PER_FUNCTION = 5000  # starts looked at, so that a hot function costs no more
_STACKS = 50_000


class Recorder:
    """Listens to `sys.monitoring` and keeps what concerns one package."""

    def __init__(self, package: str, skip: str) -> None:
        self.package = os.path.realpath(package) + os.sep
        self.dropped = 0  # events that could not be handled
        self._skip = re.compile(skip) if skip else None
        self._files: dict[str, bool] = {}
        self._indexes: dict[int, int | None] = {}  # by id: equal code objects are not the same
        self._kept: list[types.CodeType] = []  # so that no id is used again
        self._codes: list[types.CodeType] = []
        self._pairs: dict[str, set[tuple[int, int]]] = {
            kind: set() for kind in ("direct", "gen", "genstart", "via", "seen")
        }
        self._lines: set[tuple[int, int]] = set()
        self._stacks: set[tuple[int, ...]] = set()
        self._tries: dict[int, int] = {}
        self._taken: dict[int, int] = {}

    def start(self) -> None:
        monitoring = sys.monitoring
        self._tool = monitoring.PROFILER_ID
        monitoring.use_tool_id(self._tool, "record_edges")
        events = monitoring.events
        handlers: dict[int, Callable[..., object]] = {
            events.PY_START: self._on_start,
            events.CALL: self._on_call,
            events.LINE: self._on_line,
        }
        for event, handler in handlers.items():
            monitoring.register_callback(self._tool, event, handler)
        monitoring.set_events(self._tool, events.PY_START | events.CALL | events.LINE)

    def stop(self) -> None:
        sys.monitoring.set_events(self._tool, 0)
        sys.monitoring.free_tool_id(self._tool)

    def result(self) -> dict[str, Any]:
        hit: dict[str, list[int]] = {}
        for index, line in sorted(self._lines):
            hit.setdefault(str(index), []).append(line)
        return {
            "python": sys.version.split()[0],
            "codes": [self._describe(code) for code in self._codes],
            "hit": hit,
            **{kind: sorted(pairs) for kind, pairs in self._pairs.items()},
            "stacks": sorted(self._stacks),
            "dropped": self.dropped,
        }

    def _describe(self, code: types.CodeType) -> dict[str, Any]:
        inner = [
            [constant.co_qualname, constant.co_firstlineno]
            for constant in code.co_consts
            if isinstance(constant, types.CodeType) and constant.co_name in _COMPREHENSIONS
        ]
        return {
            "file": os.path.realpath(code.co_filename)[len(self.package) :],
            "qual": code.co_qualname,
            "line": code.co_firstlineno,
            "gen": bool(code.co_flags & _RESUMABLE),
            "lines": sorted({line for _, _, line in code.co_lines() if line}),
            "comps": inner,
        }

    def _index(self, code: types.CodeType) -> int | None:
        try:
            return self._indexes[id(code)]
        except KeyError:
            pass
        self._kept.append(code)
        index = None
        if self._is_internal(code.co_filename):
            index = len(self._codes)
            self._codes.append(code)
        self._indexes[id(code)] = index
        return index

    def _is_internal(self, filename: str) -> bool:
        known = self._files.get(filename)
        if known is None:
            path = filename if filename.startswith("<") else os.path.realpath(filename)
            known = path.startswith(self.package) and not (
                self._skip and self._skip.search(path[len(self.package) :])
            )
            self._files[filename] = known
        return known

    def _on_start(self, code: types.CodeType, _offset: int) -> object:
        callee = self._index(code)
        if callee is None:
            return sys.monitoring.DISABLE
        frame = sys._getframe(1).f_back
        if frame is None:
            return None
        caller = self._index(frame.f_code)
        if caller is not None:
            kind = "genstart" if code.co_flags & _RESUMABLE else "direct"
            self._pairs[kind].add((caller, callee))
            self._take_stack(callee, caller, frame)
            return None
        for _ in range(_FOREIGN_FRAMES):
            frame = frame.f_back
            if frame is None:
                return None
            caller = self._index(frame.f_code)
            if caller is not None:
                self._pairs["via"].add((caller, callee))
                return None
        return None

    def _take_stack(self, callee: int, caller: int, frame: types.FrameType) -> None:
        tries = self._tries.get(callee, 0)
        if tries >= _TRIES_PER_FUNCTION or self._taken.get(callee, 0) >= _STACKS_PER_FUNCTION:
            return
        self._tries[callee] = tries + 1
        # The lengths take turns: deep programs would give none but the longest otherwise.
        wanted = _MIN_STACK + tries % (_MAX_STACK - _MIN_STACK + 1)
        stack = [callee, caller]
        above = frame.f_back
        while above is not None and len(stack) < wanted:
            index = self._index(above.f_code)
            if index is None:
                break
            stack.append(index)
            above = above.f_back
        if len(stack) < _MIN_STACK or len(self._stacks) >= _STACKS:
            return
        found = tuple(reversed(stack))
        if found not in self._stacks:
            self._stacks.add(found)
            self._taken[callee] = self._taken.get(callee, 0) + 1

    def _on_call(
        self, code: types.CodeType, _offset: int, called: object, _first: object
    ) -> object:
        caller = self._index(code)
        if caller is None:
            return sys.monitoring.DISABLE
        try:
            for started in _codes_of(called):
                callee = self._index(started)
                if callee is not None:
                    self._pairs["seen"].add((caller, callee))
                    if started.co_flags & _RESUMABLE:
                        self._pairs["gen"].add((caller, callee))
        except Exception:  # Never raise into the tests; the output gives the count.
            self.dropped += 1
        return None

    def _on_line(self, code: types.CodeType, line: int) -> object:
        index = self._index(code)
        if index is not None:
            self._lines.add((index, line))
        return sys.monitoring.DISABLE


def _codes_of(called: object) -> list[types.CodeType]:
    """The code that a call expression may start, given the object it evaluated to."""
    for _ in range(4):
        if type(called) is types.MethodType:
            called = called.__func__
        elif type(called).__name__ == "partial" and hasattr(called, "func"):
            called = called.func
        else:
            break
    if type(called) is types.FunctionType:
        return [called.__code__]
    if isinstance(called, type):
        made_by = [(called, "__init__"), (called, "__new__"), (type(called), "__call__")]
    else:
        made_by = [(type(called), "__call__")]
    methods = [inspect.getattr_static(owner, name, None) for owner, name in made_by]
    plain = [getattr(method, "__func__", method) for method in methods]
    return [method.__code__ for method in plain if type(method) is types.FunctionType]


def main() -> int:
    """Run the module or file under the recorder; exit as it did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("package", help="the folder whose .py files are recorded")
    parser.add_argument("out", help="JSON; gzipped where the name ends in .gz")
    parser.add_argument("--skip", default="", help="leaves out files by path below the package")
    parser.add_argument("--name", default="")
    parser.add_argument("-m", dest="module", help="a module to run, with the rest as arguments")
    own, rest = _split(sys.argv[1:])
    options = parser.parse_args(own)
    if not options.module and not rest:
        parser.error("give -m MODULE or FILE.py")
    recorder = Recorder(options.package, options.skip)
    began = time.perf_counter()
    status = _run(recorder, options.module, rest)
    data = recorder.result()
    data["name"] = options.name or os.path.basename(os.path.abspath(options.package))
    data["wall"] = time.perf_counter() - began
    opener: Callable[..., Any] = gzip.open if options.out.endswith(".gz") else open
    with opener(options.out, "wt", encoding="utf-8") as stream:
        json.dump(data, stream)
    return status


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Our own arguments, and those of the program: all after `-m MODULE`, or from FILE.py on."""
    positional = 0
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        if argument == "-m":
            return arguments[: at + 2], arguments[at + 2 :]
        if argument in ("--skip", "--name"):
            at += 2
            continue
        if not argument.startswith("-"):
            positional += 1
            if positional == 3:
                return arguments[:at], arguments[at:]
        at += 1
    return arguments, []


def _run(recorder: Recorder, module: str | None, rest: list[str]) -> int:
    if module:
        sys.argv = [module, *rest]
        sys.path.insert(0, os.getcwd())
    else:
        sys.argv = rest
        sys.path.insert(0, os.path.dirname(os.path.abspath(rest[0])))
    recorder.start()
    try:
        if module:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(rest[0], run_name="__main__")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException as error:  # A program that ends in an exception has edges all the same.
        print(f"record_edges: ended with {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    finally:
        recorder.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
