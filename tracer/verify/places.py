"""What stands at a place: is a name, a call or a quotation found at some lines of a file."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from tracer.model.verification import ClaimVerdict, Ground
from tracer.verify.citations import Lines
from tracer.verify.names import parse_assignment, parse_span
from tracer.verify.reading import Reading
from tracer.verify.syntax import Definition, FileReading

_SPACE = re.compile(r"\s+")
_SHOWN = 4
_SHORTEST_QUOTE = 5  # characters; anything shorter must stand as a word


@dataclass(frozen=True, slots=True)
class Standing:
    """How something stands at a place."""

    ground: Ground
    detail: str


@dataclass(frozen=True, slots=True)
class PlaceVerdict:
    """The verdict on one cited place."""

    verdict: ClaimVerdict
    ground: Ground | None
    detail: str


def standing(reading: Reading, path: str, lines: Lines, span: str) -> Standing | None:
    """How a code span stands at some lines; None where it does not.

    In this order: a definition of the name, a call of it, its text as quoted, a place within it.
    A statement over several lines counts as a whole, and so does the comment block or the `with`
    header directly above the call.
    """
    file = reading.file(path)
    if file is None or not file.scopes:
        return _in_text(reading.lines(path) or (), lines, span)
    written = parse_span(span)
    if written is not None:
        defined = _definition_at(file, lines, written.dotted)
        if defined is not None:
            return Standing(Ground.SYNTAX, f"{_kind(defined)} at line {defined.def_line}")
        called = _call_at(reading, file, lines, written.dotted)
        if called is not None:
            return called
    quoted = _in_text(file.lines, file.whole_statements(*lines), span)
    if quoted is not None:
        return quoted
    if written is not None:
        return _within(file, lines, written.dotted)
    return None


def elsewhere(reading: Reading, path: str, dotted: str) -> str:
    """Where in the file a name is defined, else called; empty where it is neither."""
    file = reading.file(path)
    if file is None:
        return ""
    defined = definitions_in(file, dotted)
    if defined:
        places = [f"{path}:{d.def_line}-{d.end_line}" for d in defined]
        return f"{dotted} is defined at {_listed(places)}"
    name = dotted.rpartition(".")[2]
    calls = [call for call in file.calls if call.name == name]
    written = [call for call in calls if call.text == dotted]
    places = list(dict.fromkeys(f"{path}:{call.line}" for call in written or calls))
    return f"{dotted} is called at {_listed(places)}" if places else ""


def definitions_in(file: FileReading, dotted: str) -> list[Definition]:
    """Definitions in a file that a dotted name can mean, its module in front or not."""
    parts = dotted.split(".")
    for drop in range(len(parts)):
        rest = parts[drop:]
        named = file.named(".".join(rest))
        if found := [d for d in named if d.dotted.split(".")[-len(parts) :] == parts]:
            return found
    return []


def is_past_end(reading: Reading, path: str, lines: Lines) -> str:
    """`the file has 467 lines`, where the lines lie beyond; else empty."""
    text = reading.lines(path)
    count = len(text or ())
    if text == () and lines == (1, 1):
        return ""  # an empty file is a module all the same
    return f"{path} has {count} line{'s' * (count != 1)}" if lines[1] > count else ""


def line_exists(reading: Reading, path: str, lines: Lines) -> PlaceVerdict:
    """The verdict where nothing is said about what stands there."""
    text = reading.lines(path) or ()
    quoted = quote(text, lines) if text else "an empty file"
    if quoted:
        return PlaceVerdict(ClaimVerdict.VERIFIED, Ground.TEXT, f"line exists: {quoted}")
    return PlaceVerdict(ClaimVerdict.CHANGED, Ground.TEXT, "the cited lines are blank")


def quote(text: tuple[str, ...], lines: Lines) -> str:
    """The first cited line that is not blank, stripped and cut."""
    for line in text[lines[0] - 1 : lines[1]]:
        if stripped := line.strip():
            return stripped if len(stripped) <= 60 else f"{stripped[:59]}…"
    return ""


def changed_value(reading: Reading, path: str, lines: Lines, span: str) -> str:
    """What the source assigns instead, where the span quotes an assignment of another constant."""
    quoted = parse_assignment(span)
    file = reading.file(path)
    if quoted is None or file is None or len(quoted.targets) != 1 or _is_cut(quoted):
        return ""
    try:
        claimed = ast.literal_eval(quoted.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ""
    first, last = file.whole_statements(*lines)
    stands = parse_assignment("\n".join(line.strip() for line in file.lines[first - 1 : last]))
    if stands is None or ast.dump(stands.targets[0]) != ast.dump(quoted.targets[0]):
        return ""
    try:
        actual = ast.literal_eval(stands.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ""
    is_same = type(actual) is type(claimed) and actual == claimed
    return "" if is_same else f"line {first} reads: {quote(file.lines, (first, last))}"


def quoted_elsewhere(reading: Reading, path: str, span: str) -> int | None:
    """The one line of a file that holds a quoted statement; None where there is not one."""
    written = parse_span(span)
    if parse_assignment(span) is None and (written is None or not written.has_arguments):
        return None
    wanted = _squeezed(span)
    lines = enumerate(reading.lines(path) or (), start=1)
    found = [number for number, line in lines if _is_statement(_squeezed(line), wanted)]
    return found[0] if len(found) == 1 else None


def _is_statement(line: str, wanted: str) -> bool:
    """Whether a line is the quoted statement, or gives its value a name or to the caller."""
    before, found, after = line.partition(wanted)
    is_whole = not after or after.startswith("#")
    return bool(found) and is_whole and (not before or before.endswith(("=", "return", "await")))


def _is_cut(node: ast.AST) -> bool:
    """Whether a quotation leaves something out: `{...}`."""
    return any(isinstance(n, ast.Constant) and n.value is Ellipsis for n in ast.walk(node))


def _definition_at(file: FileReading, lines: Lines, dotted: str) -> Definition | None:
    first, last = lines
    for definition in definitions_in(file, dotted):
        if first <= definition.def_line <= last:
            return definition
        start = file.comment_start(definition.first_line)
        if start <= first and last <= definition.def_line:
            return definition
    return None


def _call_at(reading: Reading, file: FileReading, lines: Lines, dotted: str) -> Standing | None:
    name = dotted.rpartition(".")[2]
    for call in file.calls:
        if call.name != name:
            continue
        start = file.comment_start(call.statement[0])
        if call.touches(*lines) or (start <= lines[0] and lines[1] <= call.statement[1]):
            ground = Ground.SYNTAX if reading.callees(call, file.path) else Ground.TEXT
            return Standing(ground, f"`{call.text}` is called at line {call.line}")
    return None


def _within(file: FileReading, lines: Lines, dotted: str) -> Standing | None:
    for definition in definitions_in(file, dotted):
        if definition.covers(*lines):
            where = f"within {definition.qualname} ({definition.def_line}-{definition.end_line})"
            return Standing(Ground.TEXT, f"{where}: {quote(file.lines, lines)}")
    return None


def _in_text(text: tuple[str, ...], lines: Lines, span: str) -> Standing | None:
    """Whether the lines hold the quotation, white space aside, or the name as a word."""
    cited = text[lines[0] - 1 : lines[1]]
    if not any(cited):
        return None
    squeezed = _squeezed(span)
    if len(squeezed) >= _SHORTEST_QUOTE and squeezed in _squeezed("\n".join(cited)):
        return Standing(Ground.TEXT, f"reads: {_quoting(cited, span)}")
    written = parse_span(span)
    word = written.name if written else span.strip("'\" ")
    if word and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", "\n".join(cited)):
        return Standing(Ground.TEXT, f"reads: {_quoting(cited, word)}")
    return None


def _quoting(cited: tuple[str, ...], word: str) -> str:
    holding = [line for line in cited if word in line] or [line for line in cited if line.strip()]
    return quote(tuple(holding), (1, 1))


def _squeezed(text: str) -> str:
    return _SPACE.sub("", text).replace('"', "'").rstrip(";,")


def _kind(definition: Definition) -> str:
    return f"{definition.kind} {definition.qualname}"


def _listed(places: list[str]) -> str:
    more = len(places) - _SHOWN
    return ", ".join(places[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
