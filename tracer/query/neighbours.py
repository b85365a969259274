"""`callers` and `callees`: direct ones, and those further away."""

from __future__ import annotations

from tracer.model.query import QueryEdge, QueryUnknown
from tracer.query.context import Context, distances
from tracer.query.found import Found, command_line, plural, subject_of
from tracer.query.index import EdgeRow, SiteRow
from tracer.query.outside import IMPLICIT, why_outside
from tracer.query.subjects import Subject

_ANYTHING = frozenset({"unknown value", "dynamic attribute", "code from text"})
"""Why a site is open that may call a function by whatever name."""


def callers(context: Context) -> Found:
    """Who calls a function, by as many hops as were asked for."""
    subject = subject_of(context, context.query.names[0])
    hops = distances(context.predecessors, subject.nodes, context.query.depth)
    pairs: dict[tuple[int, int], int] = {}
    for callee, distance in hops.items():
        for caller in context.predecessors.get(callee, ()):
            if context.query.depth is None or distance < context.query.depth:
                pairs[caller, callee] = distance + 1
    is_module = bool(subject.functions) and subject.functions[0].kind == "module"
    if is_module:
        pairs.update({(e.caller, e.callee): 1 for e in _importing(context, subject)})
    edges = context.edge_items(pairs, with_imports=is_module)
    could = could_call(context, subject)
    others = len(context.index.open_for(_ANYTHING) - {site.site for site in could})
    why_none = "" if edges else _why_no_caller(context, subject, len(could), others)
    return Found(
        _callers_sentence(subject, edges, why_none),
        subjects=context.subject_items(subject),
        edges=tuple(edges),
        open_sites=context.open_items(could),
        unknown=_unknown_callers(context, subject, len(could), others),
        next=_next(context, subject, "callees", bool(edges)),
    )


def callees(context: Context) -> Found:
    """Whom a function calls, by as many hops as were asked for."""
    subject = subject_of(context, context.query.names[0])
    hops = distances(context.successors, subject.nodes, context.query.depth)
    depth = context.query.depth
    pairs = {
        (caller, callee): distance + 1
        for caller, distance in hops.items()
        if depth is None or distance < depth
        for callee in context.successors.get(caller, ())
    }
    edges = context.edge_items(pairs)
    within = {node: far for node, far in hops.items() if depth is None or far < depth}
    sites = context.index.sites([n for n in within if context.is_function(n)], is_open=True)
    sites.sort(key=lambda site: (within[site.caller], site.site))
    unknown: tuple[QueryUnknown, ...] = (IMPLICIT,) if subject.functions else ()
    if sites:
        what = f"{plural(len(sites), 'call site')} may call more than is listed"
        unknown = (QueryUnknown(what, "see `open_sites`, each with its reason"), IMPLICIT)
    answer = f"{subject.label} calls {plural(len(edges), 'callee')}"
    if not edges:
        answer = f"{subject.label} calls nothing: {_why_no_callee(context, subject, len(sites))}"
    elif depth != 1:
        direct = sum(edge.hops == 1 for edge in edges)
        answer = f"{subject.label} leads to {plural(len(edges), 'call')}, {direct} of them direct"
    return Found(
        answer,
        subjects=context.subject_items(subject),
        edges=tuple(edges),
        open_sites=context.open_items(sites, within),
        unknown=unknown,
        next=_next(context, subject, "callers", bool(edges)),
    )


def could_call(context: Context, subject: Subject) -> list[SiteRow]:
    """Open sites that name the function, and that nobody can say do not call it."""
    if not subject.functions:
        return []
    known = {edge.site.site for edge in context.index.edges(callees=subject.nodes)}
    sites = context.index.open_sites(subject.name)
    return [site for site in sites if site.site not in known]


def _importing(context: Context, subject: Subject) -> list[EdgeRow]:
    edges = context.index.edges(callees=subject.nodes)
    return [edge for edge in edges if edge.site.kind == "import" and not edge.site.is_unreachable]


def _callers_sentence(subject: Subject, edges: list[QueryEdge], why_none: str) -> str:
    if not edges:
        return f"no call of {subject.label} was found: {why_none}"
    direct = len({edge.caller for edge in edges if edge.hops == 1})
    told = f"{plural(direct, 'function')} may call {subject.label} directly"
    if sum(edge.sure == "exact" for edge in edges if edge.hops == 1) >= direct:
        told = f"{plural(direct, 'function calls', 'functions call')} {subject.label} directly"
    further = len({edge.caller for edge in edges if edge.hops > 1})
    return told + (
        f", and {plural(further, 'function leads', 'functions lead')} there" * bool(further)
    )


def _why_no_caller(context: Context, subject: Subject, could: int, others: int) -> str:
    """What stands where callers would stand: an empty answer must have a reason."""
    reasons: list[str] = []
    barred = [edge for edge in context.index.edges(callees=subject.nodes) if not edge.is_followed]
    dead = [edge for edge in barred if edge.site.is_unreachable]
    if dead:
        count = plural(len(dead), "place calls", "places call")
        reasons.append(f"{count} it in code that cannot run (line {dead[0].site.line})")
    if could:
        reasons.append(f"{plural(could, 'open site')} of that name could call it")
    if subject.functions and (why := why_outside(context, subject.functions[-1])):
        reasons.append(f"code outside may call it: {why}")
    if others:
        reasons.append(f"{plural(others, 'open site calls', 'open sites call')} unknown values")
    reasons.append("callers outside the tree were not read")
    return "; ".join(reasons)


def _unknown_callers(
    context: Context, subject: Subject, could: int, others: int
) -> tuple[QueryUnknown, ...]:
    unknown: list[QueryUnknown] = []
    if could:
        what = f"{plural(could, 'open site')} of the name `{subject.name}` could call it"
        unknown.append(QueryUnknown(what, "see `open_sites`, each with its reason"))
    if others:
        what = f"{plural(others, 'call site')} of the tree could call anything"
        why = "they call values, computed attributes or text that reading cannot follow"
        unknown.append(QueryUnknown(what, why, command_line("unresolved")))
    if subject.functions:
        why = why_outside(context, subject.functions[-1])
        why = f"it may: {why}" if why else "tests, programs and libraries outside were not read"
        unknown.append(QueryUnknown("whether code outside the tree calls it", why))
    return tuple(unknown)


def _why_no_callee(context: Context, subject: Subject, open_sites: int) -> str:
    if not subject.functions:
        return "it lies outside the sources that were read"
    sites = context.index.sites(subject.nodes)
    dead = sum(site.is_unreachable for site in sites)
    if not sites:
        return "there is no call in it"
    reasons = []
    if open_sites:
        reasons.append(
            f"nobody knows what {plural(open_sites, 'call site calls', 'call sites call')}"
        )
    if dead:
        reasons.append(f"{plural(dead, 'call site')} cannot run")
    imports = sum(site.kind == "import" for site in sites)
    if imports:
        reasons.append(f"{plural(imports, 'import')}, and no call")
    return "; ".join(reasons) or "what it calls is made by a library, and stands in no file"


def _next(context: Context, subject: Subject, other: str, is_found: bool) -> tuple[str, ...]:
    command, depth = context.query.command, context.query.depth
    following = []
    if is_found and depth is not None:
        following.append(command_line(command, subject.label, options=" --depth all"))
    following.append(command_line(other, subject.label))
    if command == "callees":
        following.append(command_line("effects", subject.label))
    return tuple(following)
