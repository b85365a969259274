"""A brief in Markdown: sections by their headings, fields by their names, places by their form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from tracer.brief.anchors import (
    anchors_in_cell,
    anchors_in_item,
    anchors_in_prose,
    looks_like_path,
)
from tracer.brief.blocks import Block, BlockKind, read_blocks
from tracer.brief.draft import Draft, Given, unquoted
from tracer.brief.question import code_spans
from tracer.brief.yaml_form import draft_from_yaml
from tracer.model.brief import BriefAnchor, Deliverable
from tracer.tables.words import Words

# `**name:** value`, `**name**: value`, `- name: value`, `<name> (optional): value`
_FIELD = re.compile(
    r"""^\s*(?:[-*+]\s+)?[*_`<]*(?P<name>[A-Za-z][A-Za-z0-9 _-]{1,40}?)[*_`>]*
    \s*(?:\((?:optional|required)[^)]*\))?\s*[:=][*_]*(?:\s+|$)(?P<value>.*)$""",
    re.VERBOSE | re.IGNORECASE,
)
_OPTIONAL = re.compile(r"[(\[]?\s*optional(?:ly)?\s*[)\]:]?", re.IGNORECASE)
_STORE_UNDER = re.compile(
    r"\b(?:store|save|write|put|place|file|report)\b[^`]*?\b(?:under|in|into|to|below)\b[^`]*"
    r"`(?P<folder>[^`]+/)`",
    re.IGNORECASE,
)
_ANCHOR_COLUMNS = ("path", "file", "anchor", "location", "source", "where", "reference")
_DOCUMENT_SUFFIXES = (".md", ".rst", ".txt")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block and the section that it stands in."""

    block: Block
    section: str  # `question`, `anchors`, …; empty where no heading of ours is above


def draft_from_markdown(text: str, path: Path, words: Words) -> Draft:
    """Read whatever of a brief stands in the text; sections that we do not know are kept out.

    Raises:
        BriefError: Front matter that is not YAML.
    """
    placed = _sectioned(read_blocks(text), words)
    front = _front_matter(placed, path, words)
    fields = _fields(placed, words)
    question = _question(placed)
    deliverables, folder = _deliverables(placed)
    return Draft(
        given=(*front.given, *question, *fields, *folder, *_lone_question(placed, words)),
        anchors=(*front.anchors, *_anchors(placed, deliverables)),
        deliverables=(*front.deliverables, *deliverables),
        ledgers=(*front.ledgers, *_ledgers(placed)),
        gating=(*front.gating, *_sentences(placed, "gating", words)),
        tasks=(*front.tasks, *_tasks(placed, words)),
        unknown=(*front.unknown, *_unknown(placed, words)),
        unread=_unread(placed),
    )


def _sectioned(blocks: tuple[Block, ...], words: Words) -> tuple[_Placed, ...]:
    """A deeper heading that means nothing to us stays within the section above it."""
    placed: list[_Placed] = []
    open_sections: list[tuple[int, str]] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            while open_sections and open_sections[-1][0] >= block.depth:
                open_sections.pop()
            inherited = open_sections[-1][1] if open_sections else ""
            # The title of a document names its subject, which may well be "question" or "findings".
            section = words.section(block.text) if block.depth > 1 else None
            open_sections.append((block.depth, section or inherited))
        placed.append(_Placed(block, open_sections[-1][1] if open_sections else ""))
    return tuple(placed)


def _unread(placed: tuple[_Placed, ...]) -> tuple[tuple[str, int], ...]:
    """Headings under which nothing is read but places; a document's title is none."""
    return tuple(
        (item.block.text, item.block.line)
        for item in placed
        if item.block.kind is BlockKind.HEADING and item.block.depth > 1 and not item.section
    )


def _unknown(placed: tuple[_Placed, ...], words: Words) -> tuple[tuple[str, int], ...]:
    """Fields of a parameter section that bear no name of ours."""
    return tuple(
        (match["name"].strip(), item.block.line + number)
        for item in placed
        if item.section == "parameters"
        and item.block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH, BlockKind.FENCE)
        for number, line in enumerate(item.block.lines)
        if (match := _FIELD.match(line)) and words.field(match["name"]) is None
    )


def _front_matter(placed: tuple[_Placed, ...], path: Path, words: Words) -> Draft:
    for item in placed:
        if item.block.kind is BlockKind.FRONT_MATTER:
            body = "\n".join(item.block.lines)
            return draft_from_yaml(body, path, words, first_line=item.block.line)
    return Draft()


