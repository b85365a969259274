"""What the readers of touchpoints share: anchors, traits, and where a condition goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer.contrast.side import Side, levelled
from tracer.contrast.ways import condition_text
from tracer.model.contrast import Fact, Role, Trait
from tracer.model.graph import Guard
from tracer.model.source import Anchor, AnchorKind, FunctionId, path_of, qualname_of

ALWAYS = "none around it"
_DOTTED = re.compile(r"\w+(?:\.\w+)+")
_HOLE = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Sided:
    """A fact, with the half of the program that it belongs to."""

    role: Role
    fact: Fact


def key(*parts: object) -> str:
    """One text of several, none of which can pretend to be two."""
    return "\x1f".join(map(str, parts))


def line_anchor(function: FunctionId, line: int, end_line: int | None = None) -> Anchor:
    """A statement of a function."""
    return Anchor(
        path_of(function),
        line,
        end_line if end_line and end_line > line else None,
        symbol=qualname_of(function),
        kind=AnchorKind.STATEMENT,
    )


def definition_anchor(side: Side, function: FunctionId) -> Anchor:
    """Where a function is defined."""
    known = side.functions.get(function)
    return known.anchor if known is not None else line_anchor(function, 1)


def condition(side: Side, function: FunctionId, guards: Sequence[Guard]) -> Trait:
    """What decides whether a place runs, calls that lead there included."""
    return shared_condition(side, [(function, guards)])


def shared_condition(side: Side, places: Sequence[tuple[FunctionId, Sequence[Guard]]]) -> Trait:
    """What decides whether any of several places runs; there is at least one."""
    first, *others = [side.conditions(function, guards) for function, guards in places]
    found = [held for held in first if all(held in each for each in others)]
    return Trait(
        "condition",
        ", ".join(condition_text(guard) for _, guard in found) or ALWAYS,
        compared=", ".join(levelled(side, holder, guard) for holder, guard in found) or ALWAYS,
    )


def listing(name: str, values: Iterable[str]) -> Trait:
    """A set of values, compared one by one."""
    found = tuple(dict.fromkeys(values))
    return Trait(name, ", ".join(found), parts=found)


def short(operation: str) -> str:
    """The last two names of an operation: `ZipFile.write`, `in params.cfg`; builtins are bare."""
    found = _DOTTED.search(operation)
    if found is None:
        return operation
    names = found[0].split(".")[-2:]
    if names[0] == "builtins":
        del names[0]
    return operation[: found.start()] + ".".join(names) + operation[found.end() :]


def owner(function: FunctionId) -> str:
    """The function as a reader wants it beside an anchor."""
    return qualname_of(function).replace(".<locals>", "")


def level_holes(text: str) -> str:
    """A rendered path with holes that no longer say what the local was called."""
    return _HOLE.sub("{…}", text)
