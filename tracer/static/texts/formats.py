"""Texts put together by formatting: f-strings, `%`, `format` and `join`."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator

from tracer.static.texts.context import Frame, TextEvaluation, shortened
from tracer.static.texts.patterns import Pattern, concat, literal
from tracer.static.texts.values import (
    Constant,
    Items,
    Value,
    Values,
    as_text,
    formatted,
    is_small_spec,
    known_text,
)

_PERCENT = re.compile(r"%([-+ 0#]*\d*(?:\.\d+)?)([sdifgexX])")
_BRACES = re.compile(r"\{(\w*)\}")


def read_joined(evaluation: TextEvaluation, node: ast.JoinedStr, frame: Frame) -> Iterator[Value]:
    """An f-string."""
    columns: list[list[Pattern]] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            columns.append([literal(str(part.value))])
        elif isinstance(part, ast.FormattedValue):
            columns.append(_formatted(evaluation, part, frame))
    for row in evaluation.product(columns):
        yield concat(*row)


def read_percent(
    evaluation: TextEvaluation, lefts: Values, right: ast.expr, node: ast.expr, frame: Frame
) -> Iterator[Value]:
    """`template % operands`."""
    operands = right.elts if isinstance(right, ast.Tuple) else [right]
    for left in lefts:
        template = known_text(left)
        pieces = None if template is None else _PERCENT.split(template)
        unknown = evaluation.hole(node, frame, shortened(node), reason="format not followed")
        if (
            template is None
            or pieces is None
            or len(pieces) // 3 != len(operands)
            or any("%" in text for text in pieces[::3])
        ):
            yield unknown
            continue
        columns: list[list[Pattern]] = [[literal(pieces[0])]]
        for position, operand in enumerate(operands):
            flags, letter, text = pieces[1 + position * 3 : 4 + position * 3]
            columns.append(_percent_operand(evaluation, flags, letter, operand, frame))
            columns.append([literal(text)])
        for row in evaluation.product(columns):
            yield concat(*row)


def format_call(
    evaluation: TextEvaluation, text: str, node: ast.Call, frame: Frame
) -> Iterable[Value] | None:
    """`template.format(...)`."""
    pieces = _BRACES.split(text)
    if any("{" in piece or "}" in piece for piece in pieces[::2]):
        return None
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    if None in named or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    columns: list[list[Pattern]] = [[literal(pieces[0])]]
    automatic = itertools.count()
    for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
        if name and not name.isdigit():
            operand = named.get(name)
        else:
            position = int(name) if name else next(automatic)
            operand = node.args[position] if position < len(node.args) else None
        if operand is None:
            return None
        column = [as_text(value) for value in evaluation.evaluate(operand, frame)]
        hole = evaluation.hole(operand, frame, shortened(operand), reason="formatted value")
        columns += [[hole if each is None else each for each in column], [literal(after)]]
    return [concat(*row) for row in evaluation.product(columns)]


def join_call(
    evaluation: TextEvaluation, text: str, argument: ast.expr, frame: Frame
) -> Iterable[Value] | None:
    """`separator.join(items)`."""
    values = evaluation.evaluate(argument, frame)
    only = values[0] if len(values) == 1 else None
    if not isinstance(only, Items) or not only.is_ordered:
        return None
    columns: list[list[Pattern]] = []
    for position, element in enumerate(only.elements):
        if position:
            columns.append([literal(text)])
        texts = [each for each in element if isinstance(each, Pattern)]
        if len(texts) != len(element):
            return None
        columns.append(texts)
    return [concat(*row) for row in evaluation.product(columns)]


def _formatted(evaluation: TextEvaluation, part: ast.FormattedValue, frame: Frame) -> list[Pattern]:
    values = evaluation.evaluate(part.value, frame)
    spec = ""
    if part.format_spec is not None:
        specs = [known_text(v) for v in evaluation.evaluate(part.format_spec, frame)]
        known = specs[0] if len(specs) == 1 else None
        if known is None:
            return [_formatted_hole(evaluation, part, frame)]
        spec = known
    found = []
    for value in values:
        text = as_text(value)
        if spec or part.conversion in (ord("r"), ord("a")):
            text = formatted(value, spec, part.conversion)
        found.append(_formatted_hole(evaluation, part, frame) if text is None else text)
    return found


def _formatted_hole(evaluation: TextEvaluation, part: ast.FormattedValue, frame: Frame) -> Pattern:
    name = shortened(part.value)
    return evaluation.hole(part, frame, name, reason="formatted value")


def _percent_operand(
    evaluation: TextEvaluation, flags: str, letter: str, operand: ast.expr, frame: Frame
) -> list[Pattern]:
    found = []
    for value in evaluation.evaluate(operand, frame):
        text = as_text(value) if letter == "s" and not flags else None
        known = value.value if isinstance(value, Constant) else known_text(value)
        if text is None and known is not None and is_small_spec(flags):
            try:
                text = literal(f"%{flags}{letter}" % known)
            except (TypeError, ValueError, OverflowError):
                text = None
        if text is None:
            text = evaluation.hole(operand, frame, shortened(operand), reason="formatted value")
        found.append(text)
    return found
