"""Statements that neither branch nor define: assignments, imports, ways out."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tracer.model.graph import SiteKind
from tracer.model.source import FunctionKind
from tracer.static.lowering.annotations import narrow, read_type
from tracer.static.lowering.expressions import OPERATORS
from tracer.static.lowering.scope import ScopeReader, span_of
from tracer.static.lowering.targets import bind_name, bind_target
from tracer.static.summary import (
    NOTHING,
    Access,
    AccessKind,
    Expr,
    ImportedModule,
    ImportedName,
    Operation,
    StarImport,
    Unknown,
)


def _return(scope: ScopeReader, node: ast.Return) -> None:
    value = NOTHING if node.value is None else scope.value(node.value)
    if not scope.is_dead:
        scope.returns.append(value)
    scope.is_dead = True


def _raise(scope: ScopeReader, node: ast.Raise) -> None:
    for part in (node.exc, node.cause):
        if part is not None:
            scope.value(part)
    scope.is_dead = True


def _assert(scope: ScopeReader, node: ast.Assert) -> None:
    scope.value(node.test)
    if node.msg is not None:
        scope.conditionally(node.msg)
    narrow(scope, node.test, True)


def _assign(scope: ScopeReader, node: ast.Assign) -> None:
    value = scope.value(node.value)
    for target in node.targets:
        bind_target(scope, target, value, node.value)


def _annotated_assign(scope: ScopeReader, node: ast.AnnAssign) -> None:
    annotation = read_type(scope, node.annotation)
    value = None if node.value is None else scope.value(node.value)
    if isinstance(node.target, ast.Name):
        if node.target.id in scope.global_names | scope.nonlocal_names:
            bind_target(scope, node.target, value or NOTHING, node.value)
        elif value is not None or scope.header.kind is FunctionKind.CLASS_BODY:
            scope.bind(node.target.id, value or NOTHING, annotation, node.lineno)
    elif value is not None:
        # `self.x: Model = load()`: the annotation says more than the value.
        bind_target(scope, node.target, value, node.value)
        if isinstance(node.target, ast.Attribute):
            scope.accesses[-1] = replace(scope.accesses[-1], annotation=annotation)


def _augmented_assign(scope: ScopeReader, node: ast.AugAssign) -> None:
    method = OPERATORS[type(node.op)]
    right = scope.value(node.value)
    match node.target:
        case ast.Name():
            left: Expr = scope.name(node.target.id)
            bind_name(scope, node.target, Operation(method, left, right), node.value)
        case ast.Attribute() | ast.Subscript():
            bind_target(scope, node.target, Unknown("an augmented assignment"), node.value)


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
        bound = ImportedModule(alias.name, alias.asname is not None)
        scope.site(SiteKind.IMPORT, alias, ImportedModule(alias.name, True), f"import {alias.name}")
        name = alias.asname or alias.name.partition(".")[0]
        _bind_import(scope, name, bound, alias)


def _import_from(scope: ScopeReader, node: ast.ImportFrom) -> None:
    module = node.module or ""
    text = f"from {'.' * node.level}{module} import"
    # `name=""` stands for the module itself; a name is a site of its own, since it may be a
    # submodule, whose body then runs too.
    scope.site(SiteKind.IMPORT, node, ImportedName(node.level, module, ""), text)
    for alias in node.names:
        if alias.name == "*":
            scope.stars.append(StarImport(node.level, module))
            continue
        bound = ImportedName(node.level, module, alias.name)
        scope.site(SiteKind.IMPORT, alias, bound, f"{text} {alias.name}")
        _bind_import(scope, alias.asname or alias.name, bound, alias)


def _bind_import(scope: ScopeReader, name: str, value: Expr, alias: ast.alias) -> None:
    if name in scope.global_names:
        scope.accesses.append(
            Access(
                AccessKind.SET_GLOBAL,
                NOTHING,
                name,
                NOTHING,
                value,
                None,
                span_of(alias),
                scope.guard,
                scope.is_dead,
            )
        )
    else:
        scope.bind(name, value, line=alias.lineno)


def _expression(scope: ScopeReader, node: ast.Expr) -> None:
    scope.value(node.value)


def _type_alias(scope: ScopeReader, node: ast.stmt) -> None:
    # PEP 695; the class exists from Python 3.12.
    name = getattr(node, "name", None)
    value = getattr(node, "value", None)
    if isinstance(name, ast.Name) and isinstance(value, ast.expr):
        scope.bind(name.id, read_type(scope, value), line=node.lineno)


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
}
if sys.version_info >= (3, 12):
    SIMPLE_STATEMENTS[ast.TypeAlias] = _type_alias
