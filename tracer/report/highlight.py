"""Source of a function for the page: the lines that matter, split into coloured runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

from tracer.model.source import Function, FunctionKind
from tracer.report.quoting import visible
from tracer.static.quoting import redact_secrets

# What a run is; the number is its class in the page.
PLAIN, KEYWORD, NAME, STRING, COMMENT, NUMBER, DECORATOR, BUILTIN = range(8)

_CLASSES = {
    Comment: COMMENT,
    String: STRING,
    Keyword: KEYWORD,
    Operator.Word: KEYWORD,
    Number: NUMBER,
    Name.Decorator: DECORATOR,
    Name.Function: NAME,
    Name.Class: NAME,
    Name.Builtin: BUILTIN,
    Name.Exception: BUILTIN,
}

_WHOLE_LINES = 160  # a longer function is shown around its call sites only
_AROUND = 3
_TAB = 4


@dataclass(frozen=True, slots=True)
class SourcePart:
    """Consecutive lines."""

    first_line: int
    text: str  # lines joined by newlines, without one at the end
    runs: tuple[int, ...]  # length and class in turn; newlines count


@dataclass(frozen=True, slots=True)
class ShownSource:
    """What the page quotes of a function, or why nothing."""

    parts: tuple[SourcePart, ...] = ()
    reason: str = ""

    @property
    def weight(self) -> int:
        """About how many bytes of the page this takes."""
        return sum(len(part.text) + 3 * len(part.runs) + 16 for part in self.parts)


def shown_source(function: Function, text: str | None, marked: Collection[int]) -> ShownSource:
    """Quote a function; a module or a long function only around the marked lines.

    Args:
        function: Where the lines stand.
        text: The whole file; None where nobody gave it.
        marked: Lines with call sites or effects.
    """
    if text is None:
        return ShownSource(reason=f"the source of {function.path} was not given")
    first, last = function.first_line, function.end_line
    lines = text.split("\n")[first - 1 : last]
    if not any(line.strip() for line in lines):
        return ShownSource(reason=f"{function.path} has no text at lines {first} to {last}")
    plain = "\n".join(lines)
    safe = redact_secrets(plain)
    if safe.count("\n") != plain.count("\n"):
        return ShownSource(reason="a literal over several lines looks like a secret")
    shown = [visible(line.expandtabs(_TAB)) for line in safe.split("\n")]
    classes = _classified("\n".join(shown))
    wanted = _wanted_lines(function, len(shown), marked)
    return ShownSource(tuple(_parts(shown, classes, first, wanted)))


def _wanted_lines(function: Function, count: int, marked: Collection[int]) -> list[int]:
    """Indices of the lines to show, in order."""
    is_whole = function.kind not in (FunctionKind.MODULE, FunctionKind.CLASS_BODY)
    if is_whole and count <= _WHOLE_LINES:
        return list(range(count))
    centres = {line - function.first_line for line in marked}
    if function.kind is not FunctionKind.MODULE:
        centres.add(function.def_line - function.first_line)
    wanted = {
        index
        for centre in centres
        for index in range(centre - _AROUND, centre + _AROUND + 1)
        if 0 <= index < count
    }
    return sorted(wanted) or list(range(min(count, 2 * _AROUND)))


def _parts(
    lines: list[str], classes: list[list[tuple[int, int]]], first: int, wanted: Iterable[int]
) -> Iterable[SourcePart]:
    group: list[int] = []
    for index in [*wanted, -1]:
        if group and index != group[-1] + 1:
            yield _part(lines, classes, first, group)
            group = []
        group.append(index)


def _part(
    lines: list[str], classes: list[list[tuple[int, int]]], first: int, group: list[int]
) -> SourcePart:
    runs: list[int] = []
    for index in group:
        pieces = [*classes[index], (1, PLAIN)] if index != group[-1] else classes[index]
        for length, kind in pieces:
            if runs and runs[-1] == kind:
                runs[-2] += length
            else:
                runs += (length, kind)
    return SourcePart(first + group[0], "\n".join(lines[index] for index in group), tuple(runs))


def _classified(text: str) -> list[list[tuple[int, int]]]:
    """For each line its runs of length and class."""
    rows: list[list[tuple[int, int]]] = [[]]
    for kind, value in _lexer().get_tokens(text):
        for number, piece in enumerate(value.split("\n")):
            if number:
                rows.append([])
            if piece:
                rows[-1].append((len(piece), _class_of(kind)))
    return rows


def _class_of(kind: _TokenType) -> int:
    nearest: _TokenType | None = kind
    while nearest is not None:
        if nearest in _CLASSES:
            return _CLASSES[nearest]
        nearest = nearest.parent
    return PLAIN


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False, stripall=False, ensurenl=False)
