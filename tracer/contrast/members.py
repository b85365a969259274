"""Archives and folders: their names, their members, and what members hold."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tracer.contrast.facts import Sided, condition, key, level_holes, listing, short
from tracer.contrast.side import READS, WRITES, Side
from tracer.model.contrast import Fact, Role, Trait
from tracer.model.evidence import ArtifactLayout
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import Anchor, FunctionId, path_of, qualname_of
from tracer.static.contents import Contents, KeyView
from tracer.static.contracts import level_names
from tracer.tables.touchpoints import Touchpoint

_PLAIN = str.isidentifier


@dataclass(slots=True)
class Member:
    """A member of an artefact on one side, its folders together."""

    role: Role
    name: str  # the last component, holes levelled
    shown: str  # as the code names it
    depth: int
    anchors: tuple[Anchor, ...]
    tested: tuple[Anchor, ...]
    content: str
    folders: list[str]
    effects: tuple[Effect, ...]
    contents: tuple[Contents, ...] = ()
    asked: tuple[KeyView, ...] = ()
    artifacts: list[str] = field(default_factory=list)


def artifact_facts(side: Side) -> list[Sided]:
    """The names of archives and folders, one fact for all layouts of one name."""
    found: dict[tuple[Role, tuple[str, ...]], list[ArtifactLayout]] = {}
    for layout in side.layouts:
        last = {level_holes(name.rpartition("/")[2]) for name in _names(layout)}
        names = tuple(sorted(name for name in last if _is_told(name)))
        if names:  # a buffer, or what callers pass: there is no name to compare
            found.setdefault((_role(layout), names), []).append(layout)
    return [Sided(role, _artifact(role, names, same)) for (role, names), same in found.items()]


def members_of(side: Side) -> tuple[Member, ...]:
    """All members of all layouts, those of equal name and place together, in order of place."""
    found: dict[tuple[Role, str, tuple[Anchor, ...]], Member] = {}
    for layout in side.layouts:
        for each in layout.members:
            folder, _, last = each.path.rpartition("/")
            if not last:
                continue  # the folder itself: what reads it whole is told as an effect
            role = _role(layout)
            member = found.get((role, last, each.anchors))
            if member is None:
                effects = _effects_at(side, role, each.anchors)
                member = Member(
                    role,
                    level_holes(last),
                    last,
                    len(folder.split("/")) if folder else 0,
                    each.anchors,
                    each.tested,
                    each.content,
                    [],
                    effects,
                    tuple(_contents(side, effect) for effect in effects if effect.payload),
                    tuple(view for effect in effects for view in _asked(side, effect)),
                )
                found[role, last, each.anchors] = member
            if folder not in member.folders:
                member.folders.append(folder)
            member.artifacts.append(layout.artifact)
    return tuple(sorted(found.values(), key=lambda m: (m.role, m.anchors, m.shown)))


def loose_contents(side: Side, members: Sequence[Member]) -> tuple[Member, ...]:
    """What is serialised or read back without a name: into a buffer, from bytes, to a stream."""
    known = {effect for member in members for effect in member.effects}
    core = frozenset(side.core)
    found = []
    for effect in side.effects:
        is_written = effect.kind is EffectKind.SERIALIZE
        if effect in known or effect.function not in core:
            continue
        if is_written or effect.kind is EffectKind.DESERIALIZE:
            role, name = Role.SAVE if is_written else Role.LOAD, short(effect.operation)
            contents = (_contents(side, effect),) if is_written else ()
            asked = tuple(_asked(side, effect))
            anchors = (effect.anchor,)
            found.append(
                Member(role, name, name, 0, anchors, (), "", [], (effect,), contents, asked)
            )
    return tuple(found)


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


def payload_node(side: Side, effect: Effect) -> ast.expr | None:
    """The expression that goes in, where the effect is a call that has it among its arguments."""
    call = side.contracts.call(effect.function, effect.span)
    if call is None or not effect.payload:
        return None
    wanted = _unquoted(effect.payload)
    receiver = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    candidates = [*call.args, *(keyword.value for keyword in call.keywords), *receiver]
    return next((node for node in candidates if ast.unparse(node) == wanted), None)


def _artifact(role: Role, names: tuple[str, ...], layouts: Sequence[ArtifactLayout]) -> Fact:
    every = dict.fromkeys(name for layout in layouts for name in _names(layout))
    shown = [name for name in every if level_holes(name.rpartition("/")[2]) in names]
    inputs = tuple(dict.fromkeys(text for layout in layouts for text in layout.hidden_inputs))
    anchors = dict.fromkeys(
        [*(layout.anchor for layout in layouts), *(a for each in layouts for a in each.named_at)]
    )
    written = ", ".join(f"`{name}`" for name in shown)
    return Fact(
        " | ".join(names),
        f"{written}: " + ("; ".join(inputs) if inputs else "no hidden input in its name"),
        tuple(anchors),
        (
            listing("name", names),
            Trait("depends on", "; ".join(inputs) or "no hidden input"),
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
    )


def _condition(side: Side, member: Member) -> tuple[Trait, ...]:
    """Of the one place that does it; several have alternatives, which their rows tell."""
    if len(member.effects) != 1:
        return ()
    (effect,) = member.effects
    return (condition(side, effect.function, effect.guards),)


def _options(side: Side, effects: Sequence[Effect]) -> tuple[Trait, ...]:
    found = [o for effect in effects for o in side.contracts.options(effect.function, effect.span)]
    is_read = any(side.contracts.is_read(effect.function) for effect in effects)
    return (listing("options", found or ["none"]),) if is_read else ()


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
    if asked:
        found.append(listing("keys asked for", asked))
    if added:
        found.append(listing("keys added after reading", added))
    return tuple(found)


def _levelled(side: Side, text: str, function: FunctionId | None) -> str:
    return text if function is None else level_names(text, side.contracts.local_names(function))


def _value(member: Member, view: KeyView) -> Fact:
    how = view.how or "stored"
    value = f": `{view.value}`" if view.value else ""
    default = f", by default `{view.value}`" if view.value else ""
    told = f"`{view.key}`{value}" if how in ("stored", "added") else f"`{view.key}` {how}{default}"
    return Fact(
        f"{member.name}: {view.key}",
        f"`{member.shown}` {told}",
        (Anchor(view.path, view.line, symbol=member.anchors[0].symbol),),
        (Trait("value", view.value or "none", is_telling=view.is_constant),),
        keys=(
            key("value", member.role, member.name, view.key, how, view.value),
            key("value", member.role, member.name, view.key, how),
        ),
    )


def _contents(side: Side, effect: Effect) -> Contents:
    node = payload_node(side, effect)
    return Contents() if node is None else side.contents.written(node, effect.function)


def _asked(side: Side, effect: Effect) -> tuple[KeyView, ...]:
    call = side.contracts.call(effect.function, effect.span)
    if call is None or effect.kind not in READS:
        return ()
    return side.contents.asked(call, effect.function)


def _effects_at(side: Side, role: Role, anchors: Iterable[Anchor]) -> tuple[Effect, ...]:
    """What writes or reads at these places, without the `open` that only leads to it."""
    kinds = WRITES if role is Role.SAVE else READS
    places = {(anchor.path, anchor.line, anchor.symbol) for anchor in anchors}
    found = [
        effect
        for effect in side.effects
        if effect.kind in kinds
        and (path_of(effect.function), effect.span.line, qualname_of(effect.function)) in places
    ]
    return tuple(sorted(found, key=lambda effect: (effect.function, effect.span)))


def _role(layout: ArtifactLayout) -> Role:
    return Role.SAVE if layout.direction in WRITES else Role.LOAD


def _names(layout: ArtifactLayout) -> tuple[str, ...]:
    return layout.names or (layout.artifact,)


def _call(effect: Effect) -> str:
    name = short(effect.operation)
    return f"{name}({effect.payload})" if effect.payload else name


def _is_told(name: str) -> bool:
    """Whether a name is more than a hole; `{…}.zip` tells the suffix at least."""
    return any(letter.isalnum() for letter in name.replace("{…}", "").partition(".")[0]) or (
        "{…}." in name
    )


def _unquoted(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return text
