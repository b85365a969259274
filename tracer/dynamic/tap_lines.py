"""Which line events tell that a statement has run, as far as the source says it.

An event costs the target time, so lines that can never follow a tapped statement raise none. What
is not certain is watched: nothing here may lose a reading.
"""

from __future__ import annotations

import ast

_SIMPLE = (
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Expr,
    ast.Return,
    ast.Raise,
    ast.Delete,
    ast.Import,
    ast.ImportFrom,
    ast.Assert,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Global,
    ast.Nonlocal,
)
_RUNS_ON = (ast.Assign, ast.AugAssign, ast.Expr)  # what comes next is the next statement
_RUNS = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return)  # and has an event of its own
_SEVERAL_EVENTS = (
    ast.Await,
    ast.Yield,
    ast.YieldFrom,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.IfExp,
    ast.BoolOp,
    ast.NamedExpr,
)


def what_has_no_code(tree: ast.Module, statement: ast.stmt) -> str:
    """What a statement is that the compiler makes nothing of, so that no event tells of it.

    A docstring of a function, a declaration of names (measured: 3.10 to 3.13). `pass` and other
    constants have an instruction that does nothing.
    """
    if isinstance(statement, (ast.Global, ast.Nonlocal)):
        return "a declaration of names"
    for each in ast.walk(tree):
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and (
            each.body[0] is statement and ast.get_docstring(each, clean=False) is not None
        ):
            return "a docstring"
    return ""


def direct_line(tree: ast.Module, statement: ast.stmt) -> int | None:
    """The line whose one event says that a statement has run, and nothing else does.

    That is the statement behind it in its block, where both are plain and the line is its own.
    """
    if not isinstance(statement, _RUNS_ON) or _is_constant(statement):
        return None
    for block in _blocks(tree):
        for position, each in enumerate(block[:-1]):
            if each is statement:
                return _own_line(block, position + 1)
    return None


def unwatched_lines(tree: ast.Module, statement: ast.stmt) -> list[int]:
    """Lines that cannot be the first one to run after a statement.

    A plain statement behind another plain one is reached from that one alone; both must be others
    than the tapped one. First statements of blocks, headers and handlers have several ways in.
    """
    tapped = _lines(statement)
    passed: set[int] = set()
    watched: set[int] = set()
    for block in _blocks(tree):
        before: ast.stmt | None = None
        for each in block:
            lines = _lines(each)
            if (
                isinstance(each, _SIMPLE)
                and isinstance(before, _SIMPLE)
                and lines.isdisjoint(_lines(before))
                and tapped.isdisjoint(lines | _lines(before))
            ):
                passed |= lines
            else:
                watched |= lines
            before = each
    return sorted(passed - watched)


def _lines(node: ast.stmt) -> set[int]:
    """The lines of a plain statement; of a compound one, those of its header at least."""
    last = node.end_lineno or node.lineno
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if body:
        inner = body[0]
        first_inner = inner.lineno if isinstance(inner, ast.stmt) else inner.pattern.lineno
        last = max(node.lineno, first_inner)
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return set(range(first, last + 1))


def _blocks(tree: ast.Module) -> list[list[ast.stmt]]:
    found: list[list[ast.stmt]] = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                found.append(block)
    return found


def _own_line(block: list[ast.stmt], position: int) -> int | None:
    """The line of a plain statement on one line that it shares with no other."""
    node, before = block[position], block[position - 1]
    line = node.lineno
    is_shared = (before.end_lineno or before.lineno) >= line or (
        position + 1 < len(block) and block[position + 1].lineno == line
    )
    if not isinstance(node, _RUNS) or _is_constant(node) or node.end_lineno != line or is_shared:
        return None
    if any(isinstance(inner, _SEVERAL_EVENTS) for inner in ast.walk(node)):
        return None
    return line


def _is_constant(node: ast.stmt) -> bool:
    """A text or number on its own: the compiler leaves it out, with its event."""
    return isinstance(node, ast.Expr) and isinstance(node.value, (ast.Constant, ast.Name))
