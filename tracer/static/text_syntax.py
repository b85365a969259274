"""Questions about single definitions and scopes that syntax alone answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.static.text_bindings import own_nodes


def slice_parts(node: ast.Slice) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None]:
    return node.lower, node.upper, node.step


def parameter_line(node: ast.AST, name: str) -> int:
    arguments = getattr(node, "args", None)
    for each in ast.walk(arguments) if isinstance(arguments, ast.arguments) else ():
        if isinstance(each, ast.arg) and each.arg == name:
            return each.lineno
    return int(getattr(node, "lineno", 0))


def default_of(node: ast.AST, name: str) -> ast.expr | None:
    arguments = getattr(node, "args", None)
    if not isinstance(arguments, ast.arguments):
        return None
    positional = [*arguments.posonlyargs, *arguments.args]
    offset = len(positional) - len(arguments.defaults)
    for position, default in enumerate(arguments.defaults):
        if positional[offset + position].arg == name:
            return default
    for each, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if each.arg == name:
            return keyword_default
    return None


def annotation_of(node: ast.AST | None, name: str) -> ast.expr | None:
    arguments = getattr(node, "args", None)
    if not isinstance(arguments, ast.arguments):
        return None
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if each.arg == name:
            return each.annotation
    return None


def is_declared_global(name: str, scope: ast.AST) -> bool:
    return not isinstance(scope, ast.Module) and any(
        isinstance(node, ast.Global) and name in node.names for node in own_nodes(scope)
    )


def is_rebound(name: str, tree: ast.Module) -> bool:
    """Whether a function of the file declares the name global."""
    return any(isinstance(node, ast.Global) and name in node.names for node in ast.walk(tree))


def changed_at(name: str, scope: ast.AST, *, is_deep: bool) -> int | None:
    """The first line where a list or dict is changed through this name."""
    for node in ast.walk(scope) if is_deep else own_nodes(scope):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _CHANGES
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == name
        ):
            return node.lineno
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Store | ast.Del)
            and isinstance(node.value, ast.Name)
            and node.value.id == name
        ):
            return node.lineno
    return None


def attribute_stores(
    statement: ast.AST, attribute: str
) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Where a statement sets `self.<attribute>`, with the value, if it is one plain value."""
    if isinstance(statement, ast.Assign):
        targets: list[ast.expr] = statement.targets
        value: ast.expr | None = statement.value
    elif isinstance(statement, ast.AnnAssign):
        targets, value = [statement.target], statement.value
    elif isinstance(statement, ast.AugAssign | ast.For | ast.AsyncFor):
        targets, value = [statement.target], None
    else:
        return
    for target in targets:
        for each in ast.walk(target):
            if (
                isinstance(each, ast.Attribute)
                and each.attr == attribute
                and isinstance(each.value, ast.Name)
                and each.value.id in ("self", "cls")
            ):
                yield each, value if each is target else None


_CHANGES = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "popitem"}
    | {"add", "discard", "sort", "reverse", "__setitem__", "__delitem__"}
)
