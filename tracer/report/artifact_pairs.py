"""Artefacts with their write side beside their read side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer.model.evidence import ArtifactLayout, Evidence, LayoutMember
from tracer.model.graph import EffectKind
from tracer.model.source import Anchor, FunctionId, path_of
from tracer.report.effect_groups import WRITES
from tracer.report.kinship import by_kin

_LEAST_LITERAL = 3  # letters and digits that a name with holes must have to mean something


@dataclass(frozen=True, slots=True)
class MemberPair:
    """A member of an artefact, as both sides name it."""

    path: str
    written: tuple[Anchor, ...]
    read: tuple[Anchor, ...]
    content: str
    is_expanded: bool
    tested: tuple[Anchor, ...] = ()  # of `read`, what only asks whether it is there
    also: tuple[str, ...] = ()  # other texts that name it: `{model_name}/params.dill`


@dataclass(frozen=True, slots=True)
class ArtifactPair:
    """An artefact with its write side beside its read side."""

    names: tuple[str, ...]  # as the code writes it, sorted
    writers: tuple[ArtifactLayout, ...]
    readers: tuple[ArtifactLayout, ...]
    members: tuple[MemberPair, ...]
    unknown: tuple[tuple[FunctionId, str], ...]  # what was not followed, and whose it is


def artifact_pairs(evidence: Evidence) -> tuple[ArtifactPair, ...]:
    """Layouts of both sides, joined where they are shown to be one.

    Those that the question names come first, then those with both sides.

    Names that are equal up to their holes prove little (`{path}` is everybody's), so that both
    sides must also share a member, or one side name none while the artefact's own name says enough.
    Writers that have nothing to do with each other keep artefacts of their own.
    """
    groups: list[list[ArtifactLayout]] = []
    for layout in evidence.layouts:
        joined = [group for group in groups if any(is_one(layout, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(other for group in joined for other in group), layout])
    pairs = [
        pair_layouts(kin)
        for group in groups
        for kin in by_kin(
            [layout for layout in group if layout.direction in WRITES],
            [layout for layout in group if layout.direction not in WRITES],
            evidence.edges,
        )
    ]
    return tuple(
        sorted(
            pairs,
            key=lambda pair: (
                not _is_named(pair, evidence.brief.mentions),
                not (pair.writers and pair.readers),
                -len(pair.members),
                pair.names,
            ),
        )
    )


def archive_readers(pair: ArtifactPair, evidence: Evidence) -> tuple[ArtifactLayout, ...]:
    """Functions of the writers' files that open what is written there as an archive."""
    written = {
        (path_of(layout.function), f"{layout.artifact}/{member.path}")
        for layout in pair.writers
        for member in layout.members
    }
    return tuple(
        layout
        for layout in evidence.layouts
        if layout.direction is EffectKind.ARCHIVE_READ and layout not in pair.readers
        if any((path_of(layout.function), name) in written for name in layout.artifact.split(" | "))
    )


def _is_named(pair: ArtifactPair, mentions: Iterable[str]) -> bool:
    return any(names_same(name, mention) for name in pair.names for mention in mentions)


def _without_holes(text: str) -> str:
    """`{base_path}.zip` and `{path}.zip` are one pattern; braces nest."""
    kept: list[str] = []
    depth = 0
    for character in text:
        if character == "{":
            depth += 1
            if depth == 1:
                kept.append("{}")
        elif character == "}" and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return "".join(kept)


def is_one(one: ArtifactLayout, other: ArtifactLayout) -> bool:
    """Whether two layouts may be of one artefact, by its name and its members."""
    pattern = _without_holes(one.artifact)
    if pattern != _without_holes(other.artifact):
        return False
    if any(names_same(mine.path, theirs.path) for mine in one.members for theirs in other.members):
        return True
    return _says_enough(pattern) and not (one.members and other.members)


def _says_enough(pattern: str) -> bool:
    return sum(character.isalnum() for character in pattern) >= _LEAST_LITERAL


def names_same(one: str, other: str) -> bool:
    """Whether two names can be one: a hole stands for one part of a path."""
    patterns = [_without_holes(each) for each in (one, other)]
    if not all(map(_says_enough, patterns)):
        return False
    return any(
        re.fullmatch(re.escape(general).replace(re.escape("{}"), "[^/]+"), special)
        for general, special in (patterns, reversed(patterns))
    )


def pair_layouts(layouts: Sequence[ArtifactLayout]) -> ArtifactPair:
    """Layouts that are one artefact, with what each side names beside the other's."""
    writers = tuple(layout for layout in layouts if layout.direction in WRITES)
    readers = tuple(layout for layout in layouts if layout.direction not in WRITES)
    named = [(member, layout in writers) for layout in layouts for member in layout.members]
    paths = sorted({member.path for member, _ in named})
    # A name with holes is shown at the names that fill them, where there are any.
    filled = {
        path: [other for other in paths if "{" not in other and names_same(path, other)]
        for path in paths
        if "{" in path
    }
    shown = [path for path in paths if not filled.get(path)]
    also = {path: [each for each in filled if path in filled[each]] for path in shown}
    members = []
    for path in shown:
        of_path = [(member, wrote) for member, wrote in named if member.path in (path, *also[path])]
        contents = dict.fromkeys(
            # What a reader calls it says less than what was written, where that is known.
            [member.content for member, wrote in of_path if wrote and member.content]
            or [member.content for member, _ in of_path if member.content]
        )
        members.append(
            MemberPair(
                path,
                _anchors(member for member, wrote in of_path if wrote),
                _anchors(member for member, wrote in of_path if not wrote),
                " / ".join(contents),
                any(member.is_expanded for member, _ in of_path if member.path == path),
                _tested(member for member, wrote in of_path if not wrote),
                tuple(also[path]),
            )
        )
    return ArtifactPair(
        tuple(sorted({layout.artifact for layout in layouts})),
        writers,
        readers,
        tuple(members),
        tuple(
            dict.fromkeys((layout.function, text) for layout in layouts for text in layout.unknown)
        ),
    )


def _tested(members: Iterable[LayoutMember]) -> tuple[Anchor, ...]:
    """Where no member does more than ask; an anchor may do both under two names."""
    found = list(members)
    done = {anchor for member in found for anchor in member.anchors if anchor not in member.tested}
    return tuple(sorted({anchor for member in found for anchor in member.tested} - done))


def _anchors(members: Iterable[LayoutMember]) -> tuple[Anchor, ...]:
    return tuple(sorted({anchor for member in members for anchor in member.anchors}))
