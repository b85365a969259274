"""What calls and stores of a side do to the world, and what they build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tracer.contrast.facts import Sided, condition, key, listing, owner, short
from tracer.contrast.member_facts import content_traits
from tracer.contrast.members import Member, loose_contents, payload_node
from tracer.contrast.side import READS, WRITES, Side
from tracer.model.contrast import Fact, Role, Trait
from tracer.model.evidence import EdgeVerdict, SeenEffect
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import Anchor, AnchorKind, FunctionId, is_function, path_of, qualname_of
from tracer.paths import shortest_chain
from tracer.static.contracts import level_names
from tracer.tables.touchpoints import Touchpoint

_STATE = frozenset({EffectKind.STATE_READ, EffectKind.STATE_WRITE, EffectKind.ENVIRONMENT})
_FILES = frozenset({EffectKind.FILE_READ, EffectKind.FILE_WRITE})
_OF_FILES = (WRITES | READS) - {EffectKind.ARCHIVE_READ, EffectKind.ARCHIVE_WRITE}
_MOST_SUBJECTS = 3


def chosen_effects(
    side: Side, point: Touchpoint, members: Sequence[Member], taken: set[Effect]
) -> tuple[Effect, ...]:
    """The effects of a touchpoint, which no earlier one took; these are then taken, too.

    Members have rows of their own, unless the touchpoint asks for operations by name; so has what
    only makes room. An `open` is passed over where something reads or writes what it opened.
    """
    functions = side.within(point.reach)
    in_members = _of_members(side, members)
    used = {
        (effect.function, effect.subject)
        for effect in side.effects
        if effect.kind in WRITES | READS and not _opens(effect)
    }
    found = []
    for effect in side.effects:
        if effect in taken or effect.kind not in point.kinds:
            continue
        if not point.takes_operation(effect.operation):
            continue
        if effect.function not in functions:
            continue
        if not point.operations and (effect.is_auxiliary or effect in in_members):
            continue
        if not point.operations and _opens(effect) and (effect.function, effect.subject) in used:
            continue
        if point.role and _role(side, effect) not in (Role.BOTH, point.role):
            continue
        found.append(effect)
    taken.update(found)
    return tuple(found)


def _of_members(side: Side, members: Sequence[Member]) -> frozenset[Effect]:
    """What members have rows for, and what else is done to the same file in the same function."""
    own = {effect for member in members for effect in member.effects}
    files = {(effect.function, effect.subject) for effect in own if effect.subject}
    return frozenset(own) | {
        effect
        for effect in side.effects
        if effect.kind in _OF_FILES and (effect.function, effect.subject) in files
    }


def effect_facts(side: Side, effects: Iterable[Effect], members: Sequence[Member]) -> list[Sided]:
    """One fact for each effect of the core; below it, one for all of one kind in a function."""
    core = frozenset(side.core)
    groups: dict[tuple[object, ...], list[Effect]] = {}
    for effect in effects:
        place = effect.span if effect.function in core else None
        named = effect.keys if effect.function in core else None
        group = (effect.function, effect.operation, effect.subject, place, named)
        groups.setdefault(group, []).append(effect)
    loose = {member.effects[0]: member for member in loose_contents(side, members)}
    found = []
    for same in groups.values():
        fact = _fact(side, same, members, same[0].function in core)
        if held := loose.get(same[0]):
            fact = replace(fact, traits=(*fact.traits, *content_traits(side, held)))
        found.append(Sided(_role(side, same[0]), fact))
    return found


def seen_facts(side: Side, point: Touchpoint) -> list[Sided]:
    """What only a run told of: effects of the core that reading missed, one fact for a line.

    What a library does within a call that was read is that call's affair, and no fact of its own.
    """
    core = frozenset(side.core)
    read = {
        (effect.function, line)
        for effect in side.effects
        for line in range(effect.span.line, effect.span.end_line + 1)
    }
    lines: dict[tuple[Role, FunctionId, int, str], list[SeenEffect]] = {}
    for seen in side.observed.seen:
        if seen.read_as is not None or seen.function not in core:
            continue
        if seen.through and (seen.function, seen.line) in read:
            continue
        if seen.kind not in point.kinds or not point.takes_operation(seen.operation):
            continue
        role = _role_of_kind(side, seen.function, EffectKind(seen.kind))
        lines.setdefault((role, seen.function, seen.line, seen.kind), []).append(seen)
    return [Sided(role, _seen(same, role)) for (role, *_), same in lines.items()]


def _fact(side: Side, effects: Sequence[Effect], members: Sequence[Member], is_core: bool) -> Fact:
    effect = effects[0]
    role = _role(side, effect)
    keys = tuple(dict.fromkeys(name for each in effects for name in each.keys))
    origin = _origin(side, effect, members)
    traits = [Trait("operation", effect.operation)]
    if keys:
        traits.append(listing("keys", keys))
    if origin:
        traits.append(Trait("what goes in comes from", origin))
    if is_core:
        traits.append(condition(side, effect.function, effect.guards))
        if effect.kind not in _STATE and side.contracts.is_read(effect.function):
            options = side.contracts.options(effect.function, effect.span)
            traits.append(listing("options", options or ["none"]))
    if effect.kind in _FILES and effect.subject and not effect.subject.isidentifier():
        # What archives are called has rows of its own; the name of a local says nothing.
        names = side.contracts.local_names(effect.function)
        traits.append(Trait("on", effect.subject, level_names(effect.subject, names)))
    if effect.payload:
        names = side.contracts.local_names(effect.function)
        compared = level_names(effect.payload, names)
        traits.append(Trait("what goes in", effect.payload, compared, is_telling=False))
    subject = effect.subject if effect.kind in _STATE else effect.operation
    strict = key(role, effect.operation, subject, *keys, origin, *_compared(traits))
    loose = [key(role, effect.operation, subject, *keys), key(role, effect.operation, subject)]
    if origin:
        loose.insert(0, key(role, effect.operation, subject, "from", origin))
    if effect.kind in _STATE:  # the one change of an object is that change, however it is made
        loose.append(key(role, "state", effect.kind, subject, *keys))
    return Fact(
        subject,
        _text(side, effects, keys, origin, is_core),
        tuple(dict.fromkeys(each.anchor for each in effects)),
        tuple(traits),
        keys=(strict, *loose),
        kin=key(role, subject, *keys) if effect.kind in _STATE else key(role, effect.kind),
        seen=side.observed.of_effects(effects),
    )


def _compared(traits: Sequence[Trait]) -> tuple[str, ...]:
    return tuple(f"{trait.name} {' '.join(trait.measure)}" for trait in traits)


def _text(
    side: Side, effects: Sequence[Effect], keys: Sequence[str], origin: str, is_core: bool
) -> str:
    effect = effects[0]
    shown = short(effect.operation)
    if keys and effect.kind in _STATE:
        shown += f" [{', '.join(keys[:6])}{', …' if len(keys) > 6 else ''}]"
    elif effect.payload:
        shown += f" ({effect.payload})"
    text = f"`{shown}` in `{owner(effect.function)}`"
    if effect.subject and effect.kind not in _STATE:
        text += f", on `{effect.subject}`"
    if origin:
        text += f", with what was read from `{origin}`"
    if not is_core and (way := _way(side, effect.function)):
        text += f", through `{owner(way.callee)}` called at {way.place}"
    return text


@dataclass(frozen=True, slots=True)
class _Way:
    """The call by which the core leads to a function below it."""

    callee: FunctionId
    place: str  # `path:line`


def _way(side: Side, function: FunctionId) -> _Way | None:
    core = frozenset(side.core)
    chains = [shortest_chain(side.view, entry, function) for entry in side.entries]
    hops = min((chain for chain in chains if chain), key=len, default=())
    for hop in reversed(hops):
        if hop.caller in core and is_function(hop.callee):
            return _Way(hop.callee, f"{path_of(hop.caller)}:{hop.line}")
    return None


def _origin(side: Side, effect: Effect, members: Sequence[Member]) -> str:
    """The member from which what goes in was read, in the same function."""
    node = payload_node(side, effect)
    call = None if node is None else side.contents.source_call(node, effect.function)
    if call is None:
        return ""
    end = (call.end_lineno, call.end_col_offset)
    for member in members:
        for other in member.effects:
            place = (other.span.end_line, other.span.end_column)
            if other.function == effect.function and place == end:
                return member.name
    return ""


def _seen(same: Sequence[SeenEffect], role: Role) -> Fact:
    first = same[0]
    anchor = Anchor(
        path_of(first.function),
        first.line,
        symbol=qualname_of(first.function),
        kind=AnchorKind.CALL,
    )
    operations = tuple(dict.fromkeys(each.operation for each in same))
    subjects = tuple(dict.fromkeys(each.subject or each.operation for each in same))
    more = len(subjects) - _MOST_SUBJECTS
    told = ", ".join(f"`{each}`" for each in subjects[:_MOST_SUBJECTS])
    told += f" and {more} more" if more > 0 else ""
    listed = ", ".join(f"`{short(each)}`" for each in operations)
    return Fact(
        subjects[0],
        f"{listed} on {told} in `{owner(first.function)}`, seen in a run, and read at no such line"
        + (f", through `{first.through}`" if first.through else ""),
        (anchor,),
        (listing("operation", operations),),
        keys=(key(role, "seen", *operations, *subjects), key(role, "seen", subjects[0])),
        kin=key(role, first.kind),
        seen=EdgeVerdict.DYNAMIC_ONLY,
    )


def _role(side: Side, effect: Effect) -> Role:
    if effect.is_auxiliary:  # who reads an archive may need a folder for it, too
        return side.role(effect.function)
    return _role_of_kind(side, effect.function, effect.kind)


def _role_of_kind(side: Side, function: FunctionId, kind: EffectKind) -> Role:
    """Writing is saving and reading is loading; for all else the entry points decide."""
    if kind in WRITES and side.role(function) is not Role.LOAD:
        return Role.SAVE
    if kind in READS and side.role(function) is not Role.SAVE:
        return Role.LOAD
    return side.role(function)


def _opens(effect: Effect) -> bool:
    return effect.operation.rpartition(".")[2] == "open"
