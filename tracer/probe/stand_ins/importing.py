"""Who imports a module that is missing, and whether it can do without.

An import that the program is ready to miss stays missing: what it does then is its own control
flow. So the statement is looked up in its source: does it stand in a `try` whose handler takes an
ImportError and goes on?
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import FrameType
from typing import Any

_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST, without importing `ast` in the target
_MACHINERY = ("importlib", "_frozen_importlib", "_tracer_probe")
_IMPORT_ERRORS = ("ImportError", "ModuleNotFoundError")
_WIDE_ERRORS = ("Exception", "BaseException")
_EXITS = ("exit", "_exit", "quit", "fail", "skip")
_open, _read, _close, _fstat = os.open, os.read, os.close, os.fstat


def importers(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames from the one that imports on, without those of the import system."""
    while frame is not None:
        if not _module(frame).startswith(_MACHINERY):
            yield frame
        frame = frame.f_back


def is_only_asked(frame: FrameType | None) -> bool:
    """Whether `importlib.util.find_spec` asks: nothing is imported then."""
    while frame is not None and _module(frame).startswith(_MACHINERY):
        if frame.f_code.co_name == "find_spec" and _module(frame) == "importlib.util":
            return True
        frame = frame.f_back
    return False


def is_dispensable(frames: list[FrameType], is_own: Any) -> bool:
    """Whether somebody on the way is ready to go on without the module.

    Args:
        frames: From the one that imports on; see `importers`.
        is_own: Whether a frame is of the target's own code. Handlers of libraries further up
            (test runners, plugin loaders) tell nothing about this module.
    """
    for position, frame in enumerate(frames):
        if (not position or is_own(frame)) and _is_guarded(frame, position == 0):
            return True
    return False


_trees: dict[str, Any] = {}


def _is_guarded(frame: FrameType, imports_itself: bool) -> bool:
    path = frame.f_code.co_filename
    tree: Any = _trees.get(path)
    if tree is None:
        try:
            tree = compile(_source(path), path, "exec", _ONLY_AST, dont_inherit=True)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            tree = False
        _trees[path] = tree
    return tree is not False and _catches(tree.body, frame.f_lineno, imports_itself)


def _source(path: str) -> bytes:
    descriptor = _open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        return _read(descriptor, _fstat(descriptor).st_size)
    finally:
        _close(descriptor)


def _catches(body: list[Any], line: int, imports_itself: bool) -> bool:
    """Whether a `try` around this line, in the same function, takes an ImportError and goes on."""
    found = False
    for node in body:
        if not node.lineno <= line <= node.end_lineno:
            continue
        kind = type(node).__name__
        if kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
            # What stands around a definition is left when the function runs; not so for a class.
            return _catches(node.body, line, imports_itself) or (kind == "ClassDef" and found)
        if kind in ("Try", "TryStar") and _is_in(node.body, line):
            found = found or any(_goes_on(node, each, imports_itself) for each in node.handlers)
        if kind in ("With", "AsyncWith") and _is_in(node.body, line):
            found = found or any(_suppresses(item.context_expr) for item in node.items)
        for name in ("body", "orelse", "finalbody"):
            part = getattr(node, name, [])
            if _is_in(part, line):
                inner, is_definition = _in_part(part, line, imports_itself)
                return inner or (found and not is_definition)
        for handler in getattr(node, "handlers", ()):
            if _is_in(handler.body, line):
                return _catches(handler.body, line, imports_itself)
        for case in getattr(node, "cases", ()):
            if _is_in(case.body, line):
                return _catches(case.body, line, imports_itself)
        return found
    return found


def _in_part(part: list[Any], line: int, imports_itself: bool) -> tuple[bool, bool]:
    """What the statements of a block say, and whether a function in it holds the line."""
    return _catches(part, line, imports_itself), _is_in_function(part, line)


def _is_in_function(body: list[Any], line: int) -> bool:
    for node in body:
        if node.lineno <= line <= node.end_lineno:
            if type(node).__name__ in ("FunctionDef", "AsyncFunctionDef"):
                return True
            parts = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
            parts += [handler.body for handler in getattr(node, "handlers", ())]
            return any(type(part) is list and _is_in_function(part, line) for part in parts)
    return False


def _is_in(body: list[Any], line: int) -> bool:
    return bool(body) and body[0].lineno <= line <= body[-1].end_lineno


def _goes_on(node: Any, handler: Any, imports_itself: bool) -> bool:
    names = _exception_names(handler.type)
    if not any(name in _IMPORT_ERRORS for name in names):
        if not imports_itself or (names and not any(name in _WIDE_ERRORS for name in names)):
            return False
        kinds = [type(each).__name__ for each in node.body]
        if not all(kind in ("Import", "ImportFrom", "Assign", "Pass") for kind in kinds):
            return False  # it guards the work, not the import
    return not _gives_up(handler.body[-1])


def _gives_up(statement: Any) -> bool:
    """`raise`, `sys.exit()`: the handler is there to explain, not to go on."""
    if type(statement).__name__ == "Raise":
        return True
    call: Any = getattr(statement, "value", None)
    if type(call).__name__ != "Call":
        return False
    return _name(call.func) in _EXITS


def _suppresses(expression: Any) -> bool:
    if type(expression).__name__ != "Call" or _name(expression.func) != "suppress":
        return False
    return any(_name(each) in (*_IMPORT_ERRORS, *_WIDE_ERRORS) for each in expression.args)


def _exception_names(expression: Any) -> list[str]:
    """The classes of an `except`; none: it takes all."""
    if expression is None:
        return []
    parts = expression.elts if type(expression).__name__ == "Tuple" else [expression]
    return [_name(part) for part in parts]


def _name(expression: Any) -> str:
    return str(getattr(expression, "attr", None) or getattr(expression, "id", "?"))


def _module(frame: FrameType) -> str:
    name = dict.get(frame.f_globals, "__name__")
    return name if type(name) is str else ""
