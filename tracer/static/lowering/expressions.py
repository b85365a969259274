"""Expressions: their sites are kept, their values are the answers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from tracer.model.graph import GuardKind, SiteKind
from tracer.static.constants import constant_truth
from tracer.static.flat import (
    ATTR,
    AWAIT,
    CALL,
    COMPARE,
    CONST,
    DELEGATED,
    EITHER,
    ELEMENT,
    ITEM,
    OPERATE,
    PROTOCOL,
    SENT,
    TEXT,
    UNARY,
)
from tracer.static.kinds import AccessKind
from tracer.static.lowering.annotations import narrow
from tracer.static.lowering.scope import GUARD_LIMIT, NO_NODE, NO_READS, ScopeReader, span_of
from tracer.static.lowering.targets import bind_target, item_path

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
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
    ast.In: "__contains__",
    ast.NotIn: "__contains__",
}
_UNARY: dict[type[ast.unaryop], str] = {
    ast.USub: "__neg__",
    ast.UAdd: "__pos__",
    ast.Invert: "__invert__",
}
_CONVERSIONS = {ord("r"): "__repr__", ord("a"): "__repr__", ord("s"): "__str__"}
_LONGEST_CHAIN = 40  # attributes in one dotted name; longer ones are generated code


def _name(scope: ScopeReader, node: ast.Name) -> int:
    value = scope.name(node.id)
    if scope.has_items:
        scope.forget_items(scope.renamed(node.id))  # From here on others may touch it.
    if scope.condition_names is not None and not scope.is_dead:
        scope.condition_names.append(value)
    return value


def _attribute(scope: ScopeReader, node: ast.Attribute) -> int:
    names, scope.condition_names = scope.condition_names, None
    chain: list[ast.Attribute] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        chain.append(inner)
        inner = inner.value
    if not isinstance(inner, ast.Name):
        scope.condition_names = names
    value = scope.value(inner)
    scope.condition_names = names
    if len(chain) > _LONGEST_CHAIN:
        return scope.unknown("a very long dotted name")
    chain.reverse()
    nodes = scope.nodes
    if scope.has_narrowed_paths and isinstance(inner, ast.Name):
        path = scope.renamed(inner.id)
        for part in chain:
            path = f"{path}.{part.attr}"
            narrowed = scope.narrowed_path(path)
            nodes.append((ATTR, value, part.attr, span_of(part)))
            value = len(nodes) - 1 if narrowed == NO_NODE else narrowed
    else:
        for part in chain:
            nodes.append((ATTR, value, part.attr, span_of(part)))
            value = len(nodes) - 1
    if names is not None and isinstance(inner, ast.Name) and not scope.is_dead:
        names.append(value)
    return value


def _call(scope: ScopeReader, node: ast.Call) -> int:
    callee = scope.value(node.func)
    arguments: list[tuple[str, int, int]] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = scope.value(argument.value)
            arguments.append(("*", value, span_of(argument)))
        else:
            arguments.append(("", scope.value(argument), span_of(argument)))
    for keyword in node.keywords:
        value = scope.value(keyword.value)
        arguments.append((keyword.arg or "**", value, span_of(keyword.value)))
    if scope.has_items:
        scope.forget_items()
    return scope.node(CALL, scope.site(SiteKind.CALL, node, callee, node.func, tuple(arguments)))


def _constant(scope: ScopeReader, node: ast.Constant) -> int:
    value = node.value
    if value is None:
        return scope.none()
    if isinstance(value, str):
        return scope.node(CONST, "str", value if len(value) <= 200 else None)
    if type(value) is int:
        return scope.node(CONST, "int", value)
    return scope.node(CONST, type(value).__name__, None)


def _formatted(scope: ScopeReader, node: ast.JoinedStr) -> int:
    parts: list[int] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = scope.value(part.value)
            if part.format_spec is not None:
                scope.value(part.format_spec)
            method = _CONVERSIONS.get(part.conversion, "__format__")
            scope.node(PROTOCOL, method, value, span_of(part.value))
            parts.append(value)
        # Python 3.12.1 puts an empty text after some formats, at one start and not at the next.
        elif not (isinstance(part, ast.Constant) and part.value == ""):
            parts.append(scope.value(part))
    return scope.node(TEXT, tuple(parts))


def _display(scope: ScopeReader, node: ast.List | ast.Tuple | ast.Set) -> int:
    is_open = False
    elements: list[int] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            is_open = True
            value = scope.value(element.value)
            elements.append(scope.node(ELEMENT, value, span_of(element), False))
        else:
            elements.append(scope.value(element))
    return scope.container(type(node).__name__.lower(), elements, is_open=is_open)


def _dict(scope: ScopeReader, node: ast.Dict) -> int:
    keys: list[int] = []
    elements: list[int] = []
    is_open = False
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            # `**other`: its values, under keys that nobody knows.
            keys.append(NO_NODE)
            elements.append(scope.value(value))
            is_open = True
        else:
            keys.append(scope.value(key))
            elements.append(scope.value(value))
    return scope.container("dict", elements, keys, is_open)


def _comprehension(
    scope: ScopeReader, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> int:
    # Its variables live in a frame of their own (or, since 3.12, in names of their own).
    names: dict[str, str] = {}
    scope.file.renamed.append(names)
    tag = f"@{node.lineno}:{node.col_offset}"
    environment = scope.environment
    for depth, generator in enumerate(node.generators):
        if depth:
            scope.conditional_depth += 1
        iterated = scope.value(generator.iter)
        names.update(
            (target.id, target.id + tag)
            for target in ast.walk(generator.target)
            if isinstance(target, ast.Name)
        )
        element = scope.node(ELEMENT, iterated, span_of(generator.iter), bool(generator.is_async))
        bind_target(scope, generator.target, element, None)
        scope.conditional_depth += 1
        for condition in generator.ifs:
            scope.tested(condition)
            scope.environment = dict(scope.environment)
            narrow(scope, condition, True)
        scope.conditional_depth -= 1
    scope.conditional_depth += 1
    if isinstance(node, ast.DictComp):
        keys = [scope.value(node.key)]
        answer = scope.container("dict", [scope.value(node.value)], keys, is_repeated=True)
    else:
        type_name = {ast.ListComp: "list", ast.SetComp: "set"}.get(type(node), "generator")
        answer = scope.container(type_name, [scope.value(node.elt)], is_repeated=True)
    scope.conditional_depth -= len(node.generators)
    scope.file.renamed.pop()
    # What a condition narrowed holds inside only; walrus targets stay bound (PEP 572).
    bound = scope.environment
    if bound is not environment:
        kept = {key: bindings for key, bindings in bound.items() if key not in environment}
        scope.environment = environment | kept
    return answer


def _subscript(scope: ScopeReader, node: ast.Subscript) -> int:
    narrowed = NO_NODE
    if scope.has_items and isinstance(node.value, ast.Name):
        path = item_path(scope, node.value.id, node.slice)
        narrowed = NO_NODE if path is None else scope.narrowed_path(path)
    is_followed = narrowed != NO_NODE and isinstance(node.value, ast.Name)
    base = scope.name(node.value.id) if is_followed else scope.value(node.value)  # type: ignore[attr-defined]
    key = scope.value(node.slice)
    if isinstance(node.value, ast.Name | ast.Attribute):
        scope.access(AccessKind.GET_ITEM, node, base, "", key=key)
    item = scope.node(ITEM, base, key, span_of(node))
    return item if narrowed == NO_NODE else narrowed


def _operation(scope: ScopeReader, node: ast.BinOp) -> int:
    # Walked in a loop: `a + b + c + …` nests to the left, thousands deep in generated code.
    spine: list[ast.BinOp] = []
    inner: ast.expr = node
    while isinstance(inner, ast.BinOp):
        spine.append(inner)
        inner = inner.left
    value = scope.value(inner)
    for operation in reversed(spine):
        right = scope.value(operation.right)
        method = OPERATORS[type(operation.op)]
        value = scope.node(OPERATE, method, value, right, span_of(operation), False)
    return value


def _unary(scope: ScopeReader, node: ast.UnaryOp) -> int:
    if isinstance(node.op, ast.Not):
        scope.tested(node.operand)
        return scope.node(CONST, "bool", None)
    value = scope.value(node.operand)
    if isinstance(node.operand, ast.Constant):
        return scope.node(CONST, type(node.operand.value).__name__, None)
    return scope.node(UNARY, _UNARY[type(node.op)], value, span_of(node))


def _bool(scope: ScopeReader, node: ast.BoolOp) -> int:
    is_or = isinstance(node.op, ast.Or)
    before, was_dead = scope.environment, scope.is_dead
    options: list[int] = []
    last = len(node.values) - 1
    for index, part in enumerate(node.values):
        first = len(scope.nodes)
        if index:
            scope.conditional_depth += 1
        options.append(scope.tested(part) if index < last else scope.value(part))
        if index:
            scope.conditional_depth -= 1
        if scope.is_dead and not was_dead:
            scope.dead_nodes.append((first, len(scope.nodes)))
        if index < last:
            # The next operand is read where this one held (`and`), or did not (`or`).
            scope.environment = dict(scope.environment)
            narrow(scope, part, not is_or)
            scope.is_dead = scope.is_dead or constant_truth(part) is is_or
    kept = {
        key: value
        for key, value in scope.environment.items()
        if key not in before and "." not in key
    }
    scope.environment = before | kept
    scope.is_dead = was_dead
    return scope.node(EITHER, tuple(options))


def _conditional(scope: ScopeReader, node: ast.IfExp) -> int:
    reads = scope.condition(node.test)
    if scope.condition_names is not None:
        scope.condition_names.extend(reads[2])  # of a condition that this one is part of
    truth = constant_truth(node.test)
    if truth is not None:
        reads = NO_READS
    before, guard = scope.environment, scope.guard
    text = scope.file.source(node.test, GUARD_LIMIT)
    branches: list[int] = []
    for part, holds in ((node.body, True), (node.orelse, False)):
        scope.environment = dict(before)
        narrow(scope, node.test, holds)
        if not isinstance(part, ast.Constant | ast.Name):
            kind = GuardKind.IF if holds else GuardKind.ELSE
            scope.guard = scope.add_guard(kind, text, node.test.lineno, reads)
        branches.append(scope.conditionally(part))
        scope.guard = guard
    scope.environment = before
    body, orelse = branches
    if truth is not None:
        return body if truth else orelse
    return scope.node(EITHER, (body, orelse))


def _compare(scope: ScopeReader, node: ast.Compare) -> int:
    left = scope.value(node.left)
    value = NO_NODE
    for index, (operator, comparator) in enumerate(zip(node.ops, node.comparators, strict=True)):
        right = scope.value(comparator) if index == 0 else scope.conditionally(comparator)
        if isinstance(operator, ast.In | ast.NotIn) and isinstance(
            comparator, ast.Name | ast.Attribute
        ):
            scope.access(AccessKind.CONTAINS, node, right, "", key=left)
        method = _COMPARISONS.get(type(operator))
        if method is not None:
            value = scope.node(COMPARE, method, left, right, span_of(node))
        left = right
    if value != NO_NODE and len(node.ops) == 1:
        return value
    return scope.node(CONST, "bool", None)


def _walrus(scope: ScopeReader, node: ast.NamedExpr) -> int:
    value = scope.value(node.value)
    renamed, scope.file.renamed = scope.file.renamed, []  # PEP 572: binds outside comprehensions
    bind_target(scope, node.target, value, node.value)
    scope.file.renamed = renamed
    return value


def _await(scope: ScopeReader, node: ast.Await) -> int:
    return scope.node(AWAIT, scope.value(node.value), span_of(node))


def _yield(scope: ScopeReader, node: ast.Yield) -> int:
    scope.is_generator = True
    scope.yields.append(scope.none() if node.value is None else scope.value(node.value))
    return scope.node(SENT)


def _yield_from(scope: ScopeReader, node: ast.YieldFrom) -> int:
    scope.is_generator = True
    base = scope.value(node.value)
    scope.yields.append(scope.node(ELEMENT, base, span_of(node.value), False))
    return scope.node(DELEGATED, base)


def _slice(scope: ScopeReader, node: ast.Slice) -> int:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            scope.value(part)
    # `x[2:9]`: what stood at 2 stands at 0; the end only says what is missing.
    start: int | None = None
    match node.lower, node.step:
        case None, None:
            start = 0
        case ast.Constant(value=int(first)), None if type(first) is int:
            start = first
    return scope.node(CONST, "slice", start)


EXPRESSIONS: Mapping[type[ast.expr], Callable[[ScopeReader, Any], int]] = {
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
