"""Stores into state and reads of it: attributes, items, methods of containers."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.model.graph import Effect, EffectKind, Tier
from tracer.model.source import Span
from tracer.static.effects.context import EffectReading, KeyedAccess, Mutation, keys_of, known_keys
from tracer.static.effects.origins import origin_of
from tracer.static.kinds import AccessKind
from tracer.static.summary import Access, Attribute, Constant, Expr, Literal, Site
from tracer.static.values import (
    ClassValue,
    External,
    ExternalInstance,
    Instance,
    ModuleValue,
    Rank,
    Ref,
)

_ITEM_METHODS = {
    AccessKind.SET_ITEM: "__setitem__",
    AccessKind.GET_ITEM: "__getitem__",
    AccessKind.DELETE_ITEM: "__delitem__",
    AccessKind.CONTAINS: "__contains__",
}
_ITEM_OPERATIONS = {
    AccessKind.SET_ITEM: "{}[...] =",
    AccessKind.GET_ITEM: "{}[...]",
    AccessKind.DELETE_ITEM: "del {}[...]",
    AccessKind.CONTAINS: "in {}",
}
_WRITES = frozenset((AccessKind.SET_ITEM, AccessKind.DELETE_ITEM))
_CONTAINERS = frozenset(
    ["builtins.dict", "builtins.list", "builtins.set", "builtins.tuple", "builtins.str"]
)


def effects_of_access(reading: EffectReading, ref: Ref, access: Access) -> Iterable[Effect]:
    """What a store or a read of an attribute or item does."""
    match access.kind:
        case AccessKind.SET_ATTRIBUTE | AccessKind.DELETE_ATTRIBUTE:
            yield from _of_attribute(reading, ref, access)
        case AccessKind.SET_GLOBAL:
            file = ref[0]
            subject = f"{reading.program.names[file]}.{access.name}"
            yield _state(reading, ref, access, EffectKind.STATE_WRITE, subject, f"{subject} =")
        case AccessKind.SET_NONLOCAL:
            return
        case _:
            yield from _of_item(reading, ref, access)


def effects_of_state_method(
    reading: EffectReading, ref: Ref, site: Site, callee: str
) -> Iterable[Effect]:
    """What a method of a container does to the container, where that is state."""
    is_write = callee in reading.table.state_writers
    if not (is_write or callee in reading.table.state_readers):
        return
    if not isinstance(site.callee, Attribute):
        return
    name = site.callee.name
    place = reading.places.of(ref, site.callee.base)
    positional = [argument for argument in site.arguments if not argument.name]
    if place is None:
        if is_write:
            _note_mutation(
                reading,
                ref,
                site.callee.base,
                site.span,
                f"{{}}.{name}",
                site.guard,
                site.is_unreachable,
                _update_keys(reading, ref, site),
            )
        return
    if reading.is_own(ref, place):
        return
    kind = EffectKind.STATE_WRITE if is_write else EffectKind.STATE_READ
    if positional:
        _note_keyed(reading, ref, positional[0].value, place, kind)
    yield Effect(
        function=reading.program.id(ref),
        span=site.span,
        kind=kind,
        operation=f"{place}.{name}",
        subject=place,
        payload=reading.text(ref, positional[0].span) if positional and is_write else "",
        keys=_update_keys(reading, ref, site),
        tier=Tier.TYPE,
        is_unreachable=site.is_unreachable,
    )


def _of_attribute(reading: EffectReading, ref: Ref, access: Access) -> Iterable[Effect]:
    owner = _owner(reading, ref, access.base)
    if owner is None:
        return
    subject = f"{owner}.{access.name}"
    is_delete = access.kind is AccessKind.DELETE_ATTRIBUTE
    operation = f"del {subject}" if is_delete else f"{subject} ="
    yield _state(reading, ref, access, EffectKind.STATE_WRITE, subject, operation)


def _owner(reading: EffectReading, ref: Ref, base: Expr) -> str | None:
    """The module, class or module-level object whose attribute is set."""
    items = reading.evaluator.value(ref, base).items
    if len(items) != 1:
        return None
    match items[0]:
        case ModuleValue(location=location):
            return reading.program.modules.dotted(location)
        case ClassValue(ref=owner):
            return reading.program.dotted(owner)
        case Instance() if reading.program.class_of_receiver(ref, base) is None:
            place = reading.places.of(ref, base)
            return None if place is None or reading.is_own(ref, place) else place
    return None


def _of_item(reading: EffectReading, ref: Ref, access: Access) -> Iterable[Effect]:
    place = reading.places.of(ref, access.base)
    is_write = access.kind in _WRITES
    if place is not None and not reading.is_own(ref, place):
        kind = EffectKind.STATE_WRITE if is_write else EffectKind.STATE_READ
        operation = _ITEM_OPERATIONS[access.kind].format(place)
        yield _state(reading, ref, access, kind, place, operation)
        _note_keyed(reading, ref, access.key, place, kind)
    elif is_write:
        _note_mutation(
            reading,
            ref,
            access.base,
            access.span,
            _ITEM_OPERATIONS[access.kind],
            access.guard,
            access.is_unreachable,
            keys_of(access.key),
        )
    values = reading.evaluator.value(ref, access.base)
    for item in values.items:
        if not isinstance(item, External | ExternalInstance) or item.dotted in _CONTAINERS:
            continue
        operation = f"{item.dotted}.{_ITEM_METHODS[access.kind]}"
        rule = reading.rule(operation)
        if rule is None:
            continue
        subject = rule.subject.text if rule.subject is not None else None
        keys = known_keys(reading, ref, access.key)
        if rule.is_keyed and not keys:
            continue
        yield Effect(
            function=reading.program.id(ref),
            span=access.span,
            kind=rule.write if is_write else rule.read,
            operation=operation,
            subject=subject or origin_of(reading, ref, access.base),
            payload="" if access.value_span is None else reading.text(ref, access.value_span),
            keys=keys,
            note=rule.note,
            part=rule.part,
            tier=max(values.rank, Rank.TYPE).tier,
            is_unreachable=access.is_unreachable,
        )


def _state(
    reading: EffectReading, ref: Ref, access: Access, kind: EffectKind, subject: str, operation: str
) -> Effect:
    return Effect(
        function=reading.program.id(ref),
        span=access.span,
        kind=kind,
        operation=operation,
        subject=subject,
        payload="" if access.value_span is None else reading.text(ref, access.value_span),
        keys=keys_of(access.key),
        tier=Tier.DEFINITE,
        is_unreachable=access.is_unreachable,
    )


def _update_keys(reading: EffectReading, ref: Ref, site: Site) -> tuple[str, ...]:
    """The constant keys that a method of a dict names."""
    keys: set[str] = set()
    for argument in site.arguments:
        match argument.value:
            case Literal(container=index) if not argument.name:
                for key in reading.program.scope(ref).containers[index].keys:
                    keys.update(keys_of(key))
            case Constant() if argument is site.arguments[0]:
                keys.update(keys_of(argument.value))
        if argument.name not in ("", "*", "**") and site.text.endswith(".update"):
            keys.add(argument.name)
    return tuple(sorted(keys))


def _note_keyed(reading: EffectReading, ref: Ref, key: Expr, place: str, kind: EffectKind) -> None:
    parameter = reading.program.parameter_index(ref, key)
    found = None if parameter is None else KeyedAccess(place, parameter, kind)
    if found is not None and found not in reading.keyed[ref]:
        reading.keyed[ref].append(found)


def _note_mutation(
    reading: EffectReading,
    ref: Ref,
    base: Expr,
    span: Span,
    operation: str,
    guard: int,
    is_unreachable: bool,
    keys: tuple[str, ...],
) -> None:
    parameter = reading.program.parameter_index(ref, base)
    if parameter is None:
        return
    path = reading.program.paths[ref[0]]
    reading.mutations[ref, parameter].append(
        Mutation(span, operation, path, guard, is_unreachable, ref, keys)
    )
