"""Bundles that cannot both be right: different statements on one subject, of the same sources.

What only one of them says is no contradiction: another question has another answer. So each kind
says what both must have told before they can contradict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tracer.model.evidence import (
    ArtifactLayout,
    EdgeVerdict,
    Evidence,
    LayoutMember,
    ReconciledEdge,
    TapResult,
)
from tracer.model.graph import Effect, SiteKind
from tracer.model.memory import Contradiction, Said
from tracer.model.source import (
    Anchor,
    AnchorKind,
    FunctionId,
    is_function,
    path_of,
    qualname_of,
)

_QUIET = (EdgeVerdict.NOT_TAKEN, EdgeVerdict.NOT_REACHED)
_MEMBERS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One bundle, by the name that a contradiction calls it."""

    name: str  # empty: the bundle that will hold the contradiction
    evidence: Evidence


def contradictions(a: Side, b: Side) -> tuple[Contradiction, ...]:
    """All contradictions of two bundles, the gravest kind first; none where the sources differ.

    What a call leads to depends on more than the function that it stands in, so equal functions of
    unequal trees prove nothing.
    """
    if not is_same_tree(a.evidence, b.evidence):
        return ()
    both = _functions_of(a.evidence) & _functions_of(b.evidence)
    found = [*_edges(a, b, both), *_edges_swapped(a, b, both), *_verdicts(a, b)]
    found += [*_paths(a, b), *_layouts(a, b), *_constants(a, b)]
    if _runs_of(a.evidence) and _runs_of(a.evidence) == _runs_of(b.evidence):
        found += _tap_values(a, b)
    return (*found, *_effects(a, b, both))


def is_same_tree(a: Evidence, b: Evidence) -> bool:
    """Whether two bundles were made of the same sources."""
    if a.tree.sources and b.tree.sources:
        return a.tree.sources == b.tree.sources
    return a.tree.digest == b.tree.digest


def _functions_of(evidence: Evidence) -> frozenset[FunctionId]:
    """Those that it read whole: of others it tells a part."""
    return frozenset(each.function for each in evidence.texts)


# Edges


def _edges(a: Side, b: Side, both: frozenset[FunctionId]) -> Iterator[Contradiction]:
    """A saw a call run that it had read; B read the same functions and has no such call."""
    for at, edge in _missing(a.evidence, b.evidence, both):
        yield Contradiction("edge", _told(edge), _edge_said(a, at, edge), _no_edge(b, edge))


def _edges_swapped(a: Side, b: Side, both: frozenset[FunctionId]) -> Iterator[Contradiction]:
    for at, edge in _missing(b.evidence, a.evidence, both):
        yield Contradiction("edge", _told(edge), _no_edge(a, edge), _edge_said(b, at, edge))


def _missing(
    has: Evidence, lacks: Evidence, both: frozenset[FunctionId]
) -> Iterator[tuple[int, ReconciledEdge]]:
    """Calls between functions that both answers hold whole; an open site may be the call."""
    known = {(edge.caller, edge.callee, edge.line) for edge in lacks.edges}
    is_open = {(site.caller, site.line) for site in lacks.open_sites}
    for at, edge in enumerate(has.edges):
        if (
            edge.verdict is EdgeVerdict.CONFIRMED
            and edge.kind is not SiteKind.IMPORT
            and is_function(edge.callee)
            and {edge.caller, edge.callee} <= both
            and (edge.caller, edge.callee, edge.line) not in known
            and (edge.caller, edge.line) not in is_open
        ):
            yield at, edge


def _verdicts(a: Side, b: Side) -> Iterator[Contradiction]:
    """Both made the same runs to their end, and one of them alone saw the call."""
    if not _runs_of(a.evidence) or _runs_of(a.evidence) != _runs_of(b.evidence):
        return
    theirs = _by_site(b.evidence.edges)
    for site, (at, edge) in _by_site(a.evidence.edges).items():
        if site not in theirs:
            continue
        other_at, other = theirs[site]
        seen = {edge.verdict, other.verdict} & {EdgeVerdict.CONFIRMED}
        quiet = {edge.verdict, other.verdict} & set(_QUIET)
        if seen and quiet:
            yield Contradiction(
                "edge", _told(edge), _edge_said(a, at, edge), _edge_said(b, other_at, other)
            )


