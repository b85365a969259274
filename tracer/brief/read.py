"""A brief from a file, in Markdown or YAML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tracer.brief.draft import finish, unfilled_fields
from tracer.brief.markdown_form import draft_from_markdown
from tracer.brief.yaml_form import draft_from_yaml
from tracer.errors import BriefError
from tracer.model.brief import Brief
from tracer.tables.words import load_words

_YAML_SUFFIXES = (".yaml", ".yml", ".json")  # JSON is YAML
_LARGEST_BYTES = 1024 * 1024


def read_brief(path: Path, *, tables: Sequence[Path] = ()) -> Brief:
    """Read a brief: YAML by its suffix, Markdown else.

    Args:
        path: The file; its name is kept, its folder is not.
        tables: The user's tables of words, added to ours.

    Raises:
        BriefError: It cannot be read, or it asks nothing. One line: where, what was expected, what
            was found.
    """
    return parse_brief(path, _read(path), tables=tables)


def parse_brief(path: Path, data: bytes, *, tables: Sequence[Path] = ()) -> Brief:
    """Read what stands in a brief's file; the path says the form and is told in errors."""
    return read_closely(path, data, tables=tables).brief


@dataclass(frozen=True, slots=True)
class CloseReading:
    """A brief, and what of its file did not become part of it."""

    brief: Brief
    unfilled: tuple[tuple[str, int], ...]  # fields that are still placeholders, with their line
    unknown: tuple[tuple[str, int], ...]  # names of fields that we do not know, with their line
    unread: tuple[tuple[str, int], ...]  # headings of sections that are not ours


def read_closely(
    path: Path, data: bytes | None = None, *, tables: Sequence[Path] = ()
) -> CloseReading:
    """Read a brief, and say what was left out. Raises as `read_brief`."""
    data = _read(path) if data is None else data
    text = _decode(path, data)
    if not text.strip():
        raise BriefError(f"{path}:1: expected a brief with a question, found an empty file")
    words = load_words(tables)
    is_yaml = path.suffix.lower() in _YAML_SUFFIXES
    form = draft_from_yaml if is_yaml else draft_from_markdown
    draft = form(text, path, words)
    brief = finish(draft, path, data, words)
    return CloseReading(brief, unfilled_fields(draft), draft.unknown, draft.unread)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    except IsADirectoryError as error:
        raise BriefError(f"{path}: expected a brief, found a folder") from error
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise BriefError(f"{path}: expected a brief, found: {found}") from error
    if len(data) > _LARGEST_BYTES:
        raise BriefError(f"{path}: expected a brief of at most 1 MiB, found a larger file")
    return data


def _decode(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BriefError(
            f"{path}:{line}: expected UTF-8, found byte 0x{data[error.start]:02x}"
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BriefError(f"{path}:{line}: expected text, found a null byte")
    return text.replace("\r\n", "\n").replace("\r", "\n")
