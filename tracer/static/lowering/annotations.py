"""Type expressions, and what a test tells of a type."""

from __future__ import annotations

import ast

from tracer.static.flat import ATTR, NARROW, TypeTree
from tracer.static.lowering.scope import NO_NODE, ScopeReader, span_of

UNKNOWN_TYPE: TypeTree = ("?", "a computed type")
_NO_TYPE: TypeTree = ("?", "a string that is no type")


def read_type(scope: ScopeReader, node: ast.expr) -> TypeTree:
    """Read a type expression: it calls nothing, and its names may be bound later."""
    match node:
        case ast.Name():
            return ("name", scope.renamed(node.id))
        case ast.Attribute():
            return ("attr", read_type(scope, node.value), node.attr)
        case ast.Constant(value=None):
            return ("none",)
        case ast.Constant() if node.value is ...:
            return ("...",)
        case ast.Constant(value=str() as text):
            try:
                parsed = ast.parse(text.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return _NO_TYPE
            if isinstance(parsed, ast.Constant):
                return _NO_TYPE
            return read_type(scope, parsed)
        case ast.Subscript():
            inner = node.slice
            base = read_type(scope, node.value)
            if base[-1] == "Literal":
                return ("item", base, ())
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return ("item", base, tuple(read_type(scope, item) for item in items))
        case ast.Tuple() | ast.List():
            return ("group", tuple(read_type(scope, element) for element in node.elts))
        case ast.BinOp(op=ast.BitOr()):
            return ("or", read_type(scope, node.left), read_type(scope, node.right))
        case ast.Starred():
            return read_type(scope, node.value)
    return UNKNOWN_TYPE


def narrow(scope: ScopeReader, test: ast.expr, holds: bool) -> None:
    """Learn from `isinstance(name, classes)` and its like where the test holds, or does not."""
    match test:
        case ast.UnaryOp(op=ast.Not()):
            narrow(scope, test.operand, not holds)
        case ast.BoolOp(op=ast.And()) if holds:
            for value in test.values:
                narrow(scope, value, True)
        case ast.BoolOp(op=ast.Or()) if not holds:
            for value in test.values:
                narrow(scope, value, False)
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, classes], keywords=[]):
            _narrow_subject(scope, subject, read_type(scope, classes), holds)
        case ast.Call(func=ast.Name(id="issubclass"), args=[subject, classes], keywords=[]):
            _narrow_subject(scope, subject, ("class", read_type(scope, classes)), holds)
        case ast.Compare(
            left=ast.Name() as subject,
            ops=[ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq() as operator],
            comparators=[ast.Constant(value=None)],
        ):
            _narrow_none(scope, subject, isinstance(operator, ast.Is | ast.Eq) is holds)
        case ast.Name() as subject:
            if holds:
                _narrow_none(scope, subject, False)
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="type"), args=[subject], keywords=[]),
            ops=[ast.Is() | ast.Eq()],
            comparators=[cls],
        ) if holds:
            _narrow_subject(scope, subject, read_type(scope, cls), True)


def _narrow_subject(scope: ScopeReader, subject: ast.expr, tree: TypeTree, holds: bool) -> None:
    if isinstance(subject, ast.NamedExpr):
        subject = subject.target
    path = dotted_path(scope, subject)
    if path is None:
        return
    if isinstance(subject, ast.Name):
        if path in scope.environment:
            base = scope.name(subject.id)
            scope.bind(path, scope.node(NARROW, base, tree, holds), line=subject.lineno)
        return
    base = plain_path_value(scope, subject)
    if base == NO_NODE:
        return
    scope.has_narrowed_paths = True
    scope.bind(path, scope.node(NARROW, base, tree, holds), line=subject.lineno)


def _narrow_none(scope: ScopeReader, subject: ast.Name, is_none: bool) -> None:
    """`x is None` holds, or does not: what it holds here, and what `return` depends on."""
    path = scope.renamed(subject.id)
    if path not in scope.environment:
        return
    base = scope.name(subject.id)
    scope.none_tests = (*scope.none_tests, (base, is_none))
    scope.bind(path, scope.node(NARROW, base, ("none",), is_none), line=subject.lineno)


def dotted_path(scope: ScopeReader, node: ast.expr) -> str | None:
    """`self.x.y`, where an expression is a plain dotted name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    names.append(scope.renamed(node.id))
    return ".".join(reversed(names))


def plain_path_value(scope: ScopeReader, node: ast.expr) -> int:
    """The value of a plain dotted name, without a site or an implicit call of its own."""
    if isinstance(node, ast.Name):
        return scope.name(node.id)
    if isinstance(node, ast.Attribute):
        base = plain_path_value(scope, node.value)
        return NO_NODE if base == NO_NODE else scope.node(ATTR, base, node.attr, span_of(node))
    return NO_NODE
