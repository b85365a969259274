"""Tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.static.minute import Answer

Cell = object


@dataclass(slots=True)
class Table:
    """A titled table; what is absent is a row, or a line of `notes`.

    Attributes:
        answers: What of it the table on top repeats.
    """

    title: str
    head: Sequence[str]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    intro: str = ""
    answers: list[Answer] = field(default_factory=list)

    def add(self, *cells: Cell) -> None:
        self.rows.append(cells)

    def add_note_row(self, *cells: Cell, note: str) -> None:
        """A row without figures: the note stands in the last column."""
        empty = [""] * (len(self.head) - len(cells) - 1)
        self.rows.append([*cells, *empty, note])

    def markdown(self) -> str:
        lines = [f"### {self.title}", ""]
        if self.intro:
            lines += [self.intro, ""]
        if self.rows:
            lines += [_row(self.head), _row(["---"] * len(self.head)), *map(_row, self.rows), ""]
        lines += [f"- {note}" for note in self.notes]
        return "\n".join(lines).rstrip() + "\n"


def percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _row(cells: Iterable[Cell]) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"
