"""`explain`: why an edge is there, place by place, or why it is not."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.graph import Sure, how_sure
from tracer.model.query import QueryEdge, QueryUnknown
from tracer.query.context import Context
from tracer.query.found import Found, command_line, plural, subject_of
from tracer.query.index import EdgeRow, SiteRow, listed
from tracer.query.subjects import Subject
from tracer.query.ways import chain_of, shortest

_HOW = {
    "definite": "imports and definitions alone bind the name",
    "type": "the class of the receiver is known",
    "flow": "a value was followed to the place",
    "duck": "only these classes have such a method",
    "name": "by its name alone",
}
_DECLARED = "a declaration (an annotation, a base, `cls`) says what class the receiver is of"


def explain(context: Context) -> Found:
    """Each place where the first name calls the second; else what it calls there instead."""
    caller, callee = (subject_of(context, name) for name in context.query.names[:2])
    subjects = (*context.subject_items(caller), *context.subject_items(callee))
    edges = context.index.edges(callers=caller.nodes, callees=callee.nodes)
    items = [_place(context, edge, edges) for edge in edges]
    pair = [(c.id, callee.label) for c in caller.functions]
    seen = [context.runs.edges[each] for each in pair if each in context.runs.edges]
    if not items and seen:
        items = context.edge_items({(c, d): 1 for c in caller.nodes for d in callee.nodes})
    if not items:
        return _why_not(context, caller, callee)
    told = f"{caller.label} calls {callee.label} at {plural(len(items), 'place')}"
    if all(item.sure == Sure.MAY for item in items):
        told = f"{caller.label} may call {callee.label} at {plural(len(items), 'place')}"
    elif all(item.sure != Sure.EXACT for item in items):
        told += ", if what is declared there is right"
    return Found(told, subjects=subjects, edges=tuple(items))


def _place(context: Context, edge: EdgeRow, edges: Sequence[EdgeRow]) -> QueryEdge:
    """What is known of one place: its verdict and count are of this place alone.

    Args:
        edges: All that were found; those of the same caller and callee share what a run counted.
    """
    site = edge.site
    row = context.rows((edge.caller,))[edge.caller]
    callee = context.names((edge.callee,))[edge.callee]
    others = [
        other.callee
        for other in context.index.edges(callers=(edge.caller,))
        if other.site.site == site.site and other.callee != edge.callee
    ]
    names = context.names(others)
    notes = [_DECLARED if site.is_declared else _HOW.get(site.tier, "")]
    if edge.through:
        notes.append(f"{edge.through} calls it")
    if site.is_unreachable:
        notes.append("this line cannot run")
    if others:
        shown = ", ".join(names[node] for node in others[:4])
        more = f" and {len(others) - 4} more" if len(others) > 4 else ""
        notes.append(f"also possible there: {shown}{more}")
    if site.reason:
        notes.append(f"{site.reason}: {site.detail}" if site.detail else site.reason)
    told = None
    if seen := context.runs.edges.get((row.id, callee)):
        pair = edge.caller, edge.callee
        told = seen.at(edge, [other for other in edges if (other.caller, other.callee) == pair])
        notes.append(told.cause)
    return QueryEdge(
        caller=row.id,
        callee=callee,
        at=f"{row.path}:{site.line}",
        text=site.text,
        tier=site.tier,
        sure=how_sure(
            is_exact=bool(site.is_exact) or (site.reason == "generated code" and not others),
            is_declared=bool(site.is_declared),
        ),
        hops=1,
        kind=site.kind,
        through=edge.through,
        guards=listed(site.guards),
        note="; ".join(note for note in notes if note),
        verdict=told.verdict if told else "",
        calls=told.calls if told else 0,
    )


def _all_elsewhere(sites: Sequence[SiteRow]) -> str:
    """That nothing is open; an annotation can be wrong, so what hangs on one is counted."""
    declared = sum(bool(site.is_declared) for site in sites)
    hanging = f", {declared} of them by declarations alone" if declared else ""
    return f"all its {plural(len(sites), 'call site')} are resolved{hanging}, and go elsewhere"


def _why_not(context: Context, caller: Subject, callee: Subject) -> Found:
    subjects = (*context.subject_items(caller), *context.subject_items(callee))
    if not caller.functions:
        why = f"{caller.label} lies outside the sources: nobody read what it calls"
        return Found(why, subjects=subjects, next=(command_line("callers", callee.label),))
    sites = context.index.sites(caller.nodes)
    same = [site for site in sites if site.name == callee.name]
    by_site: dict[int, list[EdgeRow]] = {}
    for edge in context.index.edges(callers=caller.nodes):
        by_site.setdefault(edge.site.site, []).append(edge)
    others = [edge for site in same for edge in by_site.get(site.site, ())]
    elsewhere = [_place(context, edge, others) for edge in others]
    open_sites = [site for site in sites if site.is_open and not site.is_unreachable]
    open_sites.sort(key=lambda site: (site.name != callee.name, site.site))
    ways, _ = shortest(context.successors, caller.nodes, callee.nodes)
    told = [f"{caller.label} does not call {callee.label} at any place that is resolved"]
    if ways:
        told.append(f"it leads there in {plural(len(ways[0]) - 1, 'call')}")
    if elsewhere:
        there = ", ".join(dict.fromkeys(item.callee for item in elsewhere[:3]))
        told.append(f"what it calls by the name `{callee.name}` is {there}")
    if open_sites:
        fitting = sum(site.name == callee.name for site in open_sites)
        are = "is" if len(open_sites) == 1 else "are"
        count = plural(len(open_sites), "call site")
        told.append(f"{count} of it {are} open, {fitting} of that name")
    elif not elsewhere:
        told.append(_all_elsewhere(sites))
    unknown: tuple[QueryUnknown, ...] = ()
    if open_sites:
        what = f"whether one of {plural(len(open_sites), 'open site')} calls it"
        unknown = (QueryUnknown(what, "see `open_sites`, each with its reason"),)
    return Found(
        "; ".join(told),
        subjects=subjects,
        chains=tuple(chain_of(context, way) for way in ways[:1]),
        edges=tuple(elsewhere),
        open_sites=context.open_items(open_sites),
        unknown=unknown,
        next=(command_line("path", caller.label, callee.label),),
    )
