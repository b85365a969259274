"""What decorators make of definitions."""

from __future__ import annotations

from tracer.static.evaluation.bindings import plain_definition
from tracer.static.evaluation.calls import result_of
from tracer.static.evaluation.context import Evaluation
from tracer.static.evaluation.returns import function_result
from tracer.static.summary import Defined
from tracer.static.values import ClassValue, FunctionValue, Instance, Rank, Ref, Values, one, union


def read_defined(evaluation: Evaluation, ref: Ref, expr: Defined) -> Values:
    """What a definition binds."""
    if not expr.decorator_sites:
        return plain_definition(evaluation, (ref[0], expr.scope))
    return evaluation.solve(("defined", ref, expr), lambda: _decorated(evaluation, ref, expr))


def _decorated(evaluation: Evaluation, ref: Ref, expr: Defined) -> Values:
    """What decorators of the tree make of a definition; those from outside leave it be."""
    values = plain_definition(evaluation, (ref[0], expr.scope))
    sites = evaluation.program.scope(ref).sites
    for index in reversed(expr.decorator_sites):
        decorators = evaluation.value(ref, sites[index].callee)
        results: list[Values] = []
        for decorator in decorators.items:
            match decorator:
                case FunctionValue():
                    results.append(
                        function_result(evaluation, decorator, ref, sites[index], values)
                    )
                case ClassValue():
                    results.append(one(Instance(decorator.ref, decorator.is_exact)))
                case Instance():
                    results.append(result_of(evaluation, decorator, ref, sites[index]))
        made = union(results)
        if made.items:
            values = made if made == values else made.at_least(Rank.FLOW)
    return values
