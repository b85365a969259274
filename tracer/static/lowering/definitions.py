"""Functions, classes and lambdas: scopes of their own inside a scope."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tracer.model.graph import SiteKind
from tracer.model.source import FunctionKind
from tracer.static.flat import DEFINED, FlatParameter, pack_span
from tracer.static.kinds import AccessKind, ParameterKind
from tracer.static.lowering.annotations import read_type
from tracer.static.lowering.scope import NO_NODE, Header, ScopeReader, span_of


def _function(scope: ScopeReader, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    decorators, sites = _decorators(scope, node.decorator_list)
    parameters = _parameters(scope, node.args)
    returns = None if node.returns is None else read_type(scope, node.returns)
    in_class = scope.header.kind is FunctionKind.CLASS_BODY
    reader = ScopeReader(
        scope.file,
        Header(
            FunctionKind.METHOD if in_class else FunctionKind.FUNCTION,
            node.name,
            scope.nested_qualname(node.name),
            scope.index,
            min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]),
            node.lineno,
            node.end_lineno or node.lineno,
            parameters,
            returns,
            decorators=decorators,
            is_coroutine=isinstance(node, ast.AsyncFunctionDef),
        ),
    )
    reader.bind_parameters()
    reader.read_body(node.body)
    scope.file.scopes[reader.index] = reader.finished(ast.get_docstring(node, clean=True))
    defined = _decorated(scope, node.decorator_list, reader.index, sites)
    # `@x.setter def x` adds to the property and does not replace its getter.
    is_accessor = any(
        isinstance(decorator, ast.Attribute)
        and decorator.attr in ("setter", "deleter")
        and isinstance(decorator.value, ast.Name)
        and decorator.value.id == node.name
        for decorator in node.decorator_list
    )
    if not is_accessor or node.name not in scope.environment:
        _bind_definition(scope, node.name, defined, node)


def _class(scope: ScopeReader, node: ast.ClassDef) -> None:
    decorators, sites = _decorators(scope, node.decorator_list)
    bases = tuple(scope.value(base) for base in node.bases if not isinstance(base, ast.Starred))
    keywords = tuple((keyword.arg or "**", scope.value(keyword.value)) for keyword in node.keywords)
    reader = ScopeReader(
        scope.file,
        Header(
            FunctionKind.CLASS_BODY,
            node.name,
            scope.nested_qualname(node.name),
            scope.index,
            min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]),
            node.lineno,
            node.end_lineno or node.lineno,
            bases=bases,
            keywords=keywords,
            decorators=decorators,
        ),
    )
    scope.site(SiteKind.CLASS_BODY, node, scope.node(DEFINED, reader.index, ()), node)
    reader.read_body(node.body)
    scope.file.scopes[reader.index] = reader.finished(ast.get_docstring(node, clean=True))
    defined = _decorated(scope, node.decorator_list, reader.index, sites)
    _bind_definition(scope, node.name, defined, node)


def _lambda(scope: ScopeReader, node: ast.Lambda) -> int:
    parameters = _parameters(scope, node.args)
    reader = ScopeReader(
        scope.file,
        Header(
            FunctionKind.LAMBDA,
            "<lambda>",
            scope.nested_qualname("<lambda>"),
            scope.index,
            node.lineno,
            node.lineno,
            node.end_lineno or node.lineno,
            parameters,
        ),
    )
    # A parameter hides a comprehension's variable of the same name.
    scope.file.renamed.append({parameter[0]: parameter[0] for parameter in parameters})
    reader.bind_parameters()
    reader.returns.append(reader.value(node.body))
    reader.return_tests.append(())
    reader.return_lines.append(node.lineno)
    scope.file.renamed.pop()
    scope.file.scopes[reader.index] = reader.finished()
    return scope.node(DEFINED, reader.index, ())


def _bind_definition(
    scope: ScopeReader,
    name: str,
    value: int,
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
) -> None:
    if name in scope.global_names or name in scope.nonlocal_names:
        kind = AccessKind.SET_GLOBAL if name in scope.global_names else AccessKind.SET_NONLOCAL
        span = pack_span(node.lineno, node.col_offset, node.lineno, node.col_offset + 3)
        scope.accesses.append(
            (kind.value, NO_NODE, name, NO_NODE, value, 0, span, scope.guard, scope.is_dead, None)
        )
    else:
        scope.bind(name, value, line=node.lineno)


def _decorators(scope: ScopeReader, nodes: Sequence[ast.expr]) -> tuple[tuple[int, ...], list[int]]:
    """Read decorator expressions; their sites learn later what they decorate."""
    values = tuple(scope.value(node) for node in nodes)
    sites = [
        scope.site(SiteKind.DECORATOR, node, value, node)
        for node, value in zip(nodes, values, strict=True)
    ]
    return values, sites


def _decorated(scope: ScopeReader, nodes: Sequence[ast.expr], index: int, sites: list[int]) -> int:
    """The definition as its decorators leave it; each decorator's argument is what is below it."""
    value = scope.node(DEFINED, index, ())
    for depth in range(len(sites) - 1, -1, -1):
        kind, span, callee, callee_span, _, guard, is_conditional, is_dead = scope.sites[
            sites[depth]
        ]
        argument = ("", value, span_of(nodes[depth]))
        scope.sites[sites[depth]] = (
            kind, span, callee, callee_span, (argument,), guard, is_conditional, is_dead
        )  # fmt: skip
        value = scope.node(DEFINED, index, tuple(sites[depth:]))
    return value


def _parameters(scope: ScopeReader, arguments: ast.arguments) -> tuple[FlatParameter, ...]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    parameters: list[FlatParameter] = []

    def add(argument: ast.arg, kind: ParameterKind, default: ast.expr | None) -> None:
        annotation = argument.annotation
        parameters.append(
            (
                argument.arg,
                kind.value,
                None if annotation is None else read_type(scope, annotation),
                NO_NODE if default is None else scope.value(default),
            )
        )

    for index, argument in enumerate(positional):
        default = arguments.defaults[index - first_default] if index >= first_default else None
        is_only = index < len(arguments.posonlyargs)
        kind = ParameterKind.POSITIONAL_ONLY if is_only else ParameterKind.POSITIONAL
        add(argument, kind, default)
    if arguments.vararg is not None:
        add(arguments.vararg, ParameterKind.REST, None)
    for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        add(argument, ParameterKind.KEYWORD_ONLY, keyword_default)
    if arguments.kwarg is not None:
        add(arguments.kwarg, ParameterKind.KEYWORDS, None)
    return tuple(parameters)


DEFINITIONS: Mapping[type[ast.stmt], Callable[[ScopeReader, Any], None]] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}
ANONYMOUS_DEFINITIONS: Mapping[type[ast.expr], Callable[[ScopeReader, Any], int]] = {
    ast.Lambda: _lambda
}
