"""One side of a comparison: its entry points, its core, and the ways that lead into the core."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tracer.contrast.quotes import Quotes
from tracer.model.contrast import Role
from tracer.model.evidence import ArtifactLayout, EdgeVerdict, SeenEffect
from tracer.model.graph import CallGraph, Effect, EffectKind, Guard, GuardKind, Raise, Resolution
from tracer.model.source import Function, FunctionId, is_function, path_of
from tracer.paths import GraphView, backward_cone, forward_cone, view_of
from tracer.static.archives.context import LayoutReading
from tracer.static.contents import ContentReader
from tracer.static.contracts import Contracts, level_names
from tracer.static.layouts import artifact_layouts
from tracer.static.sources import SourceTree
from tracer.static.texts.scopes import Link
from tracer.tables.touchpoints import Touchpoints
from tracer.tables.words import Words

WRITES = frozenset({EffectKind.FILE_WRITE, EffectKind.ARCHIVE_WRITE, EffectKind.SERIALIZE})
READS = frozenset({EffectKind.FILE_READ, EffectKind.ARCHIVE_READ, EffectKind.DESERIALIZE})
_TESTS = frozenset({"tests"})
_JOINED = " · "  # between the conditions of one early exit
_CUT = "…"
_ENCLOSING = frozenset({GuardKind.IF, GuardKind.ELSE, GuardKind.WHILE, GuardKind.FOR}) | {
    GuardKind.EXCEPT,
    GuardKind.CASE,
}


@dataclass(frozen=True, slots=True)
class Observed:
    """What runs say of a side; empty without a bundle."""

    effects: Mapping[Effect, EdgeVerdict] = field(default_factory=dict)
    seen: tuple[SeenEffect, ...] = ()


HeldGuard = tuple[FunctionId, Guard]
"""A guard with the function in which it stands: its names are locals of that one."""


class Exits:
    """Which early exits raise; the others decide what runs behind them."""

    def __init__(self, raises: Sequence[Raise]) -> None:
        self._raised: dict[FunctionId, list[tuple[Guard, ...]]] = {}
        for each in raises:
            if not each.is_unreachable:
                self._raised.setdefault(each.function, []).append(each.guards)

    def deciding(self, function: FunctionId, guards: Sequence[Guard]) -> tuple[HeldGuard, ...]:
        """The guards without those that only raise."""
        return tuple(
            (function, guard)
            for guard in guards
            if guard.kind in _ENCLOSING or not self._raises(function, guard)
        )

    def _raises(self, function: FunctionId, guard: Guard) -> bool:
        if guard.kind is GuardKind.ASSERT:
            return True
        parts = len(guard.text.split(_JOINED))
        for held in self._raised.get(function, ()):
            behind = [at for at, each in enumerate(held) if each.line == guard.line]
            if behind and (guard.text.endswith(_CUT) or len(held) - behind[0] == parts):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Side:
    """All that the readers of touchpoints look at."""

    graph: CallGraph
    view: GraphView
    functions: Mapping[FunctionId, Function]
    entries: tuple[FunctionId, ...]
    roles: Mapping[FunctionId, Role]  # of entries, and of what one or several of them lead to
    core: tuple[FunctionId, ...]  # as near to the entry points as they are, then by name
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
        # Who calls the entry points for the project gives the artefacts their names; tests do not.
        naming = {each.site.caller for found in callers.values() for each in found}
        shown = {caller for caller in naming if words.folder_role(path_of(caller)) is None}
        layouts = artifact_layouts(tree, graph, frozenset(core) | shown)
    sites, exits = _sites_within(graph, core), Exits(graph.raises)
    return Side(
        graph=graph,
        view=view,
        functions=graph.function_index(),
        entries=tuple(entries),
        roles=_roles(cones, effects),
        core=core,
        below=tuple(sorted(reached - set(core))),
        effects=effects,
        layouts=tuple(layout for layout in layouts if layout.function in core),
        callers=callers,
        ways=_ways(entries, core, sites, exits),
        exits=exits,
        contracts=Contracts(reading.scopes),
        contents=ContentReader(reading.scopes, _only_links(entries, sites)),
        layout_reading=reading,
        quotes=Quotes(tree),
        words=words,
        observed=observed or Observed(),
    )


def condition_text(guard: Guard) -> str:
    """The guard as a reader wants it: `if x is None`, `for each in names`."""
    if guard.kind is GuardKind.ELSE:
        return f"unless {guard.text}"
    if guard.is_early_exit:
        parts = guard.text.split(_JOINED)
        return f"{guard.kind} {' and '.join(part.removeprefix('if ') for part in parts)}"
    return f"{guard.kind} {guard.text}"


def levelled(side: Side, function: FunctionId, guard: Guard) -> str:
    """The guard with the names of locals levelled, for comparison alone."""
    names = side.contracts.local_names(function)
    is_loop = guard.kind is GuardKind.FOR
    parts = [
        level_names(part.removeprefix("if "), names, is_loop=is_loop)
        for part in guard.text.split(_JOINED)
    ]
    return f"{guard.kind} {_JOINED.join(parts)}"


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


_Sites = Mapping[FunctionId, tuple[Resolution, ...]]


def _sites_within(graph: CallGraph, core: Sequence[FunctionId]) -> _Sites:
    """The call sites of the core that lead to each function of the core."""
    members = frozenset(core)
    found: dict[FunctionId, list[Resolution]] = {}
    for resolution in graph.resolutions:
        if resolution.site.caller in members and not resolution.site.is_unreachable:
            for callee in resolution.callees:
                if is_function(callee) and callee in members:
                    found.setdefault(callee, []).append(resolution)
    return {function: tuple(sites) for function, sites in found.items()}


def _ways(
    entries: Sequence[FunctionId], core: Sequence[FunctionId], sites: _Sites, exits: Exits
) -> Mapping[FunctionId, tuple[HeldGuard, ...]]:
    """The conditions that all known calls of a function of the core share, from its entry point."""
    ways: dict[FunctionId, tuple[HeldGuard, ...]] = dict.fromkeys(entries, ())
    for function in core:  # nearest first, so that callers are known before those they call
        if function in ways:
            continue
        calls = [each.site for each in sites.get(function, ()) if each.site.caller != function]
        known = [
            (*ways[site.caller], *exits.deciding(site.caller, site.guards))
            for site in calls
            if site.caller in ways
        ]
        # A caller further away than the function itself: nobody knows what that way asks for.
        shared = known[0] if known and len(known) == len(calls) else ()
        for other in known[1:]:
            shared = tuple(held for held in shared if held in other)
        ways[function] = shared
    return ways


def _only_links(entries: Sequence[FunctionId], sites: _Sites) -> Mapping[FunctionId, Link]:
    """Of each function of the core that one call site of it alone leads to: that call."""
    links: dict[FunctionId, Link] = {}
    for function, found in sites.items():
        if function in entries or len(found) != 1:
            continue
        site = found[0].site
        end = (site.span.end_line, site.span.end_column)
        links[function] = Link(site.caller, site.span.line, end, function)
    return links
