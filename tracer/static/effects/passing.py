"""State that a caller hands to a function, as an object or as a key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tracer.model.graph import Effect, EffectKind, Tier
from tracer.static.effects.context import EffectReading, Mutation, keys_of
from tracer.static.program import map_arguments
from tracer.static.summary import Attribute, Name, Site
from tracer.static.values import Ref

_PASSERS_SHOWN = 3
_LONGEST_PASSING = 6  # functions that a state object is handed through


def effects_through_calls(reading: EffectReading) -> list[tuple[Ref, int, Effect]]:
    """State that a caller hands to a function, as an object or as a key."""
    _hand_on(reading)
    found: list[tuple[Ref, int, Effect]] = []
    passers: dict[tuple[Ref, int, str], list[str]] = defaultdict(list)
    for (ref, number), callees in reading.solution.callees.items():
        site = reading.program.scope(ref).sites[number]
        for function, is_bound in callees.functions:
            found.extend(
                (ref, site.guard, effect)
                for effect in _keyed_effects(reading, ref, site, function, is_bound)
            )
            for parameter, place in _passed_places(reading, ref, site, function, is_bound):
                mutations = reading.mutations.get((function, parameter))
                if not mutations:
                    continue
                anchor = f"{reading.program.paths[ref[0]]}:{site.span.line}"
                passers[function, parameter, place].append(anchor)
                effect = _handed_over(reading, ref, site, function, parameter, place, mutations)
                found.append((ref, site.guard, effect))
    for (function, parameter, place), anchors in sorted(passers.items()):
        found.extend(_at_callee(reading, function, parameter, place, anchors))
    return found


def constant_argument(
    reading: EffectReading, site: Site, function: Ref, is_bound: bool, parameter: int
) -> str | None:
    """The constant string that a call passes for a parameter."""
    scope = reading.program.scope(function)
    for index, argument in map_arguments(scope, site, is_bound):
        if index == parameter:
            keys = keys_of(site.arguments[argument].value)
            return keys[0] if keys else None
    return None


def _hand_on(reading: EffectReading) -> None:
    """Let a function that hands its parameter to a storing one count as storing."""
    for _ in range(_LONGEST_PASSING):
        added = False
        for (ref, number), callees in reading.solution.callees.items():
            site = reading.program.scope(ref).sites[number]
            for function, is_bound in callees.functions:
                scope = reading.program.scope(function)
                for parameter, argument in map_arguments(scope, site, is_bound):
                    inner = reading.mutations.get((function, parameter))
                    if not inner:
                        continue
                    own = reading.program.parameter_index(ref, site.arguments[argument].value)
                    if own is None or (ref, own) == (function, parameter):
                        continue
                    known = reading.mutations[ref, own]
                    for mutation in inner:
                        if mutation not in known:
                            known.append(mutation)
                            added = True
        if not added:
            return


def _passed_places(
    reading: EffectReading, ref: Ref, site: Site, function: Ref, is_bound: bool
) -> Iterable[tuple[int, str]]:
    scope = reading.program.scope(function)
    for parameter, argument in map_arguments(scope, site, is_bound):
        value = site.arguments[argument].value
        if isinstance(value, Name | Attribute):
            place = reading.places.of(ref, value)
            if place is not None and not reading.is_own(ref, place):
                yield parameter, place


def _handed_over(
    reading: EffectReading,
    ref: Ref,
    site: Site,
    function: Ref,
    parameter: int,
    place: str,
    mutations: Sequence[Mutation],
) -> Effect:
    name = reading.program.scope(function).parameters[parameter].name
    places = sorted({f"{mutation.path}:{mutation.span.line}" for mutation in mutations})
    return Effect(
        function=reading.program.id(ref),
        span=site.span,
        kind=EffectKind.STATE_WRITE,
        operation=reading.program.dotted(function),
        subject=place,
        keys=tuple(sorted({key for mutation in mutations for key in mutation.keys})),
        note=f"stores into its parameter `{name}` at {_listed(places)}",
        tier=Tier.FLOW,
        is_unreachable=site.is_unreachable,
    )


def _at_callee(
    reading: EffectReading, function: Ref, parameter: int, place: str, anchors: Sequence[str]
) -> Iterable[tuple[Ref, int, Effect]]:
    for mutation in reading.mutations[function, parameter]:
        if mutation.ref != function:
            continue  # Told where it stands, if a place is handed that far.
        name = reading.program.scope(function).parameters[parameter].name
        yield (
            function,
            mutation.guard,
            Effect(
                function=reading.program.id(function),
                span=mutation.span,
                kind=EffectKind.STATE_WRITE,
                operation=mutation.operation.format(place),
                subject=place,
                keys=mutation.keys,
                note=f"as parameter `{name}`, from {_listed(sorted(set(anchors)))}",
                tier=Tier.FLOW,
                is_unreachable=mutation.is_unreachable,
            ),
        )


def _keyed_effects(
    reading: EffectReading, ref: Ref, site: Site, function: Ref, is_bound: bool
) -> Iterable[Effect]:
    """`params.get('k')` reads `params.cfg['k']`, if that is what the function does."""
    for access in reading.keyed.get(function, ()):
        key = constant_argument(reading, site, function, is_bound, access.parameter)
        if key is None:
            continue
        yield Effect(
            function=reading.program.id(ref),
            span=site.span,
            kind=access.kind,
            operation=reading.program.dotted(function),
            subject=access.place,
            keys=(key,),
            tier=Tier.FLOW,
            is_unreachable=site.is_unreachable,
        )


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_PASSERS_SHOWN])
    more = len(texts) - _PASSERS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
