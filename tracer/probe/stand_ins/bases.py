"""Classes behind invented names: what `class X(lib.Base)` and `except lib.Error` need is real."""

from __future__ import annotations

import abc
from types import new_class
from typing import Any

from .names import attribute_of, call_of, is_enumeration, is_metaclass, last_of
from .uses import Context

TOOLKIT = "tracer_stand_in"
"""The module that recipes import, and in which a pickle finds our own classes."""

_PATH = "__stand_in_path__"
CLASSES = ("stand_in_class", "stand_in_plain_class")
"""Attributes of an invented name by which a pickle finds the class that was made of it."""


class InventedType(abc.ABCMeta):
    """The metaclass of classes that stand in: attributes nobody defined are invented."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_") or _is_annotated(cls, name):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        path = attribute_of(_path_of(cls), name)
        Context.uses.note(path, "attribute")
        return Context.invent(path)


class _Lenient:
    """What an object of a class with an invented base can do: it has any public attribute."""

    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        Context.uses.note(_path_of(type(self)), "make")

    def __init_subclass__(cls, **_keywords: Any) -> None:
        super().__init_subclass__()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        path = attribute_of(call_of(_path_of(type(self))), name)
        Context.uses.note(path, "attribute")
        return Context.invent(path)

    def __call__(self, *_arguments: Any, **_keywords: Any) -> Any:
        path = call_of(call_of(_path_of(type(self))))
        Context.uses.note(path, "call")
        return Context.invent(path)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: Any) -> None:
        return None

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *_error: Any) -> None:
        return None

    @classmethod
    def __class_getitem__(cls, _parameters: Any) -> Any:
        return cls


class Base(_Lenient, metaclass=InventedType):
    """The base of classes of a recipe, and of those that are made for invented names."""


InventedType.__module__ = Base.__module__ = _Lenient.__module__ = TOOLKIT


def make_base(path: str, is_plain: bool) -> tuple[type, ...]:
    """The real bases for an invented one.

    Args:
        path: Its dotted name; it tells metaclasses and enumerations.
        is_plain: Another base or a keyword brings a metaclass of its own, so ours cannot stand.
    """
    name = last_of(path)
    module, _, qualname = path.partition(".")
    if is_metaclass(path):
        return (type,)
    if is_enumeration(path):
        import enum  # the target's: what the probe imports for itself is another copy

        if name.startswith("Str"):
            return (str, enum.Enum)
        for known in ("IntEnum", "IntFlag", "Flag"):
            if name.endswith(known):
                return (getattr(enum, known),)
        return (enum.Enum,)
    body = {"__module__": module, "__qualname__": f"{qualname}.{CLASSES[is_plain]}", _PATH: path}
    base: type = _Lenient if is_plain else Base
    return (new_class(name, (base,), {}, lambda namespace: namespace.update(body)),)


def make_exception(path: str, module: str, qualname: str) -> type:
    """A class that can be raised and caught."""
    kind: type = UserWarning if path.endswith("Warning") else Exception
    body = {"__module__": module, "__qualname__": qualname, "__getattr__": _of_exception}
    return type(last_of(path), (kind,), {**body, _PATH: path})


def needs_plain_base(bases: tuple[Any, ...]) -> bool:
    """Whether another base has a metaclass that ours does not go with."""
    return any(
        isinstance(base, type)
        and not issubclass(InventedType, type(base))
        and not issubclass(type(base), InventedType)
        for base in bases
    )


def _of_exception(self: Any, name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    return Context.invent(attribute_of(_path_of(type(self)), name))


def _path_of(cls: type) -> str:
    """The dotted name of the nearest class that stands in."""
    for each in type.__dict__["__mro__"].__get__(cls):
        path = type.__dict__["__dict__"].__get__(each).get(_PATH)
        if path is not None:
            return str(path)
    return f"{cls.__module__}.{cls.__qualname__}"


def _is_annotated(cls: type, name: str) -> bool:
    """`x: int` in a dataclass: the field has no default, and must not be given one."""
    for each in type.__dict__["__mro__"].__get__(cls):
        try:
            namespace = type.__dict__["__dict__"].__get__(each)
            if name in (namespace.get("__annotations__") or ()):
                return True
            annotate = namespace.get("__annotate_func__") or namespace.get("__annotate__")
            if annotate is not None and name in annotate(2):  # annotationlib.Format, Python 3.14
                return True
        except Exception:
            continue
    return False
