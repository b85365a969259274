"""What assignments of any form bind or store into."""

from __future__ import annotations

import ast

from tracer.static.lowering.scope import ScopeReader
from tracer.static.summary import NOTHING, AccessKind, Constant, Element, Expr, Item, Unknown


def bind_target(
    scope: ScopeReader, target: ast.expr, value: Expr, value_node: ast.expr | None
) -> None:
    """Assign to a target of any form."""
    match target:
        case ast.Name():
            bind_name(scope, target, value, value_node)
        case ast.Tuple() | ast.List():
            has_star = any(isinstance(element, ast.Starred) for element in target.elts)
            for index, element in enumerate(target.elts):
                if isinstance(element, ast.Starred):
                    bind_target(scope, element.value, Unknown("a starred target"), None)
                elif has_star:
                    bind_target(scope, element, Element(value), None)
                else:
                    bind_target(scope, element, Item(value, Constant("int", index)), None)
        case ast.Attribute():
            base = scope.value(target.value)
            scope.access(AccessKind.SET_ATTRIBUTE, target, base, target.attr, value, value_node)
        case ast.Subscript():
            base = scope.value(target.value)
            key = scope.value(target.slice)
            scope.access(AccessKind.SET_ITEM, target, base, "", value, value_node, key)
        case ast.Starred():
            bind_target(scope, target.value, value, None)


def bind_name(
    scope: ScopeReader, target: ast.Name, value: Expr, value_node: ast.expr | None
) -> None:
    """Bind a plain name, here or where `global` and `nonlocal` say."""
    name = target.id
    if name in scope.global_names:
        scope.access(AccessKind.SET_GLOBAL, target, NOTHING, name, value, value_node)
    elif name in scope.nonlocal_names:
        scope.access(AccessKind.SET_NONLOCAL, target, NOTHING, name, value, value_node)
    else:
        scope.bind(scope.renamed(name), value, line=target.lineno)
