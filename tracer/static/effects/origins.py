"""What an object was made from."""

from __future__ import annotations

from tracer.model.source import is_function
from tracer.static.effects.context import EffectReading, argument_of
from tracer.static.summary import Attribute, Called, Entered, Expr, Name
from tracer.static.values import Ref


def origin_of(reading: EffectReading, ref: Ref, expr: Expr, depth: int = 0) -> str:
    """What the object was made from: for an open file, the path that was opened."""
    if depth > 4:
        return ""
    match expr:
        case Name():
            bindings = reading.program.reaching(ref, expr)
            if len(bindings) != 1:
                return ""
            value = reading.program.scope(ref).bindings[bindings[0]].value
            return origin_of(reading, ref, value, depth + 1)
        case Attribute():
            return origin_of(reading, ref, expr.base, depth + 1)
        case Entered():
            return origin_of(reading, ref, expr.base, depth + 1)
        case Called():
            return _opened(reading, ref, expr.site, depth)
    return ""


def _opened(reading: EffectReading, ref: Ref, number: int, depth: int) -> str:
    callees = reading.solution.callees.get((ref, number))
    if callees is None or len(callees.ids) != 1 or is_function(callees.ids[0]):
        return ""
    rule = reading.rule(callees.ids[0])
    if rule is None or rule.subject is None or not rule.opens:
        return ""
    site = reading.program.scope(ref).sites[number]
    if rule.subject.is_receiver:
        if not isinstance(site.callee, Attribute):
            return ""
        inner = origin_of(reading, ref, site.callee.base, depth + 1)
        return inner or site.text.rpartition(".")[0]
    argument = argument_of(site, rule.subject)
    return "" if argument is None else reading.text(ref, argument.span)
