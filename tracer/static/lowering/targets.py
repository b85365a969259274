"""What assignments of any form bind or store into."""

from __future__ import annotations

import ast
from typing import cast

from tracer.static.flat import CONST, LITERAL, UNPACK, TypeTree
from tracer.static.kinds import AccessKind
from tracer.static.lowering.scope import NO_NODE, ScopeReader, span_of

_MOST_ITEMS = 30


def bind_target(
    scope: ScopeReader,
    target: ast.expr,
    value: int,
    value_node: ast.expr | None,
    annotation: TypeTree | None = None,
) -> None:
    """Assign to a target of any form."""
    match target:
        case ast.Name():
            bind_name(scope, target, value, value_node)
        case ast.Tuple() | ast.List():
            _unpack(scope, target, value, value_node)
        case ast.Attribute():
            base = scope.value(target.value)
            scope.access(
                AccessKind.SET_ATTRIBUTE,
                target,
                base,
                target.attr,
                value,
                value_node,
                annotation=annotation,
            )
            if scope.has_narrowed_paths:
                _forget_stored(scope, target.attr)
        case ast.Subscript():
            path = None
            if scope.has_items and isinstance(target.value, ast.Name):
                path = item_path(scope, target.value.id, target.slice)
            kept = dict(scope.environment) if path is not None else None
            base = scope.value(target.value)
            key = scope.value(target.slice)
            scope.access(AccessKind.SET_ITEM, target, base, "", value, value_node, key)
            if path is not None and kept is not None and path in kept:
                # A store under one key leaves the others as they are.
                scope.environment = kept
                scope.bind(path, value, line=target.lineno)
        case ast.Starred():
            bind_target(scope, target.value, value, None)


def bind_name(
    scope: ScopeReader, target: ast.Name, value: int, value_node: ast.expr | None
) -> None:
    """Bind a plain name, here or where `global` and `nonlocal` say."""
    name = target.id
    if name in scope.global_names:
        scope.access(AccessKind.SET_GLOBAL, target, NO_NODE, name, value, value_node)
    elif name in scope.nonlocal_names:
        scope.access(AccessKind.SET_NONLOCAL, target, NO_NODE, name, value, value_node)
    else:
        scope.bind(scope.renamed(name), value, line=target.lineno)
        if value_node is not None and scope.nodes[value][0] == LITERAL:
            _follow_items(scope, scope.renamed(name), value, target.lineno)


def item_path(scope: ScopeReader, name: str, key: ast.expr) -> str | None:
    """What an item under a constant key is called while it is followed: `table['a']`."""
    if isinstance(key, ast.UnaryOp) and isinstance(key.op, ast.USub):
        inner = key.operand
        if isinstance(inner, ast.Constant) and type(inner.value) is int:
            return f"{scope.renamed(name)}[{-inner.value}]"
    if isinstance(key, ast.Constant) and type(key.value) in (str, int):
        return f"{scope.renamed(name)}[{key.value!r}]"
    return None


def _follow_items(scope: ScopeReader, name: str, value: int, line: int) -> None:
    """`table = {"a": f}`: until anybody else may touch it, each item is what it was given."""
    type_name, elements, keys, is_open, is_repeated = scope.containers[
        cast(int, scope.nodes[value][1])
    ]
    if is_open or is_repeated or not elements or len(elements) > _MOST_ITEMS:
        return
    if type_name == "dict":
        constants = [scope.nodes[key] for key in keys]
        if any(parts[0] != CONST or parts[2] is None for parts in constants):
            return
        named = [
            (f"{name}[{parts[2]!r}]", one) for parts, one in zip(constants, elements, strict=True)
        ]
    elif type_name in ("list", "tuple"):
        count = len(elements)
        named = [(f"{name}[{index}]", one) for index, one in enumerate(elements)]
        named += [(f"{name}[{index - count}]", one) for index, one in enumerate(elements)]
    else:
        return
    scope.has_items = True
    for path, element in named:
        scope.bind(path, element, line=line)


def _unpack(
    scope: ScopeReader, target: ast.Tuple | ast.List, value: int, value_node: ast.expr | None
) -> None:
    # `a, b = x, y` needs no tuple: each target has its value.
    if (
        isinstance(value_node, ast.Tuple | ast.List)
        and len(value_node.elts) == len(target.elts)
        and scope.nodes[value][0] == LITERAL
        and not any(isinstance(part, ast.Starred) for part in (*value_node.elts, *target.elts))
    ):
        elements = scope.containers[cast(int, scope.nodes[value][1])][1]
        for element, one, node in zip(target.elts, elements, value_node.elts, strict=True):
            bind_target(scope, element, one, node)
        return
    star = next(
        (index for index, part in enumerate(target.elts) if isinstance(part, ast.Starred)), -1
    )
    count, span = len(target.elts), span_of(target)
    for index, element in enumerate(target.elts):
        part = scope.node(UNPACK, value, index, count, star, span)
        bind_target(scope, element, part, None)


def _forget_stored(scope: ScopeReader, name: str) -> None:
    """A store into an attribute ends what tests told of any path through it."""
    for key in [key for key in scope.environment if "." in key]:
        if name in key.split(".")[1:]:
            del scope.environment[key]
