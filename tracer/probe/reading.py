"""Reading an expression in a live frame: its steps, compiled once into a function.

What would run the target's code is not read, unless the tap says that it may call.
"""

from __future__ import annotations

import sys
from _collections import (  # type: ignore[import-not-found]
    OrderedDict,
    defaultdict,
    deque,
)
from collections.abc import Callable
from types import FrameType
from typing import Any

from . import arrays, values
from .statics import (
    GETSET,
    MEMBER,
    MISSING,
    MODULE,
    fields_of,
    identity,
    in_module,
    instance_fields,
    is_subclass,
    mro,
    own,
    stored,
    type_name,
)

Fetch = Callable[[FrameType, Any], Any]
"""Takes the frame and what it returns, `MISSING` at all other moments."""

_C_DICTS = ("collections.OrderedDict", "collections.defaultdict")
_NUMPY_ATTRIBUTES = ("shape", "dtype", "ndim", "size", "itemsize", "nbytes")
_ENUM_FIELDS = {"name": "_name_", "value": "_value_"}
_read_own = object.__getattribute__
_class_getattribute = type.__dict__["__getattribute__"]
_OF_OBJECT = object.__dict__
# Types in C name the generic look-up again; that of modules asks for `__getattr__` at the end.
_GENERIC = {
    identity(kind.__dict__["__getattribute__"])
    for kind in (
        *(object, tuple, list, dict, set, frozenset, str, bytes, bytearray, int, float, complex),
        *(BaseException, MODULE, property, OrderedDict, defaultdict, deque),
    )
    if "__getattribute__" in kind.__dict__
}


def _type_of_locals() -> Any:
    """A proxy from Python 3.13 on (PEP 667), else a dict."""
    return type(sys._getframe().f_locals)


LOCALS = _type_of_locals()


class Unreadable(Exception):
    """Why an expression was not read."""


class NeedsCode(Unreadable):
    """It cannot be read without running the target's code."""


class Said:
    """A text about a value, where the value itself is not kept."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def compile_steps(steps: list[list[Any]], is_secret: bool) -> tuple[Fetch, tuple[Any, ...]]:
    """How the first step is taken, and the functions of the others with an argument each.

    Args:
        steps: As `tracer.dynamic.tap_expressions` makes them; the first is a name.
        is_secret: Whether a name in it says that its value must not be written down.
    """
    first, name = steps[0]
    further: list[tuple[Callable[[Any, Any], Any], Any]] = []
    for step, argument in steps[1:]:
        if step == "attr":
            further.append((_attribute, argument))
        elif step == "item":
            further.append((_item, argument))
        else:
            further.append((_FUNCTIONS[step], is_secret))
    return (_local(name) if first == "name" else _called(name)), tuple(further)


def _local(name: str) -> Fetch:
    is_return = name == "return"

    def fetch_local(frame: FrameType, returned: Any) -> Any:
        if is_return:
            if returned is MISSING:
                raise Unreadable("nothing is returned here")
            return returned
        names = frame.f_locals
        kind = type(names)
        if kind is dict or kind is LOCALS:
            try:
                return names[name]
            except KeyError:
                pass
        elif is_subclass(kind, dict):  # a class body in the namespace of its metaclass
            found = dict.get(names, name, MISSING)
            if found is not MISSING:
                return found
        else:
            raise NeedsCode(f"the names here are in a {type_name(kind)}: reading it runs code")
        found = dict.get(frame.f_globals, name, MISSING)
        if found is MISSING:
            found = _builtin(frame, name)
        if found is MISSING:
            raise Unreadable(f"no name {name} here")
        return found

    return fetch_local


def _builtin(frame: FrameType, name: str) -> Any:
    names = frame.f_builtins
    return dict.get(names, name, MISSING) if is_subclass(type(names), dict) else MISSING


def _called(code: Any) -> Fetch:
    """Python code of the tap's own, run in the frame: only where the tap may call."""

    def fetch_called(frame: FrameType, returned: Any) -> Any:
        names = dict(frame.f_locals)
        if returned is not MISSING:
            names["__returned__"] = returned
        return eval(code, frame.f_globals, names)

    return fetch_called


