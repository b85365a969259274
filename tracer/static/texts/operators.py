"""Operators, and expressions that choose."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from tracer.static.texts.conditions import condition_holds
from tracer.static.texts.context import Frame, TextEvaluation, shortened
from tracer.static.texts.formats import read_percent
from tracer.static.texts.paths import looks_like_path
from tracer.static.texts.patterns import Pattern, concat, join_path, tidied
from tracer.static.texts.values import (
    Constant,
    Items,
    Value,
    arithmetic_result,
    known_text,
    truth_of,
)


def read_operation(
    evaluation: TextEvaluation,
    op: ast.operator,
    left: ast.expr,
    right: ast.expr,
    node: ast.expr,
    frame: Frame,
) -> Iterator[Value]:
    """A binary operator on texts, paths, lists or numbers."""
    lefts, rights = evaluation.evaluate(left, frame), evaluation.evaluate(right, frame)
    if isinstance(op, ast.Mod) and any(known_text(value) is not None for value in lefts):
        yield from read_percent(evaluation, lefts, right, node, frame)
        return
    is_path = looks_like_path(evaluation, left, lefts, frame) or looks_like_path(
        evaluation, right, rights, frame
    )
    for one, other in itertools.product(lefts, rights):
        result: Value | None = None
        if isinstance(one, Pattern) and isinstance(other, Pattern):
            if isinstance(op, ast.Add):
                result = concat(one, other)
            elif isinstance(op, ast.Div) and is_path:
                result = tidied(join_path(one, other))
        elif isinstance(one, Items) and isinstance(other, Items) and isinstance(op, ast.Add):
            result = Items(one.elements + other.elements)
        elif isinstance(one, Constant) and isinstance(other, Constant):
            result = arithmetic_result(op, one.value, other.value)
        elif (isinstance(one, Constant) and one.value is None) or (
            isinstance(other, Constant) and other.value is None
        ):
            continue  # would raise
        yield (
            evaluation.hole(node, frame, shortened(node), reason="operands not known")
            if result is None
            else result
        )


def read_either(evaluation: TextEvaluation, node: ast.BoolOp, frame: Frame) -> Iterator[Value]:
    """`a or b`, `a and b`."""
    for position, operand in enumerate(node.values):
        is_last = position == len(node.values) - 1
        for value in evaluation.evaluate(operand, frame):
            truth = truth_of(value)
            if is_last or truth is None or truth is isinstance(node.op, ast.Or):
                yield value


def read_choice(evaluation: TextEvaluation, node: ast.IfExp, frame: Frame) -> Iterator[Value]:
    """`a if test else b`."""
    decided = condition_holds(evaluation, node.test, frame)
    if decided is not False:
        yield from evaluation.evaluate(node.body, frame)
    if decided is not True:
        yield from evaluation.evaluate(node.orelse, frame)
