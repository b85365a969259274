"""Which code is recorded, and what is said of it.

Code objects are keyed by identity and kept alive: equal functions in two files compare equal, and
hashing one costs more than the rest of the hook together.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from opcode import opmap
from types import CodeType, FrameType
from typing import Any

from .generated import Generated
from .later import Later

_RESUME = opmap.get("RESUME", -1)
_GENERATOR_FLAGS = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator
_FUNCTION_FLAG = 0x01  # CO_OPTIMIZED: set for functions, not for class bodies and modules
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_MOST_CODES = 100_000
_ModuleSpec = type(sys.__spec__)
identity = object.__hash__
"""The address of an object in another form: `id` raises an audit event."""

HAS_QUALNAME = sys.version_info >= (3, 11)


class Entry:
    """A code object that is recorded."""

    __slots__ = (
        "before_start",
        "calls",
        "checked",
        "code",
        "is_counted",
        "is_covered",
        "is_generator",
        "is_hot",
        "is_native",
        "is_odd",
        "lines",
        "local",
        "module",
        "raised",
        "start",
        "taps",
        "to_cover",
    )

    def __init__(self, code: CodeType, module: str) -> None:
        self.code = code
        self.module = module
        self.before_start = _offsets_before_start(code)
        self.is_generator = bool(code.co_flags & _GENERATOR_FLAGS)
        self.start = _first_resume(code) if self.is_generator else -1
        self.lines: set[int] = set()  # those that ran
        self.to_cover = frozenset(_lines_of(code))
        self.checked = 0
        self.calls = 0  # of which the caller was looked at
        self.raised = 0  # exceptions in it that were looked at
        self.is_hot = False  # called so often that its callers are not looked at any more
        self.is_odd = False  # was called from outside the namespace, or through it
        self.is_covered = False
        self.is_counted = False  # its calls are, in C, once they are known
        self.is_native = False  # what is known of it already is counted in C
        self.local: Callable[[FrameType, str, Any], Any] | None = None
        self.taps: Any = None  # of this code, where there are any


class Codes:
    """All code objects met so far, by identity."""

    def __init__(
        self,
        namespaces: list[str],
        root: str,
        outside_prefixes: list[str],
        outside: dict[str, Any] | None = None,
    ) -> None:
        self.generated = Generated(outside or {})
        self.later = Later((outside or {}).get("later", {}))
        self.plain: set[int] = set()  # outside, and neither a wrapper nor given anything for later
        self.wrappers: dict[int, str] = {}  # code that hands on -> the variable with what it calls
        self.inside_names: set[str] = set()  # modules in the namespace
        self.outside_names: set[str] = set()
        self.watched: dict[str, frozenset[int]] = {}  # outside: where functions with effects begin
        self.settled: dict[str, frozenset[int]] = {}  # of these, those whose others say nothing
        self.inside: dict[int, Entry] = {}
        self.outside: dict[int, CodeType] = {}
        self.described: dict[int, tuple[CodeType, str]] = {}  # outside, and named in the log
        self.holding: dict[int, tuple[CodeType, str]] = {}  # holders that were not met themselves
        self.holders: dict[int, CodeType] = {}  # a comprehension, or any nested code on 3.10
        self.ours: set[int] = set()  # what the interpreter calls of us within a target's line
        self.qualnames: dict[int, str] = {}  # on 3.10, where code objects have none
        self.on_met: Callable[[FrameType], None] = lambda frame: None  # code is met
        self.on_added: Callable[[Entry], None] = lambda entry: None  # code is to be recorded
        self._indexed: dict[int, CodeType] = {}
        self._names = tuple(namespaces)
        self._prefixes = tuple(name + "." for name in namespaces)
        roots = {root, os.path.realpath(root)}
        self._roots = tuple(sorted(each.rstrip("/\\") + os.sep for each in roots))
        self._not_root = tuple(
            each
            for each in outside_prefixes
            if any(each.startswith(folder) for folder in self._roots)
        )

    def has_room(self) -> bool:
        """Whether another code object may be kept; programs that make code in a loop exist."""
        return len(self.inside) < _MOST_CODES

    def is_in_scope(self, frame: FrameType) -> bool:
        """Whether a function is recorded: by its module's name, or by its file below the root."""
        self.on_met(frame)
        if self._is_of_program(frame, module_of(frame)):
            return not self.generated.is_hidden(frame)
        if self._names or not self.generated.is_known(frame.f_code):
            return False
        path = dict.get(frame.f_globals, "__file__")  # of the module that the code was made for
        if type(path) is not str or not self._is_below_root(path):
            return False
        return not self.generated.is_hidden(frame) and (self.generated.source_of(frame) is not None)

    def _is_of_program(self, frame: FrameType, module: str) -> bool:
        if module in ("__main__", "__mp_main__"):  # the second in a child of multiprocessing
            return not (self._names and self._is_launcher(frame))
        if not module:  # made by `exec` in a namespace of its own: it belongs to who runs it
            caller = frame.f_back
            return caller is not None and identity(caller.f_code) in self.inside
        if self._names:
            return module in self._names or module.startswith(self._prefixes)
        return self._is_below_root(frame.f_code.co_filename)

    def _is_launcher(self, frame: FrameType) -> bool:
        """Whether `-m` ran a module that is none of the program, as in `-m pytest`."""
        spec = dict.get(frame.f_globals, "__spec__")
        if type(spec) is not _ModuleSpec or self._is_below_root(frame.f_code.co_filename):
            return False
        name = dict.get(vars(spec), "name")
        return type(name) is str and name not in self._names and not name.startswith(self._prefixes)

    def _is_below_root(self, path: str) -> bool:
        return path.startswith(self._roots) and not (
            self._not_root and path.startswith(self._not_root)
        )

    def decide_module(self, frame: FrameType, is_inside: bool) -> None:
        """Decide on all functions of a module at once; one that lies elsewhere decides on none."""
        name = module_of(frame)
        path = dict.get(frame.f_globals, "__file__")
        if not name or (type(path) is str and path != frame.f_code.co_filename):
            return
        if is_inside:
            self.inside_names.add(name)
        elif name in self.inside_names:  # code that a library put into a module of the program
            return
        elif name != "threading" or frame.f_code.co_name == "start":  # its start must be seen
            self.outside_names.add(name)

    def new_entry(self, frame: FrameType) -> Entry:
        """What is kept of a function that is recorded."""
        code = frame.f_code
        self._index(code, "" if code.co_name == "<module>" else code.co_name)
        return Entry(code, module_of(frame))

    def add(self, code_id: int, entry: Entry) -> Entry:
        """Record a function from now on; answers the one entry that it has.

        Two threads may meet a function at the same moment, and each make an entry of it.
        """
        kept = self.inside.setdefault(code_id, entry)
        if kept is entry:
            self.on_added(entry)
        return kept

    def named(self, frame: FrameType) -> int:
        """What stands in an edge for a function outside: its code, or that behind a wrapper."""
        code_id = identity(frame.f_code)
        if code_id in self.plain:
            return code_id
        if code_id not in self.described:
            self._describe(frame, code_id)
        is_taker = code_id in self.later.takers
        if is_taker:
            self.later.take(frame, self.inside)
        variable = self.wrappers.get(code_id)
        if variable is None:
            if not is_taker:
                self.plain.add(code_id)
            return code_id
        found = self.generated.behind(frame, variable)
        if found is None:
            return code_id
        self.described.setdefault(identity(found[0]), found)
        return identity(found[0])

    def _describe(self, frame: FrameType, code_id: int) -> None:
        code, module = frame.f_code, module_of(frame)
        self.described[code_id] = (code, module)
        qualname = getattr(code, "co_qualname", code.co_name)
        self.later.meet(code_id, module, qualname)
        variable = self.generated.wrapped_as(module, qualname)
        if variable:
            self.wrappers[code_id] = variable

    def named_function(self, function: Any) -> int:
        """The same of a function that is about to be called."""
        found = self.generated.behind_function(function)
        code, module = found or (function.__code__, "")
        self.described.setdefault(identity(code), (code, module))
        return identity(code)

    def forget(self) -> None:
        """Empty the tables of the hot path, so that every event takes the slow path and stops."""
        self.outside_names.clear()
        self.watched.clear()
        self.settled.clear()
        self.outside.clear()

    def _index(self, code: CodeType, qualname: str) -> None:
        """Note who holds whom below a code object."""
        if identity(code) in self._indexed:
            return
        self._indexed[identity(code)] = code
        if not HAS_QUALNAME:
            qualname = self.qualnames.setdefault(identity(code), qualname or code.co_name)
            if code.co_name == "<module>":
                qualname = ""
        is_function = code.co_flags & _FUNCTION_FLAG and code.co_name not in _COMPREHENSIONS
        inner_prefix = qualname and qualname + (".<locals>." if is_function else ".")
        for constant in code.co_consts:
            if type(constant) is CodeType:
                if not HAS_QUALNAME:
                    self.qualnames.setdefault(identity(constant), inner_prefix + constant.co_name)
                if constant.co_name in _COMPREHENSIONS:
                    self.holders[identity(constant)] = code
                self._index(constant, inner_prefix + constant.co_name)


