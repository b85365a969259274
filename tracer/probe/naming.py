"""What an effect touches, as text: paths, URLs, names of members.

The name is the point here, so that it is not cut as other values are; what looks like a secret is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .statics import (
    GETSET,
    MEMBER,
    MISSING,
    identity,
    in_module,
    is_subclass,
    mro,
    own,
    stored,
    type_name,
)

_MOST_TEXT = 1000
_DEEPEST = 4
_getcwd, _join, _isabs, _fsdecode = os.getcwd, os.path.join, os.path.isabs, os.fsdecode
_normpath = os.path.normpath
_IS_POSIX = os.sep == "/"
_type_module = type.__dict__["__module__"].__get__
_type_name = type.__dict__["__name__"].__get__
_NAMED_IN_C = {  # types of `_io`, and the field that holds the next one
    "_io.TextIOWrapper": "buffer",
    "_io.BufferedReader": "raw",
    "_io.BufferedWriter": "raw",
    "_io.BufferedRandom": "raw",
    "_io.FileIO": "name",
}
_IN_MEMORY = ("_io.BytesIO", "_io.StringIO")
_MEMORY = "<memory>"


class Names:
    """What `path_of` says, for one table, and how it is read of classes that the table names.

    Such a class is its library's and lives as long, so that it may be kept; of any other one the
    address could come to mean another class.

    Args:
        named_by: By class: the field that holds the name, or something that has one.
        c: The part in C, which is told of such classes, too; None: there is none.
    """

    def __init__(self, named_by: dict[str, str], c: Any = None) -> None:
        self._named_by = named_by
        self._c = c
        # By class; no reader: it is known without a table.
        self._readers: dict[int, tuple[type, Callable[[Any], Any] | None]] = {}

    def path_of(self, value: Any, depth: int = 0) -> str:
        """The path or name of a file, as it was given; empty where nobody knows."""
        kind = type(value)
        if kind is str:
            return path_of(value, self._named_by)
        known = self._readers.get(identity(kind))
        if known is None or known[0] is not kind:
            self._learn(kind)
            return path_of(value, self._named_by, depth)
        reader = known[1]
        if reader is None:
            return path_of(value, self._named_by, depth)
        found = reader(value)
        if found is MISSING or found is None or type(found) is int or depth > _DEEPEST:
            return ""
        return self.path_of(found, depth + 1)

    def _learn(self, kind: Any) -> None:
        name = type_name(kind)
        self._learn_own(kind, name)
        field = _NAMED_IN_C.get(name) or self._named_by.get(name)
        if field:
            reader = _reader(kind, field)
            if reader is not None:
                self._readers[identity(kind)] = kind, reader
                of_class = own(kind, field)
                if self._c is not None:
                    self._c.names_in(kind, of_class if type(of_class) is MEMBER else field)

    def _learn_own(self, kind: Any, name: str) -> None:
        """The same of classes that are known without a table."""
        text: Any = (_MEMORY,)
        if name not in _IN_MEMORY:
            text = own(kind, "_str")  # of paths: what they said of themselves last
            if type(text) is not MEMBER or in_module("pathlib", _type_name(kind)) is not kind:
                return
        self._readers[identity(kind)] = kind, None
        if self._c is not None:
            self._c.names_in(kind, text)


def _reader(kind: Any, field: str) -> Callable[[Any], Any] | None:
    """As `stored`, for one class and one field."""
    of_class, storage = own(kind, field), own(kind, "__dict__")
    if type(of_class) is MEMBER:

        def read(value: Any) -> Any:
            try:
                return of_class.__get__(value)
            except AttributeError:  # the slot is empty
                return MISSING

        return read
    if type(storage) is GETSET:

        def read_fields(value: Any) -> Any:
            names = storage.__get__(value)
            return dict.get(names, field, MISSING) if is_subclass(type(names), dict) else MISSING

        return read_fields
    return None


def path_of(value: Any, named_by: dict[str, str], depth: int = 0) -> str:
    """The path or name of a file, as it was given; empty where nobody knows without asking code.

    Args:
        named_by: By class: the field that holds the name, or something that has one.
        depth: Of the search, for our own use.
    """
    kind = type(value)
    if kind is str:
        text: str = value if len(value) <= _MOST_TEXT else value[:_MOST_TEXT] + "…"
        return text
    if kind is bytes:
        return path_of(_fsdecode(value), named_by)
    if depth > _DEEPEST:
        return ""
    module = _type_module(kind)
    if type(module) is str and (module == "pathlib" or module.startswith("pathlib.")):
        return str(kind.__fspath__(value))
    name = type_name(kind)
    if name in _IN_MEMORY:
        return _MEMORY
    holder = _NAMED_IN_C.get(name) or _named(kind, named_by)
    if not holder:
        return ""
    found = stored(value, holder)
    if found is MISSING or found is None or type(found) is int:
        return ""
    return path_of(found, named_by, depth + 1)


def _named(kind: Any, named_by: dict[str, str]) -> str:
    if named_by:
        for each in mro(kind):
            found = named_by.get(type_name(each))
            if found:
                return found
    return ""


def is_absolute(given: Any) -> bool:
    """Whether a path as it was given does not depend on a folder."""
    path = path_of(given, {})
    return bool(path) and _isabs(path)


def absolute(path: str) -> str:
    """A path that still holds when the working folder changes; URLs without what they may hide."""
    if "://" in path:
        return without_secrets(path)
    if (path.startswith("/") if _IS_POSIX else _isabs(path)) or path.startswith("<"):
        return path
    try:
        return _normpath(_join(_getcwd(), path))
    except OSError:  # the working folder is gone
        return path


def without_secrets(url: str) -> str:
    """A URL, or the end of one, without user, password, query and fragment."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    host, slash, path = rest.partition("/")
    host = host.rpartition("@")[2]
    for mark in ("?", "#", ";"):
        if mark in host:
            host, path, slash = host.partition(mark)[0] + mark + "…", "", ""
        if mark in path:
            path = path.partition(mark)[0] + mark + "…"
    return f"{scheme}{separator}{host}{slash}{path}"


def host_and_port(address: Any) -> str:
    """`127.0.0.1:80` for an address of `socket`; a path for those that are one."""
    if type(address) is tuple and len(address) >= 2:
        host, port = address[0], address[1]
        if type(host) is str and type(port) is int:
            return f"{host.rpartition('@')[2]}:{port}"
    if type(address) in (str, bytes):
        return path_of(address, {})
    return f"<{type_name(type(address))}>"
