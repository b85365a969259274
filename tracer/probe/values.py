"""What is said of a value, without running anybody's code.

By exact type only: no `repr`, `len`, `==`, truth test or attribute access that a class can define.
"""

from __future__ import annotations

import sys
from typing import Any

_MOST_TEXT = 32
_MOST_ITEMS = 8
_MOST_KEYS = 64
_MOST_BITS = 256
_SECRET_WORDS = ("pass", "secret", "token", "key", "auth", "cookie", "credential", "private")
_REDACTED = "<redacted>"
_NUMPY_KINDS = {"f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool"}

_module_name = type.__dict__["__module__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_fields = type.__dict__["__dict__"].__get__
_mro = type.__dict__["__mro__"].__get__


def is_secret_name(name: str) -> bool:
    """Whether what goes by this name must not be written down."""
    lower = name.lower().replace("author", "")
    return any(word in lower for word in _SECRET_WORDS)


def type_name(kind: type) -> str:
    """The dotted name of a type; of a built-in type the bare name."""
    module, name = _module_name(kind), _qualname(kind)
    if type(module) is not str or type(name) is not str:
        return "?"
    return name if module == "builtins" else f"{module}.{name}"


def summary(value: Any, is_secret: bool = False) -> str:
    """A short text by exact type: `int 18`, `dict len 2 keys 'a', 'b'`, `ndarray shape (4,) …`."""
    kind = type(value)
    if value is None:
        return "None"
    if kind in _SCALARS:
        return f"{kind.__name__} {_scalar(value, is_secret)}"
    if kind is str or kind is bytes:
        return f"{kind.__name__} len {kind.__len__(value)} {_scalar(value, is_secret)}"
    if kind is bytearray:
        return f"bytearray len {bytearray.__len__(value)}"
    for base, shape in _CONTAINERS:
        if kind is base:
            return shape(value, kind, is_secret)
    if kind is type:
        return f"type {type_name(value)}"
    array = _array_summary(value, kind, is_secret)
    if array:
        return array
    for base, shape in _CONTAINERS:  # subclasses keep their C storage; their own methods stay out
        if base in _mro(kind):
            return f"{type_name(kind)} as {shape(value, base, is_secret)}"
    return f"object {type_name(kind)}"


def length(value: Any) -> int | None:
    """`len(value)` where no class can have a say in it, else None."""
    kind = type(value)
    for base in (str, bytes, bytearray, dict, list, tuple, set, frozenset):
        if kind is base or (base in _mro(kind) and not _overrides(kind, base, "__len__")):
            return int(base.__len__(value))
    array = numpy_type("ndarray")
    if array is not None and kind is array:
        shape = array.__dict__["shape"].__get__(value)
        return int(shape[0]) if shape else None
    return None


def keys_summary(value: Any) -> str | None:
    """The keys of a dict or h5py-like mapping: only of dicts, since others run code."""
    kind = type(value)
    if dict not in _mro(kind):
        return None
    return f"keys {dict.__len__(value)} {{{_keys(value)}}}"


def _scalar(value: Any, is_secret: bool) -> str:
    kind = type(value)
    if kind is bool or value is None:
        return str(value)
    if is_secret:
        return _REDACTED
    if kind is int:
        bits = int.bit_length(value)
        return int.__repr__(value) if bits <= _MOST_BITS else f"of {bits} bits"
    if kind is float:
        return float.__repr__(value)
    if kind is complex:
        return complex.__repr__(value)
    if kind is str:
        text = str.__repr__(value[:_MOST_TEXT])
        return text + ("…" if str.__len__(value) > _MOST_TEXT else "")
    return ""  # bytes: the length says enough


_SCALARS = (bool, int, float, complex)


def _item(value: Any, is_secret: bool) -> str:
    if value is None or type(value) in _SCALARS or type(value) is str:
        return _scalar(value, is_secret)
    if type(value) is type:
        return type_name(value)
    return f"<{type_name(type(value))}>"


def _sequence(value: Any, kind: type, is_secret: bool) -> str:
    base: Any = list if list in _mro(kind) else tuple
    size = base.__len__(value)
    items = [_item(base.__getitem__(value, i), is_secret) for i in range(min(size, _MOST_ITEMS))]
    if size > _MOST_ITEMS:
        items.append("…")
    inner = ", ".join(items) + ("," if size == 1 and base is tuple else "")
    return f"{kind.__name__} len {size} " + (f"[{inner}]" if base is list else f"({inner})")


def _set(value: Any, kind: type, is_secret: bool) -> str:
    base: Any = set if set in _mro(kind) else frozenset
    size = base.__len__(value)
    if size > _MOST_ITEMS:
        return f"{kind.__name__} len {size}"
    items = sorted([_item(item, is_secret) for item in base.__iter__(value)])  # order is by hash
    return f"{kind.__name__} len {size} {{{', '.join(items)}}}"


def _dict(value: Any, kind: type, is_secret: bool) -> str:
    return f"{kind.__name__} len {dict.__len__(value)} keys {_keys(value)}".rstrip()


def _keys(value: Any) -> str:
    shown: list[str] = []
    for key in dict.__iter__(value):
        if len(shown) == _MOST_KEYS:
            shown.append("…")
            break
        shown.append(_item(key, False))
    return ", ".join(shown)


_CONTAINERS = ((dict, _dict), (list, _sequence), (tuple, _sequence), (set, _set), (frozenset, _set))


def _overrides(kind: type, base: type, method: str) -> bool:
    for each in _mro(kind):
        if each is base:
            return False
        if method in _fields(each):
            return True
    return False


def numpy_type(name: str) -> Any:
    """A type of NumPy's, if the target has imported NumPy itself."""
    numpy = sys.modules.get("numpy")
    if type(numpy) is not type(sys):
        return None
    found = numpy.__dict__.get(name)
    return found if type(found) is type else None


def _array_summary(value: Any, kind: type, is_secret: bool) -> str:
    """Arrays and scalars of NumPy through the attributes of their C types."""
    array, generic = numpy_type("ndarray"), numpy_type("generic")
    if array is not None and kind is array:
        shape = array.__dict__["shape"].__get__(value)
        return f"ndarray shape {shape!r} dtype {dtype_name(array.__dict__['dtype'].__get__(value))}"
    if generic is not None and generic in _mro(kind) and _module_name(kind) == "numpy":
        if _qualname(kind) not in ("void", "object_"):
            plain = generic.__dict__["item"](value)
            if type(plain) in _SCALARS:
                return f"numpy.{_qualname(kind)} {_scalar(plain, is_secret)}"
        return f"numpy.{_qualname(kind)}"
    return ""


def dtype_name(dtype: Any) -> str:
    """`float32` from the C fields of a NumPy dtype."""
    kind = type(dtype)
    for each in _mro(kind):
        fields = _fields(each)
        if "kind" in fields and "itemsize" in fields:
            letter, size = fields["kind"].__get__(dtype), fields["itemsize"].__get__(dtype)
            if letter == "b":
                return "bool"
            if letter in _NUMPY_KINDS:
                return f"{_NUMPY_KINDS[letter]}{size * 8}"
            return "object" if letter == "O" else f"{letter}{size}"
    return "?"
