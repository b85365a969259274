"""Questions about single definitions and scopes that syntax alone answers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


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


def declared_globals(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names that `global` statements among the nodes give to the module."""
    return frozenset(name for node in nodes if isinstance(node, ast.Global) for name in node.names)


def changed_containers(nodes: Iterable[ast.AST]) -> dict[str, int]:
    """Names through which a list, dict or set is changed, with the first line that does."""
    lines: dict[str, int] = {}
    for node in nodes:
        changed: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changed = node.func.value if node.func.attr in _CHANGES else None
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = node.value
        if isinstance(changed, ast.Name) and isinstance(node, ast.expr):
            lines[changed.id] = min(node.lineno, lines.get(changed.id, node.lineno))
    return lines


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