def _by_site(
    edges: Iterable[ReconciledEdge],
) -> Mapping[tuple[object, ...], tuple[int, ReconciledEdge]]:
    return {
        (edge.caller, edge.callee, edge.line, edge.span, edge.kind): (at, edge)
        for at, edge in enumerate(edges)
    }


def _told(edge: ReconciledEdge) -> str:
    callee = qualname_of(edge.callee) if is_function(edge.callee) else edge.callee
    return f"{qualname_of(edge.caller)} → {callee} at {_edge_anchor(edge)}"


def _edge_anchor(edge: ReconciledEdge) -> Anchor:
    owner = qualname_of(edge.caller)
    return Anchor(path_of(edge.caller), edge.line, symbol=owner, kind=AnchorKind.CALL)


def _edge_said(side: Side, at: int, edge: ReconciledEdge) -> Said:
    return Said(side.name, f"/edges/{at}", str(edge.verdict), (_edge_anchor(edge),))


def _no_edge(side: Side, edge: ReconciledEdge) -> Said:
    """The evidence of a call that is not there is the function that was read whole."""
    at = [each.function for each in side.evidence.texts].index(edge.caller)
    return Said(side.name, f"/texts/{at}", "no such call in the function", (_edge_anchor(edge),))


# What depends on the whole tree


def _paths(a: Side, b: Side) -> Iterator[Contradiction]:
    theirs = {(p.source, p.target): (at, p) for at, p in enumerate(b.evidence.paths)}
    for at, path in enumerate(a.evidence.paths):
        other_at, other = theirs.get((path.source, path.target), (0, path))
        if other.is_path != path.is_path:
            says = {True: "a path", False: "no path"}
            yield Contradiction(
                "path",
                f"{path.source} ⇒ {path.target}",
                Said(a.name, f"/paths/{at}", says[path.is_path], path.siblings),
                Said(b.name, f"/paths/{other_at}", says[other.is_path], other.siblings),
            )


def _layouts(a: Side, b: Side) -> Iterator[Contradiction]:
    """Members of one artefact on one side, where neither left anything open."""
    theirs = {_layout_key(each): (at, each) for at, each in enumerate(b.evidence.layouts)}
    for at, layout in enumerate(a.evidence.layouts):
        other_at, other = theirs.get(_layout_key(layout), (0, layout))
        if layout.unknown or other.unknown:
            continue
        ours, others = _members(layout), _members(other)
        if ours.keys() != others.keys():
            yield Contradiction(
                "layout",
                f"members of {layout.artifact} ({layout.direction}) at {layout.anchor}",
                Said(a.name, f"/layouts/{at}", _alone(ours, others), (layout.anchor,)),
                Said(b.name, f"/layouts/{other_at}", _alone(others, ours), (other.anchor,)),
            )
        if layout.names != other.names and layout.names and other.names:
            yield Contradiction(
                "constant",
                f"the name of {layout.artifact} at {layout.anchor}",
                Said(a.name, f"/layouts/{at}", ", ".join(layout.names), layout.named_at),
                Said(b.name, f"/layouts/{other_at}", ", ".join(other.names), other.named_at),
            )


def _layout_key(layout: ArtifactLayout) -> tuple[object, ...]:
    return layout.function, layout.artifact, layout.direction, layout.anchor.line


def _members(layout: ArtifactLayout) -> Mapping[str, LayoutMember]:
    return {member.path: member for member in layout.members}


