"""Places as authors of briefs write them."""

from __future__ import annotations

import re

from tracer.model.brief import BriefAnchor

_FILE_SUFFIXES = (
    "py|pyi|pyx|ipynb|md|rst|txt|toml|json|yaml|yml|cfg|ini|sh|c|h|cpp|cu|cc|hpp|js|ts|csv"
)
_PATH = rf"(?:[\w.@<>{{}}*+-]+/)+[\w.@<>{{}}*+-]*|[\w.@<>{{}}*+-]+\.(?:{_FILE_SUFFIXES})(?![\w.])"
_RANGE = r"\d+(?:\s*[-\u2013\u2014]\s*\d+)?"
_PLACE = re.compile(
    rf"""(?P<path>{_PATH})
    (?:\#L(?P<hash>\d+(?:-L?\d+)?))?
    (?:::(?P<symbol>[A-Za-z_<][\w.<>]*))?
    (?::(?P<lines>{_RANGE}(?:\s*,\s*{_RANGE})*)|:(?P<name>[A-Za-z_][\w.]*))?""",
    re.VERBOSE,
)
_SPAN = re.compile(r"`+([^`]+)`+")
_LINES_IN_PROSE = re.compile(rf"^\(?\s*(?:lines?|L)\s*(?P<lines>{_RANGE})\s*\)?$", re.IGNORECASE)
_DASH = re.compile(r"\s+(?:[-\u2013\u2014]{1,2}|\u2192)\s+|\s*[;:]\s+")


def anchors_in_cell(cell: str, note: str, brief_line: int) -> tuple[BriefAnchor, ...]:
    """The places that a table cell names, with the words that stand behind each.

    A cell holds a code span and perhaps a section: `specs/api.md` §4.5, `plan.md` (D3 rows). Where
    no span is a path, the first bare path of the cell counts.
    """
    spans = [match for match in _SPAN.finditer(cell) if _parse(match[1].strip())]
    if not spans:
        bare = _PLACE.search(cell)
        if bare is None:
            return ()
        return _anchors(bare[0], cell[bare.end() :], note, brief_line)
    found: list[BriefAnchor] = []
    for index, match in enumerate(spans):
        end = spans[index + 1].start() if index + 1 < len(spans) else len(cell)
        found += _anchors(match[1].strip(), cell[match.end() : end], note, brief_line)
    return tuple(found)


def anchors_in_item(item: str, brief_line: int) -> tuple[BriefAnchor, ...]:
    """The places with which a list item begins: `path:12-40`, then a dash and the rationale."""
    text = item.strip()
    first = _SPAN.match(text) or _PLACE.match(text)
    if first is None or _parse(first[0].strip("`").strip()) is None:
        return ()
    head, dash, note = _split_dash(text, first.end())
    return anchors_in_cell(head, note if dash else "", brief_line)


def anchors_in_prose(text: str, brief_line: int) -> tuple[BriefAnchor, ...]:
    """Places in running text, where they name a line or a symbol."""
    found: list[BriefAnchor] = []
    for match in _SPAN.finditer(text):
        for anchor in _anchors(match[1].strip(), "", "", brief_line):
            if anchor.line is not None or anchor.symbol:
                found.append(anchor)
    return tuple(found)


def looks_like_path(text: str) -> bool:
    """Whether the whole text is a path of a file or folder."""
    match = _PLACE.fullmatch(text.strip())
    return match is not None and match["path"] == text.strip()


def _parse(text: str) -> re.Match[str] | None:
    match = _PLACE.match(text)
    if match is None or (match.end() < len(text) and not text[match.end()].isspace()):
        return None
    return match


def _split_dash(text: str, start: int) -> tuple[str, bool, str]:
    dash = _DASH.search(text, start)
    if dash is None:
        return text, False, ""
    return text[: dash.start()], True, text[dash.end() :].strip()


def _anchors(place: str, behind: str, note: str, brief_line: int) -> tuple[BriefAnchor, ...]:
    match = _parse(place)
    if match is None:
        return ()
    inside = place[match.end() :].strip()
    section = " ".join(f"{inside} {behind}".split()).strip(" ,;.|\u2014\u2013-")
    lines = match["lines"] or (match["hash"] or "").replace("L", "")
    if not lines and (said := _LINES_IN_PROSE.match(section)) is not None:
        lines, section = said["lines"], ""
    if section.startswith("(") and section.endswith(")") and section.count("(") == 1:
        section = section[1:-1].strip()
    text = " ".join(f"{place} {behind}".split())
    ranges = [_range(part) for part in lines.split(",")] if lines else [(None, None)]
    return tuple(
        BriefAnchor(
            text=text,
            path=match["path"].removeprefix("./"),
            line=line,
            end_line=end_line,
            symbol=match["symbol"] or match["name"] or "",
            section=section,
            note=" ".join(note.split()),
            brief_line=brief_line,
        )
        for line, end_line in ranges
    )


def _range(text: str) -> tuple[int | None, int | None]:
    first, _, last = re.sub(r"[\u2013\u2014]", "-", text).partition("-")
    line, end_line = int(first), int(last) if last.strip() else None
    if end_line is not None and end_line < line:
        line, end_line = end_line, line
    return line, end_line
