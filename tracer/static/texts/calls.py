"""What calls give: of the standard library, of functions of the tree, of methods."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tracer.model.source import path_of
from tracer.static.texts.bindings import own_nodes
from tracer.static.texts.conditions import is_excluded
from tracer.static.texts.context import Frame, TextEvaluation, quoted_read, shortened
from tracer.static.texts.library import LIBRARY
from tracer.static.texts.methods import read_method
from tracer.static.texts.patterns import HoleKind, Pattern
from tracer.static.texts.scopes import Link, ParsedModule
from tracer.static.texts.values import Value


def read_call(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    """What a call gives: by a handler, by its callees, or by its method."""
    module = evaluation.scopes.module(path_of(frame.function))
    assert module is not None
    dotted = evaluation.scopes.dotted(node.func, module)
    handler = LIBRARY.get(dotted)
    if handler is not None and not any(isinstance(a, ast.Starred) for a in node.args):
        return handler(evaluation, node, frame)
    links = evaluation.scopes.links(module.path, node)
    if links:
        return _returned(evaluation, node, links, module, frame)
    if isinstance(node.func, ast.Attribute):
        return read_method(evaluation, node, node.func, frame)
    return (evaluation.hole(node, frame, shortened(node), HoleKind.CALL, "result of a call"),)


def _returned(
    evaluation: TextEvaluation,
    node: ast.Call,
    links: Sequence[Link],
    module: ParsedModule,
    frame: Frame,
) -> Iterator[Value]:
    unknown = evaluation.hole(node, frame, shortened(node), HoleKind.CALL, "result of a call")
    if not evaluation.scopes.is_fully_resolved(module.path, node):
        yield unknown
    for link in links:
        called = {frame.function, *(each.callee for each in frame.links)}
        body = evaluation.scopes.node(link.callee)
        if (
            len(frame.links) >= evaluation.limits.calls
            or link.callee in called
            or link.caller != frame.function
            or not isinstance(body, ast.FunctionDef)
            or any(isinstance(each, ast.Yield | ast.YieldFrom) for each in own_nodes(body))
        ):
            yield unknown
            continue
        inner = Frame(link.callee, (*frame.links, link))
        for value in _returns(evaluation, body, inner):
            yield _read_here(value, node, frame)


def _returns(evaluation: TextEvaluation, body: ast.FunctionDef, frame: Frame) -> Iterator[Value]:
    module = evaluation.scopes.module(path_of(frame.function))
    assert module is not None
    for statement in own_nodes(body):
        if not isinstance(statement, ast.Return) or statement.value is None:
            continue
        if is_excluded(evaluation, statement, body, module, frame):
            continue
        yield from evaluation.evaluate(statement.value, frame)


def _read_here(value: Value, node: ast.Call, frame: Frame) -> Value:
    """State that a getter hands out is read where the getter is called."""
    hole = value.bare_hole if isinstance(value, Pattern) else None
    if hole is None or hole.kind is not HoleKind.STATE:
        return value
    return Pattern((replace(hole, read=quoted_read(node, frame)),))
