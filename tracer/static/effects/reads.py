"""Reads of attributes that do something, or whose value somebody else decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast

from tracer.model.graph import Effect, EffectKind, Tier
from tracer.static.effects.context import EffectReading, known_keys
from tracer.static.effects.origins import origin_of
from tracer.static.flat import ATTR, FlatScope, unpack_span
from tracer.static.implicit_guards import guard_at
from tracer.static.kinds import AccessKind
from tracer.static.summary import NOTHING, Attribute, Expr
from tracer.static.values import External, ExternalInstance, ModuleValue, Rank, Ref
from tracer.tables.effects import EffectRule


def rebound_names(effects: Iterable[Effect]) -> frozenset[str]:
    """Dotted names of variables that are bound anew from outside their module's own code."""
    return frozenset(
        effect.subject
        for effect in effects
        if effect.kind is EffectKind.STATE_WRITE and effect.operation == f"{effect.subject} ="
    )


def rebound_place(
    reading: EffectReading, ref: Ref, expr: Expr, rebound: Collection[str]
) -> str | None:
    """The variable of another module that `module.name` reads, where it is one of these."""
    if not isinstance(expr, Attribute):
        return None
    items = reading.evaluator.value(ref, expr.base).items
    if len(items) != 1 or not isinstance(items[0], ModuleValue):
        return None
    module = reading.program.modules.dotted(items[0].location)
    place = f"{module}.{expr.name}"
    if place not in rebound or module == reading.program.names[ref[0]]:
        return None
    file = reading.program.modules.file_of(items[0].location)
    is_bound = file is not None and bool(reading.program.bindings((file, 0), expr.name))
    # A function or class that somebody replaces is patched; it is no variable. A name that the
    # module never binds is one that its `__getattr__` gives until somebody sets it.
    return place if not is_bound or reading.places.of(ref, expr) == place else None


def effects_of_reads(
    reading: EffectReading, ref: Ref, rebound: Collection[str]
) -> Iterable[tuple[int, Effect]]:
    """Reads of such variables in one scope, each with the number of its guard."""
    flat = reading.program.flat(ref)
    names = {place.rpartition(".")[2] for place in rebound}
    view = None
    for node, parts in enumerate(flat.nodes):
        if parts[0] != ATTR or parts[2] not in names:
            continue
        view = view or reading.program.view(ref)
        place = rebound_place(reading, ref, view.expr(node), rebound)
        if place is not None:
            yield (
                guard_at(flat, node),
                Effect(
                    function=reading.program.id(ref),
                    span=unpack_span(cast(int, parts[3])),
                    kind=EffectKind.STATE_READ,
                    operation=place,
                    subject=place,
                    tier=Tier.DEFINITE,
                    is_unreachable=_is_dead(flat, node),
                ),
            )


def effects_of_attributes(
    reading: EffectReading, ref: Ref, names: Collection[str]
) -> Iterable[tuple[int, Effect]]:
    """Reads of attributes of outside objects that the table knows to do something.

    Args:
        names: The last names of such attributes.

    Returns:
        Each with the number of its guard; `x in base.name` gives `x` as its key.
    """
    flat = reading.program.flat(ref)
    asked: dict[int, Expr] = {}
    view = None
    for node, parts in enumerate(flat.nodes):
        if parts[0] != ATTR or parts[2] not in names:
            continue
        if view is None:
            view = reading.program.view(ref)
            asked = {
                id(access.base): access.key
                for access in view.scope.accesses
                if access.kind is AccessKind.CONTAINS
            }
        expr = view.expr(node)
        if not isinstance(expr, Attribute):
            continue
        values = reading.evaluator.value(ref, expr.base)
        for item in values.items:
            if not isinstance(item, External | ExternalInstance):
                continue
            operation = f"{item.dotted}.{expr.name}"
            rule = reading.rule(operation)
            if rule is None or not reading.table.attribute(operation):
                continue
            yield (
                guard_at(flat, node),
                Effect(
                    function=reading.program.id(ref),
                    span=unpack_span(cast(int, parts[3])),
                    kind=rule.read,
                    operation=operation,
                    subject=_subject(reading, ref, rule, expr.base),
                    keys=known_keys(reading, ref, asked.get(id(expr), NOTHING)),
                    note=rule.note,
                    tier=max(values.rank, Rank.TYPE).tier,
                    is_unreachable=_is_dead(flat, node),
                    part=rule.part,
                ),
            )


def _subject(reading: EffectReading, ref: Ref, rule: EffectRule, base: Expr) -> str:
    text = rule.subject.text if rule.subject is not None else None
    return origin_of(reading, ref, base) if text is None else text


def _is_dead(flat: FlatScope, node: int) -> bool:
    return any(first <= node < last for first, last in flat.dead_nodes)
