"""Reading an expression in a live frame, without running the target's code."""

from __future__ import annotations

import os
from types import FrameType
from typing import Any

from . import values

_MOST_VALUES = 16

_Step = tuple[str, Any]

_function = type(os.getenv)
_getset = type(_function.__dict__["__code__"])  # attributes that C computes
_member = type(_function.__dict__["__globals__"])  # slots
_module = type(os)
_mro = type.__dict__["__mro__"].__get__
_fields = type.__dict__["__dict__"].__get__
_MISSING = object()
_C_DICTS = ("collections.OrderedDict", "collections.defaultdict")
_NUMPY_ATTRIBUTES = ("shape", "dtype", "ndim", "size", "itemsize", "nbytes")


class Unreadable(Exception):
    """Why an expression was not read."""


class Tap:
    """One expression at one place, and what was read there."""

    __slots__ = ("error", "first", "hits", "is_secret", "key", "last", "moment", "steps", "values")

    def __init__(self, given: dict[str, Any]) -> None:
        self.key: str = given["key"]
        self.moment: str = given["moment"]
        self.first, self.last = given["lines"]
        self.steps: list[_Step] = [(name, argument) for name, argument in given["steps"]]
        self.is_secret = any(
            type(argument) is str and values.is_secret_name(argument) for _, argument in self.steps
        )
        self.hits = 0
        self.values: list[str] = []
        self.error = ""

    def read(self, frame: FrameType, returned: Any = _MISSING) -> None:
        """Note the value; whatever goes wrong is noted too, and never raised."""
        self.hits += 1
        try:
            text = _read(self.steps, frame, returned, self.is_secret)
        except Unreadable as why:
            self.error = self.error or str(why)
            return
        except Exception as error:
            self.error = self.error or f"reading it failed: {values.type_name(type(error))}"
            return
        if text not in self.values and len(self.values) < _MOST_VALUES:
            self.values.append(text)

    def state(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"key": self.key, "hits": self.hits, "values": self.values, "error": self.error}


class TapTable:
    """The taps of a plan by file."""

    def __init__(self, given: list[dict[str, Any]], root: str) -> None:
        self.taps = [Tap(each) for each in given]
        self._by_path: dict[str, list[tuple[dict[str, Any], Tap]]] = {}
        for description, tap in zip(given, self.taps, strict=True):
            for folder in {root, os.path.realpath(root)}:
                path = os.path.normpath(os.path.join(folder, description["path"]))
                self._by_path.setdefault(path, []).append((description, tap))

    def has_file(self, path: str) -> bool:
        """Whether any tap lies in a file."""
        return bool(self._by_path) and os.path.normpath(path) in self._by_path

    def of_code(self, code: Any, qualname: str) -> list[Tap]:
        """The taps that lie in a code object, of its own lines and not those of inner functions."""
        here = self._by_path.get(os.path.normpath(code.co_filename))
        if not here:
            return []
        lines = {line for _, _, line in code.co_lines() if line}
        first_line = code.co_firstlineno
        is_module = code.co_name == "<module>"
        found = []
        for description, tap in here:
            if tap.moment in ("entry", "return"):
                wanted = description["function"]
                if first_line in description["def_lines"] and (
                    not wanted or wanted.rpartition(".")[2] == code.co_name
                ):
                    found.append(tap)
                continue
            if lines.isdisjoint(range(tap.first, tap.last + 1)):
                continue
            owner = description["function"]
            if owner and owner not in (qualname, "<module>" if is_module else qualname):
                continue
            if not owner and not is_module and len(lines) > 1 and tap.first <= first_line:
                continue  # the `def` statement itself belongs to the holder
            found.append(tap)
        return found


class Pending:
    """The tapped statements that have begun in the frames that are alive."""

    def __init__(self) -> None:
        self._begun: dict[int, list[tuple[Tap, int, int]]] = {}  # tap, line and offset of its start

    def enter(self, frame: FrameType, taps: list[Tap], is_resumed: bool) -> None:
        """A body starts or goes on."""
        if is_resumed:
            return
        self._begun.pop(hash(frame), None)
        for tap in taps:
            if tap.moment == "entry":
                tap.read(frame)

    def line(self, frame: FrameType, taps: list[Tap]) -> None:
        """A line is about to run: LINE events fire before it."""
        line, offset = frame.f_lineno, frame.f_lasti
        begun = self._begun.pop(hash(frame), None)
        still: list[tuple[Tap, int, int]] = []
        for tap, start_line, start in begun or ():
            is_restart = line == start_line and offset == start
            if tap.first <= line <= tap.last and not is_restart:
                still.append((tap, start_line, start))
            elif tap.moment == "after":
                tap.read(frame)
        for tap in taps:
            if (
                tap.moment in ("after", "before")
                and tap.first <= line <= tap.last
                and all(other is not tap for other, _, _ in still)
            ):
                if tap.moment == "before":
                    tap.read(frame)
                still.append((tap, line, offset))
        if still:
            self._begun[hash(frame)] = still

    def raised(self, frame: FrameType, name: str) -> None:
        """The statement that had begun did not complete."""
        for tap, _, _ in self._begun.pop(hash(frame), ()):
            if tap.moment == "after" and not tap.error:
                tap.error = f"the statement raised {name}"

    def leave(self, frame: FrameType, taps: list[Tap], returned: Any) -> None:
        """The body returns."""
        for tap, _, _ in self._begun.pop(hash(frame), ()):
            if tap.moment == "after":
                tap.read(frame)
        for tap in taps:
            if tap.moment == "return":
                tap.read(frame, returned)


