"""Expressions: their sites are kept, their values are the answers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from tracer.model.graph import SiteKind
from tracer.static.constants import constant_truth
from tracer.static.lowering.annotations import narrow
from tracer.static.lowering.scope import CALLEE_LIMIT, ScopeReader, span_of
from tracer.static.lowering.targets import bind_target
from tracer.static.summary import (
    NOTHING,
    AccessKind,
    Argument,
    Attribute,
    Awaited,
    Called,
    Constant,
    Either,
    Element,
    Expr,
    Item,
    Operation,
    Unknown,
)

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.Div: "__truediv__",
    ast.FloorDiv: "__floordiv__",
    ast.Mod: "__mod__",
    ast.Pow: "__pow__",
    ast.MatMult: "__matmul__",
    ast.BitOr: "__or__",
    ast.BitAnd: "__and__",
    ast.BitXor: "__xor__",
    ast.LShift: "__lshift__",
    ast.RShift: "__rshift__",
}
_LONGEST_CHAIN = 40  # attributes in one dotted name; longer ones are generated code


def _name(scope: ScopeReader, node: ast.Name) -> Expr:
    value = scope.name(node.id)
    if scope.condition_names is not None:
        scope.condition_names.append(value)
    return value


def _attribute(scope: ScopeReader, node: ast.Attribute) -> Expr:
    names, scope.condition_names = scope.condition_names, None
    chain: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        chain.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name):
        scope.condition_names = names
    value = scope.value(inner)
    scope.condition_names = names
    if len(chain) > _LONGEST_CHAIN:
        return Unknown("a very long dotted name")
    for name in reversed(chain):
        value = Attribute(value, name)
    if names is not None and isinstance(inner, ast.Name):
        names.append(value)
    return value


def _call(scope: ScopeReader, node: ast.Call) -> Expr:
    callee = scope.value(node.func)
    arguments = [
        Argument("*", scope.value(argument.value), span_of(argument))
        if isinstance(argument, ast.Starred)
        else Argument("", scope.value(argument), span_of(argument))
        for argument in node.args
    ]
    arguments.extend(
        Argument(keyword.arg or "**", scope.value(keyword.value), span_of(keyword.value))
        for keyword in node.keywords
    )
    text = scope.file.source(node.func, CALLEE_LIMIT)
    return Called(scope.site(SiteKind.CALL, node, callee, text, tuple(arguments)))


def _constant(scope: ScopeReader, node: ast.Constant) -> Expr:
    value = node.value
    if isinstance(value, str | int) and not isinstance(value, bool):
        is_short = isinstance(value, int) or len(value) <= 200
        return Constant(type(value).__name__, value if is_short else None)
    return NOTHING if value is None else Constant(type(value).__name__)


def _formatted(scope: ScopeReader, node: ast.JoinedStr) -> Expr:
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            scope.value(part.value)
            if part.format_spec is not None:
                scope.value(part.format_spec)
    return Constant("str")


def _display(scope: ScopeReader, node: ast.List | ast.Tuple | ast.Set) -> Expr:
    is_open = False
    elements: list[Expr] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            is_open = True
            elements.append(Element(scope.value(element.value)))
        else:
            elements.append(scope.value(element))
    return scope.container(type(node).__name__.lower(), elements, is_open=is_open)


def _dict(scope: ScopeReader, node: ast.Dict) -> Expr:
    keys: list[Expr] = []
    elements: list[Expr] = []
    is_open = False
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            scope.value(value)
            is_open = True
        else:
            keys.append(scope.value(key))
            elements.append(scope.value(value))
    return scope.container("dict", elements, keys, is_open)


def _comprehension(
    scope: ScopeReader, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> Expr:
    # Its variables live in a frame of their own (or, since 3.12, in names of their own).
    names: dict[str, str] = {}
    scope.file.renamed.append(names)
    tag = f"@{node.lineno}:{node.col_offset}"
    for depth, generator in enumerate(node.generators):
        if depth:
            scope.conditional_depth += 1
        iterated = scope.value(generator.iter)
        names.update(
            (target.id, target.id + tag)
            for target in ast.walk(generator.target)
            if isinstance(target, ast.Name)
        )
        bind_target(scope, generator.target, Element(iterated), None)
        for condition in generator.ifs:
            scope.conditionally(condition)
    scope.conditional_depth += 1
    if isinstance(node, ast.DictComp):
        keys = [scope.value(node.key)]
        answer = scope.container("dict", [scope.value(node.value)], keys, is_repeated=True)
    else:
        type_name = {ast.ListComp: "list", ast.SetComp: "set"}.get(type(node), "generator")
        answer = scope.container(type_name, [scope.value(node.elt)], is_repeated=True)
    scope.conditional_depth -= len(node.generators)
    scope.file.renamed.pop()
    return answer


def _subscript(scope: ScopeReader, node: ast.Subscript) -> Expr:
    base = scope.value(node.value)
    key = scope.value(node.slice)
    if isinstance(node.value, ast.Name | ast.Attribute):
        scope.access(AccessKind.GET_ITEM, node, base, "", key=key)
    return Item(base, key)


def _operation(scope: ScopeReader, node: ast.BinOp) -> Expr:
    # Walked in a loop: `a + b + c + …` nests to the left, thousands deep in generated code.
    spine: list[ast.BinOp] = []
    inner: ast.expr = node
    while isinstance(inner, ast.BinOp):
        spine.append(inner)
        inner = inner.left
    left = scope.value(inner)
    answer: Expr | None = None
    for operation in reversed(spine):
        right = scope.value(operation.right)
        if answer is None:
            answer = Operation(OPERATORS[type(operation.op)], left, right)
    assert answer is not None
    return answer


def _unary(scope: ScopeReader, node: ast.UnaryOp) -> Expr:
    value = scope.value(node.operand)
    if isinstance(node.op, ast.Not):
        return Constant("bool")
    return Constant(value.type_name) if isinstance(value, Constant) else value


def _bool(scope: ScopeReader, node: ast.BoolOp) -> Expr:
    options = [scope.value(node.values[0])]
    is_dead = scope.is_dead
    for previous, value in zip(node.values, node.values[1:], strict=False):
        truth = constant_truth(previous)
        scope.is_dead = scope.is_dead or truth is isinstance(node.op, ast.Or)
        options.append(scope.conditionally(value))
    scope.is_dead = is_dead
    return Either(tuple(options))


def _conditional(scope: ScopeReader, node: ast.IfExp) -> Expr:
    scope.value(node.test)
    before = scope.environment
    scope.environment = dict(before)
    narrow(scope, node.test, True)
    body = scope.conditionally(node.body)
    scope.environment = dict(before)
    narrow(scope, node.test, False)
    orelse = scope.conditionally(node.orelse)
    scope.environment = before
    return Either((body, orelse))


def _compare(scope: ScopeReader, node: ast.Compare) -> Expr:
    left = scope.value(node.left)
    for index, (operator, comparator) in enumerate(zip(node.ops, node.comparators, strict=True)):
        right = scope.value(comparator) if index == 0 else scope.conditionally(comparator)
        if isinstance(operator, ast.In | ast.NotIn) and isinstance(
            comparator, ast.Name | ast.Attribute
        ):
            scope.access(AccessKind.CONTAINS, node, right, "", key=left)
        left = right
    return Constant("bool")


def _walrus(scope: ScopeReader, node: ast.NamedExpr) -> Expr:
    value = scope.value(node.value)
    renamed, scope.file.renamed = scope.file.renamed, []  # PEP 572: binds outside comprehensions
    bind_target(scope, node.target, value, node.value)
    scope.file.renamed = renamed
    return value


def _await(scope: ScopeReader, node: ast.Await) -> Expr:
    return Awaited(scope.value(node.value))


def _yield(scope: ScopeReader, node: ast.Yield) -> Expr:
    scope.is_generator = True
    scope.yields.append(NOTHING if node.value is None else scope.value(node.value))
    return Unknown("what a generator is sent")


def _yield_from(scope: ScopeReader, node: ast.YieldFrom) -> Expr:
    scope.is_generator = True
    scope.yields.append(Element(scope.value(node.value)))
    return Unknown("what a generator returns")


def _slice(scope: ScopeReader, node: ast.Slice) -> Expr:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            scope.value(part)
    return Constant("slice")


EXPRESSIONS: Mapping[type[ast.expr], Callable[[ScopeReader, Any], Expr]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.JoinedStr: _formatted,
    ast.List: _display,
    ast.Tuple: _display,
    ast.Set: _display,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Subscript: _subscript,
    ast.BinOp: _operation,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool,
    ast.IfExp: _conditional,
    ast.Compare: _compare,
    ast.NamedExpr: _walrus,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Slice: _slice,
}
