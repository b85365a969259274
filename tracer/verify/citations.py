"""The closed forms in which a document names a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Lines = tuple[int, int]


def range_text(lines: Lines) -> str:
    """`12-40`, or `12` for one line."""
    return f"{lines[0]}" if lines[0] == lines[1] else f"{lines[0]}-{lines[1]}"


# Without a folder or a line, these alone are files: `params.cfg` and `hf.h` are attributes.
_PLAIN_SUFFIXES = frozenset({"py", "md", "rst", "toml", "yaml", "yml", "ipynb", "pyx", "pyi"})
_SUFFIXES = "py|md|rst|toml|yaml|yml|json|cfg|ini|txt|sh|ipynb|pyx|pyi|c|h|cc|cpp|hpp|cu"
_PATH = rf"(?:[\w.\-]+/)*[\w.\-]*\w\.(?:{_SUFFIXES})"
_RANGE = r"\d+(?:\s?[-–]\s?L?\d+)?"
_RANGES = rf"{_RANGE}(?:(?:,\s?|/){_RANGE})*"
_SYMBOL = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"

_CITATION = re.compile(
    rf"(?<![\w/.:\-~])(?P<path>{_PATH})(?![\w/])"
    rf"(?:(?::|\#L)(?P<lines>{_RANGES}))?"
    rf"(?:(?:::|(?<=\.py):)(?P<symbol>{_SYMBOL})(?P<args>\([^()]*\))?(?::(?P<symbol_lines>{_RANGES}))?)?"
)
_SYMBOL_LINES = re.compile(rf"(?P<symbol>{_SYMBOL})(?:\(\))?:(?P<lines>{_RANGES})")
_BARE_LINES = re.compile(
    rf"\b[Ll]ines?:?[ ]+(?P<lines>L?{_RANGE}(?:(?:,\s?(?:and\s)?|\s(?:and|&)\s|/)L?{_RANGE})*)"
    rf"|(?<![\w/])(?P<short>L\d+(?:\s?[-–]\s?L?\d+)?)(?!\w)"
)
_ONLY_LINES = re.compile(rf"L?{_RANGE}(?:\s?[,/&]\s?L?{_RANGE})*")


@dataclass(frozen=True, slots=True)
class Citation:
    """A place as a document names it."""

    text: str
    start: int  # offsets in the text it was found in
    end: int
    path: str = ""  # empty: implied by what stands around
    lines: tuple[Lines, ...] = ()
    symbol: str = ""


def find_citations(text: str, *, is_code: bool) -> Iterator[Citation]:
    """All places named in a code span or a stretch of text, from left to right.

    `symbol:N` counts in a code span alone and only where it is the whole of it: in prose it is a
    ratio or a time. A place that an ellipsis cuts off, `a.py::test_sa…`, is none.
    """
    match = _SYMBOL_LINES.fullmatch(text.strip()) if is_code else None
    if match is not None and not _CITATION.fullmatch(text.strip()):
        lines = parse_lines(match["lines"])
        yield Citation(text.strip(), 0, len(text), lines=lines, symbol=match["symbol"])
        return
    taken: list[tuple[int, int]] = []
    found: list[Citation] = []
    for match in _CITATION.finditer(text):
        if text.startswith("…", match.end()) and (match["symbol"] or match["lines"]):
            continue  # a symbol or a line number that was cut off names another, or none
        numbers = match["lines"] or match["symbol_lines"] or ""
        is_plain = not (numbers or "/" in match["path"] or match["symbol"])
        if is_plain and match["path"].rpartition(".")[2] not in _PLAIN_SUFFIXES:
            continue
        taken.append(match.span())
        found.append(
            Citation(
                match[0],
                *match.span(),
                path=match["path"],
                lines=parse_lines(numbers),
                symbol=match["symbol"] or "",
            )
        )
    if not is_code:
        for match in _BARE_LINES.finditer(text):
            if not any(start <= match.start() < end for start, end in taken):
                numbers = match["lines"] or match["short"]
                found.append(Citation(match[0], *match.span(), lines=parse_lines(numbers)))
    yield from sorted(found, key=lambda citation: citation.start)


def bare_lines(text: str) -> tuple[Lines, ...]:
    """The lines of a table cell that holds nothing but line numbers; empty for any other text."""
    return parse_lines(text) if _ONLY_LINES.fullmatch(text.strip()) else ()


def parse_lines(text: str) -> tuple[Lines, ...]:
    """`591,593-595` → ((591, 591), (593, 595)); a range that runs backwards is read as its ends."""
    ranges: list[Lines] = []
    for match in re.finditer(r"(\d+)(?:\s?[-–]\s?L?(\d+))?", text):
        first, last = int(match[1]), int(match[2] or match[1])
        ranges.append((min(first, last), max(first, last)))
    return tuple(ranges)
