"""Which Python function a call of an object would run, without running or asking anybody."""

from __future__ import annotations

import os
from typing import Any

_function = type(os.getenv)
_method = type(os.environ.get)
_mro = type.__dict__["__mro__"].__get__
_fields = type.__dict__["__dict__"].__get__
_name = type.__dict__["__name__"].__get__
_member = type(_function.__dict__["__globals__"])
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
    if _name(kind) == "partial":
        # By name: `_functools`, which the program imports anew, has a class of its own for it.
        kept = _fields(kind).get("func")
        if type(kept) is _member:
            return function_behind(kept.__get__(called), depth + 1)
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
