"""A fenced block that is quoted from a file: does it stand there as quoted?

Documents quote, shorten and paraphrase under the same heading. A block counts as a quotation
where most of its lines stand in the file as they are; then a line that stands there nearly so was
changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.citations import Citation, Lines, find_citations
from tracer.verify.markdown import Unit
from tracer.verify.marks import marks_of
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections
from tracer.verify.syntax import FileReading

_SPACE = re.compile(r"\s+")
_GOES_ON = re.compile(r"[\w.*/%+@-]")  # `x=3` is no part of `x=30`, nor of `x=3*n`
_MOST = 0.6  # of the lines must stand in the file, for a block to be a quotation of it
_TWIN = 0.8  # how alike two lines are, for one to be a changed quotation of the other
_SHORTEST = 8  # characters: shorter lines stand anywhere
_FEWEST = 2  # lines


@dataclass(frozen=True, slots=True)
class _Line:
    squeezed: str
    number: int  # in the document


def judge_quote(
    reading: Reading, sections: Sections, unit: Unit, before: Unit | None
) -> list[Claim]:
    """At most one claim: the block as a whole."""
    source = _source(reading, sections, unit, before)
    file = reading.file(source[0]) if source is not None else None
    if source is None or file is None or not file.lines:
        return []
    cited = source[1]
    quoted = _code_lines(unit)
    if len(quoted) < _FEWEST:
        return []
    squeezed = [_squeeze(line) for line in file.lines]
    inside = range(*_widened(file, cited))
    places = [_places(line.squeezed, squeezed) for line in quoted]
    there = [any(at in inside for at in found) for found in places]
    anywhere = [bool(found) for found in places]
    told = f"{len(quoted)} lines quoted from {file.path}:{cited[0]}-{cited[1]}"

    def claim(verdict: ClaimVerdict, detail: str, line: int = unit.line) -> list[Claim]:
        return [Claim(ClaimKind.QUOTE, told, line, verdict, Ground.TEXT, detail)]

    if all(there):
        return claim(ClaimVerdict.VERIFIED, "every line of code stands there")
    if all(anywhere) and not any(there):
        return claim(ClaimVerdict.MOVED, f"it stands at {file.path}:{places[0][0] + 1}")
    if sum(anywhere) < _MOST * len(quoted):
        return []  # a paraphrase
    for line, is_there in zip(quoted, anywhere, strict=True):
        twin = None if is_there else _twin(line.squeezed, squeezed, inside)
        if twin is not None:
            return claim(
                ClaimVerdict.CHANGED,
                f"line {twin + 1} reads: {file.quote(twin + 1, twin + 1)}",
                line.number,
            )
    return []


def _source(
    reading: Reading, sections: Sections, unit: Unit, before: Unit | None
) -> tuple[str, Lines] | None:
    """The one place that the unit above names, or the comments that the block begins with."""
    head: list[str] = []
    for text in unit.pieces[0].text.splitlines():
        if not text.lstrip().startswith("#"):
            break
        head.append(text)
    own = list(find_citations("\n".join(head), is_code=False))
    found = _one_place(own)
    if found is None and before is not None:
        marks = marks_of(before.pieces)
        found = _one_place([mark.citation for mark in marks if mark.citation is not None])
    if found is None:
        return None
    citation, lines = found
    path = sections.resolve(citation)[0] if citation.path else ""
    return (path, lines) if path else None


def _one_place(citations: Sequence[Citation]) -> tuple[Citation, Lines] | None:
    """One file and one range of lines, in one citation or in two."""
    paths = [citation for citation in citations if citation.path]
    lines = [each for citation in citations for each in citation.lines]
    if len({citation.path for citation in paths}) != 1 or len(set(lines)) != 1:
        return None
    return paths[0], lines[0]


def _code_lines(unit: Unit) -> list[_Line]:
    found: list[_Line] = []
    for number, text in enumerate(unit.pieces[0].text.splitlines(), start=unit.line):
        squeezed = _squeeze(text)
        if len(squeezed) >= _SHORTEST and not squeezed.startswith(("...", "…")):
            found.append(_Line(squeezed, number))
    return found


def _squeeze(text: str) -> str:
    """A line without white space, its comment and the difference of quotation marks."""
    stripped = text.strip()
    if stripped.startswith("#"):
        return ""
    code = re.split(r"\s{1,}#\s", stripped)[0]
    return _SPACE.sub("", code).replace('"', "'")


def _widened(file: FileReading, cited: Lines) -> tuple[int, int]:
    """0-indexed, for `range`: the cited lines and the statements that they cut."""
    first, last = file.whole_statements(*cited)
    return first - 1, min(last, len(file.lines))


def _places(wanted: str, lines: Sequence[str]) -> list[int]:
    return [at for at, line in enumerate(lines) if line and _is_part(wanted, line)]


def _is_part(wanted: str, line: str) -> bool:
    """Whether a line reads so, or goes on behind it: not with the same word, number or value."""
    _, found, after = line.partition(wanted)
    return bool(found) and not (
        _GOES_ON.match(after) and (wanted[-1].isalnum() or wanted[-1] in "_)]}'")
    )


def _twin(wanted: str, lines: Sequence[str], inside: range) -> int | None:
    """The one cited line that a quoted one was made from."""
    best, at = 0.0, None
    for number in inside:
        if not lines[number]:
            continue
        ratio = SequenceMatcher(None, wanted, lines[number]).ratio()
        if ratio > best:
            best, at = ratio, number
    return at if best >= _TWIN else None
