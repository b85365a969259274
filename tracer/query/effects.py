"""`effects`: what a function, and all that it leads to, does to the world."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from tracer.model.graph import weakest
from tracer.model.query import QueryEffect, QueryUnknown
from tracer.query.context import Context, distances
from tracer.query.found import Found, command_line, plural, subject_of
from tracer.query.ways import shortest

_SHOWN = 5  # names of functions outside


def effects(context: Context) -> Found:
    """Of one name, with what it leads to; of two, of the functions on the shortest ways between."""
    subjects = [subject_of(context, name) for name in context.query.names]
    items = tuple(item for subject in subjects for item in context.subject_items(subject))
    first = subjects[0]
    if len(subjects) == 1:
        hops = distances(context.successors, first.nodes, context.query.depth)
        over = f"{first.label} and what it leads to"
    else:
        ways, _ = shortest(context.successors, first.nodes, subjects[1].nodes)
        if not ways:
            return Found(
                f"NO PATH from {first.label} to {subjects[1].label}, so no effects of it",
                counted="effects",
                subjects=items,
                next=(command_line("path", first.label, subjects[1].label),),
            )
        hops = {node: place for way in ways for place, node in enumerate(way)}
        over = f"the ways from {first.label} to {subjects[1].label}"
    functions = [node for node in hops if context.is_function(node)]
    found = effects_of(context, hops)
    open_sites = context.index.sites(functions, is_open=True)
    open_sites.sort(key=lambda site: (hops[site.caller], site.site))
    outside = _outside(context, functions)
    unknown: tuple[QueryUnknown, ...] = ()
    if open_sites:
        what = f"{plural(len(open_sites), 'call site')} in reach may do more"
        unknown = (QueryUnknown(what, "what they call is open: see `callees` of the function"),)
    told_of = {effect.operation for effect in found}
    silent = sorted(name for name in outside - told_of if not name.startswith("builtins."))
    if found and silent:
        shown = ", ".join(silent[:_SHOWN]) + (", …" if len(silent) > _SHOWN else "")
        what = f"what {plural(len(silent), 'function')} outside in reach may do besides"
        reason = f"no effect of theirs stands in the effect tables: {shown}"
        unknown = (*unknown, QueryUnknown(what, reason))
    kinds = sorted({effect.kind for effect in found})
    told = f"{over}: {plural(len(found), 'effect')} ({', '.join(kinds)})"
    if not found:
        told = (
            f"{over}: no effect was found in {plural(len(functions), 'function')}; of the "
            f"{plural(len(outside), 'function')} outside that they call, none is in the effect "
            f"tables, and {plural(len(open_sites), 'call site')} in reach are open"
        )
    return Found(
        told,
        counted="effects",
        subjects=items,
        effects=tuple(found),
        unknown=unknown,
        next=(command_line("callees", first.label),),
    )


def _outside(context: Context, functions: list[int]) -> set[str]:
    """What functions call outside the tree: at the last hop, too, which `hops` end with."""
    callees = {callee for node in functions for callee in context.successors.get(node, ())}
    outside = [node for node in callees if not context.is_function(node)]
    names = context.names(outside)
    return {names[node] for node in outside}


def effects_of(context: Context, hops: Mapping[int, int]) -> list[QueryEffect]:
    """What functions do to the world, the nearest first; what makes room for it comes last.

    Args:
        hops: All nodes in reach, with their distance from what was asked about.
    """
    rows = context.index.effects([node for node in hops if context.is_function(node)])
    ways = {row.function: way_to(context, hops, row.function) for row in rows}
    pairs = {pair: 1 for way in ways.values() for pair in pairwise(way)}
    sure = {(e.caller, e.callee): e.sure for e in context.edge_items(pairs)}
    names = context.names(node for way in ways.values() for node in way)
    found = []
    for row in sorted(rows, key=lambda row: (row.is_auxiliary, hops[row.function])):
        via = tuple(names[node] for node in ways[row.function])
        way = weakest(sure.get(pair, "") for pair in pairwise(via))
        item = context.effect_item(row, hops[row.function], via, way)
        found.append(item)
    return found


def way_to(context: Context, hops: Mapping[int, int], node: int) -> tuple[int, ...]:
    """A shortest way from where the distances start, first in order."""
    way = [node]
    while hops[way[0]] > 0:
        before = context.predecessors.get(way[0], ())
        way.insert(0, next(n for n in before if hops.get(n, -1) == hops[way[0]] - 1))
    return tuple(way)
