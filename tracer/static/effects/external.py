"""What calls out of the tree do, by the rules of a table."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.model.graph import Effect, EffectKind, Tier
from tracer.model.source import Callee, is_function
from tracer.static.effects.context import EffectReading, argument_of, known_keys
from tracer.static.effects.origins import origin_of
from tracer.static.effects.stores import effects_of_state_method
from tracer.static.solving.callees import Callees
from tracer.static.summary import NOTHING, Attribute, Constant, Site
from tracer.static.values import Ref
from tracer.tables.effects import ArgumentRef, EffectRule


def effects_of_site(
    reading: EffectReading, ref: Ref, site: Site, callees: Callees
) -> Iterable[Effect]:
    """What a call does by what it calls outside of the tree."""
    tier = callees.tier
    told: set[str] = set()
    for callee in callees.ids:
        if is_function(callee):
            continue
        rule = reading.rule(callee)
        name = reading.table.canonical(callee)
        # One function under two names does one thing.
        if rule is not None and not (name in told or (name != callee and name in callees.ids)):
            told.add(name)
            yield from _by_rule(reading, ref, site, callee, rule, tier)
        yield from effects_of_state_method(reading, ref, site, callee)


def _by_rule(
    reading: EffectReading, ref: Ref, site: Site, callee: Callee, rule: EffectRule, tier: Tier
) -> Iterable[Effect]:
    note = "; ".join(filter(None, [rule.note, _needs(reading, ref, site, rule)]))
    kinds = [rule.write] if rule.read is rule.write else []
    if not kinds:
        mode = _mode(site, rule)
        if mode is None:
            kinds = [rule.read, rule.write]
            note = "; ".join(filter(None, [note, "the mode is not a constant"]))
        else:
            kinds = _kinds_of(rule, mode.partition(":")[0])
            if len(kinds) > 1:
                note = "; ".join(filter(None, [note, "opened to read and to write"]))
    keys = _keys(reading, ref, site, rule.keys)
    if rule.is_keyed and not keys:
        return
    given = argument_of(site, rule.unless)
    if given is not None and given.value != NOTHING:
        return
    for kind in kinds:
        yield Effect(
            function=reading.program.id(ref),
            span=site.span,
            kind=kind,
            operation=callee,
            subject=_argument_text(reading, ref, site, rule.subject, follow=True),
            payload=_argument_text(reading, ref, site, rule.payload, follow=False),
            keys=keys,
            note=note,
            tier=tier,
            is_unreachable=site.is_unreachable,
            is_auxiliary=rule.is_auxiliary,
            part=rule.part,
        )


def _kinds_of(rule: EffectRule, mode: str) -> list[EffectKind]:
    """What a mode of `open` and its like lets do: what `w+` and `x+` read, they have written."""
    if "+" in mode and not set("wx") & set(mode):
        return [rule.read, rule.write]
    return [rule.write if set("wax+") & set(mode) else rule.read]


def _needs(reading: EffectReading, ref: Ref, site: Site, rule: EffectRule) -> str:
    """`with custom_objects=objects`."""
    text = _argument_text(reading, ref, site, rule.needs, follow=False)
    return f"with {rule.needs.keyword}={text}" if rule.needs is not None and text else ""


def _mode(site: Site, rule: EffectRule) -> str | None:
    argument = argument_of(site, rule.mode)
    if argument is None:
        has_stars = any(argument.name in ("*", "**") for argument in site.arguments)
        return None if has_stars else rule.default_mode
    value = argument.value
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value
    return None


def _argument_text(
    reading: EffectReading, ref: Ref, site: Site, which: ArgumentRef | None, follow: bool
) -> str:
    if which is None:
        return ""
    if which.text is not None:
        return which.text
    if which.is_all_keywords:
        names = [argument.name for argument in site.arguments if argument.name not in ("", "*")]
        return ", ".join(names)
    if which.is_receiver:
        if not isinstance(site.callee, Attribute):
            return ""
        origin = origin_of(reading, ref, site.callee.base) if follow else ""
        return origin or site.text.rpartition(".")[0]
    argument = argument_of(site, which)
    if argument is None:
        return ""
    origin = origin_of(reading, ref, argument.value) if follow else ""
    return origin or reading.text(ref, argument.span)


def _keys(
    reading: EffectReading, ref: Ref, site: Site, which: ArgumentRef | None
) -> tuple[str, ...]:
    if which is not None and which.is_all_keywords:
        names = {argument.name for argument in site.arguments} - {"", "*", "**"}
        return tuple(sorted(names))
    argument = argument_of(site, which)
    return () if argument is None else known_keys(reading, ref, argument.value)
