"""Tap specifications, and what a reading says against its expectation."""

from __future__ import annotations

import ast
import re
import tokenize
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracer.dynamic.expectations import judge, parse_expectation, split_unit
from tracer.dynamic.tap_expressions import (
    Step,
    TapError,
    compile_calling,
    compile_expression,
)
from tracer.dynamic.tap_lines import direct_line, unwatched_lines, what_has_no_code
from tracer.dynamic.tap_scopes import holder_of_unused_name
from tracer.model.plan import Tap, TapMoment

__all__ = [
    "TapError",
    "check_expression",
    "compile_expression",
    "describe_for_probe",
    "judge",
    "parse_tap",
    "place_tap",
    "with_expectation",
]

_FORM = (
    "expected KEY=EXPR@PATH:LINE[:before] or KEY=EXPR@PATH::FUNCTION:entry|return,"
    " and perhaps ~ with what is expected: ~ '== 18'"
)
_WITH_EXPECTATION = re.compile(r"(.*@.+?:(?:\d+(?::before|:after)?|entry|return))\s*~(.*)", re.S)


def parse_tap(text: str, root: Path | None = None, *, may_call: bool = False) -> Tap:
    """Read a tap as it is given on the command line.

    Args:
        text: `key=EXPR@path:line`, with `:before` for the moment before the statement runs, or
            `key=EXPR@path::Class.method:entry` or `:return` (where `return` is the value). What is
            expected stands behind a tilde: `key=len(x)@a.py:3 ~ == 18 [entries]`.
        root: Where the paths lie. With it, lines are looked up: the extent of the statement, the
            function that owns it, and the line of a named function's `def`.
        may_call: Let the expression run code of the target where it cannot be read otherwise.

    Raises:
        TapError: The form, the expression, the file or the function is not right.
        ExpectationError: What is expected is of no known form.
    """
    behind = _WITH_EXPECTATION.fullmatch(text)
    spec, expected = (behind[1], behind[2].strip()) if behind else (text, "")
    if len(expected) > 1 and expected[0] == expected[-1] and expected[0] in "'\"":
        expected = expected[1:-1]  # the quotes of a shell, given once more
    key, equals, rest = spec.partition("=")
    expression, at, place = rest.rpartition("@")
    key, expression, place = key.strip(), expression.strip(), place.strip()
    if not (equals and at and key and expression and place) or (behind and not expected.strip()):
        raise TapError(f"tap {text}: {_FORM}")
    tap = _at_place(Tap(key, expression, "", 0, may_call=may_call), place)
    if tap is None:
        raise TapError(f"tap {text}: {_FORM}")
    if expected:
        tap = with_expectation(tap, expected)
    check_expression(tap)
    return tap if root is None else place_tap(tap, root)


def check_expression(tap: Tap) -> None:
    """Refuse an expression that the tap cannot read.

    Raises:
        TapError: It is no expression, or would run code and may not.
    """
    if tap.may_call:
        compile_calling(tap.expression)
    else:
        compile_expression(tap.expression)


def with_expectation(tap: Tap, text: str) -> Tap:
    """The tap with what is expected of its value, and the unit behind it.

    Raises:
        ExpectationError: It is of no known form.
    """
    expected, unit = split_unit(text)
    parse_expectation(expected)
    return replace(tap, expected=expected, unit=unit or tap.unit)


def _at_place(tap: Tap, place: str) -> Tap | None:
    """The tap at `path:line[:moment]` or `path::function:moment`; None: it is neither."""
    if "::" in place:
        path, _, tail = place.partition("::")
        function, _, moment = tail.rpartition(":")
        if moment not in ("entry", "return") or not function or not path:
            return None
        return replace(tap, path=path, moment=TapMoment(moment), function=function)
    found = re.fullmatch(r"(.+?):(\d+)(?::(before|after))?", place)
    if found is None or int(found[2]) < 1:
        return None
    moment = TapMoment(found[3] or "after")
    return replace(tap, path=found[1], line=int(found[2]), moment=moment)


def place_tap(tap: Tap, root: Path) -> Tap:
    """Fill in what only the source tells: statement bounds, owner, the line of a `def`.

    Raises:
        TapError: There is no such file, function or statement, or the frame will not hold the name.
    """
    tree = _parsed(tap, root)
    placed = _placed(tap, tree)
    step, name = _steps_of(tap)[0] if _steps_of(tap) else ("", "")
    is_inside = tap.moment in (TapMoment.ENTRY, TapMoment.RETURN)
    holder = ""
    if step == "name":
        holder = holder_of_unused_name(tree, placed.line, name, is_inside=is_inside)
    if holder:
        raise TapError(
            f"tap {tap.key}: {name} is a name of {holder}, and {placed.function} does not use it"
        )
    return placed


def _placed(tap: Tap, tree: ast.Module) -> Tap:
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
    without_code = what_has_no_code(tree, statement)
    if without_code:
        raise TapError(
            f"tap {tap.key}: nothing runs at {tap.path}:{tap.line}, {without_code} has no code"
        )
    return replace(
        tap,
        function=tap.function or _owner(tree, tap.line),
        statement_lines=tap.statement_lines or _extent(statement),
    )


def describe_for_probe(tap: Tap, root: Path) -> dict[str, Any]:
    """A tap in the words of the probe: steps instead of an expression, bounds as a pair."""
    tree = _parsed(tap, root)
    first, last = tap.statement_lines or (tap.line, tap.line)
    described: dict[str, Any] = {
        "key": tap.key,
        "steps": _described(_steps_of(tap), _holding_class(tree, tap.line)),
        "calling": _described(compile_calling(tap.expression), "") if tap.may_call else None,
        "path": tap.path,
        "lines": [first, last],
        "moment": tap.moment.value,
        "function": tap.function,
        "def_lines": [],
    }
    if tap.moment in (TapMoment.ENTRY, TapMoment.RETURN):
        for _, node in _functions(tree):
            if node.lineno == tap.line:
                described["def_lines"] = list(range(_first_line(node), node.lineno + 1))
        return described
    statement = _statement_at(tree, tap.line)
    if statement is not None and _extent(statement) == (first, last):
        described["is_with"] = isinstance(statement, (ast.With, ast.AsyncWith))
        described["unwatched_lines"] = unwatched_lines(tree, statement)
        if tap.moment is TapMoment.AFTER:
            described["direct_line"] = direct_line(tree, statement)
    return described


def _steps_of(tap: Tap) -> list[Step]:
    """What can be read without running code; nothing where that is not all of it."""
    try:
        return compile_expression(tap.expression)
    except TapError:
        if tap.may_call:
            return []
        raise


def _described(steps: list[Step], holder: str) -> list[list[Any]]:
    """The steps as JSON; private names are those of the class that holds the tap."""
    return [
        [step, argument if step == "item" else _mangled(argument, holder)]
        for step, argument in steps
    ]


def _mangled(name: Any, holder: str) -> Any:
    if type(name) is not str or not holder or not name.startswith("__") or name.endswith("__"):
        return name
    return f"_{holder.lstrip('_')}{name}"


def _holding_class(tree: ast.Module, line: int) -> str:
    """The name of the innermost class around a line, which private names get."""
    holders = [
        node
        for _, node in _class_bodies(tree)
        if node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return max(holders, key=lambda node: node.lineno).name if holders else ""


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
