"""Markdown as a list of blocks that know their section and their line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin


class BlockKind(StrEnum):
    """What a block is in Markdown."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"  # the first paragraph of a list item
    ROW = "row"  # of a table's body
    FENCE = "fence"
    FRONT_MATTER = "front matter"


@dataclass(frozen=True, slots=True)
class Block:
    """One block; the lines of a paragraph stay apart, since authors mean them."""

    kind: BlockKind
    lines: tuple[str, ...]  # inline Markdown as written; of a row, one text a cell
    line: int  # in the file, 1-indexed
    depth: int = 0  # of an item: 1 for the outermost list; of a heading: its level
    is_ordered: bool = False
    info: str = ""  # of a fence: its language
    header: tuple[str, ...] = ()  # of a row: the table's header cells

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.lines).split())


def read_blocks(text: str) -> tuple[Block, ...]:
    """All blocks in the order of the text; HTML and rulers are left out."""
    markdown = MarkdownIt("commonmark").enable("table").use(front_matter_plugin)
    return tuple(_blocks(markdown.parse(text)))


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    lists: list[bool] = []  # whether each open list is ordered
    is_item_start = False
    heading_level = 0
    header: list[str] = []
    cells: list[str] | None = None
    in_header = False
    row_line = 0
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(token.type.startswith("ordered"))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                is_item_start = True
            case "heading_open":
                heading_level = int(token.tag[1:])
            case "heading_close":
                heading_level = 0
            case "thead_open":
                in_header, header = True, []
            case "thead_close":
                in_header = False
            case "tr_open":
                cells, row_line = [], _line(token)
            case "tr_close":
                if in_header:
                    header = cells or []
                elif cells:
                    yield Block(BlockKind.ROW, tuple(cells), row_line, header=tuple(header))
                cells = None
            case "fence" | "code_block":
                content = tuple(token.content.splitlines())
                first = _line(token) + (token.type == "fence")
                yield Block(BlockKind.FENCE, content, first, info=token.info.strip().lower())
            case "front_matter":
                content = tuple(token.content.splitlines())
                yield Block(BlockKind.FRONT_MATTER, content, _line(token) + 1)
            case "inline" if cells is not None:
                cells.append(token.content.strip())
            case "inline":
                lines = tuple(line.strip() for line in token.content.split("\n"))
                if heading_level:
                    yield Block(BlockKind.HEADING, lines, _line(token), heading_level)
                elif lists:
                    kind = BlockKind.ITEM if is_item_start else BlockKind.PARAGRAPH
                    yield Block(kind, lines, _line(token), len(lists), lists[-1])
                    is_item_start = False
                else:
                    yield Block(BlockKind.PARAGRAPH, lines, _line(token))
            case _:
                pass


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
