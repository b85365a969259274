"""What is said of a value, without running anybody's code.

By exact type only: no `repr`, `len`, `==`, truth test or attribute access that a class can define.
"""

from __future__ import annotations

from typing import Any

from . import arrays
from .statics import (
    MISSING,
    identity,
    in_module,
    is_subclass,
    mro,
    overrides,
    own,
    stored,
    type_name,
)

_MOST_TEXT = 32
_MOST_ITEMS = 8
_MOST_KEYS = 64
_MOST_BITS = 256
_SECRET_WORDS = ("pass", "secret", "token", "key", "auth", "cookie", "credential", "private")
_MOST_NAMES = 1000
REDACTED = "<redacted>"
_known_names: dict[str, bool] = {}


def is_secret_name(name: str) -> bool:
    """Whether what goes by this name must not be written down."""
    known = _known_names.get(name)
    if known is None:
        lower = name.lower().replace("author", "")
        known = any(word in lower for word in _SECRET_WORDS)
        if len(_known_names) < _MOST_NAMES:
            _known_names[name] = known
    return known


def is_scalar(kind: type) -> bool:
    """Whether values of exactly this type are one number."""
    return kind is int or kind is float or kind is bool or kind is complex


def summary(value: Any, is_secret: bool = False) -> str:
    """A short text by exact type: `int 18`, `dict len 2 keys 'a', 'b'`, `ndarray shape (4,) …`."""
    kind = type(value)
    known = _EXACT.get(identity(kind))
    if known is not None:
        return str(known[0](value, known[1], is_secret))
    generic = in_module("numpy", "generic")
    if generic is not MISSING and arrays.is_array(kind):
        return arrays.array_summary(value)
    enum = in_module("enum", "Enum")
    for each in mro(kind):
        inherited = _INHERITED.get(identity(each))
        if each is generic or each is enum or inherited is not None:
            break
    else:
        name = type_name(kind)
        found = arrays.foreign_array(value, kind) if name in arrays.FOREIGN else ""
        return found or _dataclass(value, kind, is_secret) or f"object {name}"
    found = _number_of_numpy(value, kind, is_secret) or _member_of_enum(value, kind, is_secret)
    if found:
        return found
    if inherited is None:  # of NumPy or an enumeration, as they say and are not
        return f"object {type_name(kind)}"
    shape, base = inherited  # their own methods stay out: the storage is C's
    return f"{type_name(kind)} as {shape(value, base, is_secret)}"


def length(value: Any) -> int | None:
    """`len(value)` where no class can have a say in it, else None."""
    kind = type(value)
    for base in _SIZED:
        if kind is base or (is_subclass(kind, base) and not overrides(kind, base, "__len__")):
            return int(base.__len__(value))
    if arrays.is_array(kind):
        shape = kind.__dict__["shape"].__get__(value)
        return int(shape[0]) if shape else None
    return None


def keys_summary(value: Any) -> str | None:
    """The keys of a dict: those of other mappings are their code's to tell."""
    if not is_subclass(type(value), dict):
        return None
    return f"keys {dict.__len__(value)} {{{_keys(value)}}}"


def stats_summary(value: Any, is_secret: bool) -> str:
    """The summary of numbers, with `min`, `max` and the count of NaNs.

    Raises:
        NotComputed: It is no array, list or tuple of numbers, or too large.
    """
    kind = type(value)
    if arrays.is_array(kind):
        text, figures = arrays.array_summary(value), arrays.array_stats(value)
    elif kind is list or kind is tuple:
        size = kind.__len__(value)
        text, figures = f"{kind.__name__} len {size}", arrays.sequence_stats(value, kind)
    else:
        raise arrays.NotComputed(f"stats() of {type_name(kind)} would run its code")
    return f"{text} {REDACTED if is_secret else figures}"


def digest_summary(value: Any, is_secret: bool) -> str:
    """The summary with the SHA-256 of the bytes; a digest of a secret would give it away.

    Raises:
        NotComputed: It is no array, bytes or text, or too large.
    """
    kind = type(value)
    shown = REDACTED if is_secret else f"sha256 {arrays.digest(value)}"
    if arrays.is_array(kind):
        return f"{arrays.array_summary(value)} {shown}"
    return f"{kind.__name__} len {kind.__len__(value)} {shown}"


def _scalar(value: Any, is_secret: bool) -> str:
    kind = type(value)
    if kind is bool or value is None:
        return str(value)
    if is_secret:
        return REDACTED
    if kind is int:
        return _integer(value, int, False)[4:]
    if kind is float:
        return float.__repr__(value)
    if kind is complex:
        return complex.__repr__(value)
    if kind is str:
        text = str.__repr__(value[:_MOST_TEXT])
        return text + ("…" if str.__len__(value) > _MOST_TEXT else "")
    return ""  # bytes: the length says enough


def _integer(value: Any, base: Any, is_secret: bool) -> str:
    if is_secret:
        return f"int {REDACTED}"
    bits = int.bit_length(value)
    return f"int {int.__repr__(value) if bits <= _MOST_BITS else f'of {bits} bits'}"


def _float(value: Any, base: Any, is_secret: bool) -> str:
    return f"float {REDACTED if is_secret else float.__repr__(value)}"


