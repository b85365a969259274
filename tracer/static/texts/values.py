"""The values that the text evaluator knows, and what Python would do with them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from tracer.static.texts.patterns import Pattern, literal


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A known value that is no text; `True`, `1` and `1.0` are three."""

    value: bool | int | float | bytes | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Constant) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value))


@dataclass(frozen=True, slots=True)
class Items:
    """A list, tuple or set with known length."""

    elements: tuple[Values, ...]
    is_ordered: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a dict, with the place of its value."""

    key: Values
    value: Values
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A dict with known entries."""

    entries: tuple[Entry, ...]
    state: str = ""  # the dotted name, where it is a module-level object that the program changes
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a folder holds, one entry at a time."""

    folder: Pattern
    form: str  # `walk` (folder, names, names), `walked names`, `paths`, `names`
    glob: str = ""


Value = Pattern | Constant | Items | Table | Sweep
Values = tuple[Value, ...]


def as_text(value: Value) -> Pattern | None:
    """The value inside an f-string."""
    if isinstance(value, Pattern):
        return value
    return literal(str(value.value)) if isinstance(value, Constant) else None


def known_text(value: Value) -> str | None:
    return value.text if isinstance(value, Pattern) else None


def is_known(value: Value) -> bool:
    return isinstance(value, Constant) or known_text(value) is not None


def is_ordered_value(value: Value) -> bool:
    return not isinstance(value, Items) or value.is_ordered


def plain_value(value: Value) -> object:
    """What Python would compare: the constant itself, or the text."""
    return value.value if isinstance(value, Constant) else known_text(value)


def truth_of(value: Value) -> bool | None:
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, Pattern):
        return (
            True
            if any(isinstance(part, str) for part in value.parts)
            else (None if value.parts else False)
        )
    if isinstance(value, Items):
        return bool(value.elements)
    return None


def formatted(value: Value, spec: str, conversion: int) -> Pattern | None:
    known = value.value if isinstance(value, Constant) else known_text(value)
    if known is None or not is_small_spec(spec):
        return None
    if conversion != -1:
        known = str(known) if conversion == ord("s") else repr(known)
    try:
        return literal(format(known, spec))
    except (TypeError, ValueError):
        return None


def is_small_spec(spec: str) -> bool:
    """Whether formatting cannot make a text of unbounded length."""
    return all(int(number) < 1000 for number in re.findall(r"\d{1,9}", spec)) and len(spec) < 20


def arithmetic_result(op: ast.operator, one: object, other: object) -> Constant | None:
    if type(one) is not int or type(other) is not int or max(abs(one), abs(other)) > 10**9:
        return None
    if isinstance(op, ast.Add):
        return Constant(one + other)
    if isinstance(op, ast.Sub):
        return Constant(one - other)
    return Constant(one * other) if isinstance(op, ast.Mult) else None
