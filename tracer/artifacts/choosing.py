"""Which of the code's layouts an artefact is compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from tracer.artifacts.patterns import fits, has_hole, is_named
from tracer.model.evidence import ArtifactLayout, LayoutMember
from tracer.model.graph import EffectKind

_CALL_SITES = "call sites"  # callers that were not followed change no member


def candidates(
    name: str, real: Collection[str], layouts: Iterable[ArtifactLayout], kind: EffectKind
) -> list[ArtifactLayout]:
    """The layouts of one direction that this artefact may be of, the best ones alone.

    Those that name it come first. Where none does, a file that was given another name is known by
    its members: all that a layout writes, or reads, whatever happens must be there, at least two.
    """
    own = [layout for layout in layouts if layout.direction is kind]
    named = [layout for layout in own if _is_called(layout, name)]
    if not named:
        named = [layout for layout in own if _holds_all(layout, real)]
    if not named:
        return []
    scores = [_score(layout, real) for layout in named]
    return [layout for layout, score in zip(named, scores, strict=True) if score == max(scores)]


def open_reasons(layouts: Sequence[ArtifactLayout]) -> list[str]:
    """Why there may be members that the layouts do not name."""
    found = [reason for layout in layouts for reason in layout.unknown if _CALL_SITES not in reason]
    found += [
        f"what `{layout.function}` writes is not known" for layout in layouts if not layout.members
    ]
    return list(dict.fromkeys(found))


def is_certain(member: LayoutMember) -> bool:
    """Whether the code does it whatever happens, under a name that is known."""
    is_only_tested = len(member.tested) == len(member.anchors)
    return (
        not member.condition
        and not is_only_tested
        and not member.path.endswith("/")
        and not has_hole(member.path)
    )


def _is_called(layout: ArtifactLayout, name: str) -> bool:
    names = layout.names or (layout.artifact,)
    return any(is_named(each) and fits(each.rpartition("/")[2], name) for each in names)


def _holds_all(layout: ArtifactLayout, real: Collection[str]) -> bool:
    certain = [member for member in layout.members if is_certain(member)]
    return len(certain) >= 2 and all(
        any(fits(member.path, path) for path in real) for member in certain
    )


def _score(layout: ArtifactLayout, real: Collection[str]) -> int:
    """Members on both sides, less those on one side alone."""
    there = sum(any(fits(member.path, path) for path in real) for member in layout.members)
    missing = sum(
        is_certain(member) and not any(fits(member.path, path) for path in real)
        for member in layout.members
    )
    extra = sum(not any(fits(member.path, path) for member in layout.members) for path in real)
    return 2 * there - 2 * missing - extra
