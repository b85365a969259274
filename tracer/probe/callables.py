"""Which Python code a call of an object would run, without running or asking anybody."""

from __future__ import annotations

import os
from _functools import partial  # type: ignore[import-not-found]
from types import CodeType
from typing import Any

_function = type(os.getenv)
_method = type(os.environ.get)
_mro = type.__dict__["__mro__"].__get__
_fields = type.__dict__["__dict__"].__get__
_DEEPEST = 4


def code_behind(called: Any, depth: int = 0) -> CodeType | None:
    """The code of a function, of a method's function, of a class's own `__init__`.

    None for what C runs, and for what only its own code could tell.
    """
    kind = type(called)
    if kind is _function:
        code: CodeType = called.__code__
        return code
    if depth > _DEEPEST:
        return None
    if kind is _method:
        return code_behind(called.__func__, depth + 1)
    if kind is partial:
        return code_behind(called.func, depth + 1)
    if type in _mro(kind):  # a class: of `__new__` and `__init__` the first that is not C
        return _own(called, "__new__") or _own(called, "__init__")
    return _own(kind, "__call__")


def _own(cls: type, name: str) -> CodeType | None:
    for base in _mro(cls):
        fields = _fields(base)
        if name in fields:
            found = dict.get(fields, name) if type(fields) is dict else fields[name]
            if type(found) is staticmethod:
                found = found.__func__
            return found.__code__ if type(found) is _function else None
    return None
