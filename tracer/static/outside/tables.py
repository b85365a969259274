"""The shapes of a lowered stub module: nested tuples and dicts, which `marshal` stores.

A table is a dict from each name of the module to its entry, whose first item is its kind:

    ("module", dotted)
    ("elsewhere", module, path)                  re-exported: see that module's table
    ("function", dotted, signatures)
    ("value", dotted, type)
    ("bound", dotted, class, member)             `seed = _inst.seed`
    ("class", dotted, parameters, bases, members, nested)

`parameters` of a class are pairs of a name and a default or None; `bases` are types; `nested` is a
table. `members` maps a name to (kind, signatures, type), or to ("same", name) for `__radd__ =
__add__`. A signature is (parameters, returns, receiver or None), a parameter a plain `Parameter`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

# Raise it when a shape or the meaning of a type changes: old caches are then left alone.
FORMAT = 2

Entry: TypeAlias = tuple[Any, ...]
Table: TypeAlias = dict[str, Entry]
RawMember: TypeAlias = tuple[Any, ...]
RawSignature: TypeAlias = tuple[Any, ...]
