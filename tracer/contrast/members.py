"""Archives and folders: their names, their members, and what members hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracer.contrast.facts import level_holes, short
from tracer.contrast.side import READS, WRITES, Side
from tracer.model.contrast import Role
from tracer.model.evidence import ArtifactLayout, LayoutMember
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import Anchor, path_of, qualname_of
from tracer.static.contents import Contents, KeyView
from tracer.static.texts.context import Frame

_ARCHIVES = frozenset({EffectKind.ARCHIVE_WRITE, EffectKind.ARCHIVE_READ})
_SERIALISATION = frozenset({EffectKind.SERIALIZE, EffectKind.DESERIALIZE})
SEPARATOR = re.compile(r"/(?![^{}]*\})")  # not one within a hole
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an artefact on one side, its folders together."""

    role: Role
    name: str  # the last component, holes levelled
    shown: str  # as the code names it, or callers do
    depth: int
    anchors: tuple[Anchor, ...]
    tested: tuple[Anchor, ...]
    content: str
    folders: tuple[str, ...]
    effects: tuple[Effect, ...]
    contents: tuple[Contents, ...] = ()
    asked: tuple[KeyView, ...] = ()


def members_of(side: Side) -> tuple[Member, ...]:
    """All members of all layouts, those of one name and place together, in order of place.

    A plain file has the name that callers give it: whatever they are, it is one member.
    """
    found: dict[tuple[Role, str, tuple[Anchor, ...]], list[tuple[ArtifactLayout, LayoutMember]]]
    found = {}
    through = _through_members(side)
    for layout in side.layouts:
        is_archive = layout.direction in _ARCHIVES
        for each in layout.members:
            last = SEPARATOR.split(each.path)[-1]
            if last:  # else the folder itself: what reads it whole is told as an effect
                group = (role_of(layout), last if is_archive else "", each.anchors)
                found.setdefault(group, []).append((layout, each))
    members = [
        _member_of(side, role, held, through)
        for (role, name, anchors), held in found.items()
        # What goes through an archive's member is no file of its own.
        if name or not _all_in(_effects_at(side, role, anchors), through)
    ]
    known = {effect for member in members for effect in member.effects} | set(through)
    members += _plain_files(side, known)
    return tuple(sorted(members, key=lambda m: (m.role, m.anchors, m.shown)))


def _plain_files(side: Side, known: Collection[Effect]) -> Iterator[Member]:
    """Files outside of any layout, whose last name the function itself tells."""
    core = frozenset(side.core)
    for effect in side.effects:
        if effect.kind not in _SERIALISATION or effect in known or effect.function not in core:
            continue
        node = _file_node(side, effect)
        if node is None:
            continue
        patterns = side.layout_reading.evaluator.texts(node, Frame(effect.function))
        paths = [SEPARATOR.split(pattern.render()) for pattern in patterns]
        names = tuple(dict.fromkeys(path[-1] for path in paths))
        if all(is_named(level_holes(name)) for name in names):
            role = Role.SAVE if effect.kind is EffectKind.SERIALIZE else Role.LOAD
            folders = tuple(dict.fromkeys("/".join(path[:-1]) for path in paths))
            yield Member(
                role=role,
                name=_common(names),
                shown=few_names(names),
                depth=max(len(path) - 1 for path in paths),
                anchors=(effect.anchor,),
                tested=(),
                content=effect.payload,
                folders=folders,
                effects=(effect,),
                contents=(_contents(side, effect),),
                asked=tuple(_asked(side, effect)),
            )


def _file_node(side: Side, effect: Effect) -> ast.expr | None:
    """The path that is written or read: an argument, or what its handle was opened with."""
    call = side.contracts.call(effect.function, effect.span)
    if call is None or not effect.subject:
        return None
    wanted = _unquoted(effect.subject)
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        if ast.unparse(argument) == wanted:
            return argument
        opened = side.contents.source_call(argument, effect.function)
        for inner in () if opened is None else opened.args[:1]:
            if ast.unparse(inner) == wanted:
                return inner
    return None