def _alone(ours: Mapping[str, LayoutMember], others: Mapping[str, LayoutMember]) -> str:
    alone = [path for path in ours if path not in others]
    if not alone:
        return f"{len(ours)} members, none besides"
    more = len(alone) - _MEMBERS_NAMED
    return "also " + ", ".join(alone[:_MEMBERS_NAMED]) + (f" and {more} more" if more > 0 else "")


def _constants(a: Side, b: Side) -> Iterator[Contradiction]:
    """What reading says that one place holds: the count of a display, a default."""
    theirs = _by_place(b.evidence.taps)
    for place, (at, result) in _by_place(a.evidence.taps).items():
        other_at, other = theirs.get(place, (0, result))
        expected, others = result.tap.expected, other.tap.expected
        if expected and others and expected != others:
            yield Contradiction(
                "constant",
                f"{result.tap.expression} at {result.tap.path}:{result.tap.line}",
                _tap_said(a, at, result, f"expects {expected}"),
                _tap_said(b, other_at, other, f"expects {others}"),
            )


# What ran


def _runs_of(evidence: Evidence) -> tuple[tuple[object, ...], ...]:
    """The runs that a comparison can rest on; none where one was cut or fabricated."""
    if any(not run.is_complete or run.stand_ins is not None for run in evidence.runs):
        return ()
    return tuple(sorted((run.workload.argv, run.exit_status or 0) for run in evidence.runs))


def _tap_values(a: Side, b: Side) -> Iterator[Contradiction]:
    theirs = _by_place(b.evidence.taps)
    for place, (at, result) in _by_place(a.evidence.taps).items():
        other_at, other = theirs.get(place, (0, result))
        if result.hits and other.hits and result.observed != other.observed:
            yield Contradiction(
                "tap value",
                f"{result.tap.expression} at {result.tap.path}:{result.tap.line}",
                _tap_said(a, at, result, _observed(result)),
                _tap_said(b, other_at, other, _observed(other)),
            )


def _by_place(
    taps: Iterable[TapResult],
) -> Mapping[tuple[object, ...], tuple[int, TapResult]]:
    return {
        (each.tap.path, each.tap.line, each.tap.moment, each.tap.expression): (at, each)
        for at, each in enumerate(taps)
    }


def _observed(result: TapResult) -> str:
    return f"read {' | '.join(result.observed)} in {result.hits} hits"


def _tap_said(side: Side, at: int, result: TapResult, says: str) -> Said:
    tap = result.tap
    anchor = Anchor(tap.path, tap.line, symbol=tap.function)
    return Said(side.name, f"/taps/{at}", says, (anchor,))


# Effects


def _effects(a: Side, b: Side, both: frozenset[FunctionId]) -> Iterator[Contradiction]:
    """One operation at one place, of other kinds: the two were read with other tables."""
    ours, theirs = _by_operation(a.evidence.effects), _by_operation(b.evidence.effects)
    for place, found in ours.items():
        others = theirs.get(place)
        if others is None or place[0] not in both:
            continue
        kinds, other_kinds = _kinds(found), _kinds(others)
        if kinds != other_kinds:
            at, effect = found[0]
            other_at, other = others[0]
            yield Contradiction(
                "effect",
                f"{effect.operation} at {effect.anchor}",
                Said(a.name, f"/effects/{at}", ", ".join(kinds), (effect.anchor,)),
                Said(b.name, f"/effects/{other_at}", ", ".join(other_kinds), (other.anchor,)),
            )


def _by_operation(
    effects: Iterable[Effect],
) -> Mapping[tuple[FunctionId, object, str], list[tuple[int, Effect]]]:
    found: defaultdict[tuple[FunctionId, object, str], list[tuple[int, Effect]]]
    found = defaultdict(list)
    for at, effect in enumerate(effects):
        found[effect.function, effect.span, effect.operation].append((at, effect))
    return found


def _kinds(effects: Iterable[tuple[int, Effect]]) -> tuple[str, ...]:
    return tuple(sorted({str(effect.kind) for _, effect in effects}))