def _question(placed: tuple[_Placed, ...]) -> tuple[Given, ...]:
    """The first paragraph or list under the question's heading, and what asks on after it."""
    section = [
        item.block
        for item in placed
        if item.section == "question"
        and item.block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM)
        and _FIELD_LIKE_QUESTION.match(item.block.text) is None
    ]
    if not section:
        return ()
    first, rest = section[0], section[1:]
    texts = [unquoted(first.text)]
    for block in rest:
        if first.kind is BlockKind.ITEM is block.kind or block.text.rstrip("\"'\u201d").endswith(
            "?"
        ):
            texts.append(unquoted(block.text))
        else:
            break
    return (Given("question", " ".join(texts), first.line),)


_FIELD_LIKE_QUESTION = re.compile(r"^[*_`<]*(?:analysis[ _-])?question[*_`>]*\s*:", re.IGNORECASE)


def _lone_question(placed: tuple[_Placed, ...], words: Words) -> tuple[Given, ...]:
    """What a short brief asks, without a heading or a field for it: what stands under a title
    `Question`, else the only sentence outside our sections that ends in a question mark.

    Of several such sentences none is taken: which of them is meant, only the author knows.
    """
    loose = [
        item.block
        for item in placed
        if not item.section and item.block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM)
    ]
    blocks = [item.block for item in placed]
    for title, block in pairwise(blocks):
        is_title = title.kind is BlockKind.HEADING and title.depth == 1
        if is_title and words.section(title.text) == "question" and block in loose:
            return (Given("question", unquoted(block.text), block.line),)
    asking = [block for block in loose if unquoted(block.text).endswith("?")]
    if len(asking) != 1:
        return ()
    return (Given("question", unquoted(asking[0].text), asking[0].line),)


def _fields(placed: tuple[_Placed, ...], words: Words) -> tuple[Given, ...]:
    """Fields by name, those of a parameter section first, since they were written for us."""
    found: list[tuple[bool, Given]] = []
    for index, item in enumerate(placed):
        for given in _fields_of(placed, index, words):
            found.append((item.section != "parameters", given))
    return tuple(given for _, given in sorted(found, key=lambda pair: pair[0]))


def _fields_of(placed: tuple[_Placed, ...], index: int, words: Words) -> Iterator[Given]:
    block = placed[index].block
    if block.kind is BlockKind.ROW and len(block.lines) >= 2:
        field = words.field(unquoted(block.lines[0].strip("*_: ")))
        if field is not None and _is_text_field(field):
            yield Given(field, block.lines[1], block.line)
    if block.kind not in (BlockKind.ITEM, BlockKind.PARAGRAPH, BlockKind.FENCE):
        return
    current: tuple[str, list[str], int] | None = None
    for number, line in enumerate(block.lines):
        match = _FIELD.match(line)
        field = words.field(match["name"]) if match else None
        if match and field and _is_text_field(field):
            if current is not None:
                yield _given(*current)
            current = (field, [match["value"]], block.line + number)
        elif current is not None:
            if not line.strip() or (match and block.kind is BlockKind.FENCE):
                yield _given(*current)
                current = None
            else:
                current[1].append(line)
    if current is None:
        return
    field, parts, line_number = current
    if not any(part.strip() for part in parts) and block.kind is not BlockKind.FENCE:
        children = _children(placed, index)
        if children:
            yield Given(field, tuple(unquoted(child.text) for child in children), line_number)
            return
    yield _given(field, parts, line_number)


def _given(field: str, parts: list[str], line: int) -> Given:
    """A value over several lines is a list where each further line has a dash, else one text."""
    first, rest = parts[0].strip(), [part.strip() for part in parts[1:] if part.strip()]
    if not first and rest and all(part.startswith(("- ", "* ")) for part in rest):
        return Given(field, tuple(part[2:].strip() for part in rest), line)
    return Given(field, " ".join([first, *rest]).strip(), line)


def _is_text_field(field: str) -> bool:
    return field not in ("anchors", "deliverables", "parameters", "gating", "ledgers", "tasks")


def _children(placed: tuple[_Placed, ...], index: int) -> tuple[Block, ...]:
    """The items of the list that a block introduces: those below it, or next after a paragraph."""
    parent = placed[index].block
    found: list[Block] = []
    for item in placed[index + 1 :]:
        if item.block.kind is not BlockKind.ITEM or item.block.depth <= parent.depth:
            break
        found.append(item.block)
    return tuple(found)