def _text(value: Any, base: Any, is_secret: bool) -> str:
    size = base.__len__(value)
    if base is bytes:
        return f"bytes len {size}"
    start = str.__getitem__(value, slice(_MOST_TEXT + 1))  # exactly a str, whatever the class
    shown = REDACTED if is_secret else _scalar(start, False)
    return f"str len {size} {shown}"


def _item(value: Any, is_secret: bool) -> str:
    kind = type(value)
    if value is None or is_scalar(kind) or kind is str:
        return _scalar(value, is_secret)
    if kind is type:
        return type_name(value)
    return f"<{type_name(kind)}>"


def _sequence(value: Any, base: Any, is_secret: bool) -> str:
    size = base.__len__(value)
    names = _field_names(value, size) if base is tuple else ()
    items = []
    for position in range(min(size, _MOST_ITEMS)):
        item = base.__getitem__(value, position)
        if names:
            name = names[position]
            items.append(f"{name}={_item(item, is_secret or is_secret_name(name))}")
        else:
            items.append(_item(item, is_secret))
    if size > _MOST_ITEMS:
        items.append("…")
    inner = ", ".join(items) + ("," if size == 1 and base is tuple and not names else "")
    return f"{base.__name__} len {size} " + (f"[{inner}]" if base is list else f"({inner})")


def _field_names(value: Any, size: int) -> Any:
    """The names of a namedtuple's fields; empty where it is none."""
    if type(value) is tuple:
        return ()
    names = own(type(value), "_fields")
    if type(names) is not tuple or tuple.__len__(names) != size:
        return ()
    return names if all(type(name) is str for name in names) else ()


def _set(value: Any, base: Any, is_secret: bool) -> str:
    size = base.__len__(value)
    if size > _MOST_ITEMS:
        return f"{base.__name__} len {size}"
    items = sorted([_item(item, is_secret) for item in base.__iter__(value)])  # order is by hash
    return f"{base.__name__} len {size} {{{', '.join(items)}}}"


def _dict(value: Any, base: Any, is_secret: bool) -> str:
    return f"dict len {dict.__len__(value)} keys {_keys(value)}".rstrip()


def _keys(value: Any) -> str:
    shown: list[str] = []
    for key in dict.__iter__(value):
        if len(shown) == _MOST_KEYS:
            shown.append("…")
            break
        shown.append(_item(key, False))
    return ", ".join(shown)


def _number_of_numpy(value: Any, kind: type, is_secret: bool) -> str:
    plain = arrays.plain_number(value, kind)
    if plain is MISSING:
        return ""
    if is_scalar(type(plain)):
        return f"{type_name(kind)} {_scalar(plain, is_secret)}"
    return type_name(kind)


def _member_of_enum(value: Any, kind: type, is_secret: bool) -> str:
    """A member of an enumeration, by the name and value that it holds."""
    base = in_module("enum", "Enum")
    if base is MISSING or not any(each is base for each in mro(kind)):
        return ""
    name, inner = stored(value, "_name_"), stored(value, "_value_")
    if type(name) is not str or inner is MISSING:
        return ""
    return f"enum {type_name(kind)}.{name} value {_item(inner, is_secret)}"


def _dataclass(value: Any, kind: type, is_secret: bool) -> str:
    """The fields of a dataclass's instance, as they are stored."""
    fields = own(kind, "__dataclass_fields__")
    if type(fields) is not dict:
        return ""
    shown: list[str] = []
    for name in dict.__iter__(fields):
        if type(name) is not str:
            return ""
        if len(shown) == _MOST_ITEMS:
            shown.append("…")
            break
        inner = stored(value, name)
        if inner is not MISSING:
            shown.append(f"{name}={_item(inner, is_secret or is_secret_name(name))}")
    return f"dataclass {type_name(kind)} fields {', '.join(shown)}".rstrip()


def _none(value: Any, base: Any, is_secret: bool) -> str:
    return "None"


def _plain(value: Any, base: Any, is_secret: bool) -> str:
    return f"{base.__name__} {_scalar(value, is_secret)}"


def _bytearray(value: Any, base: Any, is_secret: bool) -> str:
    return f"bytearray len {bytearray.__len__(value)}"


def _class(value: Any, base: Any, is_secret: bool) -> str:
    return f"type {type_name(value)}"


_SIZED: tuple[Any, ...] = (str, bytes, bytearray, dict, list, tuple, set, frozenset)
# By the address of a built-in type, which is never freed: a type as a key would be hashed, and
# compared, by its metaclass.
_INHERITED: dict[int, tuple[Any, Any]] = {
    identity(base): (shape, base)
    for base, shape in (
        (dict, _dict),
        (list, _sequence),
        (tuple, _sequence),
        (set, _set),
        (frozenset, _set),
        (str, _text),
        (bytes, _text),
        (int, _integer),
        (float, _float),
    )
}
_EXACT: dict[int, tuple[Any, Any]] = {
    **_INHERITED,
    identity(type(None)): (_none, None),
    identity(bool): (_plain, bool),
    identity(complex): (_plain, complex),
    identity(bytearray): (_bytearray, bytearray),
    identity(type): (_class, type),
}
