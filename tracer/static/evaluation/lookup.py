"""Members of classes, found along the order of resolution and below, as a receiver sees them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from tracer.model.graph import OpenReason
from tracer.model.source import FunctionKind
from tracer.static.evaluation.bindings import bound_values
from tracer.static.evaluation.classes import UNKNOWN_BASE, roles_of, subclasses_of
from tracer.static.evaluation.containers import any_of
from tracer.static.evaluation.context import Evaluation
from tracer.static.evaluation.returns import returned_by
from tracer.static.values import (
    ClassValue,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    Open,
    Rank,
    Ref,
    SuperValue,
    Value,
    Values,
    each,
    one,
    unknown,
)


def own_member(evaluation: Evaluation, ref: Ref, name: str) -> Values | None:
    """What a class body binds."""
    bindings = evaluation.program.exits(ref, name)
    return bound_values(evaluation, ref, bindings) if bindings else None


def looked_up(
    evaluation: Evaluation, order: Iterable[Ref | str], name: str, receiver: Value
) -> Values | None:
    """The first class of the order that binds the name, seen through the receiver."""
    external: str | None = None
    for cls in order:
        if isinstance(cls, str):
            if cls == UNKNOWN_BASE:
                return unknown(
                    OpenReason.UNKNOWN_MEMBER,
                    f"`{name}` may come from a base that is not known",
                )
            if external is None:
                external = cls
                continue
            detail = f"`{name}` comes from one of `{external}`, `{cls}`"
            return unknown(OpenReason.UNKNOWN_MEMBER, detail)
        found = own_member(evaluation, cls, name)
        if found is None:
            continue
        if external is not None:
            detail = f"`{name}` comes from `{external}` or `{evaluation.program.dotted(cls)}`"
            reached = each(found, lambda item: _through(evaluation, item, receiver))
            return Values(
                reached.items,
                max(reached.rank, Rank.TYPE),
                reached.open or Open(OpenReason.UNKNOWN_MEMBER, detail),
            )
        return each(found, lambda item: _through(evaluation, item, receiver))
    if external is None:
        return None
    if isinstance(receiver, Instance) or (
        isinstance(receiver, SuperValue) and isinstance(receiver.receiver, Instance)
    ):
        return evaluation.attribute(ExternalInstance(external), name)
    return one(External(f"{external}.{name}"), Rank.TYPE)


def overrides(evaluation: Evaluation, ref: Ref, name: str, receiver: Value) -> list[Values]:
    """The same member in subclasses that bind it themselves."""
    found: list[Values] = []
    for cls in subclasses_of(evaluation, ref):
        own = own_member(evaluation, cls, name)
        if own is not None:
            seen = (
                Instance(cls, is_exact=False)
                if isinstance(receiver, Instance)
                else ClassValue(cls, is_exact=False)
            )
            found.append(each(own, partial(_through, evaluation, receiver=seen)))
    return found


def without_abstract(evaluation: Evaluation, parts: list[Values]) -> list[Values]:
    """Abstract methods do not run where something overrides them."""
    if len(parts) < 2:
        return parts
    kept = [
        part
        for part in parts
        if not all(
            isinstance(item, FunctionValue) and "abstract" in roles_of(evaluation, item.ref)
            for item in part.items
        )
        or not part.items
    ]
    return kept or parts


def _through(evaluation: Evaluation, item: Value, receiver: Value) -> Values:
    """A class member as the receiver sees it: bound, or what a property returns."""
    if isinstance(item, ExternalInstance) and item.dotted == "builtins.staticmethod":
        return any_of(item.arguments)
    if not isinstance(item, FunctionValue) or item.receiver is not None:
        return one(item)
    if evaluation.program.scope(item.ref).kind is not FunctionKind.METHOD:
        # A function from elsewhere under a class's name is a method too.
        is_bound = isinstance(receiver, Instance)
        return one(FunctionValue(item.ref, receiver)) if is_bound else one(item)
    roles = roles_of(evaluation, item.ref)
    name = evaluation.program.scope(item.ref).name
    if "static" in roles or (name == "__new__" and not isinstance(receiver, SuperValue)):
        return one(item)
    bound = receiver.receiver if isinstance(receiver, SuperValue) else receiver
    if "property" in roles:
        if isinstance(bound, Instance):
            return returned_by(evaluation, item.ref)
        return one(ExternalInstance("builtins.property"), Rank.TYPE)
    if "class" in roles:
        return one(FunctionValue(item.ref, bound))
    return one(FunctionValue(item.ref, bound)) if isinstance(bound, Instance) else one(item)
