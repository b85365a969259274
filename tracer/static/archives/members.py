"""Members by name, loops, callers and defaults written out where they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracer.model.evidence import LayoutKey, LayoutMember
from tracer.model.source import Anchor, FunctionId
from tracer.static.archives.context import TESTED, Access, Draft, LayoutReading
from tracer.static.texts.patterns import HoleKind, Pattern, literal, split_path


@dataclass(slots=True)
class _Gathered:
    """What accesses of one member say, together."""

    anchors: set[Anchor] = field(default_factory=set)
    done: list[Access] = field(default_factory=list)  # more than asking whether it is there
    asked: list[Access] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    is_expanded: bool = False
    keys: dict[LayoutKey, None] = field(default_factory=dict)
    keys_open: dict[str, None] = field(default_factory=dict)

    def add(self, access: Access, *, is_expanded: bool) -> None:
        self.anchors.add(access.anchor)
        self.contents.append(access.content)
        (self.asked if access.content == TESTED else self.done).append(access)
        self.is_expanded = self.is_expanded or is_expanded
        self.keys.update(dict.fromkeys(access.keys))
        self.keys_open.update(dict.fromkeys(access.keys_open))


def members_of(
    reading: LayoutReading, draft: Draft, function: FunctionId, archive_at: Anchor
) -> tuple[LayoutMember, ...]:
    """The members by name, loops and callers written out where they are known.

    Args:
        function: Makes or opens what they are members of, at `archive_at`: conditions are seen
            from there.
    """
    members: dict[str, _Gathered] = {}
    for pattern, access in draft.members:
        for each in reading.evaluator.expand(pattern):
            filled, inputs = with_defaults(each)
            draft.hidden.update(inputs)
            found = members.setdefault(filled.render(), _Gathered())
            found.add(access, is_expanded=filled != pattern)
    return tuple(
        LayoutMember(
            f"{path}/" if any(other.startswith(f"{path}/") for other in members) else path,
            tuple(sorted(found.anchors)),
            _joined(found.contents),
            found.is_expanded,
            tuple(sorted(found.anchors - {access.anchor for access in found.done})),
            _condition(reading, found, function, archive_at),
            tuple(found.keys),
            tuple(found.keys_open),
        )
        for path, found in sorted(members.items())
    )


def _condition(
    reading: LayoutReading, found: _Gathered, function: FunctionId, archive_at: Anchor
) -> str:
    """What decides whether any of the lines runs; empty where one of them always does."""
    conditions = [
        reading.conditions.condition(
            access.anchor, access.links, function, archive_at, loops_known=found.is_expanded
        )
        for access in found.done or found.asked
    ]
    return "" if not all(conditions) else " or ".join(dict.fromkeys(conditions))


def with_defaults(pattern: Pattern) -> tuple[Pattern, list[str]]:
    """The pattern with the defaults of its last component filled in, and what that rests on."""
    _, name = split_path(pattern)
    values = {
        hole: literal(hole.default)
        for hole in name.holes
        if hole.kind in (HoleKind.STATE, HoleKind.ENVIRONMENT) and hole.default is not None
    }
    sentences = [
        f"{hole.read or f'line {hole.line} of {hole.path}'} gives `{hole.name}`, by default"
        f" {hole.default!r} ({hole.default_path}:{hole.default_line})"
        for hole in values
    ]
    return pattern.substitute(values), sentences


def _joined(contents: Sequence[str]) -> str:
    """What goes in or comes out; that it is tested for is told where nothing else is done."""
    others = [content for content in contents if content != TESTED]
    return " | ".join(sorted(set(filter(None, others)))) if others else TESTED
