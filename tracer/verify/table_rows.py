"""What the columns of a table say of its cells: which hold line numbers, which the function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.model.source import MODULE_QUALNAME
from tracer.verify.citations import Citation, bare_lines
from tracer.verify.markdown import Unit
from tracer.verify.marks import Mark
from tracer.verify.names import parse_span

_LINES = re.compile(r"(?:at )?lines?(?: (?:no\.?|numbers?|range))?s?", re.IGNORECASE)
_WHERE = re.compile(
    r"\b(?:lines?|at|in|on|of|the|file|and|or|to|is|see|also|defined|declared|located|found|implemented|lives"
    r"|stands|sits|starts|begins)\b",
    re.IGNORECASE,
)
_FUNCTIONS = re.compile(r"(?:function|method|callable|callee|class)s?", re.IGNORECASE)


def with_line_cells(
    cells: Sequence[tuple[Mark, ...]], units: Sequence[Unit]
) -> list[tuple[Mark, ...]]:
    """The cells of a row, with bare numbers under `Line` read as places.

    They belong to the one file that the row names; where it names none, to the file that stands
    above the table.
    """
    named = {m.citation.path for cell in cells for m in cell if m.citation and m.citation.path}
    path = named.pop() if len(named) == 1 else ""
    found: list[tuple[Mark, ...]] = []
    for cell, unit in zip(cells, units, strict=True):
        text = "".join(mark.text for mark in cell).strip()
        lines = bare_lines(text) if _LINES.fullmatch(unit.column.strip()) else ()
        if lines:
            citation = Citation(text, 0, len(text), path=path, lines=lines)
            found.append((Mark(text, unit.line, citation=citation),))
        else:
            found.append(cell)
    return found


def says_where(cell: Sequence[Mark]) -> bool:
    """Whether a cell tells places and nothing of what they are."""
    text = " ".join(mark.text for mark in cell if mark.citation is None)
    return not _WHERE.sub("", text).strip(" \t\n*_()[],;:–—-")


def function_of_row(columns: Sequence[str], cells: Sequence[Sequence[Mark]]) -> str:
    """The function that a row is about: the only code span of a column of functions."""
    for column, cell in zip(columns, cells, strict=True):
        if not _FUNCTIONS.fullmatch(column.strip()):
            continue
        spans = [mark for mark in cell if mark.is_code]
        rest = "".join(mark.text for mark in cell if not mark.is_code)
        if len(spans) == 1 and spans[0].citation is None and not rest.strip(" *_"):
            written = parse_span(spans[0].text)
            is_function = written is not None and written.name != MODULE_QUALNAME
            return spans[0].text if is_function else ""
    return ""
