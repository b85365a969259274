"""What an attribute of an object may be, by the kind of the object."""

from __future__ import annotations

from tracer.model.graph import OpenReason
from tracer.static.evaluation.annotations import annotation_values
from tracer.static.evaluation.classes import resolution_order, roles_of, subclasses_of
from tracer.static.evaluation.containers import from_template
from tracer.static.evaluation.context import Evaluation
from tracer.static.evaluation.lookup import looked_up, overrides, without_abstract
from tracer.static.evaluation.modules import absent_from_module, module_attribute
from tracer.static.summary import Attribute
from tracer.static.values import (
    NONE,
    ClassValue,
    External,
    ExternalInstance,
    ExternalMethod,
    FunctionValue,
    Instance,
    ModuleValue,
    Open,
    Rank,
    Ref,
    SuperValue,
    Value,
    Values,
    assigned,
    each,
    one,
    union,
    unknown,
)

_BUILTIN_MEMBERS = {
    f"builtins.{kind.__name__}": frozenset(dir(kind))
    for kind in (str, bytes, int, float, bool, complex, dict, list, tuple, set, frozenset, slice)
}
_OBJECT_MEMBERS = frozenset(dir(object))


def read_attribute(evaluation: Evaluation, ref: Ref, expr: Attribute) -> Values:
    """What `base.name` may be, whatever the base may be."""
    base = evaluation.value(ref, expr.base)
    if not base.items:
        if base.open is None:
            return unknown(OpenReason.UNKNOWN_RECEIVER, f"receiver of `.{expr.name}` is None")
        return Values((), base.rank, _as_receiver(base.open))
    # One of several possible types that has no such attribute is not what is meant.
    having = tuple(item for item in base.items if not _lacks(item, expr.name))
    meant = Values(having, base.rank, base.open) if having else base
    values = each(meant, lambda item: evaluation.attribute(item, expr.name))
    if base.open is not None and values.open == base.open:
        return Values(values.items, values.rank, _as_receiver(base.open))
    return values


def attribute_of(evaluation: Evaluation, item: Value, name: str) -> Values:
    """What `item.name` may be."""
    match item:
        case External():
            return _external_attribute(evaluation, item, name)
        case ModuleValue():
            found = module_attribute(evaluation, item.location, name)
            if found is not None:
                return found
            return absent_from_module(evaluation, item.location, name)
        case Instance():
            return evaluation.solve(
                ("attribute", item, name), lambda: _instance_attribute(evaluation, item, name)
            )
        case ClassValue():
            return evaluation.solve(
                ("attribute", item, name), lambda: _class_attribute(evaluation, item, name)
            )
        case ExternalInstance():
            known = evaluation.attribute_type(f"{item.dotted}.{name}")
            if known is not None:
                return from_template(evaluation, known, item, None, None)
            if _lacks(item, name):
                return unknown(OpenReason.UNKNOWN_MEMBER, f"`{item.dotted}` has no `{name}`")
            return one(ExternalMethod(item, name), Rank.TYPE)
        case ExternalMethod():
            detail = f"attribute `{name}` of `{item.dotted}`, whose type no table gives"
            return unknown(OpenReason.UNKNOWN_VALUE, detail)
        case SuperValue():
            return _super_attribute(evaluation, item, name)
        case FunctionValue():
            detail = f"attribute `{name}` of function `{evaluation.program.dotted(item.ref)}`"
            return unknown(OpenReason.UNKNOWN_MEMBER, detail)


def _external_attribute(evaluation: Evaluation, item: External, name: str) -> Values:
    dotted = f"{item.dotted}.{name}"
    known = evaluation.attribute_type(dotted)
    if known is not None:
        return from_template(evaluation, known, None, None, None)
    return one(External(dotted))