def module_of(frame: FrameType) -> str:
    """The name of the module whose globals a frame has; empty where they have none."""
    name = dict.get(frame.f_globals, "__name__")
    return name if type(name) is str else ""


def _first_resume(code: CodeType) -> int:
    """The offset at which the body of a generator starts; what lies beyond is a resumption."""
    if _RESUME < 0:
        return -1
    text = code.co_code
    for offset in range(0, len(text), 2):
        if text[offset] == _RESUME:
            return offset
    return -1


def _offsets_before_start(code: CodeType) -> frozenset[int]:
    """Where an exception ends a call of which no start or resumption was told.

    From Python 3.13 on a body first looks for signals, and then says that it starts
    (`INSTRUMENTED_RESUME` in CPython's `bytecodes.c`).
    """
    if sys.version_info < (3, 13):
        return frozenset()
    text = code.co_code
    return frozenset(at for at in range(0, len(text), 2) if text[at] == _RESUME)


_HAS_NO_HANDLER = sys.version_info < (3, 12)  # later ones have one for generators on that line


def _lines_of(code: CodeType) -> set[int]:
    """The lines that can run; the `def` itself raises no line event in its own frame."""
    ranges = [line for _, _, line in code.co_lines() if line]
    lines, first = set(ranges), code.co_firstlineno
    if len(lines) > 1 and not (_HAS_NO_HANDLER and _comes_back(first, ranges)):
        lines.discard(first)
    return lines


def _comes_back(first: int, ranges: list[int]) -> bool:
    """Whether a body that began on its first line goes on there, as lambdas of several lines do."""
    others = [place for place, line in enumerate(ranges) if line != first]
    return first in ranges[others[0] :]
