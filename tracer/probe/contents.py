"""What a watched object holds, as texts by key, without running anybody's code."""

from __future__ import annotations

import os
from itertools import islice
from typing import Any

from . import values
from .codes import identity
from .statics import (
    GETSET,
    MEMBER,
    MISSING,
    MODULE,
    fields_of,
    mro,
    own,
    type_name,
)

Snapshot = dict[str, tuple[str, int]]
"""By key: the summary of what is held, and which object it is, where it is no plain value."""

MOST_KEYS = 256  # of one object, with what lies in the dicts that it holds
_DEEPEST = 3  # dicts in dicts
_MOST_KEY_TEXT = 64
_ATOMS = (str, int, float, bool, bytes, type(None))
_FIXED = (*_ATOMS, complex, tuple, frozenset, type(os.getenv), type(len))
_function = type(os.getenv)
_module_fields: Any = vars(MODULE)["__dict__"].__get__


def fields_of_module(value: Any) -> dict[str, Any] | None:
    """The names of a module; None for what only looks like one."""
    fields = _module_fields(value) if MODULE in mro(type(value)) else None
    return fields if type(fields) is dict else None


def is_fixed(value: Any) -> bool:
    """Whether nothing in a value can change, or nothing that is of interest: functions, modules."""
    return type(value) in _FIXED or MODULE in mro(type(value))


def is_atom(key: Any) -> bool:
    """Whether looking a key up runs nobody's code."""
    return type(key) in _ATOMS


def is_class(value: Any) -> bool:
    return type in mro(type(value))


def is_dict(value: Any) -> bool:
    return dict in mro(type(value))


def fields_of_object(value: Any) -> Any:
    """The dict of an object's own attributes; None where it has none, or where code decides."""
    for base in mro(type(value)):
        storage = fields_of(base).get("__dict__", MISSING)
        if storage is not MISSING:
            names = storage.__get__(value) if type(storage) is GETSET else None
            return names if type(names) is dict else None
    return None


def attribute(value: Any, name: str) -> Any:
    """What a module, a class or an object holds under a name, or `MISSING`."""
    if is_class(value):
        return own(value, name)
    fields = fields_of_module(value)
    if fields is None:
        fields = fields_of_object(value)
    return MISSING if fields is None else dict.get(fields, name, MISSING)


def old_value(fields: dict[Any, Any], key: Any) -> Any:
    """What stands under a key, or `MISSING`; not sought where keys compare by their own code."""
    return dict.get(fields, key, MISSING) if type(key) in _ATOMS else MISSING


def key_text(key: Any) -> str:
    """A key as it is told: a text as it stands, numbers and tuples as written."""
    if str in mro(type(key)):
        text = str.__getitem__(key, slice(0, _MOST_KEY_TEXT + 1))
        return text if len(text) <= _MOST_KEY_TEXT else text[:_MOST_KEY_TEXT] + "…"
    if type(key) is tuple:
        inner = ", ".join([_inner(each) for each in key[:8]])
        return f"({inner}{', …' if tuple.__len__(key) > 8 else ''})"
    return _inner(key)


def _inner(key: Any) -> str:
    if type(key) is str:
        return str.__repr__(key[:_MOST_KEY_TEXT])
    kind: Any = type(key)
    if kind in (int, float, bool, bytes, type(None)):
        text: str = kind.__repr__(key)[:_MOST_KEY_TEXT]
        return text
    return f"<{type_name(type(key))}>"


def path_text(path: tuple[Any, ...]) -> str:
    """The keys that lead from the object to a value: one as it is told, more in brackets."""
    if len(path) == 1:
        return key_text(path[0])
    # Brackets, since a key may hold dots.
    return "".join(
        [f"[{_inner(key) if type(key) is not tuple else key_text(key)}]" for key in path]
    )


def is_secret_path(path: tuple[Any, ...]) -> bool:
    """Whether a key on the way to a value says that the value must not be written down."""
    return any(_is_secret_key(key) for key in path)


def _is_secret_key(key: Any) -> bool:
    if str in mro(type(key)):
        return values.is_secret_name(str.__getitem__(key, slice(None)))
    if type(key) is bytes:
        return values.is_secret_name(key.decode("latin-1"))
    return type(key) is tuple and any(_is_secret_key(each) for each in key[:8])


def contents(value: Any, is_secret: bool, path: tuple[Any, ...] = ()) -> Snapshot:
    """What a dict holds by key, with what dicts in it hold; items; or attributes.

    At most `MOST_KEYS`; what is no container and has no attributes is one text, under no key.
    """
    found: Snapshot = {}
    _add(found, value, is_secret, path)
    return found


def _add(found: Snapshot, value: Any, is_secret: bool, path: tuple[Any, ...]) -> None:
    kind = type(value)
    bases = mro(kind)
    if dict in bases:
        for key, held in list(islice(dict.items(value), MOST_KEYS)):
            _add_one(found, held, is_secret, (*path, key))
    elif list in bases or tuple in bases:
        base: Any = list if list in bases else tuple
        size = base.__len__(value)
        found["len"] = str(size), 0
        for position in range(min(size, MOST_KEYS // 4)):
            held = base.__getitem__(value, position)
            found[str(position)] = _held(held, is_secret)
    elif set in bases or frozenset in bases:
        base = set if set in bases else frozenset
        found["len"] = str(base.__len__(value)), 0
        if base.__len__(value) <= MOST_KEYS:
            texts = sorted([values.summary(item, is_secret) for item in base.__iter__(value)])
            for text in texts:
                found[text] = "in", 0
    elif is_class(value):
        for name, held in list(fields_of(value).items()):
            if not is_special(name):
                _add_one(found, held, is_secret, (name,))
    else:
        fields = fields_of_object(value)
        if fields:
            _add(found, fields, is_secret, path)
        for each in bases:
            for name, slot in list(fields_of(each).items()):
                if type(slot) is MEMBER and each is not _function:
                    try:
                        held = slot.__get__(value)
                    except AttributeError:  # nothing is stored there
                        continue
                    _add_one(found, held, is_secret, (*path, name))
        if not found:
            found[""] = values.summary(value, is_secret), 0


def is_special(name: Any) -> bool:
    """`__module__` and the like, which a class has without anybody's doing."""
    return type(name) is str and name.startswith("__") and name.endswith("__")


def _add_one(found: Snapshot, held: Any, is_secret: bool, path: tuple[Any, ...]) -> None:
    if len(found) >= MOST_KEYS:
        return
    is_secret = is_secret or is_secret_path(path[-1:])
    found[path_text(path)] = _held(held, is_secret)
    if is_dict(held) and len(path) < _DEEPEST:
        _add(found, held, is_secret, path)


def _held(value: Any, is_secret: bool) -> tuple[str, int]:
    is_plain = type(value) in _ATOMS or type(value) is complex
    return values.summary(value, is_secret), 0 if is_plain else identity(value)


def differences(before: Snapshot, now: Snapshot) -> list[tuple[str, str, str, str]]:
    """What changed from one to the other: change, key, old and new text; in the order of `now`."""
    changed = [("deleted", key, before[key][0], "") for key in before if key not in now]
    for key, held in now.items():
        old = before.get(key)
        if old is None:
            changed.append(("added", key, "", held[0]))
        elif old != held:
            changed.append(("modified", key, old[0], held[0]))
    return changed
