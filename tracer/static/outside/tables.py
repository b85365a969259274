"""The shapes of a lowered stub module: nested tuples and dicts, which `marshal` stores.

A table is a dict from names of the module to their entries: those that were asked for, None for a
name that it has not. The first item of an entry is its kind:

    ("module", dotted)
    ("elsewhere", module, path)                  re-exported: see that module's table
    ("function", dotted, signatures)
    ("value", dotted, type)
    ("bound", dotted, class, member)             `seed = _inst.seed`
    ("class", dotted, parameters, bases, members, nested)

`parameters` of a class are pairs of a name and a default or None; `bases` are types; `members` is
(module, path, names), where the class is written and what it binds; `nested` is a table. A member's
key in the table of that module is `Class.name`; there stands (kind, signatures, type), or ("same",
name) for `__radd__ = __add__`. A signature is (parameters, returns, receiver or None), a parameter
a plain `Parameter`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

# Raise it when a shape or the meaning of a type changes: old caches are then left alone.
FORMAT = 3

Entry: TypeAlias = tuple[Any, ...]
Table: TypeAlias = dict[str, Entry | None]
RawMember: TypeAlias = tuple[Any, ...]
RawSignature: TypeAlias = tuple[Any, ...]
