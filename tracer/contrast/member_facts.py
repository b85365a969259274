"""Archives and folders as they are compared: names, members, and values of their keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tracer.contrast.facts import (
    Sided,
    key,
    level_holes,
    line_anchor,
    listing,
    shared_condition,
    short,
)
from tracer.contrast.members import SEPARATOR, Member, few_names, is_named, names_of, role_of
from tracer.contrast.side import Side
from tracer.model.contrast import Fact, Role, Trait
from tracer.model.evidence import ArtifactLayout
from tracer.model.graph import Effect
from tracer.model.source import FunctionId
from tracer.static.contents import KeyView
from tracer.static.contracts import level_names
from tracer.tables.touchpoints import Touchpoint

_PLAIN = str.isidentifier
_STORED = frozenset({"stored", "added"})
_PLACE = re.compile(r"(?: at)? \(?[^\s()]+:\d+\)?")
_MOST_NAMES = 3


def artifact_facts(side: Side) -> list[Sided]:
    """The names of archives and folders, one fact for all layouts of one name."""
    found: dict[tuple[Role, tuple[str, ...]], list[ArtifactLayout]] = {}
    for layout in side.layouts:
        last = {level_holes(SEPARATOR.split(name)[-1]) for name in names_of(layout)}
        names = tuple(sorted(name for name in last if is_named(name)))
        if names:  # a buffer, or what callers pass: there is no name to compare
            found.setdefault((role_of(layout), names), []).append(layout)
    return [Sided(role, _artifact(role, names, same)) for (role, names), same in found.items()]


def member_facts(side: Side, members: Iterable[Member], point: Touchpoint) -> list[Sided]:
    """The members, as the touchpoint sees them."""
    return [Sided(member.role, _member(side, member, point)) for member in members]


def value_facts(members: Iterable[Member], point: Touchpoint) -> list[Sided]:
    """Keys of members that the touchpoint's words name: what is stored, or asked."""
    found = []
    for member in members:
        views = (*(view for each in member.contents for view in each.keys), *member.asked)
        for view in dict.fromkeys(views):
            if point.takes_name(view.key):
                found.append(Sided(member.role, _value(member, view)))
    return found


def takes_member(point: Touchpoint, member: Member) -> bool:
    """Whether a member is of this touchpoint, by its name, else by what goes in or comes out."""
    names = (member.shown.partition(".")[0], member.content)
    return point.takes_name(*names) if member.content else point.takes_name(names[0])


def content_traits(side: Side, member: Member) -> tuple[Trait, ...]:
    """The keys of what a member holds, what else that is made of, and which keys are asked."""
    found: list[Trait] = []
    keys = [view.key for each in member.contents for view in each.keys]
    made_of = [(text, each.made_by) for each in member.contents for text in each.made_of if text]
    asked = [view.key for view in member.asked if view.how != "added"]
    added = [view.key for view in member.asked if view.how == "added"]
    if keys:
        found.append(listing("keys", keys))
    if made_of:
        found.append(
            Trait(
                "made of",
                ", ".join(text for text, _ in made_of),
                compared=", ".join(_levelled(side, text, by) for text, by in made_of),
                is_telling=not all(_PLAIN(text) for text, _ in made_of),
            )
        )
    elif keys:
        found.append(Trait("made of", "these keys alone", is_telling=False))
    if asked or added:  # both, so that a side without such keys says so
        found.append(listing("keys asked for", asked))
        found.append(listing("keys added after reading", added))
    return tuple(found)