def _instance_attribute(evaluation: Evaluation, item: Instance, name: str) -> Values:
    parts: list[Values] = []
    for cls in resolution_order(evaluation, item.ref):
        if not isinstance(cls, str):
            parts.extend(_stored_on(evaluation, cls, name))
    is_stored = bool(parts)
    from_class = looked_up(evaluation, resolution_order(evaluation, item.ref), name, item)
    # What objects store themselves hides what a base outside the sources may have.
    if from_class is not None and not (is_stored and _is_from_outside(from_class)):
        parts.append(from_class)
    if not item.is_exact:
        parts.extend(overrides(evaluation, item.ref, name, item))
        parts = without_abstract(evaluation, parts)
    if parts:
        return union(parts).at_least(Rank.TYPE)
    if name == "__class__":
        return one(ClassValue(item.ref, item.is_exact), Rank.TYPE)
    if name == "__dict__":
        return one(ExternalInstance("builtins.dict"), Rank.TYPE)
    if name in _OBJECT_MEMBERS:
        return one(External(f"builtins.object.{name}"), Rank.TYPE)
    return unknown(
        OpenReason.UNKNOWN_MEMBER, f"`{evaluation.program.dotted(item.ref)}` binds no `{name}`"
    )


def _stored_on(evaluation: Evaluation, ref: Ref, name: str) -> list[Values]:
    """What methods of one class, and code that knows its type, store into an attribute."""
    parts: list[Values] = []
    for owner, access in evaluation.program.own_stores.get((ref, name), ()):
        annotated = NONE
        if access.annotation is not None:
            annotated = annotation_values(evaluation, owner, access.annotation)
        parts.append(
            annotated if annotated.items else assigned(evaluation.value(owner, access.value))
        )
    parts.extend(
        assigned(evaluation.value(owner, expr))
        for owner, expr in evaluation.facts.instance_stores.get((ref, name), ())
    )
    return parts


def _class_attribute(evaluation: Evaluation, item: ClassValue, name: str) -> Values:
    parts: list[Values] = []
    found = looked_up(evaluation, resolution_order(evaluation, item.ref), name, item)
    if found is not None:
        parts.append(found)
    parts.extend(
        part
        for cls in resolution_order(evaluation, item.ref)
        if not isinstance(cls, str)
        for part in _stored_on_class(evaluation, cls, name)
    )
    if not item.is_exact:
        parts.extend(overrides(evaluation, item.ref, name, item))
        parts = without_abstract(evaluation, parts)
    if parts:
        return union(parts)
    if name in ("__name__", "__qualname__", "__module__", "__doc__"):
        return one(ExternalInstance("builtins.str"), Rank.TYPE)
    if name in _OBJECT_MEMBERS:
        return one(External(f"builtins.object.{name}"), Rank.TYPE)
    return unknown(
        OpenReason.UNKNOWN_MEMBER, f"`{evaluation.program.dotted(item.ref)}` binds no `{name}`"
    )


def _stored_on_class(evaluation: Evaluation, ref: Ref, name: str) -> list[Values]:
    """Stores through `cls` in class methods."""
    return [
        assigned(evaluation.value(owner, access.value))
        for owner, access in evaluation.program.own_stores.get((ref, name), ())
        if "class" in roles_of(evaluation, owner)
    ]


def _super_attribute(evaluation: Evaluation, item: SuperValue, name: str) -> Values:
    parts: list[Values] = []
    receiver = item.receiver
    owner = receiver.ref if isinstance(receiver, Instance | ClassValue) else item.after
    for cls in dict.fromkeys((item.after, owner, *subclasses_of(evaluation, item.after))):
        order = resolution_order(evaluation, cls)
        if item.after not in order:
            continue
        rest = order[order.index(item.after) + 1 :]
        found = looked_up(evaluation, rest, name, item)
        if found is not None:
            parts.append(found)
        elif name in _OBJECT_MEMBERS:
            parts.append(one(External(f"builtins.object.{name}"), Rank.TYPE))
    if parts:
        return union(parts).at_least(Rank.TYPE)
    return unknown(
        OpenReason.UNKNOWN_MEMBER,
        f"no base of `{evaluation.program.dotted(item.after)}` binds `{name}`",
    )


def _lacks(item: Value, name: str) -> bool:
    """Whether an object of a builtin type has no such attribute."""
    return isinstance(item, ExternalInstance) and name not in _BUILTIN_MEMBERS.get(
        item.dotted, (name,)
    )


def _is_from_outside(values: Values) -> bool:
    return values.open is not None or any(
        isinstance(item, External | ExternalMethod) for item in values.items
    )


def _as_receiver(reason: Open) -> Open:
    if reason.reason is OpenReason.UNKNOWN_VALUE:
        return Open(OpenReason.UNKNOWN_RECEIVER, f"receiver: {reason.detail}")
    return reason
