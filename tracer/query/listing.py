"""`find` and `unresolved`: what there is, and what nobody knows."""

from __future__ import annotations

import re
from collections import Counter
from difflib import get_close_matches
from fnmatch import fnmatchcase

from tracer.model.query import QueryFunction
from tracer.query.context import Context, class_item
from tracer.query.found import Found, command_line, plural, subject_of
from tracer.query.subjects import is_tail, without_locals


def find(context: Context) -> Found:
    """Functions, classes and callees outside whose name holds a text, the best match first."""
    text = context.query.names[0].strip()
    scored: list[tuple[int, str, QueryFunction]] = []
    for row in context.index.all_functions():
        if row.kind != "class body" and (rank := _rank(text, row.name, row.dotted, row.id)):
            scored.append((rank, row.id, context.function_item(row)))
    for found in context.index.all_classes():
        if rank := _rank(text, found.name, found.dotted, found.id):
            scored.append((rank, found.id, class_item(found)))
    for node, name in context.index.all_externals():
        if rank := _rank(text, name.rpartition(".")[2], name, name):
            callers = len(context.predecessors.get(node, ()))
            outside = QueryFunction(name, "outside", callers=callers)
            scored.append((rank + 10, name, outside))
    items = tuple(item for _, _, item in sorted(scored, key=lambda each: each[:2]))
    if items:
        best = items[0].id
        return Found(
            f"{plural(len(items), 'name')} like `{text}`",
            counted="functions",
            functions=items,
            next=(command_line("callers", best), command_line("callees", best)),
        )
    names = sorted({row.name for row in context.index.all_functions() if not row.is_holder})
    near = get_close_matches(text.rpartition(".")[2], names, 5, 0.5)
    return Found(
        f"no name holds `{text}`"
        + (f"; the nearest are {', '.join(near)}" if near else "; nothing is like it, either"),
        counted="functions",
        next=tuple(command_line("find", name) for name in near[:2]),
    )


def unresolved(context: Context) -> Found:
    """Open call sites of the tree, of some files or folders, or of some functions."""
    sites = context.index.open_sites()
    counted = context.index.count("sites", "NOT is_unreachable")
    over = "the tree"
    subjects: tuple[QueryFunction, ...] = ()
    if context.query.names:
        nodes: set[int] = set()
        for name in context.query.names:
            within = nodes_below(context, name)
            if not within:
                subject = subject_of(context, name)
                within = set(subject.nodes)
                subjects += context.subject_items(subject)
            nodes |= within
        sites = [site for site in sites if site.caller in nodes]
        counted = sum(not site.is_unreachable for site in context.index.sites(nodes))
        over = ", ".join(context.query.names)
    reasons = Counter(site.reason for site in sites)
    by_reason = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    told = f"{len(sites)} of {plural(counted, 'call site')} in {over} are open ({by_reason})"
    if not sites:
        told = f"every one of {plural(counted, 'call site')} in {over} is resolved"
    if not counted:
        told = f"there is no call site in {over}"
    holders = context.rows(site.caller for site in sites)
    sites.sort(key=lambda site: (holders[site.caller].path, site.line, site.site))
    return Found(
        told,
        counted="open_sites",
        subjects=subjects,
        open_sites=tuple(context.open_item(site) for site in sites),
    )


def nodes_below(context: Context, name: str) -> set[int]:
    """Functions of the files and folders that a path names; by the end of the path, if need be."""
    plain = name.strip("/")
    if "::" in name or re.search(r":\d+$", name):
        return set()
    files = [
        path
        for path in context.index.files
        if path == plain or path.startswith(f"{plain}/") or is_tail(plain, path, "/")
    ]
    return {row.node for path in files for row in context.index.functions_where("path", path)}


def _rank(text: str, name: str, dotted: str, whole: str) -> int:
    """How well a name fits, 1 best; 0: not at all."""
    lowered, plain = text.lower(), without_locals(dotted)
    if any(sign in text for sign in "*?["):
        return int(fnmatchcase(name, text) or fnmatchcase(plain, text) or fnmatchcase(whole, text))
    tests = (
        text in (whole, plain),
        is_tail(text, plain, "."),
        name.lower() == lowered,
        name.lower().startswith(lowered),
        lowered in name.lower(),
        lowered in plain.lower(),
        lowered in whole.lower(),
    )
    return next((rank for rank, is_met in enumerate(tests, 1) if is_met), 0)
