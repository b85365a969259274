"""Markdown as a list of units: what a reader takes in at one glance, with line numbers.

Structure comes from the tokens of markdown-it-py; nothing is guessed from the raw text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token


class UnitKind(StrEnum):
    """Where a unit stands."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"  # a list item's own text, too
    CELL = "cell"
    FENCE = "fence"  # quoted code: its text is one piece


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, or one code span."""

    text: str
    line: int  # 1-indexed, in the document
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A heading, a paragraph, the text of a list item, or a table cell."""

    kind: UnitKind
    pieces: tuple[Piece, ...]
    line: int
    level: int = 0  # of a heading
    row: int | None = None  # of a cell: number of its row in the document
    column: str = ""  # of a cell: its header, as plain text
    depth: int = 0  # of lists around it
    language: str = ""  # of a fence, as its first line names it

    @property
    def text(self) -> str:
        """The text without marks; code spans in backticks."""
        return "".join(f"`{p.text}`" if p.is_code else p.text for p in self.pieces)


@dataclass(slots=True)
class _Table:
    columns: list[str] = field(default_factory=list)
    is_head: bool = False
    cell: int = 0
    row_line: int = 0


def read_units(text: str) -> tuple[Unit, ...]:
    """All units of a document in order; HTML and table heads are left out."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    units: list[Unit] = []
    table = _Table()
    row = 0
    heading = 0
    depth = 0
    for token in tokens:
        match token.type:
            case "list_item_open":
                depth += 1
            case "list_item_close":
                depth -= 1
            case "fence":
                units.append(_fence(token, depth))
            case "table_open":
                table = _Table()
            case "thead_open":
                table.is_head = True
            case "thead_close":
                table.is_head = False
            case "tr_open":
                row += 1
                table.cell = 0
                table.row_line = token.map[0] + 1 if token.map else table.row_line + 1
            case "heading_open":
                heading = int(token.tag[1:])
            case "heading_close":
                heading = 0
            case "inline":
                units += _units(token, table, row, heading, depth)
            case "th_close" | "td_close":
                table.cell += 1
            case "table_close":
                table = _Table()
    return tuple(units)


def _fence(token: Token, depth: int) -> Unit:
    line = token.map[0] + 2 if token.map else 1  # the first line within
    language = token.info.split()[0].lower() if token.info.split() else ""
    piece = Piece(token.content, line, is_code=True)
    return Unit(UnitKind.FENCE, (piece,), line, depth=depth, language=language)


def _units(token: Token, table: _Table, row: int, heading: int, depth: int) -> list[Unit]:
    if table.is_head:
        pieces = _pieces(token, table.row_line)
        table.columns.append("".join(piece.text for piece in pieces).strip())
        return []
    if table.columns:
        pieces = _pieces(token, table.row_line)
        column = table.columns[table.cell] if table.cell < len(table.columns) else ""
        return [Unit(UnitKind.CELL, pieces, table.row_line, row=row, column=column)]
    line = token.map[0] + 1 if token.map else 1
    kind = UnitKind.HEADING if heading else UnitKind.PARAGRAPH
    return [Unit(kind, _pieces(token, line), line, level=heading, depth=depth)]


def _pieces(token: Token, first_line: int) -> tuple[Piece, ...]:
    """Text and code spans; the line of each is found by looking for it from left to right."""
    found: list[Piece] = []
    flat = token.content.replace("\n", " ")
    at = 0
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            place = flat.find(child.content, at)
            start = place if place >= 0 else at
            line = first_line + token.content.count("\n", 0, start)
            at = start + len(child.content) if place >= 0 else at
            found.append(Piece(child.content, line, child.type == "code_inline"))
        elif child.markup in ("_", "__") and child.type.endswith(("_open", "_close")):
            # `__main__.py` outside a code span is a name, and no emphasis of `main`.
            at = flat.find(child.markup, at) + len(child.markup)
            found.append(Piece(child.markup, first_line + token.content.count("\n", 0, at)))
        elif child.type in ("softbreak", "hardbreak"):
            line = first_line + token.content.count("\n", 0, at)
            found.append(Piece(" ", line))
    return tuple(_merged(found))


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring text joined, so that emphasis does not cut a sentence."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None and not last.is_code and not piece.is_code and last.line == piece.line:
            merged[-1] = Piece(last.text + piece.text, last.line)
        else:
            merged.append(piece)
    return merged
