"""What the interpreter tells of changes to a dict: watchers from Python 3.12 on, versions before.

Both are of the C API, reached through `_ctypes` alone: `ctypes` would bring modules that the target
has not asked for. Nothing is imported before something is to be watched.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from . import contents

ADDED, MODIFIED, DELETED, CLONED, CLEARED, DEALLOCATED = range(6)
"""The events of `PyDict_WatchEvent`, in the order of the C enumeration."""

_pinned: list[Any] = []  # what the interpreter may still call when all else is gone

OnEvent = Callable[[int, int, "int | None", "int | None"], int]
"""Event, then the addresses of the dict, of the key and of the new value; returns 0."""


class Unavailable(Exception):
    """Why the interpreter cannot be asked."""


class Interpreter:
    """The functions of the C API that are needed, as Python functions.

    Raises:
        Unavailable: There is no `_ctypes`, or it finds no such functions.
    """

    def __init__(self) -> None:
        was_there = "_ctypes" in sys.modules
        try:
            import _ctypes as foreign  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            raise Unavailable("this interpreter has no ctypes") from None
        if not was_there:  # the target must not find what it has not imported
            _pinned.append(sys.modules.pop("_ctypes", None))
        self._foreign: Any = foreign
        simple = self._foreign._SimpleCData
        self.number = type(simple)("Number", (simple,), {"_type_": "i"})
        self.pointer = type(simple)("Pointer", (simple,), {"_type_": "P"})
        self.object = type(simple)("Object", (simple,), {"_type_": "O"})
        version = type(simple)("Version", (simple,), {"_type_": "Q"})
        pointers = self._foreign._Pointer
        self._versions = type(pointers)("Versions", (pointers,), {"_type_": version})
        try:
            self._library = self._foreign.dlopen(None, 0)
            self.object_at = self.function("Py_NewRef", self.object, self.pointer)
            self._new_address = self.function("Py_NewRef", self.pointer, self.object)
            self._release = self.function("Py_DecRef", None, self.pointer)
            size = type(simple)("Size", (simple,), {"_type_": "L"})
            # Moves nothing and returns a pointer: `from_address` raises an audit event.
            self._pointing = self.function(
                "memmove", self._versions, self.pointer, self.pointer, size
            )
            self._fields = self.function("PyObject_GenericGetDict", self.object, self.object)
        except (AttributeError, OSError) as error:
            raise Unavailable(f"the C API is out of reach: {error}") from None
        self.has_versions = self._finds_versions()

    def prototype(self, result: Any, *arguments: Any) -> Any:
        """The type of a C function that is called with the GIL held."""
        kind, foreign = self._foreign.CFuncPtr, self._foreign
        fields = {
            "_flags_": foreign.FUNCFLAG_CDECL | foreign.FUNCFLAG_PYTHONAPI,
            "_restype_": result,
            "_argtypes_": arguments,
        }
        return type(kind)("Function", (kind,), fields)

    def function(self, name: str, result: Any, *arguments: Any) -> Any:
        """A function of the interpreter's own library."""
        return self.prototype(result, *arguments)(self._foreign.dlsym(self._library, name))

    def address_of(self, value: Any) -> int:
        """Where an object lies; `id` raises an audit event."""
        address: int = self._new_address(value)
        self._release(address)
        return address

    def dict_of(self, value: Any) -> dict[Any, Any] | None:
        """The dict that a value is, or in which its attributes stand."""
        if contents.is_dict(value):
            return value  # type: ignore[no-any-return]
        if contents.is_class(value):
            fields = self._fields(value)
        else:
            fields = contents.fields_of_module(value) or contents.fields_of_object(value)
        return fields if type(fields) is dict else None

    def version_of(self, fields: dict[Any, Any]) -> Any:
        """The version of a dict (PEP 509) as a cell: its item 0 is another after each change.

        The dict has to outlive the cell.
        """
        pointer = self._foreign.sizeof(self.pointer)
        at = self.address_of(fields) + dict.__basicsize__ - 2 * pointer - 8
        return self._pointing(at, at, 0)

    def _finds_versions(self) -> bool:
        """Whether versions are where they are looked for; gone since Python 3.13."""
        if sys.version_info >= (3, 13) or dict.__basicsize__ != 2 * 8 + 8 + 8 + 2 * 8:
            return False
        fields: dict[str, int] = {"a": 1}
        cell = self.version_of(fields)
        seen = [cell[0]]
        for change in (lambda: fields.update(a=2), lambda: fields.pop("a"), lambda: None):
            change()
            seen.append(cell[0])
        return len(set(seen)) == 3 and seen[2] == seen[3]


class DictWatchers:
    """One watcher of dicts.

    Raises:
        Unavailable: This interpreter has none, or all are taken.
    """

    def __init__(self, interpreter: Interpreter, on_event: OnEvent) -> None:
        number, pointer = interpreter.number, interpreter.pointer
        self._address_of = interpreter.address_of
        prototype = interpreter.prototype(number, number, pointer, pointer, pointer)
        callback = prototype(on_event)
        _pinned.append(callback)
        try:
            add = interpreter.function("PyDict_AddWatcher", number, prototype)
            self._clear = interpreter.function("PyDict_ClearWatcher", number, number)
            self._watch = interpreter.function("PyDict_Watch", number, number, interpreter.object)
            self._unwatch = interpreter.function(
                "PyDict_Unwatch", number, number, interpreter.object
            )
        except (AttributeError, OSError):
            raise Unavailable("dict watchers came with Python 3.12") from None
        try:
            self._id: int | None = add(callback)
        except RuntimeError as error:
            raise Unavailable(str(error)) from None
        self._watched: dict[int, dict[Any, Any]] = {}  # kept alive: addresses are used again

    def watch(self, fields: dict[Any, Any]) -> int:
        """Hear of all changes to a dict; returns its address."""
        address = self._address_of(fields)
        if self._id is not None and address not in self._watched:
            self._watch(self._id, fields)
            self._watched[address] = fields
        return address

    def unwatch(self, address: int) -> None:
        """Hear of this dict no more, and let go of it."""
        fields = self._watched.pop(address, None)
        if fields is not None and self._id is not None:
            self._unwatch(self._id, fields)

    def close(self) -> None:
        """Give the watcher back: one that outlives its callback ends the interpreter."""
        if self._id is None:
            return
        for address in list(self._watched):
            self.unwatch(address)
        number, self._id = self._id, None
        self._clear(number)


def tells_of_attributes(watchers: DictWatchers, told: list[Any]) -> bool:
    """Whether stores to attributes of an object are told of its `__dict__`; not on Python 3.13.

    Args:
        watchers: In use, with a callback that adds to `told`.
        told: What the callback has heard.
    """

    class Plain:
        def __init__(self) -> None:
            self.a = 0

        def store(self, value: int) -> None:
            self.a = value

    one = Plain()
    address = watchers.watch(one.__dict__)
    before = len(told)
    for value in range(1, 101):  # until the interpreter has specialised the store
        one.store(value)
    watchers.unwatch(address)
    count = len(told) - before
    del told[before:]
    return count == 100