def _anchors(
    placed: tuple[_Placed, ...], deliverables: tuple[tuple[Deliverable, int], ...]
) -> tuple[BriefAnchor, ...]:
    listed: list[BriefAnchor] = []
    in_prose: list[BriefAnchor] = []
    deliverable_lines = {line for _, line in deliverables}
    for item in placed:
        block = item.block
        if block.kind is BlockKind.ROW and _is_anchor_row(item):
            note = "; ".join(cell for cell in block.lines[1:] if cell)
            listed += anchors_in_cell(block.lines[0], note, block.line)
        elif item.section == "anchors" and block.kind is BlockKind.ITEM:
            listed += anchors_in_item(block.text, block.line)
        elif block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH, BlockKind.ROW):
            for number, line in enumerate(block.lines):
                at = block.line + (number if block.kind is not BlockKind.ROW else 0)
                if at not in deliverable_lines:
                    in_prose += anchors_in_prose(line, at)
    known = {(anchor.path, anchor.line, anchor.symbol) for anchor in listed}
    return (
        *listed,
        *(one for one in in_prose if (one.path, one.line, one.symbol) not in known),
    )


def _is_anchor_row(item: _Placed) -> bool:
    if item.section == "anchors":
        return True
    header = item.block.header[0].lower() if item.block.header else ""
    return item.section not in ("deliverables", "ledgers") and any(
        header.startswith(word) for word in _ANCHOR_COLUMNS
    )


def _deliverables(
    placed: tuple[_Placed, ...],
) -> tuple[tuple[tuple[Deliverable, int], ...], tuple[Given, ...]]:
    """Files with which an item (or row) of the section begins, and the folder to store them in.

    A path in the middle of a sentence is something to read or to write about, not to deliver.
    """
    files: list[tuple[Deliverable, int]] = []
    folders: list[Given] = []
    for item in placed:
        if item.section != "deliverables":
            continue
        block = item.block
        texts = block.lines[:1] if block.kind is BlockKind.ROW else block.lines
        for number, line in enumerate(texts):
            at = block.line + (number if block.kind is not BlockKind.ROW else 0)
            folder = _STORE_UNDER.search(line)
            if folder is not None:
                folders.append(Given("output_folder", folder["folder"], at))
            elif number == 0 and block.kind in (BlockKind.ITEM, BlockKind.ROW):
                file = _leading_file(line)
                if file is not None:
                    is_optional = _OPTIONAL.search(" ".join(block.lines)) is not None
                    files.append((Deliverable(file, is_optional), at))
    return tuple(files), tuple(folders)


def _leading_file(item: str) -> str | None:
    text = _OPTIONAL.sub("", item, count=1) if _OPTIONAL.match(item.strip("*_ ")) else item
    text = text.strip().lstrip("*_ ")
    spans = code_spans(text)
    first = (
        spans[0] if text.startswith("`") and spans else re.split(r"[\s:;,]", text, maxsplit=1)[0]
    )
    first = first.strip("*_")
    has_suffix = "." in first.rpartition("/")[2]
    return first if has_suffix and (looks_like_path(first) or _is_file_name(first)) else None


def _is_file_name(text: str) -> bool:
    return re.fullmatch(r"[\w.@<>{}/-]+\.[A-Za-z][A-Za-z0-9]{1,5}", text) is not None


def _ledgers(placed: tuple[_Placed, ...]) -> tuple[str, ...]:
    """Documents named by the ledger section, and those that the gating wants to be updated."""
    found: list[str] = []
    for item in placed:
        if item.section not in ("ledgers", "gating") or item.block.kind is BlockKind.HEADING:
            continue
        for span in code_spans(item.block.text):
            if looks_like_path(span) and span.endswith(_DOCUMENT_SUFFIXES):
                found.append(span)
    return tuple(found)


def _sentences(placed: tuple[_Placed, ...], section: str, words: Words) -> tuple[str, ...]:
    return tuple(
        item.block.text
        for item in placed
        if item.section == section
        and item.block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH)
        and not _holds_field(item.block, words)
    )


def _tasks(placed: tuple[_Placed, ...], words: Words) -> tuple[str, ...]:
    """Items that ask for something other than a file; one that only heads a file list is none."""
    found: list[str] = list(_sentences(placed, "tasks", words))
    for index, item in enumerate(placed):
        block = item.block
        if item.section != "deliverables" or block.kind is not BlockKind.ITEM:
            continue
        if _leading_file(block.lines[0]) or _holds_field(block, words):
            continue
        if any(_leading_file(child.lines[0]) for child in _children(placed, index)):
            continue
        kept = replace(
            block, lines=tuple(line for line in block.lines if not _STORE_UNDER.search(line))
        )
        if kept.text:
            found.append(kept.text)
    return tuple(found)


def _holds_field(block: Block, words: Words) -> bool:
    match = _FIELD.match(block.lines[0])
    return match is not None and words.field(match["name"]) is not None
