"""What texts and paths an expression may give, as far as the sources tell.

An abstract evaluator: it parses, it never imports or runs. Every expression gives a bounded set of
alternatives; what cannot be followed is a hole that says why. Two liberties are taken: an alias of
a list or dict is not followed, so that one which is changed through another name is taken as it was
made; and the absolute form of a path counts as the path itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tracer.model.graph import CallGraph, EffectKind
from tracer.static.sources import SourceTree
from tracer.static.texts.calls import read_call
from tracer.static.texts.containers import read_comprehension, read_table
from tracer.static.texts.context import Frame, Limits, TextEvaluation, shortened
from tracer.static.texts.filling import expand_pattern
from tracer.static.texts.formats import read_joined
from tracer.static.texts.items import read_attribute, read_item
from tracer.static.texts.names import read_name
from tracer.static.texts.operators import read_choice, read_either, read_operation
from tracer.static.texts.patterns import HoleKind, Pattern, literal
from tracer.static.texts.scopes import Scopes
from tracer.static.texts.values import Constant, Items, Value, Values


class StringEvaluator:
    """Evaluates expressions of a tree lazily, and remembers what it found."""

    def __init__(self, tree: SourceTree, graph: CallGraph, limits: Limits | None = None) -> None:
        self.scopes = Scopes(tree, graph)
        written = {
            effect.subject for effect in graph.effects if effect.kind is EffectKind.STATE_WRITE
        }
        self._evaluation = TextEvaluation(
            self.scopes, limits or Limits(), written, _read_expression
        )

    def texts(self, expression: ast.expr, frame: Frame) -> tuple[Pattern, ...]:
        """The texts that the expression may give; paths and open files count as their paths.

        Returns:
            At least one pattern, sorted. Loop variables, and parameters of a frame without links,
            are holes that `expand` can fill.
        """
        values = self.values(expression, frame)
        patterns = {v for v in values if isinstance(v, Pattern)}
        if not patterns:
            text = shortened(expression)
            patterns = {self._evaluation.hole(expression, frame, text, reason="not a text")}
        return tuple(sorted(patterns, key=Pattern.sort_key))

    def values(self, expression: ast.expr, frame: Frame) -> Values:
        """What the expression may give, texts and others, at least one."""
        self._evaluation.start()
        return self._evaluation.evaluate(expression, frame)

    def expand(
        self, pattern: Pattern, kinds: Iterable[HoleKind] = (HoleKind.LOOP, HoleKind.PARAMETER)
    ) -> tuple[Pattern, ...]:
        """The patterns that come of filling holes with what loops and callers give.

        Holes of one loop or one call are filled together. A hole stays where what it stands for is
        not known, or not all of it.
        """
        self._evaluation.start()
        return expand_pattern(self._evaluation, pattern, kinds)


def _read_expression(evaluation: TextEvaluation, node: ast.expr, frame: Frame) -> Iterable[Value]:
    match node:
        case ast.Constant(value=str() as text):
            return (literal(text),)
        case ast.Constant(value=None | bool() | int() | float() | bytes() as value):
            return (Constant(value),)
        case ast.JoinedStr():
            return read_joined(evaluation, node, frame)
        case ast.BinOp():
            return read_operation(evaluation, node.op, node.left, node.right, node, frame)
        case ast.BoolOp():
            return read_either(evaluation, node, frame)
        case ast.IfExp():
            return read_choice(evaluation, node, frame)
        case ast.NamedExpr():
            return evaluation.evaluate(node.value, frame)
        case ast.List() | ast.Tuple() | ast.Set():
            if not any(isinstance(item, ast.Starred) for item in node.elts):
                elements = tuple(evaluation.evaluate(item, frame) for item in node.elts)
                return (Items(elements, is_ordered=not isinstance(node, ast.Set)),)
        case ast.Dict():
            if all(key is not None for key in node.keys):
                return (read_table(evaluation, node, frame),)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return read_comprehension(evaluation, node, frame)
        case ast.Name():
            return read_name(evaluation, node.id, node, frame)
        case ast.Attribute():
            return read_attribute(evaluation, node, frame)
        case ast.Subscript():
            return read_item(evaluation, node, frame)
        case ast.Call():
            return read_call(evaluation, node, frame)
    return (evaluation.hole(node, frame, shortened(node), reason="not a text expression"),)
