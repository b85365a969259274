"""Whether conditions hold."""

from __future__ import annotations

import ast

from tracer.static.texts.bindings import ScopeNode
from tracer.static.texts.context import Frame, TextEvaluation
from tracer.static.texts.scopes import ParsedModule
from tracer.static.texts.values import Constant, is_known, plain_value


def condition_holds(evaluation: TextEvaluation, test: ast.expr, frame: Frame) -> bool | None:
    """Whether a condition holds; None where that is not known."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = condition_holds(evaluation, operand, frame)
            return None if inner is None else not inner
        case ast.BoolOp(op=op, values=values):
            decided = [condition_holds(evaluation, each, frame) for each in values]
            stops = isinstance(op, ast.Or)
            if stops in decided:
                return stops
            return None if None in decided else not stops
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as op], comparators=[right]):
            one, other = evaluation.evaluate(left, frame), evaluation.evaluate(right, frame)
            if len(one) == len(other) == 1 and is_known(one[0]) and is_known(other[0]):
                return (plain_value(one[0]) == plain_value(other[0])) is isinstance(op, ast.Eq)
        case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[right]):
            if isinstance(right, ast.Constant) and right.value is None:
                values_here = evaluation.evaluate(left, frame)
                if all(is_known(value) for value in values_here):
                    are_none = {value == Constant(None) for value in values_here}
                    if len(are_none) == 1:
                        return are_none.pop() is isinstance(op, ast.Is)
    return None


def is_excluded(
    evaluation: TextEvaluation,
    statement: ast.AST,
    body: ScopeNode,
    module: ParsedModule,
    frame: Frame,
) -> bool:
    """Whether a condition around the statement is known to be the other way."""
    node = statement
    while node is not body:
        parent = module.parents[node]
        if isinstance(parent, ast.If) and node is not parent.test:
            wanted = any(node is each for each in parent.body)
            if condition_holds(evaluation, parent.test, frame) is (not wanted):
                return True
        node = parent
    return False
