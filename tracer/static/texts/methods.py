"""What methods of dicts, texts and paths give."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tracer.static.texts.context import Frame, TextEvaluation, shortened
from tracer.static.texts.formats import format_call, join_call
from tracer.static.texts.items import looked_up
from tracer.static.texts.paths import looks_like_path, path_method
from tracer.static.texts.patterns import HoleKind, Pattern, literal
from tracer.static.texts.values import Constant, Items, Table, Value, known_text

_PLAIN_TEXT_METHODS = frozenset(
    ("lower", "upper", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "replace")
)


def read_method(
    evaluation: TextEvaluation, node: ast.Call, func: ast.Attribute, frame: Frame
) -> Iterator[Value]:
    """What a method gives, whatever the receiver may be."""
    receivers = evaluation.evaluate(func.value, frame)
    unknown = evaluation.hole(node, frame, shortened(node), HoleKind.CALL, "result of a call")
    for receiver in receivers:
        if isinstance(receiver, Constant) and receiver.value is None:
            continue
        found = _method_of(evaluation, receiver, node, func, frame)
        if found is None:
            yield unknown
        else:
            yield from found


def _method_of(
    evaluation: TextEvaluation, receiver: Value, node: ast.Call, func: ast.Attribute, frame: Frame
) -> Iterable[Value] | None:
    if isinstance(receiver, Table):
        return _dict_method(evaluation, receiver, node, func.attr, frame)
    if isinstance(receiver, Items):
        return (receiver,) if func.attr == "copy" else None
    if not isinstance(receiver, Pattern):
        return None
    if (text := receiver.text) is not None:
        found = _text_method(evaluation, text, node, func.attr, frame)
        if found is not None:
            return found
    if receiver.bare_hole is not None and not looks_like_path(
        evaluation, func.value, (receiver,), frame
    ):
        return None
    return path_method(evaluation, receiver, node, func.attr, frame)


def _dict_method(
    evaluation: TextEvaluation, table: Table, node: ast.Call, method: str, frame: Frame
) -> Iterable[Value] | None:
    if method == "get" and node.args:
        default = (
            evaluation.evaluate(node.args[1], frame) if len(node.args) > 1 else (Constant(None),)
        )
        return tuple(
            value
            for key in evaluation.evaluate(node.args[0], frame)
            for value in looked_up(evaluation, table, key, node, frame, default)
        )
    if table.state:
        return None
    if method == "copy":
        return (table,)
    if method == "keys":
        return (Items(tuple(entry.key for entry in table.entries)),)
    if method == "values":
        return (Items(tuple(entry.value for entry in table.entries)),)
    if method == "items":
        pairs = [(Items((entry.key, entry.value)),) for entry in table.entries]
        return (Items(tuple(pairs)),)
    return None


def _text_method(
    evaluation: TextEvaluation, text: str, node: ast.Call, method: str, frame: Frame
) -> Iterable[Value] | None:
    if method == "format":
        return format_call(evaluation, text, node, frame)
    if node.keywords:
        return None
    if method == "join" and len(node.args) == 1:
        return join_call(evaluation, text, node.args[0], frame)
    if method not in _PLAIN_TEXT_METHODS:
        return None
    arguments = []
    for argument in node.args:
        values = evaluation.evaluate(argument, frame)
        known = known_text(values[0]) if len(values) == 1 else None
        if known is None:
            return None
        arguments.append(known)
    try:
        return (literal(str(getattr(text, method)(*arguments))),)
    except (TypeError, ValueError):
        return None