def _read(steps: list[_Step], frame: FrameType, returned: Any, is_secret: bool) -> str:
    value: Any = None
    for step, argument in steps:
        if step == "name":
            value = _name(argument, frame, returned)
        elif step == "attr":
            value = _attribute(value, argument)
        elif step == "item":
            value = _item(value, argument)
        elif step == "len":
            found = values.length(value)
            if found is None:
                raise Unreadable(f"len() of {values.type_name(type(value))} would run its code")
            value = found
        elif step == "keys":
            text = values.keys_summary(value)
            if text is None:
                raise Unreadable(f"keys() of {values.type_name(type(value))} would run its code")
            return text
        elif step == "type":
            return f"type {values.type_name(type(value))}"
    is_count = steps[-1][0] == "len"
    return values.summary(value, is_secret and not is_count)


def _name(name: str, frame: FrameType, returned: Any) -> Any:
    if name == "return" and returned is not _MISSING:
        return returned
    local = frame.f_locals
    if name in local:
        return local[name]
    found = dict.get(frame.f_globals, name, _MISSING)
    if found is _MISSING:
        raise Unreadable(f"no name {name} here")
    return found


def _own(kind: type, name: str) -> Any:
    """What a class or its bases hold under a name, without the descriptor protocol."""
    for each in _mro(kind):
        found = _fields(each).get(name, _MISSING)
        if found is not _MISSING:
            return found
    return _MISSING


def _attribute(value: Any, name: str) -> Any:
    kind = type(value)
    shown = f"{values.type_name(kind)}.{name}"
    if kind is _module:
        found = dict.get(value.__dict__, name, _MISSING)
        if found is _MISSING:
            raise Unreadable(f"module {values.summary(value)} has no {name} yet")
        return found
    if type in _mro(kind):  # a class: its own attributes, where the metaclass has no say
        if kind is not type and _own(kind, name) is not _MISSING:
            raise Unreadable(f"{shown} is defined by a metaclass")
        found = _own(value, name)
        if found is _MISSING or _is_descriptor(found):
            raise Unreadable(f"{shown} cannot be read without running code")
        return found
    if _own(kind, "__getattribute__") is not object.__dict__["__getattribute__"] and (
        kind is not values.numpy_type("ndarray")
    ):
        raise Unreadable(f"{shown}: the class has its own __getattribute__")
    of_class = _own(kind, name)
    if type(of_class) is _member:
        return of_class.__get__(value)
    if type(of_class) is _getset:
        if kind is values.numpy_type("ndarray") and name in _NUMPY_ATTRIBUTES:
            return of_class.__get__(value)
        raise Unreadable(f"{shown} is computed in C")
    if of_class is not _MISSING and _own(type(of_class), "__set__") is not _MISSING:
        raise Unreadable(f"{shown} is a {values.type_name(type(of_class))}: reading it runs code")
    storage = _own(kind, "__dict__")
    if type(storage) is _getset:
        own = storage.__get__(value)
        if dict in _mro(type(own)):
            found = dict.get(own, name, _MISSING)
            if found is not _MISSING:
                return found
    if of_class is _MISSING:
        if _own(kind, "__getattr__") is not _MISSING:
            raise Unreadable(f"{shown} needs __getattr__: reading it runs code")
        raise Unreadable(f"{shown} is not there")
    if _is_descriptor(of_class):
        raise Unreadable(f"{shown} is a {values.type_name(type(of_class))}: reading it runs code")
    return of_class


def _is_descriptor(value: Any) -> bool:
    return _own(type(value), "__get__") is not _MISSING


def _item(value: Any, key: Any) -> Any:
    kind = type(value)
    for base in (dict, list, tuple, str):
        if base in _mro(kind):
            own = _own(kind, "__getitem__")
            if own is not base.__dict__["__getitem__"] and values.type_name(kind) not in _C_DICTS:
                raise Unreadable(f"{values.type_name(kind)} has its own __getitem__")
            try:
                if base is dict:
                    found = dict.get(value, key, _MISSING)
                    if found is _MISSING:
                        raise Unreadable(f"no key {key!r}")
                    return found
                return base.__getitem__(value, key)
            except (IndexError, TypeError):
                raise Unreadable(f"no item {key!r}") from None
    array = values.numpy_type("ndarray")
    if array is not None and kind is array and type(key) is int:
        return array.__dict__["__getitem__"](value, key)
    raise Unreadable(f"{values.type_name(kind)}[…] would run its code")
