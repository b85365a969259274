"""Looking things up by dotted name or field, by dictionaries alone: nobody's code runs."""

from __future__ import annotations

import os
import sys
from _functools import partial  # type: ignore[import-not-found]
from types import CodeType
from typing import Any

from .callables import function_behind
from .statics import GETSET, MEMBER, MISSING, instance_fields, mro, own

_DEEPEST = 8  # wrappers around a function
_function = type(os.getenv)
_method = type(os.environ.get)
_module = type(os)
_builtin = type(len)
_module_fields: Any = _module.__dict__["__dict__"].__get__  # type: ignore[index]
_wrapped_by_method = (staticmethod.__dict__["__func__"], classmethod.__dict__["__func__"])


class Found:
    """What a dotted name leads to."""

    __slots__ = ("owner", "receiver", "value")

    def __init__(self, value: Any, owner: Any = None, receiver: Any = None) -> None:
        self.value = value
        self.owner = owner  # the class that it is a method of
        self.receiver = receiver  # the one object that it is a method of


def find(dotted: str) -> Found | None:
    """What a dotted name means now; None where a module of it is not imported, or lacks it."""
    modules = sys.modules
    if type(modules) is not dict:
        return None
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        start = dict.get(modules, ".".join(parts[:length]))
        if start is not None:
            found = _walk(start, parts[length:])
            if found is not None:
                return found
    return None


def _walk(start: Any, names: list[str]) -> Found | None:
    value = start
    owner: Any = None
    receiver: Any = None
    for name in names:
        owner = receiver = None
        kind = type(value)
        if _module in mro(kind):
            value = dict.get(_module_fields(value), name, MISSING)
        elif type in mro(kind):
            owner = value
            value = own(value, name)
        else:
            owner, receiver = kind, value
            value = own(kind, name)
        if value is MISSING:
            return None
    if type(value) is _method:
        bound: Any = value
        receiver = bound.__self__
        owner = receiver if type in mro(type(receiver)) else type(receiver)
        value = bound.__func__
        if owner is receiver:
            receiver = None  # a class method
    return Found(value, owner, receiver)


def code_of(value: Any) -> CodeType | None:
    """The code of the function that decorators, methods and classes are around; None: in C."""
    for _ in range(_DEEPEST):
        kind = type(value)
        if kind is _function:
            inner = _function.__dict__["__dict__"].__get__(value).get("__wrapped__", MISSING)
            if inner is MISSING:
                return _code(function_behind(value))
        elif kind is staticmethod:
            inner = _wrapped_by_method[0].__get__(value)
        elif kind is classmethod:
            inner = _wrapped_by_method[1].__get__(value)
        elif kind is _method:
            inner = value.__func__
        elif kind is partial:
            inner = value.func
        elif type in mro(kind):
            return _code(function_behind(value))
        else:  # wrappers in C keep what they wrap in their `__dict__`
            fields = instance_fields(value)
            inner = MISSING if fields is MISSING else dict.get(fields, "__wrapped__", MISSING)
            if inner is MISSING:
                return None
        value = inner
    return None


def _code(function: Any) -> CodeType | None:
    if function is None:
        return None
    code: CodeType = function.__code__
    return code


def is_static(value: Any) -> bool:
    """Whether calls of this function of a class pass no receiver."""
    return type(value) is staticmethod


def builtin_name(value: Any) -> str:
    """The name of what C runs; empty for what is no function, method or wrapper in C."""
    name = own(type(value), "__name__")
    if type(name) in (GETSET, MEMBER) and type not in mro(type(value)):
        found = name.__get__(value)
        return found if type(found) is str else ""
    return ""
