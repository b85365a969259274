"""What a name's bindings, parameters among them, may hold."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.model.graph import OpenReason
from tracer.model.source import FunctionKind
from tracer.static.evaluation.annotations import annotation_values
from tracer.static.evaluation.classes import roles_of
from tracer.static.evaluation.context import Evaluation
from tracer.static.summary import (
    NOTHING,
    Binding,
    Defined,
    ImportedModule,
    ImportedName,
    Narrowed,
    ParameterKind,
    ParameterValue,
)
from tracer.static.values import (
    ClassValue,
    ExternalInstance,
    FunctionValue,
    Instance,
    Open,
    Rank,
    Ref,
    Values,
    assigned,
    one,
    union,
)

_FIRST_IS_CLASS = frozenset(("__new__", "__init_subclass__", "__class_getitem__"))
_DEFINITIONS = (Defined, ImportedModule, ImportedName, ParameterValue, Narrowed)


def bound_values(evaluation: Evaluation, ref: Ref, bindings: Iterable[int]) -> Values:
    """What any of the bindings may hold."""
    return union([binding_values(evaluation, ref, index) for index in bindings])


def binding_values(evaluation: Evaluation, ref: Ref, index: int) -> Values:
    """What one binding may hold."""
    binding = evaluation.program.scope(ref).bindings[index]
    if isinstance(binding.value, Defined) and not binding.value.decorator_sites:
        return plain_definition(evaluation, (ref[0], binding.value.scope))
    return evaluation.solve(
        ("binding", ref, index), lambda: _binding_values(evaluation, ref, binding)
    )


def plain_definition(evaluation: Evaluation, ref: Ref) -> Values:
    """A function or class as its body makes it, decorators aside."""
    if evaluation.program.scope(ref).kind is FunctionKind.CLASS_BODY:
        return one(ClassValue(ref))
    return one(FunctionValue(ref))


def read_parameter(evaluation: Evaluation, ref: Ref, expr: ParameterValue) -> Values:
    """What callers may pass for a parameter."""
    return evaluation.solve(
        ("parameter", ref, expr.index), lambda: _parameter(evaluation, ref, expr.index)
    )


def _binding_values(evaluation: Evaluation, ref: Ref, binding: Binding) -> Values:
    if binding.annotation is not None:
        annotated = annotation_values(evaluation, ref, binding.annotation)
        if annotated.items:
            return annotated
    values = evaluation.value(ref, binding.value)
    if isinstance(binding.value, _DEFINITIONS):
        return values
    return assigned(values)


def _parameter(evaluation: Evaluation, ref: Ref, index: int) -> Values:
    scope = evaluation.program.scope(ref)
    parameter = scope.parameters[index]
    if index == 0 and scope.kind is FunctionKind.METHOD:
        roles = roles_of(evaluation, ref)
        owner = evaluation.program.parent(ref)
        if "class" in roles or scope.name in _FIRST_IS_CLASS:
            return one(ClassValue(owner, is_exact=False), Rank.TYPE)
        if "static" not in roles:
            return one(Instance(owner, is_exact=False), Rank.TYPE)
    if parameter.kind is ParameterKind.REST:
        return one(ExternalInstance("builtins.tuple"), Rank.TYPE)
    if parameter.kind is ParameterKind.KEYWORDS:
        return one(ExternalInstance("builtins.dict"), Rank.TYPE)
    outer = evaluation.program.parent(ref)
    if parameter.annotation is not None:
        annotated = annotation_values(evaluation, outer, parameter.annotation)
        if annotated.items:
            return annotated.at_least(Rank.TYPE)
    parts: list[Values] = []
    if parameter.default is not None and parameter.default != NOTHING:
        parts.append(assigned(evaluation.value(outer, parameter.default)))
    passed = evaluation.facts.arguments.get((ref, index), ())
    parts.extend(evaluation.value(caller, argument) for caller, argument in passed)
    values = union(parts)
    if passed and (values.items or values.open):
        return values.at_least(Rank.FLOW)
    why = "has no annotation" if parameter.annotation is None else "has an annotation that"
    if parameter.annotation is not None:
        why += " names no class"
    detail = f"parameter `{parameter.name}` {why}"
    return Values(values.items, values.rank, Open(OpenReason.UNKNOWN_VALUE, detail))
