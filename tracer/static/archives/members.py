"""Members by name, loops, callers and defaults written out where they are known."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.evidence import LayoutMember
from tracer.model.source import Anchor
from tracer.static.archives.context import TESTED, Draft, LayoutReading
from tracer.static.texts.patterns import HoleKind, Pattern, literal, split_path


def members_of(reading: LayoutReading, draft: Draft) -> tuple[LayoutMember, ...]:
    """The members by name, loops and callers written out where they are known."""
    members: dict[str, tuple[set[Anchor], list[str], bool]] = {}
    done: dict[str, set[Anchor]] = {}  # where more is done than asking whether it is there
    for pattern, access in draft.members:
        for each in reading.evaluator.expand(pattern):
            filled, inputs = with_defaults(each)
            draft.hidden.update(inputs)
            is_expanded = filled != pattern
            anchors, contents, was = members.get(filled.render(), (set(), [], False))
            anchors.add(access.anchor)
            contents.append(access.content)
            if access.content != TESTED:
                done.setdefault(filled.render(), set()).add(access.anchor)
            members[filled.render()] = (anchors, contents, was or is_expanded)
    paths = set(members)
    return tuple(
        LayoutMember(
            f"{path}/" if any(other.startswith(f"{path}/") for other in paths) else path,
            tuple(sorted(anchors)),
            _joined(contents),
            is_expanded,
            tuple(sorted(anchors - done.get(path, set()))),
        )
        for path, (anchors, contents, is_expanded) in sorted(members.items())
    )


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
