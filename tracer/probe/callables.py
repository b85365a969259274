"""Which Python function a call of an object would run, without running or asking anybody."""

from __future__ import annotations

import os
from _functools import partial  # type: ignore[import-not-found]
from typing import Any

_function = type(os.getenv)
_method = type(os.environ.get)
_mro = type.__dict__["__mro__"].__get__
_fields = type.__dict__["__dict__"].__get__
_DEEPEST = 4


def function_behind(called: Any, depth: int = 0) -> Any:
    """A function itself, the function of a method, a class's own `__init__` or `__new__`.

    None for what C runs, and for what only its own code could tell.
    """
    kind = type(called)
    if kind is _function:
        return called
    if depth > _DEEPEST:
        return None
    if kind is _method:
        return function_behind(called.__func__, depth + 1)
    if kind is partial:
        return function_behind(called.func, depth + 1)
    if type in _mro(kind):  # a class: of `__new__` and `__init__` the first that is not C
        return _own(called, "__new__") or _own(called, "__init__")
    return _own(kind, "__call__")


def _own(cls: type, name: str) -> Any:
    for base in _mro(cls):
        fields = _fields(base)
        if name in fields:
            found = dict.get(fields, name) if type(fields) is dict else fields[name]
            if type(found) is staticmethod:
                found = found.__func__
            return found if type(found) is _function else None
    return None
