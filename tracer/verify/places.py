"""What stands at a place: is a name, a call or a quotation found at some lines of a file."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.verification import ClaimVerdict, Ground
from tracer.verify.citations import Lines
from tracer.verify.expressions import (
    Likeness,
    bindings_of,
    compare,
    compare_statements,
    expressions_of,
    fold,
    parse_quoted,
)
from tracer.verify.names import candidates, parse_span
from tracer.verify.reading import Reading, Targets
from tracer.verify.syntax import CallExpression, Definition, FileReading

_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORDS = re.compile(r"\w+")
_SHOWN = 4
# Quoted as a whole: a piece of the text of one says something else.
_WHOLE = (ast.Assign, ast.AnnAssign, ast.Return, ast.ClassDef, ast.FunctionDef)
_LONGEST_HEADER = 30  # lines of a function's parameters
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


def standing(
    reading: Reading, path: str, lines: Lines, span: str, *, is_strict: bool = False
) -> Standing | None:
    """How a code span stands at some lines; None where it does not.

    In this order: a definition of the name, a call of it, its text as quoted, a place within it.
    A statement over several lines counts as a whole, and so does the comment block or the `with`
    header directly above the call.

    Args:
        is_strict: The span is merely near the place. The call must then be in a statement of the
            lines, and be one of what the span names: not what stands one line below.
    """
    file = reading.file(path)
    if file is None or not file.scopes:
        return _in_text(reading.lines(path) or (), lines, span)
    written = parse_span(span)
    if written is not None:
        defined = _definition_at(file, lines, written.dotted)
        if defined is not None:
            return Standing(Ground.SYNTAX, f"{_kind(defined)} at line {defined.def_line}")
        called = _call_at(reading, file, lines, written.dotted, is_strict=is_strict)
        if called is not None:
            return called
    quotation = parse_quoted(span)
    if isinstance(quotation, ast.Return) and quotation.value is None:
        quotation = None  # `return` names the statement, whatever it gives back
    if isinstance(quotation, _WHOLE):
        statements = _statements_at(file, lines)
        found = [alike for each in statements for alike in _likenesses(quotation, each)]
        if found:
            is_there = any(alike.stands for alike in found)
            first, last = file.whole_statements(*lines)
            reads = _quoting(file.lines[first - 1 : last], _first_word(span))
            return Standing(Ground.TEXT, f"reads: {reads}") if is_there else None
        if isinstance(quotation, ast.Assign) and _is_tested(quotation, statements):
            return Standing(Ground.TEXT, f"reads: {quote(file.lines, lines)}")
    whole = _in_text(file.lines, file.whole_statements(*lines), span)
    quoted = whole or _in_text(file.lines, lines, span)  # a comment is no statement
    if quoted is None and isinstance(quotation, ast.If | ast.While | ast.For):
        quoted = _around(file, lines, span)
    if quoted is not None and written is not None and written.has_arguments:
        quoted = quoted if _may_be_call(file, lines, written.name) else None
        if quoted is None:
            return None
    if quoted is not None:
        return quoted
    if written is not None:
        return _within(file, lines, written.dotted)
    return None


def is_written(reading: Reading, path: str, lines: Lines, span: str) -> bool:
    """Whether some lines hold quoted code as it is quoted, what it leaves out aside."""
    file, quoted = reading.file(path), parse_quoted(span.replace("…", "..."))
    if file is None or quoted is None:
        return False
    statements = _statements_at(file, lines)
    return any(alike.stands for each in statements for alike in _likenesses(quoted, each))


def _is_tested(quoted: ast.Assign, statements: Sequence[ast.stmt]) -> bool:
    """Whether `x=False` is told of a condition that reads `not x`, and `x=True` of one of `x`."""
    match quoted:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=bool(wanted))):
            tests = [each.test for each in statements if isinstance(each, ast.If | ast.While)]
        case _:
            return False
    parts = [
        part for test in tests for part in (test.values if isinstance(test, ast.BoolOp) else [test])
    ]
    return (name if wanted else f"not {name}") in map(ast.unparse, parts)


def _may_be_call(file: FileReading, lines: Lines, name: str) -> bool:
    """Whether the lines are code, or text that writes the name with a bracket behind it."""
    text = "\n".join(file.lines[lines[0] - 1 : lines[1]])
    is_text = any(
        all(each.is_in_docstring(line) for line in range(lines[0], lines[1] + 1))
        for each in file.definitions
    )
    return not is_text or re.search(rf"(?<!\w){re.escape(name)}\s*\(", text) is not None


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


def what_reads(text: tuple[str, ...], lines: Lines) -> str:
    """`line 3 reads: x = 1`, of the first cited line that is not blank."""
    numbers = range(lines[0], min(lines[1], len(text)) + 1)
    first = next((number for number in numbers if text[number - 1].strip()), lines[0])
    return f"line {first} reads: {quote(text, (first, first))}"


def is_quotation(span: str) -> bool:
    """Whether a code span quotes code that does something, and names no more than a thing."""
    statement = parse_quoted(span)
    if isinstance(statement, ast.Expr):
        is_not = isinstance(statement.value, ast.UnaryOp) and isinstance(
            statement.value.op, ast.Not
        )
        return is_not or isinstance(statement.value, ast.Compare | ast.BoolOp)
    if isinstance(statement, ast.AnnAssign):
        return statement.value is not None
    kinds = (ast.Assign, ast.AugAssign, ast.If, ast.While, ast.For, ast.Raise, ast.Assert)
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        return "(" in span
    is_return = isinstance(statement, ast.Return) and statement.value is not None
    return is_return or isinstance(statement, kinds)


def changed_value(
    reading: Reading, path: str, lines: Lines, span: str
) -> tuple[ClaimVerdict, str] | None:
    """What the source has instead, where the span quotes code that reads otherwise there.

    Parsed expressions are compared. A value that is told where an expression stands may be what it
    comes to in a run: that is open, and nothing is refused.
    """
    file = reading.file(path)
    quoted = parse_quoted(span)
    if file is None or not file.scopes or quoted is None:
        return None
    statements = _statements_at(file, lines)
    found = [alike for each in statements for alike in _likenesses(quoted, each)]
    if not found or any(alike.stands for alike in found):
        return None
    first, last = file.whole_statements(*lines)
    detail = what_reads(file.lines, (first, last))
    if all(alike is Likeness.OTHER_CONSTANT for alike in found):
        return ClaimVerdict.CHANGED, detail
    told = _told_value(quoted)
    if told is None or not isinstance(quoted, ast.Assign | ast.AnnAssign):
        return None
    if all(alike is Likeness.OTHER for alike in found) and any(
        _is_another(told, value) for each in statements for value in _values_of(quoted, each)
    ):
        return ClaimVerdict.CHANGED, detail
    return ClaimVerdict.UNVERIFIABLE, detail


def _statements_at(file: FileReading, lines: Lines) -> list[ast.stmt]:
    """The statements that the lines cut, parsed; of compound ones the headers."""
    lines = file.whole_statements(*lines)
    spans = [s for s in file.statements if s[0] <= lines[1] and lines[0] <= s[1]]
    found = []
    for first, last in spans:
        for end in (last, *range(last + 1, min(last + _LONGEST_HEADER, len(file.lines)) + 1)):
            text = "\n".join(file.lines[first - 1 : end])
            if (statement := parse_quoted(text)) is not None:
                found.append(statement)
                break
            if not text.lstrip().startswith(("def ", "async def ", "class ")):
                break  # the heads of these alone may be longer than is noted
    return found


def _likenesses(quoted: ast.stmt, statement: ast.stmt) -> list[Likeness]:
    """How the quoted code fits each place of a statement that it can be a quotation of."""
    if isinstance(quoted, ast.Assign | ast.AnnAssign):
        told = _told_value(quoted)
        return [] if told is None else [compare(told, v) for v in _values_of(quoted, statement)]
    if isinstance(quoted, ast.AugAssign):
        is_same = isinstance(statement, ast.AugAssign) and (
            ast.dump(quoted.target) + ast.dump(quoted.op)
            == ast.dump(statement.target) + ast.dump(statement.op)
        )
        return [compare(quoted.value, statement.value)] if is_same else []  # type: ignore[attr-defined]
    if isinstance(quoted, ast.Return | ast.Raise | ast.For | ast.ClassDef | ast.FunctionDef):
        return [compare_statements(quoted, statement)] if type(quoted) is type(statement) else []
    told = _told_value(quoted)
    if told is None:
        return []
    kinds = ast.Compare | ast.BoolOp | ast.UnaryOp
    found = [compare(told, each) for each in expressions_of(statement) if type(each) is type(told)]
    if isinstance(told, ast.Call):
        name = _last_name(told.func)
        found = [
            compare(told, each)
            for each in expressions_of(statement)
            if isinstance(each, ast.Call) and name and _last_name(each.func) == name
        ]
    elif not isinstance(told, kinds):
        return []
    return [alike for alike in found if alike < Likeness.OTHER]


def _told_value(quoted: ast.stmt) -> ast.expr | None:
    match quoted:
        case ast.Assign(targets=[_], value=value) | ast.AugAssign(value=value):
            return value
        case ast.AnnAssign(value=value) | ast.Expr(value=value) | ast.Return(value=value):
            return value
        case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test):
            return test
        case _:
            return None


def _values_of(quoted: ast.Assign | ast.AnnAssign, statement: ast.stmt) -> list[ast.expr]:
    """What a statement gives the name that the quotation gives a value."""
    target = quoted.targets[0] if isinstance(quoted, ast.Assign) else quoted.target
    wanted = ast.unparse(target)
    return [
        value
        for name, value in bindings_of(statement)
        if name == wanted or name.endswith(f".{wanted}") or wanted.endswith(f".{name}")
    ]


def _is_another(told: ast.expr, actual: ast.expr) -> bool:
    """Whether two expressions that are unlike cannot be one and its paraphrase."""
    if fold(actual)[0]:
        return True
    if not isinstance(told, ast.Call) or not isinstance(actual, ast.Call):
        return False
    name = _last_name(told.func)
    words = {n.id for n in ast.walk(actual) if isinstance(n, ast.Name)}
    words |= {n.attr for n in ast.walk(actual) if isinstance(n, ast.Attribute)}
    return bool(name) and bool(_last_name(actual.func)) and name not in words


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def quoted_elsewhere(reading: Reading, path: str, span: str) -> int | None:
    """The one line of a file that holds a quoted statement; None where there is not one."""
    written = parse_span(span)
    if not is_quotation(span) and (written is None or not written.has_arguments):
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


def _definition_at(file: FileReading, lines: Lines, dotted: str) -> Definition | None:
    first, last = lines
    for definition in definitions_in(file, dotted):
        if first <= definition.def_line <= last:
            return definition
        start = file.comment_start(definition.first_line)
        if start <= first and last <= definition.def_line:
            return definition
    return None


def _call_at(
    reading: Reading, file: FileReading, lines: Lines, dotted: str, *, is_strict: bool
) -> Standing | None:
    owner, _, name = dotted.rpartition(".")
    if owner and name in ("__init__", "__new__"):  # a class is called by its own name
        dotted, name = owner, owner.rpartition(".")[2]
    for call in file.calls:
        if call.name != name:
            continue
        first, last = call.statement
        is_here = first <= lines[1] and lines[0] <= last
        if not is_here and not is_strict:
            start = file.comment_start(first)
            is_here = call.touches(*lines) or (start <= lines[0] and lines[1] <= last)
        targets = reading.callees(call, file.path)
        if is_here and (not is_strict or _may_be_of(call, targets, dotted, reading)):
            ground = Ground.SYNTAX if targets else Ground.TEXT
            return Standing(ground, f"`{call.text}` is called at line {call.line}")
    return None


def _may_be_of(call: CallExpression, targets: Targets, dotted: str, reading: Reading) -> bool:
    """Whether a call by the last name of what is named is, as far as imports tell, one of it.

    `dump` is a function of the tree, and `json.dump` another; `self.dump` may be either.
    """
    written, named = call.text.split("."), dotted.split(".")
    if len(named) > 1 and (written[-len(named) :] == named or named[-len(written) :] == written):
        return True
    known = candidates(dotted, reading)
    bound = {t.dotted if isinstance(t, Definition) else t for t in targets}
    ends = [each.split(".") for each in bound if isinstance(each, str)]
    if any(end[-len(named) :] == named for end in ends):
        return len(named) > 1 or not known or any(each in targets for each in known)
    return not ends


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
    pattern = _quotation(span)
    if len(_squeezed(span)) >= _SHORTEST_QUOTE and pattern.search("\n".join(cited)):
        return Standing(Ground.TEXT, f"reads: {_quoting(cited, span)}")
    written = parse_span(span)
    word = written.name if written else span.strip("'\" ")
    if word and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", "\n".join(cited)):
        return Standing(Ground.TEXT, f"reads: {_quoting(cited, word)}")
    return None


def _around(file: FileReading, lines: Lines, span: str) -> Standing | None:
    """A condition or a loop that is quoted for a line within it."""
    indent = _indent(file.lines[lines[0] - 1])
    for first, last in sorted(file.statements, reverse=True):
        text = file.lines[first - 1 : last]
        if last < lines[0] and _indent(text[0]) < indent:
            indent = _indent(text[0])
            if _quotation(span).search("\n".join(text)):
                return Standing(Ground.TEXT, f"within line {first}: {quote(text, (1, 1))}")
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _quoting(cited: tuple[str, ...], word: str) -> str:
    holding = [line for line in cited if word in line] or [line for line in cited if line.strip()]
    return quote(tuple(holding), (1, 1))


def _quotation(span: str) -> re.Pattern[str]:
    """The quoted text, white space and the kind of quotation marks aside, as whole words:
    `n > 10` is none of `n > 100`, nor `x = 0.5` of `x = 0.55`."""
    tokens = _TOKEN.findall(span.strip().rstrip(";,"))
    pattern = ""
    for before, token in zip(["", *tokens], tokens, strict=False):
        if before:
            pattern += r"\s+" if _WORDS.fullmatch(before + token) else r"\s*"
        pattern += "['\"]" if token in "'\"" else re.escape(token)
    if tokens and _WORDS.fullmatch(tokens[0]):
        pattern = rf"(?<!\w){pattern}"
    if tokens and _WORDS.fullmatch(tokens[-1]):
        pattern += r"(?!\.?\w)" if tokens[-1][0].isdigit() else r"(?!\w)"
    return re.compile(pattern)


def _first_word(span: str) -> str:
    return next(iter(_WORDS.findall(span)), "")


def _squeezed(text: str) -> str:
    return _SPACE.sub("", text).replace('"', "'").rstrip(";,")


def _kind(definition: Definition) -> str:
    return f"{definition.kind} {definition.qualname}"


def _listed(places: list[str]) -> str:
    more = len(places) - _SHOWN
    return ", ".join(places[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