def _artifact(role: Role, names: tuple[str, ...], layouts: Sequence[ArtifactLayout]) -> Fact:
    every = dict.fromkeys(name for layout in layouts for name in names_of(layout))
    shown = [name for name in every if level_holes(SEPARATOR.split(name)[-1]) in names]
    inputs = tuple(dict.fromkeys(text for layout in layouts for text in layout.hidden_inputs))
    anchors = dict.fromkeys(
        [*(layout.anchor for layout in layouts), *(a for each in layouts for a in each.named_at)]
    )
    more = len(shown) - _MOST_NAMES
    written = ", ".join(f"`{name}`" for name in shown[:_MOST_NAMES])
    written += f" and {more} more" if more > 0 else ""
    return Fact(
        few_names(names),
        f"{written}: " + ("; ".join(inputs) if inputs else "no hidden input in its name"),
        tuple(anchors),
        (
            listing("name", names),
            Trait(
                "depends on",
                "; ".join(inputs) or "no hidden input",
                # Where it stands is told, and no part of what it is.
                compared=_PLACE.sub("", "; ".join(inputs)) or "no hidden input",
            ),
        ),
        keys=(key("artifact", role, *names), key("artifact", role)),
        kin=key("artifact", role),
    )


def _member(side: Side, member: Member, point: Touchpoint) -> Fact:
    operations = tuple(dict.fromkeys(effect.operation for effect in member.effects))
    verb = "tested for" if not operations else "written by" if member.role is Role.SAVE else "read"
    if operations and member.role is not Role.SAVE:
        verb = "read by"
    told = ", ".join(dict.fromkeys(f"`{_call(effect)}`" for effect in member.effects))
    # What is written through a handle: `attribute scale`.
    content = "" if any(e.payload for e in member.effects) or member.tested else member.content
    content = "" if member.role is not Role.SAVE and _PLAIN(content) else content
    traits = [
        listing("operation", operations or ("tested for",)),
        Trait("folder", ", ".join(f"{each}/" for each in member.folders if each), is_telling=False),
        Trait("depth", f"{member.depth} folders down" if member.depth else "at the top"),
        *_condition(side, member),
        *_options(side, member.effects),
        *content_traits(side, member),
    ]
    strict = key(member.role, member.name, member.depth, *operations)
    keys = [strict, key(member.role, member.name)]
    if point.are_alike:
        keys.append(key(member.role, point.name))
    return Fact(
        member.name,
        f"`{member.shown}` {verb} {told}".rstrip() + (f": {content}" if content else ""),
        member.anchors,
        tuple(traits),
        keys=tuple(keys),
        kin=keys[-1] if point.are_alike else "",
        seen=side.observed.of_effects(member.effects),
    )


def _condition(side: Side, member: Member) -> tuple[Trait, ...]:
    """What all places that do it have in common: each may ask for more, or be an alternative."""
    places = [(effect.function, effect.guards) for effect in member.effects]
    return (shared_condition(side, places),) if places else ()


def _options(side: Side, effects: Sequence[Effect]) -> tuple[Trait, ...]:
    found = [o for effect in effects for o in side.contracts.options(effect.function, effect.span)]
    is_read = any(side.contracts.is_read(effect.function) for effect in effects)
    return (listing("options", found or ["none"]),) if is_read else ()


def _levelled(side: Side, text: str, function: FunctionId | None) -> str:
    return text if function is None else level_names(text, side.contracts.local_names(function))


def _value(member: Member, view: KeyView) -> Fact:
    how = view.how or "stored"
    value = f": `{view.value}`" if view.value else ""
    default = f", by default `{view.value}`" if view.value else ""
    told = f"`{view.key}`{value}" if how in _STORED else f"`{view.key}` {how}{default}"
    return Fact(
        f"{member.name}: {view.key}",
        f"`{member.shown}` {told}",
        (line_anchor(view.function, view.line),),
        (
            Trait("use", how),
            Trait(
                "value" if how in _STORED else "default",
                view.value or "none",
                is_telling=view.is_constant,
            ),
        ),
        keys=(
            key("value", member.role, member.name, view.key, how, view.value),
            key("value", member.role, member.name, view.key, how),
            # `pop` on one side and `get` on the other: both ask for the key.
            key("value", member.role, member.name, view.key, how in _STORED),
        ),
    )


def _call(effect: Effect) -> str:
    name = short(effect.operation)
    return f"{name}({effect.payload})" if effect.payload else name
