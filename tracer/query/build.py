"""A call graph into the tables of the index."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from tracer.model.graph import CallGraph, Guard, GuardKind, OpenReason, Resolution, SiteKind, Tier
from tracer.model.source import ExternalId
from tracer.query.arrows import pack
from tracer.query.tables import INDEXES, TABLES

_LAST_NAME = re.compile(r"([^\W\d]\w*)\s*$")
_MADE = re.compile(r"`([\w.]+)` is made from the fields")
_NAMED = (SiteKind.CALL, SiteKind.DECORATOR, SiteKind.PROPERTY, SiteKind.RAISE)
_WRITTEN = {
    GuardKind.ELSE: "not ({})",
    GuardKind.UNLESS: "unless {}",
    GuardKind.AFTER: "after while {}",
    GuardKind.IF: "if {}",
}


def fill_index(
    database: sqlite3.Connection,
    graph: CallGraph,
    meta: Mapping[str, str],
    stats: Mapping[str, str],
) -> None:
    """Write a graph into an empty database.

    Args:
        graph: Sorted, as every graph is: rows follow its order, so that answers do not vary.
        meta: Whatever the reader has to know of the whole: format, maker, digest of the tree.
        stats: What the disk said of each file, by path, before it was read.
    """
    database.executescript(TABLES)
    add = database.executemany
    add("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
    files = (
        (file.path, file.module, file.sha256, file.lines, file.problem, stats.get(file.path, ""))
        for file in graph.files
    )
    add("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", files)
    add(f"INSERT INTO functions VALUES ({_marks(13)})", _functions(graph))
    add(f"INSERT INTO classes VALUES ({_marks(7)})", _classes(graph))
    nodes = _nodes(graph)
    outside = (
        (node, name, name.rpartition(".")[2]) for name, node in nodes.items() if "::" not in name
    )
    add("INSERT INTO externals VALUES (?, ?, ?)", outside)
    add(f"INSERT INTO sites VALUES ({_marks(17)})", _sites(graph, nodes))
    add(f"INSERT INTO edges VALUES ({_marks(5)})", _edges(graph, nodes))
    add(f"INSERT INTO effects VALUES ({_marks(11)})", _effects(graph, nodes))
    add("INSERT INTO arrows VALUES (?, ?, ?, ?)", _arrows(database))
    database.executescript(INDEXES)
    database.commit()


def guard_text(guard: Guard) -> str:
    """A condition as a reader would say it, with its line."""
    form = _WRITTEN.get(guard.kind, f"{guard.kind.value} {{}}")
    return f"{form.format(guard.text)} (line {guard.line})"


def callees_of(resolution: Resolution) -> Iterator[tuple[str, str]]:
    """The callees of a site, each with the outside function that calls it.

    Constructors that are made from fields stand in no file, and yet somebody calls them: they have
    a node under their dotted name.
    """
    through = dict(resolution.through)
    for callee in resolution.callees:
        yield callee, through.get(callee, "")
    if resolution.open_reason is OpenReason.GENERATED:
        made = _MADE.search(resolution.open_detail)
        if made is not None and made[1] not in resolution.callees:
            yield ExternalId(made[1]), ""


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _functions(graph: CallGraph) -> Iterator[tuple[Any, ...]]:
    for node, function in enumerate(graph.functions):
        yield (
            node,
            function.id,
            function.path,
            function.qualname,
            function.name,
            function.dotted,
            function.kind.value,
            function.first_line,
            function.def_line,
            function.end_line,
            json.dumps(function.parameters),
            function.is_generator,
            function.summary,
        )


def _classes(graph: CallGraph) -> Iterator[tuple[Any, ...]]:
    for found in graph.classes:
        yield (
            found.path,
            found.qualname,
            found.qualname.rpartition(".")[2],
            found.dotted,
            found.line,
            found.end_line,
            json.dumps(found.bases),
        )


def _nodes(graph: CallGraph) -> dict[str, int]:
    nodes: dict[str, int] = {function.id: node for node, function in enumerate(graph.functions)}
    for resolution in graph.resolutions:
        for callee, _ in callees_of(resolution):
            nodes.setdefault(callee, len(nodes))
    return nodes


def _sites(graph: CallGraph, nodes: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    for number, resolution in enumerate(graph.resolutions):
        site = resolution.site
        if site.caller not in nodes:
            continue
        found = _LAST_NAME.search(site.text) if site.kind in _NAMED else None
        yield (
            number,
            nodes[site.caller],
            site.span.line,
            site.span.column,
            site.kind.value,
            site.text,
            found[1] if found else "",
            resolution.tier.value if resolution.tier else "",
            resolution.is_exact,
            resolution.is_declared,
            resolution.is_open or resolution.tier is Tier.NAME,
            resolution.open_reason.value if resolution.open_reason else "",
            resolution.open_detail,
            len(resolution.callees),
            _guards(site.guards),
            site.is_unreachable,
            site.span.end_line,
        )


def _edges(graph: CallGraph, nodes: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    for number, resolution in enumerate(graph.resolutions):
        site = resolution.site
        if site.caller not in nodes:
            continue
        runs = site.kind is not SiteKind.IMPORT and not site.is_unreachable
        runs = runs and resolution.tier is not Tier.NAME
        for callee, through in callees_of(resolution):
            yield nodes[site.caller], nodes[callee], number, through, runs


def _arrows(database: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    text = (
        "SELECT e.caller, e.callee, e.is_followed, s.is_exact AND NOT s.is_declared, "
        "s.is_unreachable FROM edges e "
        "JOIN sites s ON s.site = e.site"
    )
    rows = database.execute(text).fetchall()
    yield "successors", *pack((row[0], row[1]) for row in rows if row[2])
    yield "predecessors", *pack((row[1], row[0]) for row in rows if row[2])
    yield "exact", *pack((row[0], row[1]) for row in rows if row[2] and row[3])
    yield "with imports", *pack((row[0], row[1]) for row in rows if not row[4])


def _effects(graph: CallGraph, nodes: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    for effect in graph.effects:
        if effect.function not in nodes:
            continue
        yield (
            nodes[effect.function],
            effect.span.line,
            effect.kind.value,
            effect.operation,
            effect.subject,
            effect.payload,
            json.dumps(effect.keys),
            effect.note,
            _guards(effect.guards),
            effect.is_unreachable,
            effect.is_auxiliary,
        )


def _guards(guards: tuple[Guard, ...]) -> str:
    return json.dumps([guard_text(guard) for guard in guards]) if guards else ""