def _attribute(value: Any, name: str) -> Any:
    kind = type(value)
    if kind is MODULE:
        found = dict.get(value.__dict__, name, MISSING)
        if found is MISSING:
            raise NeedsCode(f"module {_module_name(value)} has no {name} yet")
        return found
    of_class: Any = MISSING
    getattribute: Any = MISSING
    for each in mro(kind):
        if each is object:
            break
        if each is type:
            return _of_class(value, kind, name)
        names = fields_of(each)
        if of_class is MISSING and name in names:
            of_class = names[name]
        if getattribute is MISSING and "__getattribute__" in names:
            getattribute = names["__getattribute__"]
    if name == "shape" and of_class is not MISSING:
        shape = arrays.foreign_shape(value, kind)
        if shape is not MISSING:
            return shape
    if of_class is MISSING and name in _OF_OBJECT:
        of_class = _OF_OBJECT[name]
    if getattribute is not MISSING and identity(getattribute) not in _GENERIC:
        if not arrays.is_array(kind):
            raise NeedsCode(f"{type_name(kind)}.{name}: the class has its own __getattribute__")
    elif of_class is MISSING:  # no class has a say: all that C looks at is the object's own names
        try:
            return _read_own(value, name)
        except AttributeError:
            if own(kind, "__getattr__") is not MISSING:
                raise NeedsCode(
                    f"{type_name(kind)}.{name} needs __getattr__: reading it runs code"
                ) from None
            raise Unreadable(f"{type_name(kind)}.{name} is not there") from None
    form = type(of_class)
    if form is MEMBER:
        try:
            return of_class.__get__(value)
        except AttributeError:
            raise Unreadable(f"{type_name(kind)}.{name} is not set") from None
    if form is GETSET:
        if name in _NUMPY_ATTRIBUTES and arrays.is_array(kind):
            return of_class.__get__(value)
        if name == "__dict__":
            return of_class.__get__(value)
        raise NeedsCode(f"{type_name(kind)}.{name} is computed in C")
    if form is in_module("_collections", "_tuplegetter"):
        found = _namedtuple_field(value, kind, name)
        if found is not MISSING:
            return found
    if name in _ENUM_FIELDS and of_class is not MISSING and _is_of_enum(of_class, name):
        found = stored(value, _ENUM_FIELDS[name])
        if found is not MISSING:
            return found
    if of_class is not MISSING and own(form, "__set__") is not MISSING:
        raise NeedsCode(f"{type_name(kind)}.{name} is a {type_name(form)}: reading it runs code")
    names = instance_fields(value)
    if names is not MISSING:
        found = dict.get(names, name, MISSING)
        if found is not MISSING:
            return found
    if of_class is MISSING:
        raise Unreadable(f"{type_name(kind)}.{name} is not there")
    if own(form, "__get__") is not MISSING:
        raise NeedsCode(f"{type_name(kind)}.{name} is a {type_name(form)}: reading it runs code")
    return of_class


def _of_class(value: Any, kind: type, name: str) -> Any:
    """An attribute of a class, where its metaclass has no say in it."""
    is_plain = kind is type or (
        own(kind, "__getattribute__") is _class_getattribute and own(kind, name) is MISSING
    )
    if not is_plain:
        raise NeedsCode(f"{type_name(value)}.{name} is defined by a metaclass")
    found = own(value, name)
    if found is MISSING:
        if kind is not type and own(kind, "__getattr__") is not MISSING:
            raise NeedsCode(f"{type_name(value)}.{name} is made by a metaclass")
        raise Unreadable(f"{type_name(value)}.{name} is not there")
    if own(type(found), "__get__") is not MISSING:
        raise NeedsCode(f"{type_name(value)}.{name} cannot be read without running code")
    return found


def _is_of_enum(of_class: Any, name: str) -> bool:
    """Whether this is how `enum.Enum` itself gives the name or the value of a member."""
    base = in_module("enum", "Enum")
    return base is not MISSING and fields_of(base).get(name, MISSING) is of_class


def _namedtuple_field(value: Any, kind: type, name: str) -> Any:
    names = own(kind, "_fields")
    if type(names) is tuple:
        for position, each in enumerate(names):
            if type(each) is str and each == name and position < tuple.__len__(value):
                return tuple.__getitem__(value, position)
    return MISSING


def _module_name(value: Any) -> str:
    name = dict.get(value.__dict__, "__name__")
    return name if type(name) is str else "?"


def _item(value: Any, key: Any) -> Any:
    kind = type(value)
    if kind is dict or is_subclass(kind, dict):
        if kind is not dict:
            _check_own_item(kind, dict)
        found = dict.get(value, key, MISSING)
        if found is MISSING:
            raise Unreadable(f"no key {key!r}")
        return found
    for base in (list, tuple, str):
        if kind is base or is_subclass(kind, base):
            _check_own_item(kind, base)
            try:
                return base.__getitem__(value, key)
            except (IndexError, TypeError):
                raise Unreadable(f"no item {key!r}") from None
    if type(key) is int and arrays.is_array(kind):
        try:
            return fields_of(kind)["__getitem__"](value, key)
        except IndexError:
            raise Unreadable(f"no item {key!r}") from None
    raise NeedsCode(f"{type_name(kind)}[…] would run its code")


def _check_own_item(kind: type, base: Any) -> None:
    is_own = own(kind, "__getitem__") is not fields_of(base)["__getitem__"]
    if is_own and type_name(kind) not in _C_DICTS:
        raise NeedsCode(f"{type_name(kind)} has its own __getitem__")


def _length(value: Any, _: Any) -> Any:
    found = values.length(value)
    if found is None:
        raise NeedsCode(f"len() of {type_name(type(value))} would run its code")
    return found


def _keys(value: Any, _: Any) -> Any:
    text = values.keys_summary(value)
    if text is None:
        raise NeedsCode(f"keys() of {type_name(type(value))} would run its code")
    return Said(text)


def _type(value: Any, _: Any) -> Any:
    return Said(f"type {type_name(type(value))}")


def _stats(value: Any, is_secret: bool) -> Any:
    try:
        return Said(values.stats_summary(value, is_secret))
    except arrays.NotComputed as why:
        raise Unreadable(str(why)) from None


def _digest(value: Any, is_secret: bool) -> Any:
    try:
        return Said(values.digest_summary(value, is_secret))
    except arrays.NotComputed as why:
        raise Unreadable(str(why)) from None


_FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "len": _length,
    "keys": _keys,
    "type": _type,
    "stats": _stats,
    "digest": _digest,
}
