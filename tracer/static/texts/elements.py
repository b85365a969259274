"""The elements of what is iterated over."""

from __future__ import annotations

import ast

from tracer.static.texts.context import Frame, TextEvaluation
from tracer.static.texts.patterns import Hole, Pattern
from tracer.static.texts.values import Items, Table, Value, Values


def elements_of(
    evaluation: TextEvaluation, expression: ast.expr, frame: Frame
) -> list[Values] | None:
    """The elements of an iterable, under each caller where the frame leaves that open."""
    found = known_elements(evaluation, evaluation.evaluate(expression, frame))
    if found is not None or frame.links:
        return found
    collected: list[Values] = []
    for link in evaluation.scopes.shipped_callers(frame.function):
        under = known_elements(
            evaluation, evaluation.evaluate(expression, Frame(frame.function, (link,)))
        )
        if under is None:
            return None
        collected += [values for values in under if values not in collected]
    return collected or None


def known_elements(evaluation: TextEvaluation, values: Values) -> list[Values] | None:
    """The elements of any of the values, each once where there are several values."""
    collected: list[Values] = []
    for value in values:
        if isinstance(value, Items):
            elements: list[Values] | None = list(value.elements)
            if len(values) == 1:
                return elements
        elif isinstance(value, Table) and not value.state:
            elements = [entry.key for entry in value.entries]
        elif isinstance(value, Pattern) and value.bare_hole in evaluation.loops:
            elements = _inner_elements(evaluation, value.bare_hole)
        else:
            elements = None
        if elements is None:
            return None
        collected += [each for each in elements if each not in collected]
    return collected


def exact_elements(evaluation: TextEvaluation, node: ast.expr, frame: Frame) -> list[Values] | None:
    """The elements in order, where there is one such list."""
    values = evaluation.evaluate(node, frame)
    only = values[0] if len(values) == 1 else None
    if isinstance(only, Items) and not only.is_ordered:
        return None
    return known_elements(evaluation, values) if isinstance(only, Items | Table) else None


def projected(element: Values, index: tuple[int, ...]) -> Values | None:
    """What unpacking takes at this way into a target; None where that is not known."""
    for position in index:
        parts: list[Value] = []
        for value in element:
            if not isinstance(value, Items) or not value.is_ordered:
                return None
            if not -len(value.elements) <= position < len(value.elements):
                return None
            parts += value.elements[position]
        element = tuple(dict.fromkeys(parts))
    return element


def _inner_elements(evaluation: TextEvaluation, hole: Hole | None) -> list[Values] | None:
    """The elements of a loop variable that is iterated over in its turn."""
    assert hole is not None
    expression, frame, index = evaluation.loops[hole]
    outer = elements_of(evaluation, expression, frame)
    collected: list[Values] = []
    for element in outer or ():
        inner = projected(element, index)
        elements = None if inner is None else known_elements(evaluation, inner)
        if elements is None:
            return None
        collected += elements
    return None if outer is None else collected
