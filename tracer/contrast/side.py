"""One side of a comparison: its entry points, its core, and the ways that lead into the core."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tracer.contrast.quotes import Quotes
from tracer.contrast.ways import (
    JOINED,
    Exits,
    HeldGuard,
    conditions_of_ways,
    only_links,
    sites_within,
)
from tracer.model.contrast import Role
from tracer.model.evidence import ArtifactLayout, EdgeVerdict, SeenEffect
from tracer.model.graph import CallGraph, Effect, EffectKind, Guard, GuardKind, Resolution
from tracer.model.source import Function, FunctionId, Span, is_function, path_of, qualname_of
from tracer.paths import GraphView, backward_cone, forward_cone, view_of
from tracer.static.archives.context import LayoutReading
from tracer.static.contents import ContentReader
from tracer.static.contracts import Contracts, level_names
from tracer.static.layouts import artifact_layouts
from tracer.static.sources import SourceTree
from tracer.tables.touchpoints import Touchpoints
from tracer.tables.words import Words

WRITES = frozenset({EffectKind.FILE_WRITE, EffectKind.ARCHIVE_WRITE, EffectKind.SERIALIZE})
READS = frozenset({EffectKind.FILE_READ, EffectKind.ARCHIVE_READ, EffectKind.DESERIALIZE})
_TESTS = frozenset({"tests"})
_NAMING_CALLS = 3  # calls up from the entry points, which give artefacts their names
_MOST_NAMING = 40


EffectPlace = tuple[FunctionId, Span, EffectKind, str, str]
"""An effect without what a later table may say of it otherwise: conditions, notes."""


def effect_place(effect: Effect) -> EffectPlace:
    """What tells an effect of a bundle from all others of its tree."""
    return effect.function, effect.span, effect.kind, effect.operation, effect.subject


@dataclass(frozen=True, slots=True)
class Observed:
    """What runs say of a side; empty without a bundle."""

    effects: Mapping[EffectPlace, EdgeVerdict] = field(default_factory=dict)
    calls: Mapping[tuple[FunctionId, int, str], EdgeVerdict] = field(default_factory=dict)
    seen: tuple[SeenEffect, ...] = ()

    def of_effects(self, effects: Iterable[Effect]) -> EdgeVerdict:
        """The verdict that all these effects have; several have none in common."""
        return _common(
            {self.effects.get(effect_place(each), EdgeVerdict.NOT_RUN) for each in effects}
        )

    def of_calls(self, places: Iterable[tuple[FunctionId, int, str]]) -> EdgeVerdict:
        """The verdict that the calls of a function at these places have: caller, line, callee."""
        return _common({self.calls.get(each, EdgeVerdict.NOT_RUN) for each in places})


def _common(verdicts: set[EdgeVerdict]) -> EdgeVerdict:
    return verdicts.pop() if len(verdicts) == 1 else EdgeVerdict.NOT_RUN


@dataclass(frozen=True, slots=True)
class Side:
    """All that the readers of touchpoints look at."""

    graph: CallGraph
    view: GraphView
    functions: Mapping[FunctionId, Function]
    entries: tuple[FunctionId, ...]
    roles: Mapping[FunctionId, Role]  # of entries, and of what one or several of them lead to
    core: tuple[FunctionId, ...]  # as near to the entry points as they are, then by name
    near: frozenset[FunctionId]  # that the core calls itself; no special methods
    below: tuple[FunctionId, ...]  # the rest of what the entry points lead to
    effects: tuple[Effect, ...]  # of core and below, those that control can come to
    layouts: tuple[ArtifactLayout, ...]
    callers: Mapping[FunctionId, tuple[Resolution, ...]]  # of the entries, by place
    ways: Mapping[FunctionId, tuple[HeldGuard, ...]]  # conditions of calls that lead into the core
    exits: Exits
    contracts: Contracts
    contents: ContentReader
    layout_reading: LayoutReading
    quotes: Quotes
    words: Words
    observed: Observed

    def role(self, function: FunctionId) -> Role:
        """The half that a function belongs to."""
        return self.roles.get(function, Role.BOTH)

    def conditions(self, function: FunctionId, guards: Sequence[Guard]) -> tuple[HeldGuard, ...]:
        """What decides whether a place runs, once its entry point is called.

        An early exit that raises is a check of its own, and stands among the checks.
        """
        return (*self.ways.get(function, ()), *self.exits.deciding(function, guards))

    def within(self, reach: str) -> frozenset[FunctionId]:
        """The functions that a touchpoint of this reach looks at."""
        if reach == "near":
            return self.near
        return frozenset(self.core if reach == "core" else (*self.core, *self.below))

    def is_test(self, function: FunctionId) -> bool:
        """Whether the function stands among the tests."""
        role = self.words.folder_role(path_of(function))
        return role is not None and role.role in _TESTS

    def is_production(self, function: FunctionId) -> bool:
        """Whether the project ships, runs or shows it."""
        return self.words.folder_role(path_of(function)) is None


def make_side(
    graph: CallGraph,
    tree: SourceTree,
    entries: Sequence[FunctionId],
    table: Touchpoints,
    words: Words,
    observed: Observed | None = None,
    layouts: tuple[ArtifactLayout, ...] | None = None,
) -> Side:
    """Cut out of a graph what the entry points lead to.

    Args:
        entries: In the order in which they were given.
        layouts: Where they are known already, since the sources are not at hand.
    """
    view = view_of(graph)
    cones = {entry: forward_cone(view, (entry,)) for entry in entries}
    reached = {function for cone in cones.values() for function in cone}
    effects = tuple(
        effect
        for effect in graph.effects
        if effect.function in reached and not effect.is_unreachable
    )
    core = _core(view, entries, reached, effects, table)
    reading = LayoutReading(tree, graph, frozenset(core))
    callers = _callers(graph, entries)
    if layouts is None:
        shown = _naming(view, entries, words)
        layouts = artifact_layouts(tree, _shipped(graph, shown, words), frozenset(core) | shown)
    sites, exits = sites_within(graph, core), Exits(graph.raises)
    return Side(
        graph=graph,
        view=view,
        functions=graph.function_index(),
        entries=tuple(entries),
        roles=_roles(cones, effects),
        core=core,
        near=_near(view, core),
        below=tuple(sorted(reached - set(core))),
        effects=effects,
        layouts=tuple(layout for layout in layouts if layout.function in core),
        callers=callers,
        ways=conditions_of_ways(entries, core, sites, exits),
        exits=exits,
        contracts=Contracts(reading.scopes),
        contents=ContentReader(reading.scopes, only_links(entries, sites)),
        layout_reading=reading,
        quotes=Quotes(tree),
        words=words,
        observed=observed or Observed(),
    )


def levelled(side: Side, function: FunctionId, guard: Guard) -> str:
    """The guard with the names of locals levelled, for comparison alone."""
    names = side.contracts.local_names(function)
    is_loop = guard.kind is GuardKind.FOR
    parts = [
        level_names(part.removeprefix("if "), names, is_loop=is_loop)
        for part in guard.text.split(JOINED)
    ]
    return f"{guard.kind} {JOINED.join(parts)}"


def _core(
    view: GraphView,
    entries: Sequence[FunctionId],
    reached: Collection[FunctionId],
    effects: Sequence[Effect],
    table: Touchpoints,
) -> tuple[FunctionId, ...]:
    """The entry points, and what lies between them and the effects that the table calls core."""
    holders = {
        effect.function
        for effect in effects
        if effect.kind in table.core and not effect.is_auxiliary
    }
    above = backward_cone(view, holders)
    hops = forward_cone(view, entries)
    found = {*entries, *(function for function in reached if function in above)}
    return tuple(sorted(found, key=lambda function: (hops.get(function, 0), function)))


def _naming(view: GraphView, entries: Sequence[FunctionId], words: Words) -> frozenset[FunctionId]:
    """Who gives artefacts their names: callers that the project ships, and theirs; never tests."""
    found: set[FunctionId] = set()
    edge = set(entries)
    for _ in range(_NAMING_CALLS):
        callers = {hop.caller for each in edge for hop in view.callers.get(each, ())}
        edge = {each for each in callers if words.folder_role(path_of(each)) is None} - found
        if len(found) + len(edge) > _MOST_NAMING:
            break
        found |= edge
    return frozenset(found)


def _shipped(graph: CallGraph, shown: Collection[FunctionId], words: Words) -> CallGraph:
    """The graph without calls from tests, where the project itself calls: tests name scratch."""
    if not shown:
        return graph
    return replace(
        graph,
        resolutions=tuple(
            each
            for each in graph.resolutions
            if (role := words.folder_role(each.site.path)) is None or role.role not in _TESTS
        ),
    )


def _near(view: GraphView, core: Sequence[FunctionId]) -> frozenset[FunctionId]:
    called = {hop.callee for each in core for hop in view.successors(each)}
    return frozenset(
        callee
        for callee in called
        if is_function(callee) and callee not in core and not _is_special(callee)
    )


def _is_special(function: FunctionId) -> bool:
    """`__init__`, `__getattr__`, `__len__`: what an object is, no check of what was given."""
    return qualname_of(function).rpartition(".")[2].startswith("__")


def _roles(
    cones: Mapping[FunctionId, Mapping[FunctionId, int]], effects: Sequence[Effect]
) -> Mapping[FunctionId, Role]:
    found: dict[FunctionId, Role] = {}
    for cone in cones.values():
        kinds = {e.kind for e in effects if e.function in cone and not e.is_auxiliary}
        writes, reads = bool(kinds & WRITES), bool(kinds & READS)
        role = Role.BOTH if writes == reads else Role.SAVE if writes else Role.LOAD
        for function in cone:
            found[function] = role if found.get(function, role) is role else Role.BOTH
    return found


def _callers(
    graph: CallGraph, entries: Sequence[FunctionId]
) -> Mapping[FunctionId, tuple[Resolution, ...]]:
    found: dict[FunctionId, list[Resolution]] = {entry: [] for entry in entries}
    for resolution in graph.resolutions:
        if resolution.site.is_unreachable:
            continue
        for callee in resolution.callees:
            if is_function(callee) and callee in found:
                found[callee].append(resolution)
    return {entry: tuple(sites) for entry, sites in found.items()}
