"""Tap specifications, and what a reading says against its expectation."""

from __future__ import annotations

import ast
import re
import tokenize
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracer.errors import WorkloadError
from tracer.model.plan import Tap, TapMoment
from tracer.model.recording import TapReading

_FORM = "expected KEY=EXPR@PATH:LINE[:before] or KEY=EXPR@PATH::FUNCTION:entry|return"
_GRAMMAR = "names, attributes, constant items, len(), keys() and type()"
_FUNCTIONS = ("len", "keys", "type")

Step = tuple[str, Any]


class TapError(WorkloadError):
    """A tap that cannot be placed, or whose expression is not in the grammar."""


def parse_tap(text: str, root: Path | None = None) -> Tap:
    """Read a tap as it is given on the command line.

    Args:
        text: `key=EXPR@path:line`, with `:before` for the moment before the statement runs, or
            `key=EXPR@path::Class.method:entry` or `:return` (where `return` is the value).
        root: Where the paths lie. With it, lines are looked up: the extent of the statement, the
            function that owns it, and the line of a named function's `def`.

    Raises:
        TapError: The form, the expression, the file or the function is not right.
    """
    key, equals, rest = text.partition("=")
    expression, at, place = rest.rpartition("@")
    key, expression, place = key.strip(), expression.strip(), place.strip()
    if not (equals and at and key and expression and place):
        raise TapError(f"tap {text}: {_FORM}")
    compile_expression(expression)
    if "::" in place:
        path, _, tail = place.partition("::")
        function, _, moment = tail.rpartition(":")
        if moment not in ("entry", "return") or not function or not path:
            raise TapError(f"tap {text}: {_FORM}")
        tap = Tap(key, expression, path, 0, TapMoment(moment), function)
        return tap if root is None else place_tap(tap, root)
    found = re.fullmatch(r"(.+?):(\d+)(?::(before|after))?", place)
    if found is None or int(found[2]) < 1:
        raise TapError(f"tap {text}: {_FORM}")
    tap = Tap(key, expression, found[1], int(found[2]), TapMoment(found[3] or "after"))
    return tap if root is None else place_tap(tap, root)


def place_tap(tap: Tap, root: Path) -> Tap:
    """Fill in what only the source tells: statement bounds, owner, the line of a `def`.

    Raises:
        TapError: There is no such file, function or statement.
    """
    tree = _parsed(tap, root)
    if tap.moment in (TapMoment.ENTRY, TapMoment.RETURN):
        definitions = [
            node for qualname, node in _functions(tree) if _plain(qualname) == _plain(tap.function)
        ]
        if tap.line:
            definitions = [node for node in definitions if node.lineno == tap.line] or definitions
        if not definitions:
            raise TapError(f"tap {tap.key}: no function {tap.function} in {tap.path}")
        return replace(tap, line=definitions[0].lineno)
    statement = _statement_at(tree, tap.line)
    if statement is None:
        raise TapError(f"tap {tap.key}: no statement at {tap.path}:{tap.line}")
    return replace(
        tap,
        function=tap.function or _owner(tree, tap.line),
        statement_lines=tap.statement_lines or _extent(statement),
    )


def describe_for_probe(tap: Tap, root: Path) -> dict[str, Any]:
    """A tap in the words of the probe: steps instead of an expression, bounds as a pair."""
    def_lines: list[int] = []
    first, last = tap.statement_lines or (tap.line, tap.line)
    if tap.moment in (TapMoment.ENTRY, TapMoment.RETURN):
        for _, node in _functions(_parsed(tap, root)):
            if node.lineno == tap.line:
                def_lines = list(range(_first_line(node), node.lineno + 1))
    return {
        "key": tap.key,
        "steps": [list(step) for step in compile_expression(tap.expression)],
        "path": tap.path,
        "lines": [first, last],
        "moment": tap.moment.value,
        "function": tap.function,
        "def_lines": def_lines,
    }