def _member_of(
    side: Side,
    role: Role,
    held: Sequence[tuple[ArtifactLayout, LayoutMember]],
    through: Mapping[Effect, Effect],
) -> Member:
    _, first = held[0]
    split = [SEPARATOR.split(each.path) for _, each in held]
    names = tuple(dict.fromkeys(parts[-1] for parts in split))
    own = _effects_at(side, role, first.anchors)
    effects = (*own, *(each for each, opened in through.items() if opened in own))
    return Member(
        role=role,
        name=_common(names),
        shown=few_names(names),
        depth=max(len(parts) - 1 for parts in split),
        anchors=first.anchors,
        tested=first.tested,
        content=first.content,
        folders=tuple(dict.fromkeys("/".join(parts[:-1]) for parts in split)),
        effects=effects,
        contents=tuple(_contents(side, effect) for effect in effects),
        asked=tuple(view for effect in effects for view in _asked(side, effect)),
    )


def _through_members(side: Side) -> Mapping[Effect, Effect]:
    """What is serialised into, or read back from, an open member: the effect that opened it.

    The member's handle is an argument (`with archive.open(…) as file: dump(x, file)`), or what was
    read of it stands within one (`load(BytesIO(archive.read(…)))`).
    """
    opened = {
        (effect.function, effect.span.end_line, effect.span.end_column): effect
        for effect in side.effects
        if effect.kind in _ARCHIVES
    }
    found: dict[Effect, Effect] = {}
    for effect in side.effects:
        call = side.contracts.call(effect.function, effect.span)
        if call is None or effect.kind not in _SERIALISATION:
            continue
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            source = side.contents.source_call(argument, effect.function)
            for node in () if source is None else ast.walk(source):
                end = (getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0))
                member = opened.get((effect.function, *end))
                if isinstance(node, ast.Call) and member is not None:
                    found[effect] = member
    return found


def _all_in(effects: Sequence[Effect], known: Mapping[Effect, Effect]) -> bool:
    return bool(effects) and all(effect in known for effect in effects)


def _common(names: Sequence[str]) -> str:
    """The name with holes levelled; of several, what they have in common behind the last dot."""
    levelled = sorted({level_holes(name) for name in names})
    if len(levelled) == 1:
        return levelled[0]
    suffixes = {name.rpartition(".")[2] for name in levelled}
    return f"{{…}}.{suffixes.pop()}" if len(suffixes) == 1 else " | ".join(levelled[:_MOST_NAMES])


def few_names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return " | ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


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
                Member(role, name, name, 0, anchors, (), "", (), (effect,), contents, asked)
            )
    return tuple(found)


def payload_node(side: Side, effect: Effect) -> ast.expr | None:
    """The expression that goes in, where the effect is a call that has it among its arguments."""
    call = side.contracts.call(effect.function, effect.span)
    if call is None or not effect.payload:
        return None
    wanted = _unquoted(effect.payload)
    receiver = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    candidates = [*call.args, *(keyword.value for keyword in call.keywords), *receiver]
    return next((node for node in candidates if ast.unparse(node) == wanted), None)


def _contents(side: Side, effect: Effect) -> Contents:
    """What is written; what goes into a call that reads is no content."""
    node = payload_node(side, effect) if effect.kind in WRITES else None
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


def role_of(layout: ArtifactLayout) -> Role:
    return Role.SAVE if layout.direction in WRITES else Role.LOAD


def names_of(layout: ArtifactLayout) -> tuple[str, ...]:
    return layout.names or (layout.artifact,)


def is_named(name: str) -> bool:
    """Whether a name is more than a hole; `{…}.zip` tells the suffix at least."""
    return any(letter.isalnum() for letter in name.replace("{…}", "").partition(".")[0]) or (
        "{…}." in name
    )


def _unquoted(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return text
