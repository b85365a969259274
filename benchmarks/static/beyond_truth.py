"""Table 6a: what our graph of a program has and the written truth has not, and the other way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.static.definitions import Definitions, Edge, canonical, edges_of, read_definitions
from benchmarks.static.packages import MacroProgram
from benchmarks.static.tables import Table
from benchmarks.static.tiers import dotted_name
from benchmarks.static.tools import Bench, Tool

_EXPLICIT = {"call", "decorator", "class body"}
CLASSES = (
    "printed: no call expression (property, with, operator, protocol)",
    "printed: called by a library that was handed the function",
    "printed: the truth has nothing of the caller",
    "printed: a call expression",
    "missing: the truth's name is no function of the program",
    "missing: others",
)
_HEAD = ("set", "class", "edges", "of", "example")
_INTRO = (
    "Edges between defined functions that the tool prints beyond the truth, by how it found them, "
    "and edges of the truth that it has not. The truth's authors wrote down what their own tools "
    "look for: no properties, no protocols, no callbacks. `of`: all edges printed, or all in the "
    "truth."
)


def beyond_truth_table(
    bench: Bench, own: Tool, own_json: Tool, programs: Sequence[MacroProgram]
) -> Table:
    """A row for each set and class that has an edge."""
    table = Table(f"6a {own.name} beside the macro truths", _HEAD, intro=_INTRO)
    if own.absent or not programs:
        table.notes.append(own.absent or "absent: no macro/*/program.json")
        return table
    found: dict[str, dict[str, list[Edge]]] = {}
    totals: dict[str, list[int]] = {}
    for macro in programs:
        run, sites = bench.run(own, macro.program), bench.run(own_json, macro.program)
        if run.graph is None or not sites.output:
            table.notes.append(f"{macro.program.name}: {run.note or sites.note}")
            continue
        definitions = read_definitions(macro.program.files, macro.program.root)
        printed = definitions.internal_edges(run.graph)
        wanted = definitions.internal_edges(macro.expected)
        classes = classify_beyond(
            printed, macro, sites_of_edges(json.loads(sites.output), definitions), definitions
        )
        for name, edges in classes.items():
            found.setdefault(macro.set_name, {}).setdefault(name, []).extend(edges)
        total = totals.setdefault(macro.set_name, [0, 0])
        total[0] += len(printed)
        total[1] += len(wanted) + len(classes[CLASSES[4]])
    for set_name, by_class in found.items():
        for name in CLASSES:
            edges = by_class.get(name, [])
            example = "`{} → {}`".format(*edges[0]) if edges else ""
            table.add(
                set_name, name, len(edges), totals[set_name][name.startswith("missing")], example
            )
    return table


def classify_beyond(
    printed: set[Edge],
    macro: MacroProgram,
    sites: Mapping[Edge, Sequence[Mapping[str, Any]]],
    definitions: Definitions,
) -> dict[str, list[Edge]]:
    """Every edge that one side alone has, under the first class that holds."""
    wanted = definitions.internal_edges(macro.expected)
    callers = {definitions.caller_of(caller) for caller, them in macro.expected.items() if them}
    found: dict[str, list[Edge]] = {name: [] for name in CLASSES}
    for edge in sorted(printed - wanted):
        kinds = {site["kind"] for site in sites.get(edge, ())}
        is_handed = bool(sites.get(edge)) and all(site["is_handed"] for site in sites[edge])
        if kinds and not kinds & _EXPLICIT:
            name = CLASSES[0]
        elif is_handed:
            name = CLASSES[1]
        elif edge[0] not in callers:
            name = CLASSES[2]
        else:
            name = CLASSES[3]
        found[name].append(edge)
    modules = {name.partition(".")[0] for name in definitions.kinds}
    found[CLASSES[4]] = sorted(
        (caller, callee)
        for caller, callee in edges_of(macro.expected)
        if callee.partition(".")[0] in modules and not definitions.is_function(canonical(callee))
    )
    found[CLASSES[5]] = sorted(wanted - printed)
    return found


def sites_of_edges(
    data: Mapping[str, Any], definitions: Definitions
) -> dict[Edge, list[dict[str, Any]]]:
    """By edge: the kinds of its sites, and whether a library was handed the callee there."""
    found: dict[Edge, list[dict[str, Any]]] = {}
    for site in data["sites"]:
        caller = definitions.caller_of(dotted_name(site["caller"]))
        for callee in site["callees"]:
            edge = (caller, canonical(dotted_name(callee)))
            said = {"kind": site["kind"], "is_handed": callee in site["through"]}
            found.setdefault(edge, []).append(said)
    return found
