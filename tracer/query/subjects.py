"""What a name stands for, or why that is not clear; and how names are compared."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.query.index import ClassRow, FunctionRow

MOST_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """What a name stands for."""

    label: str  # the id of the function, or the dotted name outside
    nodes: tuple[int, ...]
    functions: tuple[FunctionRow, ...] = ()  # empty: it lies outside the sources
    note: str = ""  # how the name led here, where that is not plain

    @property
    def name(self) -> str:
        """By which a call names it: of a constructor, the class."""
        if not self.functions:
            return self.label.rpartition(".")[2]
        return name_in_calls(self.functions[0].qualname)


@dataclass(frozen=True, slots=True)
class NotClear:
    """A name that stands for nothing, or for several things."""

    reason: str
    functions: tuple[FunctionRow, ...] = ()
    classes: tuple[ClassRow, ...] = ()
    externals: tuple[str, ...] = ()


def of_rows(rows: list[FunctionRow]) -> Subject:
    """All definitions of one qualified name."""
    first = rows[0]
    label = first.id if len(rows) == 1 else first.id.partition("#")[0]
    return Subject(label, tuple(row.node for row in rows), tuple(rows))


def is_tail(text: str, whole: str, separator: str) -> bool:
    """Whether a text is the end of another, at a boundary."""
    return whole == text or whole.endswith(separator + text)


def name_in_calls(qualname: str) -> str:
    """By which a call names a function: of a constructor, the class."""
    parts = qualname.split(".")
    return parts[-2] if parts[-1] in ("__init__", "__new__") and len(parts) > 1 else parts[-1]


def without_locals(qualname: str) -> str:
    """A qualified name as people write it."""
    return qualname.replace(".<locals>", "")
