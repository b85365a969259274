"""Type expressions, and what a test tells of a type."""

from __future__ import annotations

import ast

from tracer.static.lowering.scope import ScopeReader
from tracer.static.summary import (
    NOTHING,
    Attribute,
    Constant,
    Expr,
    Group,
    Item,
    Name,
    Narrowed,
    Operation,
    Unknown,
)


def read_type(scope: ScopeReader, node: ast.expr) -> Expr:
    """Read a type expression: it calls nothing, and its names may be bound later."""
    match node:
        case ast.Name():
            return Name(scope.renamed(node.id))
        case ast.Attribute():
            return Attribute(read_type(scope, node.value), node.attr)
        case ast.Constant(value=None):
            return NOTHING
        case ast.Constant() if node.value is ...:
            return Constant("ellipsis")
        case ast.Constant(value=str() as text):
            try:
                parsed = ast.parse(text.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return Unknown("a string that is no type")
            if isinstance(parsed, ast.Constant):
                return Unknown("a string that is no type")
            return read_type(scope, parsed)
        case ast.Subscript():
            return Item(read_type(scope, node.value), read_type(scope, node.slice))
        case ast.Tuple() | ast.List():
            return Group(tuple(read_type(scope, element) for element in node.elts))
        case ast.BinOp(op=ast.BitOr()):
            return Operation("__or__", read_type(scope, node.left), read_type(scope, node.right))
    return Unknown("a computed type")


def narrow(scope: ScopeReader, test: ast.expr, holds: bool) -> None:
    """Learn from `isinstance(name, classes)` where the test holds, or does not."""
    match test:
        case ast.UnaryOp(op=ast.Not()):
            narrow(scope, test.operand, not holds)
        case ast.BoolOp(op=ast.And()) if holds:
            for value in test.values:
                narrow(scope, value, True)
        case ast.BoolOp(op=ast.Or()) if not holds:
            for value in test.values:
                narrow(scope, value, False)
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name() as subject, classes]) if (
            holds and subject.id in scope.environment
        ):
            narrowed = Narrowed(scope.name(subject.id), read_type(scope, classes))
            scope.bind(subject.id, narrowed, line=test.lineno)