def compile_expression(expression: str) -> list[Step]:
    """Turn an expression into steps: `("name", "x")`, `("attr", "y")`, `("len", None)`.

    Raises:
        TapError: It holds more than names, attributes, constant items, `len`, `keys` and `type`.
    """
    if expression.strip() == "return":
        return [("name", "return")]
    text = re.sub(r"\breturn\b", "__returned__", expression.strip())
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError) as error:
        raise TapError(f"tap expression {expression}: {_GRAMMAR} are what it may hold") from error
    return _steps(tree.body, expression)


def judge(reading: TapReading | None, expected: str) -> str:
    """What a reading says against an expectation.

    Args:
        expected: `== 18`, `!= 0`, `> 20`, `>=`, `<`, `<=`, `in {…}`, `shape == (64, 64)`,
            `dtype == float32`, `len == 3`, `keys >= {…}`, `keys == {…}`, `type == dill.X`,
            `is None`; empty: nothing was claimed.

    Returns:
        `as expected`, `differs`, `read` (nothing was claimed, or it cannot be judged) or
        `not reached`. Every distinct value has to agree.
    """
    if reading is None or not reading.hits:
        return "not reached"
    if not expected.strip() or not reading.values:
        return "read"
    verdicts = {_judge_value(value, expected.strip()) for value in reading.values}
    if False in verdicts:
        return "differs"
    return "read" if None in verdicts else "as expected"


def _steps(node: ast.expr, expression: str) -> list[Step]:
    match node:
        case ast.Name(id=name):
            return [("name", "return" if name == "__returned__" else name)]
        case ast.Attribute(value=value, attr=name):
            return [*_steps(value, expression), ("attr", name)]
        case ast.Subscript(value=value, slice=index):
            try:
                key = ast.literal_eval(index)
            except ValueError:
                key = None
            if isinstance(key, (str, int)):
                return [*_steps(value, expression), ("item", key)]
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            inner = _steps(argument, expression)
            if inner[-1][0] not in _FUNCTIONS:
                return [*inner, (name, None)]
    raise TapError(f"tap expression {expression}: {_GRAMMAR} are what it may hold")


def _judge_value(value: str, expected: str) -> bool | None:
    """Whether one summary agrees; None where that cannot be told."""
    if "<redacted>" in value:
        return None
    found = re.fullmatch(
        r"(shape|dtype|len|type|keys|is)?\s*(==|!=|>=|<=|>|<|in|None)?\s*(.*)", expected, re.S
    )
    if found is None:
        return None
    field, operator, right_text = found[1], found[2], found[3].strip()
    if field == "is":
        return (value == "None") if operator == "None" else None
    if field == "dtype":
        left_text = re.search(r" dtype (\S+)", value)
        return _compare(left_text[1], operator, right_text.strip("'\"")) if left_text else None
    if field == "type":
        name = value.removeprefix("type ").partition(" ")[0]
        return _compare(name, operator, right_text.strip("'\"")) if operator else None
    right = _literal(right_text)
    if right is _UNKNOWN or not operator:
        return None
    if field == "shape":
        shape = re.search(r" shape (\(.*?\))", value)
        return _compare(_literal(shape[1]), operator, right) if shape else None
    if field == "len":
        length = re.search(r"\blen (\d+)", value) or re.fullmatch(r"int (\d+)", value)
        return _compare(int(length[1]), operator, right) if length else None
    if field == "keys":
        return _judge_keys(value, operator, right)
    left = _value_of(value)
    return None if left is _UNKNOWN else _compare(left, operator, right)


def _judge_keys(value: str, operator: str, right: Any) -> bool | None:
    listed = re.search(r"keys (?:\d+ \{(.*)\}$|(.*)$)", value, re.S)
    if listed is None:
        return None
    text = listed[1] if listed[1] is not None else listed[2]
    is_cut = text.endswith("…")
    keys = _literal("{" + text.removesuffix("…").rstrip(", ") + "}") if text.strip("… ") else set()
    if keys == {}:
        keys = set()
    if not isinstance(keys, set):
        return None
    wanted = set(right) if isinstance(right, (set, frozenset, list, tuple, dict)) else {right}
    if operator == ">=":
        return True if keys >= wanted else (None if is_cut else False)
    return None if is_cut else _compare(keys, operator, wanted)


