"""Conditions whose truth stands in the source."""

from __future__ import annotations

import ast


def constant_truth(node: ast.expr) -> bool | None:
    """Whether the condition always holds, never holds, or (None) depends on the run.

    `typing.TYPE_CHECKING` never holds when the program runs.
    """
    match node:
        case ast.Constant():
            return None if node.value is ... else bool(node.value)
        case (
            ast.Name(id="TYPE_CHECKING")
            | ast.Attribute(value=ast.Name(id="typing"), attr="TYPE_CHECKING")
        ):
            return False
        case ast.UnaryOp(op=ast.Not()):
            inner = constant_truth(node.operand)
            return None if inner is None else not inner
        case ast.BoolOp(op=ast.And()):
            truths = [constant_truth(value) for value in node.values]
            if False in truths:
                return False
            return True if all(truth is True for truth in truths) else None
        case ast.BoolOp():
            truths = [constant_truth(value) for value in node.values]
            if True in truths:
                return True
            return False if all(truth is False for truth in truths) else None
    return None
