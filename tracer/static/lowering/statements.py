"""Statements that neither branch nor define: assignments, imports, ways out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from tracer.model.graph import GuardKind, SiteKind
from tracer.model.source import FunctionKind
from tracer.static.constants import constant_truth
from tracer.static.flat import ATTR, FROM, IMPORT, ITEM, OPERATE, RAISED
from tracer.static.kinds import AccessKind
from tracer.static.lowering.annotations import narrow, read_type
from tracer.static.lowering.exits import ExitKind, caught_at, is_ending
from tracer.static.lowering.expressions import OPERATORS
from tracer.static.lowering.scope import GUARD_LIMIT, NO_NODE, ScopeReader, span_of
from tracer.static.lowering.targets import bind_name, bind_target
from tracer.static.newer_syntax import TypeAlias

_TYPE_LIMIT = 80


def _return(scope: ScopeReader, node: ast.Return) -> None:
    value = scope.none() if node.value is None else scope.value(node.value)
    if not scope.is_dead:
        scope.returns.append(value)
        scope.return_tests.append(scope.none_tests)
        scope.return_lines.append(node.lineno)
    scope.leave(ExitKind.RETURN)


def _raise(scope: ScopeReader, node: ast.Raise) -> None:
    _note_raise(scope, node)
    for part in (node.exc, node.cause):
        if part is not None:
            scope.value(part)
    if isinstance(node.exc, ast.Name | ast.Attribute):
        # `raise Error` makes an instance, if the name is a class.
        callee = scope.value(node.exc)
        scope.site(SiteKind.RAISE, node.exc, callee, node.exc)
    scope.leave(ExitKind.RAISE)


def _note_raise(scope: ScopeReader, node: ast.Raise) -> None:
    raised = node.exc
    is_again = raised is None
    if isinstance(raised, ast.Name):
        bindings = [each for each in scope.environment.get(raised.id, ()) if each >= 0]
        values = [scope.nodes[scope.bindings[each][1]] for each in bindings]
        is_again = bool(values) and all(value[0] == RAISED for value in values)
    if is_again:
        text = caught_at(scope.guards, scope.guard)
    else:
        assert raised is not None
        text = scope.file.source(
            raised.func if isinstance(raised, ast.Call) else raised, _TYPE_LIMIT
        )
    scope.raises.append((span_of(node), text, is_again, scope.guard, scope.is_dead))


def _assert(scope: ScopeReader, node: ast.Assert) -> None:
    reads = scope.condition(node.test)
    if node.msg is not None:
        scope.conditionally(node.msg)
    narrow(scope, node.test, True)
    if constant_truth(node.test) is not None:
        return
    text = scope.file.source(node.test, GUARD_LIMIT)
    scope.guard = scope.add_guard(GuardKind.ASSERT, text, node.lineno, reads)


def _assign(scope: ScopeReader, node: ast.Assign) -> None:
    value = scope.value(node.value)
    for target in node.targets:
        bind_target(scope, target, value, node.value)


def _annotated_assign(scope: ScopeReader, node: ast.AnnAssign) -> None:
    annotation = read_type(scope, node.annotation)
    value = NO_NODE if node.value is None else scope.value(node.value)
    if isinstance(node.target, ast.Name):
        if node.target.id in scope.global_names | scope.nonlocal_names:
            bind_target(scope, node.target, scope.none() if value == NO_NODE else value, node.value)
        elif value != NO_NODE or scope.header.kind is FunctionKind.CLASS_BODY:
            bound = scope.none() if value == NO_NODE else value
            scope.bind(node.target.id, bound, annotation, node.lineno)
        else:
            # `x: C` binds nothing yet; what is bound later has the type.
            scope.declared[node.target.id] = annotation
    elif value != NO_NODE or isinstance(node.target, ast.Attribute):
        # `self.x: Model = load()`: the annotation says more than the value.
        stored = scope.none() if value == NO_NODE else value
        bind_target(scope, node.target, stored, node.value, annotation)


def _augmented_assign(scope: ScopeReader, node: ast.AugAssign) -> None:
    method = OPERATORS[type(node.op)]
    span = span_of(node)
    match node.target:
        case ast.Name():
            left = scope.name(node.target.id)
            right = scope.value(node.value)
            value = scope.node(OPERATE, method, left, right, span, True)
            bind_name(scope, node.target, value, node.value)
        case ast.Attribute(value=inner, attr=name):
            base = scope.value(inner)
            left = scope.node(ATTR, base, name, span_of(node.target))
            right = scope.value(node.value)
            value = scope.node(OPERATE, method, left, right, span, True)
            scope.access(AccessKind.SET_ATTRIBUTE, node.target, base, name, value, node.value)
        case ast.Subscript(value=inner, slice=index):
            base, key = scope.value(inner), scope.value(index)
            left = scope.node(ITEM, base, key, span_of(node.target))
            right = scope.value(node.value)
            value = scope.node(OPERATE, method, left, right, span, True)
            scope.access(AccessKind.SET_ITEM, node.target, base, "", value, node.value, key)


def _delete(scope: ScopeReader, node: ast.Delete) -> None:
    for target in node.targets:
        match target:
            case ast.Name():
                scope.environment.pop(target.id, None)
            case ast.Attribute():
                base = scope.value(target.value)
                scope.access(AccessKind.DELETE_ATTRIBUTE, target, base, target.attr)
            case ast.Subscript():
                base, key = scope.value(target.value), scope.value(target.slice)
                scope.access(AccessKind.DELETE_ITEM, target, base, "", key=key)


def _global(scope: ScopeReader, node: ast.Global) -> None:
    if scope.header.kind is not FunctionKind.MODULE:
        scope.global_names.update(node.names)


def _nonlocal(scope: ScopeReader, node: ast.Nonlocal) -> None:
    scope.nonlocal_names.update(node.names)


def _import(scope: ScopeReader, node: ast.Import) -> None:
    for alias in node.names:
        whole = scope.node(IMPORT, alias.name, True)
        bound = whole if alias.asname is not None else scope.node(IMPORT, alias.name, False)
        scope.site(SiteKind.IMPORT, alias, whole, alias)
        name = alias.asname or alias.name.partition(".")[0]
        _bind_import(scope, name, bound, alias)


def _import_from(scope: ScopeReader, node: ast.ImportFrom) -> None:
    module = node.module or ""
    # `name=""` stands for the module itself; a name is a site of its own, since it may be a
    # submodule, whose body then runs too.
    scope.site(SiteKind.IMPORT, node, scope.node(FROM, node.level, module, ""), node)
    for alias in node.names:
        if alias.name == "*":
            scope.stars.append((node.level, module))
            continue
        bound = scope.node(FROM, node.level, module, alias.name)
        scope.site(SiteKind.IMPORT, alias, bound, alias)
        _bind_import(scope, alias.asname or alias.name, bound, alias)


def _bind_import(scope: ScopeReader, name: str, value: int, alias: ast.alias) -> None:
    if name in scope.global_names:
        scope.access(AccessKind.SET_GLOBAL, alias, NO_NODE, name, value)
    else:
        scope.bind(name, value, line=alias.lineno)


def _expression(scope: ScopeReader, node: ast.Expr) -> None:
    scope.value(node.value)
    if is_ending(node.value) and not scope.is_dead:
        scope.exits.append((ExitKind.RAISE, scope.guard))


def _type_alias(scope: ScopeReader, node: ast.stmt) -> None:
    # PEP 695.
    name = getattr(node, "name", None)
    value = getattr(node, "value", None)
    if isinstance(name, ast.Name) and isinstance(value, ast.expr):
        alias = read_type(scope, value)
        scope.bind(name.id, scope.unknown("a type alias"), ("alias", alias), node.lineno)


SIMPLE_STATEMENTS: dict[type[ast.stmt], Callable[[ScopeReader, Any], None]] = {
    ast.Return: _return,
    ast.Delete: _delete,
    ast.Assign: _assign,
    ast.AugAssign: _augmented_assign,
    ast.AnnAssign: _annotated_assign,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Expr: _expression,
    TypeAlias: _type_alias,
}
