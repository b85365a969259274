"""Statements and expressions of one file, found by place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracer.model.source import Span
from tracer.plan.parsing import parse_source
from tracer.static.sources import SourceTree

_COMPOUND = (ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.If, ast.While, ast.Try, ast.Match)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with what surrounds it."""

    node: ast.stmt
    function: FunctionNode | None  # None: module level, or a class body
    loops: tuple[ast.stmt, ...]  # around it, outermost first, within its function

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line; of a compound statement, those of its head."""
        if isinstance(self.node, _COMPOUND):
            return self.node.lineno, max(self.node.lineno, _head_end(self.node))
        return self.node.lineno, self.node.end_lineno or self.node.lineno


@dataclass(frozen=True, slots=True)
class Syntax:
    """One parsed file."""

    statements: tuple[Statement, ...]  # in order of the text
    by_expression: Mapping[tuple[int, int], tuple[Statement, ast.Call]]  # by end of the call

    def call_at(self, span: Span) -> tuple[Statement, ast.Call] | None:
        """The call that ends where the span ends: its start may be shared, its end is its own."""
        return self.by_expression.get((span.end_line, span.end_column))

    def statement_at(self, line: int) -> Statement | None:
        """The innermost statement whose lines hold the line."""
        holding = [s for s in self.statements if s.lines[0] <= line <= s.lines[1]]
        return holding[-1] if holding else None


def syntax_of(tree: SourceTree, paths: frozenset[str]) -> Mapping[str, Syntax]:
    """Parse some files of the tree; one that cannot be parsed is left out."""
    parsed: dict[str, Syntax] = {}
    for file in tree.files:
        if file.path in paths and (module := parse_source(file)) is not None:
            statements = tuple(_statements(module.body, None, ()))
            calls: dict[tuple[int, int], tuple[Statement, ast.Call]] = {}
            for statement in statements:
                for node in own_expressions(statement.node):
                    if isinstance(node, ast.Call) and node.end_lineno is not None:
                        end = (node.end_lineno, node.end_col_offset or 0)
                        calls[end] = (statement, node)
            parsed[file.path] = Syntax(statements, calls)
    return parsed


def own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """All expression nodes of a statement's own head, without the statements in its body and
    without what runs in another frame."""
    stack: list[ast.AST] = [
        child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt)
    ]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Lambda):
            continue
        yield node
        stack.extend(
            child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)
        )


def _statements(
    body: list[ast.stmt], function: FunctionNode | None, loops: tuple[ast.stmt, ...]
) -> Iterator[Statement]:
    for node in body:
        yield Statement(node, function, loops)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _statements(node.body, node, ())
            continue
        inner = (*loops, node) if isinstance(node, ast.For | ast.AsyncFor | ast.While) else loops
        for part in _bodies(node):
            yield from _statements(
                part, None if isinstance(node, ast.ClassDef) else function, inner
            )


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        part = getattr(node, name, None)
        if isinstance(part, list):
            yield part
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for case in getattr(node, "cases", ()):
        yield case.body


def _head_end(node: ast.stmt) -> int:
    ends = [
        child.end_lineno
        for child in own_expressions(node)
        if isinstance(child, ast.expr) and child.end_lineno is not None
    ]
    # The handlers of a `try` and the cases of a `match` are no part of its head.
    if isinstance(node, ast.Try | ast.Match):
        return node.lineno
    return max(ends, default=node.lineno)
