"""`impact`: who leads to what has changed, and what that does to the world."""

from __future__ import annotations

import re

from tracer.model.query import QueryFunction, QueryUnknown
from tracer.query.changes import Changes
from tracer.query.context import Context, distances
from tracer.query.effects import effects_of
from tracer.query.found import Found, command_line, plural, subject_of
from tracer.query.index import FunctionRow, SiteRow
from tracer.query.listing import nodes_below
from tracer.query.subjects import name_in_calls

_LINES = re.compile(r"(?P<path>.+\.py):(?P<first>\d+)-(?P<last>\d+)$")


def impact(context: Context) -> Found:
    """Of files, lines and functions that are named, or of all that differs from a commit."""
    changed, gone = _changed(context, context.changes)
    above = distances(context.predecessors, changed)
    rows = context.rows(above)
    items = [_item(context, row, above[row.node]) for row in rows.values()]
    # What is between a change and those who start it tells the least.
    items.sort(key=lambda item: (item.hops > 0, not item.role, item.hops, item.id))
    entries = sum(item.role.endswith("entry point") for item in items)
    tests = sum("test" in item.role for item in items)
    below = distances(context.successors, changed)
    effects = effects_of(context, below)
    could = _could_call(context, changed)
    told = [
        f"{plural(len(changed), 'function')} changed"
        if context.changes is not None
        else f"{plural(len(changed), 'function')} in {', '.join(context.query.names)}",
        f"{plural(len(items) - len(changed), 'function leads', 'functions lead')} there",
        f"{plural(entries, 'entry point')}, {plural(tests, 'test')}",
        f"{plural(len(effects), 'effect')} in reach",
    ]
    if not changed:
        told = ["no function of the tree has changed"]
    return Found(
        "; ".join(told),
        counted="functions",
        functions=tuple(items),
        effects=tuple(effects),
        open_sites=context.open_items(could),
        unknown=_unknown(context, changed, gone, len(could)),
        next=tuple(command_line("callers", item.id) for item in items[:2]),
    )


def is_test(row: FunctionRow) -> bool:
    """Whether pytest or unittest would run it, by their conventions for names."""
    file = row.path.rpartition("/")[2]
    is_in_tests = file.startswith("test_") or file.endswith("_test.py") or "tests/" in row.path
    return is_in_tests and row.name.startswith("test")


def _changed(context: Context, changes: Changes | None) -> tuple[set[int], list[tuple[str, str]]]:
    nodes: set[int] = set()
    gone: list[tuple[str, str]] = []
    if changes is not None:
        for path, ranges in sorted(changes.added.items()):
            nodes |= _within(context, path, ranges)
        for path, qualname in changes.touched:
            rows = context.index.functions_where("path", path)
            known = {row.node for row in rows if row.qualname == qualname}
            nodes |= known
            if not known:
                gone.append((path, qualname))
    for name in context.query.names:
        lines = _LINES.match(name)
        if lines is not None:
            subject = subject_of(context, lines["path"])
            ranges = ((int(lines["first"]), int(lines["last"])),)
            nodes |= _within(context, subject.functions[0].path, ranges)
        else:
            nodes |= nodes_below(context, name) or set(subject_of(context, name).nodes)
    return nodes, gone


def _within(context: Context, path: str, ranges: tuple[tuple[int, int], ...]) -> set[int]:
    """The innermost functions that hold a line of the ranges."""
    rows = sorted(
        context.index.functions_where("path", path),
        key=lambda row: (row.kind == "module", row.end_line - row.first_line),
    )
    if not rows:
        return set()
    found: set[int] = set()
    last_line = context.index.files[path][2]
    for first, last in ranges:
        for line in range(first, min(last, last_line) + 1):
            holding = (r for r in rows if r.first_line <= line <= r.end_line or r.kind == "module")
            if (row := next(holding, None)) is not None:
                found.add(row.node)
    return found


def _item(context: Context, row: FunctionRow, hops: int) -> QueryFunction:
    roles = ["changed"] if hops == 0 else []
    if is_test(row):
        roles.append("test")
    elif not context.predecessors.get(row.node):
        roles.append("entry point")
    return context.function_item(row, hops=hops, role=", ".join(roles))


def _could_call(context: Context, changed: set[int]) -> list[SiteRow]:
    names = {name_in_calls(row.qualname) for row in context.rows(changed).values()}
    known = {edge.site.site for edge in context.index.edges(callees=changed)}
    return [s for s in context.index.open_sites() if s.name in names and s.site not in known]


def _unknown(
    context: Context, changed: set[int], gone: list[tuple[str, str]], could: int
) -> tuple[QueryUnknown, ...]:
    unknown: list[QueryUnknown] = []
    if could:
        what = f"{plural(could, 'open site')} of a name that has changed could lead there, too"
        unknown.append(QueryUnknown(what, "see `open_sites`, each with its reason"))
    rows = context.rows(changed).values()
    holders = sorted(row.id for row in rows if row.is_holder)
    if holders:
        shown = ", ".join(holders[:3]) + (f" and {len(holders) - 3} more" * (len(holders) > 3))
        what = f"who depends on what {shown} binds"
        why = "code of modules and class bodies changes values: only calls are followed"
        unknown.append(QueryUnknown(what, why))
    for path, qualname in gone[:20]:
        name = name_in_calls(qualname)
        left = sum(site.name == name for site in context.index.open_sites())
        why = f"{plural(left, 'open site of that name is', 'open sites of that name are')} left"
        unknown.append(QueryUnknown(f"who called {path}::{qualname}, which is gone", why))
    return tuple(unknown)
