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


def shown_source(
    function: Function, text: str | None, marked: Collection[int], *, room: int
) -> ShownSource | None:
    """Quote a function; a module or a long function only around the marked lines.

    Args:
        function: Where the lines stand.
        text: The whole file; None where nobody gave it.
        marked: Lines with call sites or effects.
        room: The weight that is left; what would weigh more is not quoted, and the answer is None.
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
    groups = _consecutive(_wanted_lines(function, len(shown), marked))
    if sum(len(shown[index]) for group in groups for index in group) > room:
        return None  # before the costly part
    source = ShownSource(
        tuple(
            _part(first + group[0], "\n".join(shown[index] for index in group)) for group in groups
        )
    )
    return source if source.weight <= room else None


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


def _consecutive(numbers: Iterable[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for number in numbers:
        if groups and groups[-1][-1] == number - 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _part(first_line: int, text: str) -> SourcePart:
    """Lexed by itself: a stretch that starts inside a long string may be coloured as code."""
    runs: list[int] = []
    for kind, value in _lexer().get_tokens(text):
        number = _class_of(kind)
        if runs and runs[-1] == number:
            runs[-2] += len(value)
        elif value:
            runs += (len(value), number)
    return SourcePart(first_line, text, tuple(runs))


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
