"""What functions of the tree return, for any caller and for the call at hand."""

from __future__ import annotations

from tracer.static.evaluation.annotations import annotation_values
from tracer.static.evaluation.classes import roles_of
from tracer.static.evaluation.context import Evaluation
from tracer.static.program import map_arguments
from tracer.static.summary import Site
from tracer.static.values import (
    ExternalInstance,
    FunctionValue,
    Rank,
    Ref,
    Values,
    assigned,
    one,
    union,
)

CONTEXT_MANAGER = "contextlib._GeneratorContextManager"


def returned_by(evaluation: Evaluation, ref: Ref) -> Values:
    """What a function returns, for any caller."""
    return evaluation.solve(("returned", ref), lambda: _returned_values(evaluation, ref))


def function_result(
    evaluation: Evaluation, item: FunctionValue, ref: Ref, site: Site, first: Values | None = None
) -> Values:
    """What a call of a function of the tree returns.

    Args:
        first: What the first argument is, where the caller knows better than the site.
    """
    scope = evaluation.program.scope(item.ref)
    if scope.is_generator or scope.is_coroutine:
        return returned_by(evaluation, item.ref)
    passed: dict[int, int] | None = None
    parts: list[Values] = []
    is_whole = True
    for expr in scope.returns:
        index = evaluation.program.parameter_index(item.ref, expr)
        if index is None:
            is_whole = False
            continue
        if passed is None:
            passed = dict(map_arguments(scope, site, item.receiver is not None))
        if index == 0 and item.receiver is not None:
            parts.append(one(item.receiver, Rank.TYPE))
        elif index in passed and passed[index] == 0 and first is not None:
            parts.append(first)
        elif index in passed:
            parts.append(assigned(evaluation.value(ref, site.arguments[passed[index]].value)))
        else:
            is_whole = False
    if not parts:
        return returned_by(evaluation, item.ref)
    return union(parts) if is_whole else union([*parts, _returned_otherwise(evaluation, item.ref)])


def _returned_values(evaluation: Evaluation, ref: Ref) -> Values:
    scope = evaluation.program.scope(ref)
    if scope.is_generator:
        yields = union([assigned(evaluation.value(ref, expr)) for expr in scope.yields])
        type_name = (
            CONTEXT_MANAGER if "context" in roles_of(evaluation, ref) else "builtins.generator"
        )
        return one(ExternalInstance(type_name, (yields.items,)), Rank.TYPE)
    values = union([assigned(evaluation.value(ref, expr)) for expr in scope.returns])
    if scope.returns_annotation is not None and (values.open or not values.items):
        annotated = annotation_values(
            evaluation, evaluation.program.parent(ref), scope.returns_annotation
        )
        if annotated.items:
            values = annotated.at_least(Rank.TYPE)
    if scope.is_coroutine:
        return one(ExternalInstance("builtins.coroutine", (values.items,)), Rank.TYPE)
    return values


def _returned_otherwise(evaluation: Evaluation, ref: Ref) -> Values:
    """What a function returns besides its own parameters."""
    return union(
        [
            assigned(evaluation.value(ref, expr))
            for expr in evaluation.program.scope(ref).returns
            if evaluation.program.parameter_index(ref, expr) is None
        ]
    )
