"""Which code is recorded, and what is said of it.

Code objects are keyed by `id` and kept alive: equal functions in two files compare equal, and
hashing one costs more than the rest of the hook together.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

try:
    from opcode import opmap
except ImportError:
    opmap = {}

_RESUME = opmap.get("RESUME", -1)
_GENERATOR_FLAGS = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator
_FUNCTION_FLAG = 0x01  # CO_OPTIMIZED: set for functions, not for class bodies and modules
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_MOST_CODES = 100_000
HAS_QUALNAME = sys.version_info >= (3, 11)


class Entry:
    """A code object that is recorded."""

    __slots__ = (
        "checked",
        "code",
        "is_covered",
        "is_generator",
        "lines",
        "local",
        "module",
        "start",
        "taps",
        "to_cover",
    )

    def __init__(self, code: CodeType, module: str) -> None:
        self.code = code
        self.module = module
        self.is_generator = bool(code.co_flags & _GENERATOR_FLAGS)
        self.start = _first_resume(code) if self.is_generator else -1
        self.lines: set[int] = set()  # those that ran
        self.to_cover = frozenset(_lines_of(code))
        self.checked = 0
        self.is_covered = False
        self.local: Callable[[FrameType, str, Any], Any] | None = None
        self.taps: list[Any] = []


class Codes:
    """All code objects met so far, by `id`."""

    def __init__(self, namespaces: list[str], root: str, outside_prefixes: list[str]) -> None:
        self.inside: dict[int, Entry] = {}
        self.outside: dict[int, CodeType] = {}
        self.described: dict[int, tuple[CodeType, str]] = {}  # outside, and named in the log
        self.holders: dict[int, CodeType] = {}  # a comprehension, or any nested code on 3.10
        self.qualnames: dict[int, str] = {}  # on 3.10, where code objects have none
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
        module = module_of(frame)
        if module == "__main__":
            return True
        if self._names:
            return module in self._names or module.startswith(self._prefixes)
        path = frame.f_code.co_filename
        return path.startswith(self._roots) and not (
            self._not_root and path.startswith(self._not_root)
        )

    def add_inside(self, frame: FrameType) -> Entry:
        """Keep a function that is recorded."""
        code = frame.f_code
        entry = Entry(code, module_of(frame))
        self._index(code, "" if code.co_name == "<module>" else code.co_name)
        self.inside[id(code)] = entry
        return entry

    def describe(self, frame: FrameType) -> None:
        """Keep the name of a function outside that stands in an edge."""
        code = frame.f_code
        self.described[id(code)] = (code, module_of(frame))

    def forget(self) -> None:
        """Empty the tables of the hot path, so that every event takes the slow path and stops."""
        self.outside.clear()

    def _index(self, code: CodeType, qualname: str) -> None:
        """Note who holds whom below a code object."""
        if id(code) in self._indexed:
            return
        self._indexed[id(code)] = code
        if not HAS_QUALNAME:
            qualname = self.qualnames.setdefault(id(code), qualname or code.co_name)
            if code.co_name == "<module>":
                qualname = ""
        inner_prefix = qualname and qualname + (
            ".<locals>." if code.co_flags & _FUNCTION_FLAG else "."
        )
        for constant in code.co_consts:
            if type(constant) is CodeType:
                if not HAS_QUALNAME:
                    self.qualnames.setdefault(id(constant), inner_prefix + constant.co_name)
                if constant.co_name in _COMPREHENSIONS:
                    self.holders[id(constant)] = code
                self._index(constant, inner_prefix + constant.co_name)


def module_of(frame: FrameType) -> str:
    """The name of the module whose globals a frame has."""
    name = dict.get(frame.f_globals, "__name__")
    return name if type(name) is str else "?"


def _first_resume(code: CodeType) -> int:
    """The offset at which the body of a generator starts; what lies beyond is a resumption."""
    if _RESUME < 0:
        return -1
    text = code.co_code
    for offset in range(0, len(text), 2):
        if text[offset] == _RESUME:
            return offset
    return -1


def _lines_of(code: CodeType) -> set[int]:
    """The lines that can run; the `def` itself raises no line event in its own frame."""
    lines = {line for _, _, line in code.co_lines() if line}
    if len(lines) > 1:
        lines.discard(code.co_firstlineno)
    return lines
