"""Collections, as displays, comprehensions and builtins make them."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tracer.model.source import path_of
from tracer.static.texts.context import Frame, TextEvaluation, shortened, unknown_result
from tracer.static.texts.elements import exact_elements, known_elements
from tracer.static.texts.filling import choices_for
from tracer.static.texts.patterns import HoleKind, Pattern, literal
from tracer.static.texts.values import Constant, Entry, Items, Sweep, Table, Value, is_ordered_value


def read_table(evaluation: TextEvaluation, node: ast.Dict, frame: Frame) -> Table:
    """A dict display."""
    path = path_of(frame.function)
    entries = tuple(
        Entry(
            evaluation.evaluate(key, frame), evaluation.evaluate(value, frame), path, value.lineno
        )
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None
    )
    return Table(entries, path=path, line=node.lineno)


def read_comprehension(
    evaluation: TextEvaluation, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
) -> Iterable[Value]:
    """A comprehension over something known, each element once."""
    unknown = (evaluation.hole(node, frame, shortened(node), reason="comprehension"),)
    if len(node.generators) != 1 or node.generators[0].ifs or node.generators[0].is_async:
        return unknown
    iterable = node.generators[0].iter
    elements = exact_elements(evaluation, iterable, frame)
    results = evaluation.evaluate(node.elt, frame)
    if elements is None or len(results) != 1 or not isinstance(results[0], Pattern):
        return unknown
    pattern = results[0]
    group = [
        hole
        for hole in pattern.holes
        if hole.kind is HoleKind.LOOP and evaluation.loops[hole][0] is iterable
    ]
    if not group:
        return (Items(tuple(results for _ in elements)),)
    choices = choices_for(evaluation, group)
    if choices is None or len(choices) != len(elements):
        return unknown
    return (Items(tuple((pattern.substitute(choice),) for choice in choices)),)


def call_collection(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    """`list`, `tuple`, `sorted`, `set`, `reversed` of something known."""
    if not node.args:
        return (Items(()),) if not node.keywords else unknown_result(evaluation, node, frame)
    found: list[Value] = []
    for value in evaluation.evaluate(node.args[0], frame):
        elements = (
            known_elements(evaluation, (value,)) if isinstance(value, Items | Table) else None
        )
        if isinstance(value, Sweep):
            found.append(value)
        elif elements is None:
            found.extend(unknown_result(evaluation, node, frame))
        else:
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            keeps_order = name in ("list", "tuple") and is_ordered_value(value)
            found.append(Items(tuple(elements), keeps_order))
    return found


def call_dict(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    """`dict()` of keywords or of a dict."""
    path = path_of(frame.function)
    if node.args or any(keyword.arg is None for keyword in node.keywords):
        if len(node.args) == 1 and not node.keywords:
            values = evaluation.evaluate(node.args[0], frame)
            if all(isinstance(value, Table) and not value.state for value in values):
                return values
        return unknown_result(evaluation, node, frame)
    entries = tuple(
        Entry(
            (literal(keyword.arg or ""),),
            evaluation.evaluate(keyword.value, frame),
            path,
            keyword.value.lineno,
        )
        for keyword in node.keywords
    )
    return (Table(entries, path=path, line=node.lineno),)


def call_enumerate(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    """`enumerate` of something known."""
    if len(node.args) != 1 or node.keywords:
        return unknown_result(evaluation, node, frame)
    elements = exact_elements(evaluation, node.args[0], frame)
    if elements is None:
        return unknown_result(evaluation, node, frame)
    pairs = [(Items(((Constant(i),), element)),) for i, element in enumerate(elements)]
    return (Items(tuple(pairs)),)


def call_zip(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    """`zip` of what is known."""
    columns = []
    for argument in node.args:
        elements = exact_elements(evaluation, argument, frame)
        if elements is None:
            return unknown_result(evaluation, node, frame)
        columns.append(elements)
    return (Items(tuple((Items(row),) for row in zip(*columns, strict=False))),)


def call_range(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    """A short `range`."""
    bounds = []
    for argument in node.args:
        values = evaluation.evaluate(argument, frame)
        only = values[0] if len(values) == 1 else None
        if not isinstance(only, Constant) or not isinstance(only.value, int):
            return unknown_result(evaluation, node, frame)
        bounds.append(only.value)
    if not 1 <= len(bounds) <= 3 or (len(bounds) == 3 and not bounds[2]):
        return unknown_result(evaluation, node, frame)
    numbers = range(*bounds)
    if len(numbers) > evaluation.limits.alternatives:
        return unknown_result(evaluation, node, frame)
    return (Items(tuple((Constant(number),) for number in numbers)),)
