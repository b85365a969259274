"""Who may be called by code that was not read: an empty answer is no proof against these."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.model.query import QueryUnknown
from tracer.query.classes import bases_of
from tracer.query.context import Context
from tracer.query.index import ClassRow, FunctionRow, listed
from tracer.query.subjects import without_locals

IMPLICIT = QueryUnknown(
    "what iteration, operators, properties and `with` run on values of unknown type",
    "such places are call sites only where the type is known",
)
_SHOWN = 3
_BINDING = frozenset({"builtins.classmethod", "builtins.property", "builtins.staticmethod"})
"""Decorators that hand a function to nobody."""
_OF_EVERYTHING = frozenset({"object", "builtins.object", "Generic", "typing.Generic"})


def outside_callers(
    context: Context, nodes: Iterable[int], outside: int
) -> tuple[QueryUnknown, ...]:
    """Why code outside may call one of the functions, which leads on to what was asked about.

    Args:
        outside: How many functions outside the start leads to: each of them may call back.
    """
    if not outside:
        return ()
    rows = [row for row in context.rows(nodes).values() if not row.is_holder]
    told: list[str] = []
    for row in rows:
        if why := why_outside(context, row):
            told.append(f"{row.id} ({why})")
    what = f"whether one of {outside} functions outside that are called on the way calls back"
    if not told:
        return (QueryUnknown(what, "what they do was not read"),)
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return (QueryUnknown(what, f"they may call {', '.join(told[:_SHOWN])}{more}"),)


def why_outside(context: Context, row: FunctionRow) -> str:
    """What lets code outside call a function that nobody there knows; empty where nothing does."""
    if row.name.startswith("__") and row.name.endswith("__") and row.name != "__init__":
        return "the interpreter calls special methods"
    owner = row.qualname.rpartition(".")[0]
    for found in context.index.classes_where("path", row.path):
        if found.qualname == owner and (base := outside_base(context, found)):
            return f"`{found.name}` has the base `{base}` outside the tree"
    if row.first_line != row.def_line and not context.index.decorators(row) <= _BINDING:
        return "its decorator may hand it on"
    return ""


def outside_base(context: Context, found: ClassRow) -> str:
    """A base of a class, or of its bases, that is not of the tree; empty where all are."""
    seen: set[str] = set()
    level = [found]
    while level:
        following: list[ClassRow] = []
        for each in level:
            seen.add(each.id)
            known = bases_of(context.index, each)
            names = {without_locals(base.dotted) for base in known}
            short = {base.name for base in known}
            for base in listed(each.bases):
                plain = base.partition("[")[0]
                if plain in _OF_EVERYTHING or plain in names or plain.rpartition(".")[2] in short:
                    continue
                return plain
            following += [base for base in known if base.id not in seen]
        level = following
    return ""
