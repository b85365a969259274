"""What a call gives."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.graph import OpenReason
from tracer.static.evaluation.annotations import annotation_values, canonical_type, class_of
from tracer.static.evaluation.attributes import read_attribute
from tracer.static.evaluation.bindings import read_parameter
from tracer.static.evaluation.containers import from_template
from tracer.static.evaluation.context import Evaluation
from tracer.static.evaluation.returns import function_result
from tracer.static.summary import (
    Attribute,
    Called,
    Constant,
    Expr,
    ImportedModule,
    ParameterValue,
    Site,
)
from tracer.static.values import (
    ClassValue,
    External,
    ExternalInstance,
    ExternalMethod,
    FunctionValue,
    Instance,
    Rank,
    Ref,
    SuperValue,
    Value,
    Values,
    each,
    one,
    union,
    unknown,
)


def read_called(evaluation: Evaluation, ref: Ref, expr: Called) -> Values:
    """What a call of the scope gives."""
    return evaluation.solve(("called", ref, expr.site), lambda: _call(evaluation, ref, expr.site))


def result_of(evaluation: Evaluation, item: Value, ref: Ref, site: Site) -> Values:
    """What a call of one object gives at the site."""
    match item:
        case FunctionValue():
            return function_result(evaluation, item, ref, site)
        case ClassValue():
            return one(Instance(item.ref, item.is_exact), Rank.TYPE)
        case Instance():
            methods = evaluation.attribute(item, "__call__")
            return union(
                [
                    function_result(evaluation, method, ref, site)
                    for method in methods.items
                    if isinstance(method, FunctionValue)
                ]
                + [Values((), Rank.TYPE, methods.open)]
            )
        case External():
            return _external_result(evaluation, item, ref, site)
        case ExternalMethod():
            known = evaluation.returned_type(item.dotted)
            if known is not None:
                return from_template(evaluation, known, item.receiver, ref, site)
            return unknown(OpenReason.UNKNOWN_VALUE, _no_table(item.dotted))
        case ExternalInstance():
            return unknown(OpenReason.UNKNOWN_VALUE, _no_table(f"{item.dotted}.__call__"))
    return unknown(OpenReason.UNKNOWN_VALUE, f"result of `{site.text}`")


def _call(evaluation: Evaluation, ref: Ref, index: int) -> Values:
    site = evaluation.program.scope(ref).sites[index]
    callee = evaluation.value(ref, site.callee)
    parts = [result_of(evaluation, item, ref, site) for item in callee.items]
    if callee.open is not None:
        detail = f"result of `{site.text}`, whose callee is not known"
        parts.append(unknown(OpenReason.UNKNOWN_VALUE, detail))
    values = union(parts)
    if callee.rank is Rank.FLOW:
        values = values.at_least(Rank.FLOW)
    return values


def _external_result(evaluation: Evaluation, item: External, ref: Ref, site: Site) -> Values:
    positional = [argument.value for argument in site.arguments if not argument.name]
    match item.dotted:
        case "builtins.super":
            return _super(evaluation, ref, positional)
        case "builtins.getattr" if len(positional) >= 2:
            return _getattr(evaluation, ref, positional)
        case "builtins.type" if len(positional) == 1:
            values = evaluation.value(ref, positional[0])
            return each(values, lambda value: class_of(value))
        case "builtins.staticmethod" if len(positional) == 1:
            items = evaluation.value(ref, positional[0]).items
            return one(ExternalInstance("builtins.staticmethod", (items,)), Rank.TYPE)
        case "importlib.import_module" if len(positional) == 1:
            chosen = positional[0]
            if isinstance(chosen, Constant) and isinstance(chosen.value, str):
                found = evaluation.value(ref, ImportedModule(chosen.value, True))
                return found.at_least(Rank.FLOW)
        case "typing.cast" if len(positional) == 2:
            return annotation_values(evaluation, ref, positional[0])
    known = evaluation.returned_type(item.dotted)
    if known is not None:
        return from_template(evaluation, known, None, ref, site)
    name = item.dotted.rpartition(".")[2]
    if name[:1].isupper() and item.dotted not in evaluation.table.capitalised_functions:
        return one(ExternalInstance(canonical_type(evaluation, item.dotted)), Rank.TYPE)
    return unknown(OpenReason.UNKNOWN_VALUE, _no_table(item.dotted))


def _super(evaluation: Evaluation, ref: Ref, arguments: Sequence[Expr]) -> Values:
    method = evaluation.program.method_around(ref)
    if method is None:
        return unknown(OpenReason.UNKNOWN_RECEIVER, "`super()` outside a method")
    owner = evaluation.program.parent(method)
    receiver = read_parameter(evaluation, method, ParameterValue(0))
    if arguments:
        classes = evaluation.value(ref, arguments[0]).items
        if len(classes) == 1 and isinstance(classes[0], ClassValue):
            owner = classes[0].ref
    if not receiver.items:
        return unknown(OpenReason.UNKNOWN_RECEIVER, "`super()` without a receiver")
    return one(SuperValue(owner, receiver.items[0]), Rank.TYPE)


def _getattr(evaluation: Evaluation, ref: Ref, arguments: Sequence[Expr]) -> Values:
    name = arguments[1]
    if not (isinstance(name, Constant) and isinstance(name.value, str)):
        return unknown(OpenReason.DYNAMIC_ATTRIBUTE, "`getattr` with a computed name")
    found = read_attribute(evaluation, ref, Attribute(arguments[0], name.value))
    if len(arguments) > 2:
        found = union([found, evaluation.value(ref, arguments[2])])
    return found.at_least(Rank.FLOW)


def _no_table(dotted: str) -> str:
    return f"result of `{dotted}`, whose type no table gives"
