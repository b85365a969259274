"""What assignments of any form bind or store into."""

from __future__ import annotations

import ast
from typing import cast

from tracer.static.flat import LITERAL, UNPACK, TypeTree
from tracer.static.lowering.scope import NO_NODE, ScopeReader, span_of
from tracer.static.summary import AccessKind


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
            base = scope.value(target.value)
            key = scope.value(target.slice)
            scope.access(AccessKind.SET_ITEM, target, base, "", value, value_node, key)
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
