"""Taps out of files: the table of a bundle, one that somebody wrote by hand, or a trace plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tracer.dynamic.expectations import split_unit
from tracer.dynamic.taps import TapError, check_expression, place_tap
from tracer.errors import TracerError
from tracer.model.plan import Tap, TapMoment

_COLUMNS = {
    "key": ("key", "tap", "tap key", "name"),
    "purpose": ("purpose", "why"),
    "function": ("owning function", "function", "owner"),
    "anchor": ("anchor", "place", "location", "where"),
    "expression": ("expression", "expr"),
    "expected": ("expected", "expectation"),
    "unit": ("unit", "units"),
}
_NEEDED = ("key", "anchor", "expression")
_TABLE_IN_BUNDLE = "trace/tap_points.md"
_PLACE = re.compile(
    r"(?P<path>[^\s:]+?\.\w+)"
    r"(?:::(?P<function>[^\s:]+)|:(?P<line>\d+)(?:\s*[-–]\s*\d+)?)"
    r"(?:\s*[:,]?\s*\(?(?P<moment>before|after|entry|return)\)?)?"
)
_NOTHING = ("", "-", "–", "—", "nothing claimed", "n/a")


@dataclass(frozen=True, slots=True)
class RefusedTap:
    """A row that stands for a tap and cannot be one."""

    tap: Tap
    why: str


def read_tap_file(
    file: Path, root: Path, *, may_call: bool = False
) -> tuple[tuple[Tap, ...], tuple[RefusedTap, ...]]:
    """The taps of a file, placed in the sources, and the rows that cannot be read.

    Args:
        file: Markdown with a table whose columns are those of `tap_points.md`; JSON with a list
            `taps` (a trace plan, `taps.json`, `evidence.json`); or the folder of a bundle.
        root: Where the paths lie.
        may_call: See `parse_tap`.

    Raises:
        TapError: There is no such file, or it holds no tap that can be placed.
    """
    place = file / _TABLE_IN_BUNDLE if file.is_dir() else file
    try:
        text = place.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "expected UTF-8"
        raise TapError(f"{place}: cannot be read: {why}") from error
    rows = _from_json(text, place) if place.suffix == ".json" else _from_tables(text, place)
    taps: list[Tap] = []
    refused: list[RefusedTap] = []
    for tap, why in rows:
        tap = replace(tap, may_call=may_call)
        if not why:
            try:
                check_expression(tap)
                tap = place_tap(tap, root)
            except TracerError as error:
                why = str(error).removeprefix(f"tap {tap.key}: ")
        if why:
            refused.append(RefusedTap(tap, why))
        else:
            taps.append(tap)
    if not taps:
        why = f"tap {refused[0].tap.key}: {refused[0].why}" if refused else "it holds no taps"
        raise TapError(f"{place}: {why}")
    return tuple(taps), tuple(refused)


def _from_json(text: str, file: Path) -> Iterator[tuple[Tap, str]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TapError(f"{file}: expected JSON: {error}") from error
    listed = data.get("taps") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise TapError(f"{file}: expected an object with a list `taps`")
    for item in listed:
        given = item.get("tap", item) if isinstance(item, dict) else None
        if not isinstance(given, dict):
            raise TapError(f"{file}: expected objects in the list `taps`")
        yield _from_fields(given, file), ""


def _from_fields(given: Mapping[str, Any], file: Path) -> Tap:
    texts = {
        name: given.get(name, "")
        for name in ("key", "expression", "path", "function", "purpose", "expected", "unit")
    }
    line = given.get("line", 0)
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(line, int):
        raise TapError(f"{file}: tap {given.get('key')}: expected texts, and a number as line")
    try:
        moment = TapMoment(given.get("moment", "after"))
    except ValueError as error:
        raise TapError(f"{file}: tap {texts['key']}: no moment {given['moment']!r}") from error
    return Tap(
        key=texts["key"],
        expression=texts["expression"],
        path=texts["path"],
        line=line,
        moment=moment,
        function=texts["function"],
        purpose=texts["purpose"],
        expected=texts["expected"],
        unit=texts["unit"],
    )


def _from_tables(text: str, file: Path) -> Iterator[tuple[Tap, str]]:
    found = False
    for rows in _tables(text):
        columns = _columns(rows[0])
        if not all(name in columns for name in _NEEDED):
            continue
        found = True
        for row in rows[1:]:
            cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
            if cells["key"]:
                yield _from_row(cells)
    if not found:
        raise TapError(f"{file}: expected a table with the columns {', '.join(_NEEDED)}")


def _columns(header: list[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in header]
    return {
        column: names.index(word)
        for column, words in _COLUMNS.items()
        for word in words[::-1]
        if word in names
    }


def _from_row(cells: Mapping[str, str]) -> tuple[Tap, str]:
    expected, unit = split_unit(cells.get("expected", ""))
    if expected.lower() in _NOTHING:
        expected = ""
    tap = Tap(
        key=cells["key"],
        expression=cells["expression"],
        path="",
        line=0,
        function=cells.get("function", ""),
        purpose=cells.get("purpose", ""),
        expected=expected,
        unit=cells.get("unit", "") or unit,
    )
    place = _PLACE.match(cells["anchor"])
    if place is None:
        return tap, f"expected PATH:LINE or PATH::FUNCTION as anchor, found {cells['anchor']!r}"
    moment = TapMoment(place["moment"] or ("entry" if place["function"] else "after"))
    is_at_edge = moment in (TapMoment.ENTRY, TapMoment.RETURN)
    return replace(
        tap,
        path=place["path"],
        line=int(place["line"] or 0),
        moment=moment,
        # Written by hand, an owner is for the reader; the source knows the one of a line.
        function=place["function"] or (tap.function if is_at_edge else ""),
    ), ""


def _tables(text: str) -> Iterator[list[list[str]]]:
    """The cells of each table, row by row, with their code spans as they are."""
    rows: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        match token.type:
            case "table_open":
                rows = []
            case "tr_open":
                rows.append([])
            case "inline" if rows and token.level > 3:
                rows[-1].append(_shown(token))
            case "table_close":
                if rows:
                    yield rows


def _shown(token: Token) -> str:
    return "".join(
        child.content if child.type in ("text", "code_inline") else " "
        for child in token.children or ()
        if child.type not in ("em_open", "em_close", "strong_open", "strong_close")
    )
