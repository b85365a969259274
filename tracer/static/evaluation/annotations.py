"""The objects that a type expression allows."""

from __future__ import annotations

from functools import partial

from tracer.model.graph import OpenReason
from tracer.static.evaluation.context import Evaluation
from tracer.static.summary import Attribute, Constant, Expr, Group, Item, Literal, Name, Operation
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

_WRAPPING_TYPES = frozenset(
    [
        "typing.Annotated",
        "typing.Final",
        "typing.ClassVar",
        "typing.Required",
        "typing.NotRequired",
        "typing.ReadOnly",
        "dataclasses.InitVar",
        "typing.Awaitable",
    ]
)


def annotation_values(evaluation: Evaluation, ref: Ref, expr: Expr) -> Values:
    """The objects that an annotation allows; nothing where it names no class."""
    return evaluation.solve(
        ("annotated", ref, expr), lambda: _annotation_values(evaluation, ref, expr)
    )


def class_of(item: Value) -> Values:
    """The class of an object, as `type(x)` gives it."""
    match item:
        case Instance():
            return one(ClassValue(item.ref, item.is_exact), Rank.TYPE)
        case ExternalInstance():
            return one(External(item.dotted), Rank.TYPE)
    return unknown(OpenReason.UNKNOWN_VALUE, "the type of a value that is not known")


def canonical_type(evaluation: Evaluation, dotted: str) -> str:
    """Canonical for containers and files, as written for all else."""
    canonical = evaluation.table.canonical(dotted)
    return canonical if canonical.startswith(("builtins.", "typing.")) else dotted


def _annotation_values(evaluation: Evaluation, ref: Ref, expr: Expr) -> Values:
    match expr:
        case Constant(type_name="NoneType"):
            return NONE
        case Operation(method="__or__"):
            return union(
                [
                    annotation_values(evaluation, ref, expr.left),
                    annotation_values(evaluation, ref, expr.right),
                ]
            )
        case Item():
            return _subscripted(evaluation, ref, expr)
        case Group():
            return union([annotation_values(evaluation, ref, item) for item in expr.items])
        case Literal():
            # A type expression that was read as a value: the tuple of `isinstance`.
            elements = evaluation.program.scope(ref).containers[expr.container].elements
            return union([annotation_values(evaluation, ref, element) for element in elements])
        case Name() | Attribute():
            alias = _type_alias(evaluation, ref, expr)
            if alias is not None:
                return annotation_values(evaluation, *alias)
            return each(evaluation.value(ref, expr), partial(_annotated_item, evaluation))
    return unknown(OpenReason.UNKNOWN_VALUE, "an annotation that is computed")


def _type_alias(evaluation: Evaluation, ref: Ref, expr: Expr) -> tuple[Ref, Expr] | None:
    """The type expression that a module-level name of the same file stands for."""
    if not isinstance(expr, Name) or evaluation.program.reaching(ref, expr):
        return None
    module = (ref[0], 0)
    bindings = evaluation.program.exits(module, expr.id)
    if len(bindings) != 1:
        return None
    value = evaluation.program.scope(module).bindings[bindings[0]].value
    return (module, value) if isinstance(value, Item | Operation) else None


def _annotated_item(evaluation: Evaluation, item: Value) -> Values:
    match item:
        case ClassValue():
            return one(Instance(item.ref, is_exact=False), Rank.TYPE)
        case External():
            dotted = canonical_type(evaluation, item.dotted)
            if dotted.startswith("typing.") and dotted not in (
                "typing.IO",
                "typing.Iterable",
                "typing.NamedTuple",
            ):
                return unknown(OpenReason.UNKNOWN_VALUE, f"an annotation with `{dotted}`")
            if dotted in ("builtins.object", "builtins.type", "builtins.callable"):
                return unknown(OpenReason.UNKNOWN_VALUE, f"an annotation with `{dotted}`")
            return one(ExternalInstance(dotted), Rank.TYPE)
    return unknown(OpenReason.UNKNOWN_VALUE, "an annotation that names no class")


def _subscripted(evaluation: Evaluation, ref: Ref, expr: Item) -> Values:
    match expr.key:
        case Group(items=items):
            arguments: tuple[Expr, ...] = items
        case Literal(container=index):
            arguments = evaluation.program.scope(ref).containers[index].elements
        case key:
            arguments = (key,)
    parts: list[Values] = []
    base = evaluation.value(ref, expr.base)
    for item in base.items:
        match item:
            case ClassValue():
                parts.append(one(Instance(item.ref, is_exact=False), Rank.TYPE))
            case External():
                parts.append(
                    _generic(evaluation, ref, canonical_type(evaluation, item.dotted), arguments)
                )
            case _:
                parts.append(unknown(OpenReason.UNKNOWN_VALUE, "a computed annotation"))
    if base.open is not None:
        parts.append(Values((), Rank.DEFINITE, base.open))
    return union(parts)


def _generic(evaluation: Evaluation, ref: Ref, dotted: str, arguments: tuple[Expr, ...]) -> Values:
    if dotted in ("typing.Optional", "typing.Union"):
        return union([annotation_values(evaluation, ref, argument) for argument in arguments])
    if dotted in _WRAPPING_TYPES:
        return annotation_values(evaluation, ref, arguments[0]) if arguments else NONE
    if dotted == "builtins.type":
        values = annotation_values(evaluation, ref, arguments[0]) if arguments else NONE
        return each(values, class_of)
    if dotted in ("typing.Callable", "typing.Literal", "typing.Any"):
        return unknown(OpenReason.UNKNOWN_VALUE, f"an annotation with `{dotted}`")
    types = tuple(
        annotation_values(evaluation, ref, argument).items
        for argument in arguments
        if not (isinstance(argument, Constant) and argument.type_name == "ellipsis")
    )
    return one(ExternalInstance(dotted, types), Rank.TYPE)
