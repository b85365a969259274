"""What a reader of one form found, and how it becomes a brief."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from tracer.brief.question import mentions_of, question_shape
from tracer.errors import BriefError
from tracer.model.brief import Brief, BriefAnchor, Deliverable
from tracer.tables.words import Words

_T = TypeVar("_T")

_PLACEHOLDER = re.compile(r"<[^<>]*>")
_MINUTES = re.compile(r"(?P<count>\d+(?:\.\d+)?)\s*(?:m|min|mins|minutes?)?", re.IGNORECASE)
_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u00ab": "\u00bb", "\u2018": "\u2019"}


@dataclass(frozen=True, slots=True)
class Given:
    """The value of one field as its author wrote it: a text, or a list of texts."""

    field: str
    value: str | tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that a form yields, in the order of the text."""

    given: tuple[Given, ...] = ()  # the first of a field counts
    anchors: tuple[BriefAnchor, ...] = ()
    deliverables: tuple[tuple[Deliverable, int], ...] = ()  # with the brief's line
    ledgers: tuple[str, ...] = ()
    gating: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    unknown: tuple[tuple[str, int], ...] = ()  # fields that no name of ours is, with their line
    unread: tuple[tuple[str, int], ...] = ()  # headings that open no section of ours


def unfilled_fields(draft: Draft) -> tuple[tuple[str, int], ...]:
    """Fields that are placeholders, and given nowhere else."""
    given = {item.field for item in draft.given if _is_given(item.value)}
    return _unique(
        (item.field, item.line)
        for item in draft.given
        if item.field not in given and not isinstance(item.value, tuple) and item.value.strip()
    )


def finish(draft: Draft, path: Path, data: bytes, words: Words) -> Brief:
    """Check each field and make the brief.

    Raises:
        BriefError: There is no question, or a field does not have its type.
    """
    given: dict[str, Given] = {}
    for item in draft.given:
        if _is_given(item.value):
            given.setdefault(item.field, item)
    question = " ".join(unquoted(_text(given, "question", path)).split())
    if not question:
        raise BriefError(
            f"{path}:1: expected an analysis question (under a heading `Analysis Question`, or as "
            "a line `analysis_question: ...`), found none"
        )
    for deliverable, line in draft.deliverables:
        _check_below(deliverable.path, path, line, "a file below the output folder")
    folder = unquoted(_text(given, "output_folder", path))
    if folder:
        _check_below(folder, path, given["output_folder"].line, "a folder below the output folder")
    return Brief(
        question=question,
        shape=question_shape(question, words),
        mentions=mentions_of(question),
        initiative_id=unquoted(_text(given, "initiative_id", path)),
        scope_hints=_list(given, "scope_hints"),
        roi_hint=unquoted(_text(given, "roi_hint", path)),
        namespaces=_list(given, "namespaces"),
        time_budget_minutes=_minutes(given.get("time_budget_minutes"), path),
        anchors=_unique(draft.anchors),
        deliverables=_unique(deliverable for deliverable, _ in draft.deliverables),
        output_folder=folder,
        ledgers=_unique((*_list(given, "ledgers"), *draft.ledgers)),
        gating=_unique((*_list(given, "gating"), *draft.gating)),
        tasks=_unique((*_list(given, "tasks"), *draft.tasks)),
        source=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def unquoted(text: str) -> str:
    """The text without the code ticks or quotation marks that enclose the whole of it."""
    text = text.strip()
    while len(text) >= 2 and _is_enclosed(text):
        text = text[1:-1].strip()
    return text


def _is_enclosed(text: str) -> bool:
    first, body, last = text[0], text[1:-1], text[-1]
    if first == last == "`":
        return "`" not in body
    return _QUOTES.get(first) == last and first not in body


def _is_given(value: str | tuple[str, ...]) -> bool:
    """A placeholder such as `<project package>` was never filled in."""
    if isinstance(value, tuple):
        return bool(value)
    return bool(unquoted(value)) and not _PLACEHOLDER.fullmatch(unquoted(value))


def _text(given: dict[str, Given], field: str, path: Path) -> str:
    item = given.get(field)
    if item is None:
        return ""
    if isinstance(item.value, tuple):
        if field == "question":
            return " ".join(item.value)
        raise BriefError(
            f"{path}:{item.line}: expected {field} as one text, "
            f"found a list of {len(item.value)} items"
        )
    return item.value


def _list(given: dict[str, Given], field: str) -> tuple[str, ...]:
    item = given.get(field)
    if item is None:
        return ()
    values = item.value if isinstance(item.value, tuple) else list_of(item.value)
    return _unique(text for value in values if (text := unquoted(value)))


def list_of(text: str) -> tuple[str, ...]:
    """The items of a list as people write it: JSON, or brackets without quotes, or commas."""
    body = unquoted(text)
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, list):
        return tuple(str(item) for item in parsed if isinstance(item, str | int | float))
    if body.startswith("[") and body.endswith("]"):
        body = body[1:-1]
    return tuple(unquoted(item) for item in body.split(",") if item.strip())


def _minutes(item: Given | None, path: Path) -> float | None:
    if item is None:
        return None
    text = unquoted(item.value) if isinstance(item.value, str) else ", ".join(item.value)
    match = _MINUTES.fullmatch(text)
    if match is None or float(match["count"]) <= 0:
        raise BriefError(
            f"{path}:{item.line}: expected time_budget_minutes as a number of minutes above 0, "
            f"found {text!r}"
        )
    return float(match["count"])


def _check_below(name: str, path: Path, line: int, expected: str) -> None:
    pure = PurePosixPath(name.replace("\\", "/"))
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or name[1:2] == ":":
        raise BriefError(f"{path}:{line}: expected {expected}, found {name!r}")


def _unique(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))
