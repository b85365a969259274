"""Expressions that are neither names, attributes, items nor calls."""

from __future__ import annotations

from functools import partial

from tracer.model.graph import OpenReason
from tracer.static.evaluation.annotations import annotation_values
from tracer.static.evaluation.classes import resolution_order
from tracer.static.evaluation.containers import any_of, element_of, from_template, method_result
from tracer.static.evaluation.context import Evaluation
from tracer.static.evaluation.returns import CONTEXT_MANAGER
from tracer.static.summary import (
    Awaited,
    Constant,
    Either,
    Entered,
    Group,
    Literal,
    Narrowed,
    Operation,
    Raised,
    Unknown,
)
from tracer.static.values import (
    NONE,
    ClassValue,
    External,
    ExternalInstance,
    Instance,
    Rank,
    Ref,
    Value,
    Values,
    each,
    one,
    union,
    unknown,
)


def read_constant(evaluation: Evaluation, ref: Ref, expr: Constant) -> Values:
    """The type of a constant; nothing for `None`."""
    if expr.type_name == "NoneType":
        return NONE
    return one(ExternalInstance(f"builtins.{expr.type_name}"), Rank.TYPE)


def read_literal(evaluation: Evaluation, ref: Ref, expr: Literal) -> Values:
    """A display, as a container whose content is known."""
    type_name = evaluation.program.scope(ref).containers[expr.container].type_name
    container = (ref, expr.container)
    return one(ExternalInstance(f"builtins.{type_name}", container=container), Rank.TYPE)


def read_either(evaluation: Evaluation, ref: Ref, expr: Either) -> Values:
    """Any of the alternatives."""
    return union([evaluation.value(ref, option) for option in expr.options])


def read_unknown(evaluation: Evaluation, ref: Ref, expr: Unknown) -> Values:
    """What was not understood when the file was read."""
    return unknown(OpenReason.UNKNOWN_VALUE, expr.why)


def read_group(evaluation: Evaluation, ref: Ref, expr: Group) -> Values:
    """A group stands in annotations alone."""
    return unknown(OpenReason.UNKNOWN_VALUE, "a group of types")


def read_raised(evaluation: Evaluation, ref: Ref, expr: Raised) -> Values:
    """What an `except` clause catches."""
    return each(evaluation.value(ref, expr.base), partial(_instance_or_elements, evaluation))


def read_narrowed(evaluation: Evaluation, ref: Ref, expr: Narrowed) -> Values:
    """What is left after an `isinstance` test."""
    wanted = annotation_values(evaluation, ref, expr.classes)
    if not wanted.items:
        return evaluation.value(ref, expr.base)
    base = evaluation.value(ref, expr.base)
    kept = tuple(item for item in base.items if _is_among(evaluation, item, wanted.items))
    if kept and base.open is None:
        return Values(kept, Rank.TYPE)
    return Values(wanted.items, Rank.TYPE, wanted.open)


def read_entered(evaluation: Evaluation, ref: Ref, expr: Entered) -> Values:
    """What `with` binds."""
    return each(evaluation.value(ref, expr.base), partial(_entered, evaluation))


def read_awaited(evaluation: Evaluation, ref: Ref, expr: Awaited) -> Values:
    """What `await` gives."""
    return each(evaluation.value(ref, expr.base), _awaited)


def read_operation(evaluation: Evaluation, ref: Ref, expr: Operation) -> Values:
    """What an operator gives, by the type on its left."""
    left = evaluation.value(ref, expr.left)
    parts: list[Values] = []
    for item in left.items:
        match item:
            case ExternalInstance():
                known = evaluation.returned_type(f"{item.dotted}.{expr.method}")
                if known is not None:
                    parts.append(from_template(evaluation, known, item, None, None))
                elif item.dotted in ("builtins.int", "builtins.float", "builtins.bool"):
                    parts.append(_number(evaluation, ref, item, expr))
                else:
                    detail = f"result of `{item.dotted}.{expr.method}`"
                    parts.append(unknown(OpenReason.UNKNOWN_VALUE, detail))
            case Instance():
                parts.append(method_result(evaluation, item, expr.method))
            case _:
                parts.append(unknown(OpenReason.UNKNOWN_VALUE, "result of an operator"))
    if left.open is not None or not parts:
        parts.append(unknown(OpenReason.UNKNOWN_VALUE, "result of an operator"))
    return union(parts)


def _instance_or_elements(evaluation: Evaluation, item: Value) -> Values:
    if isinstance(item, ExternalInstance) and item.container is not None:
        return each(element_of(evaluation, item), _instance_of)
    return _instance_of(item)


def _instance_of(item: Value) -> Values:
    match item:
        case ClassValue():
            return one(Instance(item.ref, is_exact=False), Rank.TYPE)
        case External():
            return one(ExternalInstance(item.dotted), Rank.TYPE)
    return unknown(OpenReason.UNKNOWN_VALUE, "an annotation that names no class")


def _is_among(evaluation: Evaluation, item: Value, wanted: tuple[Value, ...]) -> bool:
    for other in wanted:
        match item, other:
            case Instance(), Instance() if other.ref in resolution_order(evaluation, item.ref):
                return True
            case Instance(), ExternalInstance() if other.dotted in resolution_order(
                evaluation, item.ref
            ):
                return True
            case ExternalInstance(), ExternalInstance() if item.dotted == other.dotted:
                return True
    return False


def _entered(evaluation: Evaluation, item: Value) -> Values:
    match item:
        case Instance():
            entered = method_result(evaluation, item, "__enter__")
            if entered.items:
                return entered
            awaited = method_result(evaluation, item, "__aenter__")
            return each(awaited, _awaited) if awaited.items else entered
        case ExternalInstance(dotted=name, arguments=(yielded, *_)) if name == CONTEXT_MANAGER:
            return any_of((yielded,))
        case ExternalInstance():
            known = evaluation.returned_type(f"{item.dotted}.__enter__")
            if known is not None:
                return from_template(evaluation, known, item, None, None)
            return one(item, Rank.TYPE)
    return unknown(OpenReason.UNKNOWN_VALUE, "what a context manager gives")


def _awaited(item: Value) -> Values:
    match item:
        case ExternalInstance(dotted="builtins.coroutine", arguments=(first, *_)) if first:
            return Values(first, Rank.TYPE)
    return unknown(OpenReason.UNKNOWN_VALUE, "what an await gives")


def _number(evaluation: Evaluation, ref: Ref, item: ExternalInstance, expr: Operation) -> Values:
    right = evaluation.value(ref, expr.right)
    if right.open is None and all(
        isinstance(other, ExternalInstance)
        and other.dotted in ("builtins.int", "builtins.float", "builtins.bool")
        for other in right.items
    ):
        return one(item, Rank.TYPE)
    return unknown(OpenReason.UNKNOWN_VALUE, "result of an operator")