_UNKNOWN = object()
_OPERATIONS: dict[str, Any] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "in": lambda a, b: a in b,
}


def _compare(left: Any, operator: str | None, right: Any) -> bool | None:
    if operator not in _OPERATIONS or left is _UNKNOWN:
        return None
    try:
        return bool(_OPERATIONS[operator](left, right))
    except TypeError:
        return False


def _literal(text: str) -> Any:
    if text in ("set()", "frozenset()"):
        return set()
    for name in ("inf", "-inf", "nan"):
        if text == name:
            return float(name)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return _UNKNOWN


def _value_of(summary: str) -> Any:
    """The plain value in a summary, where all of it stands there."""
    if summary == "None":
        return None
    kind, _, rest = summary.partition(" ")
    if kind.startswith("numpy."):
        kind = "number"
    if kind in ("int", "float", "bool", "complex", "number"):
        return _literal(rest)
    sized = re.fullmatch(r"(?:str|list|tuple|set|frozenset) len \d+ (.*)", summary, re.S)
    if sized is None or sized[1].endswith("…") or "…" in sized[1][-3:] or "<" in sized[1]:
        if sized is not None and summary.startswith("str") and not sized[1].endswith("…"):
            return _literal(sized[1])
        return _UNKNOWN
    return _literal(sized[1]) if sized[1] != "{}" else set()


def _parsed(tap: Tap, root: Path) -> ast.Module:
    file = root / tap.path
    try:
        with tokenize.open(file) as source:
            return ast.parse(source.read())
    except OSError as error:
        raise TapError(f"tap {tap.key}: {tap.path} cannot be read: {error.strerror}") from error
    except (SyntaxError, ValueError, RecursionError) as error:
        raise TapError(f"tap {tap.key}: {tap.path} cannot be parsed: {error}") from error


_Definition = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(tree: ast.AST, prefix: str = "") -> list[tuple[str, _Definition]]:
    found: list[tuple[str, _Definition]] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _Definition):
            found.append((prefix + node.name, node))
            found += _functions(node, f"{prefix}{node.name}.<locals>.")
        elif isinstance(node, ast.ClassDef):
            found += _functions(node, f"{prefix}{node.name}.")
        else:
            found += _functions(node, prefix)
    return found


def _plain(qualname: str) -> str:
    return qualname.replace(".<locals>", "")


def _first_line(node: _Definition) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _statement_at(tree: ast.AST, line: int) -> ast.stmt | None:
    """The innermost statement that spans a line."""
    found: ast.stmt | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            first, last = _extent(node)
            if first <= line <= last and (found is None or first >= _extent(found)[0]):
                found = node
    return found


def _extent(node: ast.stmt) -> tuple[int, int]:
    """First and last line; of a compound statement, those of its header."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return node.lineno, node.end_lineno or node.lineno
    inner = body[0]
    first_inner = inner.lineno if isinstance(inner, ast.stmt) else inner.pattern.lineno
    first = _first_line(node) if isinstance(node, _Definition) else node.lineno
    return first, max(first, first_inner - 1)


def _owner(tree: ast.Module, line: int) -> str:
    """The qualname of the function that a line belongs to; of module-level code `<module>`."""
    owner, size = "<module>", None
    for qualname, node in _functions(tree):
        end = node.end_lineno or node.lineno
        is_within = node.lineno < line <= end or node.lineno == line == end
        if is_within and (size is None or end - node.lineno <= size):
            owner, size = qualname, end - node.lineno
    for qualname, body in _class_bodies(tree):
        end = body.end_lineno or body.lineno
        if body.lineno < line <= end and (size is None or end - body.lineno < size):
            owner, size = qualname, end - body.lineno
    return owner


def _class_bodies(tree: ast.AST, prefix: str = "") -> list[tuple[str, ast.ClassDef]]:
    found: list[tuple[str, ast.ClassDef]] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            found.append((prefix + node.name, node))
            found += _class_bodies(node, f"{prefix}{node.name}.")
        elif isinstance(node, _Definition):
            found += _class_bodies(node, f"{prefix}{node.name}.<locals>.")
        else:
            found += _class_bodies(node, prefix)
    return found
