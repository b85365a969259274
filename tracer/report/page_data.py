"""What the page embeds: the evidence as plain tables, so that 1 300 functions stay small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tracer.model.evidence import Evidence, PathAnswer, ReconciledEdge, Run
from tracer.model.executed import executed_text, tests_text
from tracer.model.graph import Effect
from tracer.model.source import FunctionKind, qualname_of
from tracer.report.highlight import ShownSource, shown_source
from tracer.report.layout import COLUMN_GAP, ROW_GAP, WAY_HEIGHT
from tracer.report.page_graph import PageGraph, PageLink, PageNode, distances
from tracer.report.phrases import command, sinks_phrase, tree_phrase
from tracer.report.quoting import PLAIN, visible
from tracer.report.view import (
    VERDICT_MEANING,
    artifact_pairs,
    guards_text,
    hidden_inputs,
    verdict_counts,
    ways,
)

PAGE_SCHEMA = "tracer/page/1"
_SOURCE_BYTES = 420_000
_NO_ROOM = "left out, since the page's room for source is used up by functions nearer to the answer"

Json = Any
Table = dict[str, Json]


def page_data(
    evidence: Evidence, graph: PageGraph, sources: Mapping[str, str], card: str
) -> dict[str, Json]:
    """All that the page shows, in JSON values; control and bidi characters are escaped."""
    number = graph.index
    data = {
        "schema": PAGE_SCHEMA,
        "title": evidence.brief.initiative_id or evidence.tree.name,
        "question": evidence.brief.question,
        "shape": str(evidence.brief.shape),
        "tree": tree_phrase(evidence.tree, PLAIN),
        "tool": evidence.tool_version,
        "card": card,
        "gaps": {"column": COLUMN_GAP, "row": ROW_GAP, "way": WAY_HEIGHT},
        "verdicts": {str(verdict): text for verdict, text in VERDICT_MEANING.items()},
        "counts": verdict_counts(evidence.edges),
        "limits": evidence.totals.limits,
        "firstCut": graph.first_cut,
        "first": graph.first,
        "entries": graph.entries,
        "nodes": _nodes(graph),
        "links": _table(
            ("from", "to", "verdict", "sites", "effects"),
            [_link(link) for link in graph.links],
        ),
        "sources": _sources(evidence, graph, sources),
        "chains": [
            {
                "steps": [
                    number[step]
                    for step in (way.trunk.entry, *(hop.callee for hop in way.trunk.hops))
                    if step in number
                ],
                "sinks": sinks_phrase(way.trunk.sinks, PLAIN),
                "verdict": str(way.trunk.verdict),
                "others": way.other_ways,
                "also": [number[entry] for entry in way.other_entries if entry in number],
            }
            for way in ways(evidence)
        ],
        "candidates": [
            [
                number.get(each.function, -1),
                each.role,
                "; ".join(f"{signal.name} ({signal.weight:+.2f})" for signal in each.signals),
            ]
            for each in evidence.candidates
            if each.is_selected
        ],
        "paths": [_path(answer, number) for answer in evidence.paths],
        "effects": _table(
            ("node", "line", "kind", "operation", "subject", "payload", "keys", "under"),
            [
                [number.get(effect.function, -1), effect.span.line, *_effect(effect)]
                for effect in evidence.effects
            ],
        ),
        "artifacts": [
            {
                "names": pair.names,
                "writers": [_layout(layout, number) for layout in pair.writers],
                "readers": [_layout(layout, number) for layout in pair.readers],
                "members": [
                    [
                        member.path,
                        list(map(str, member.written)),
                        member.content,
                        list(map(str, member.read)),
                        member.also,
                    ]
                    for member in pair.members
                ],
                "unknown": [
                    f"{qualname_of(function)}: {text}" for function, text in pair.unknown
                ],
            }
            for pair in artifact_pairs(evidence)
        ],
        "taps": _table(
            (
                "key", "purpose", "function", "place", "moment",
                "expression", "expected", "outcome", "observed", "unit",
            ),
            [
                [
                    result.tap.key, result.tap.purpose, result.tap.function,
                    f"{result.tap.path}:{result.tap.line}", str(result.tap.moment),
                    result.tap.expression, result.tap.expected, result.outcome,
                    result.observed, result.tap.unit,
                ]
                for result in evidence.taps
            ],
        ),
        "open": _table(
            ("node", "line", "text", "reason", "detail"),
            [
                [number.get(site.caller, -1), site.line, site.text, str(site.reason), site.detail]
                for site in evidence.open_sites
            ],
        ),
        "hidden": [
            [each.name, each.condition, f"{each.path}:{each.line}"]
            for each in hidden_inputs(evidence)
        ],
        "findings": [
            [str(each.kind), each.text, list(map(str, each.anchors))] for each in evidence.findings
        ],
        "unknowns": [[each.text, each.reason, each.next_step] for each in evidence.unknowns],
        "runs": [
            [
                run.workload.name,
                command(run.workload),
                run.calls,
                _state(run),
            ]
            for run in evidence.runs
        ],
        "whyNoRun": "" if evidence.runs else evidence.why_no_run or "no reason is given",
    }  # fmt: skip
    shown: dict[str, Json] = _visible(data)
    return shown


def _nodes(graph: PageGraph) -> Table:
    rows = [
        [
            node.key,
            node.kind,
            node.owner,
            node.label,
            node.detail,
            node.name,
            node.short if node.short != node.name else "",
            *_definition(node),
            graph.ranks[index].layer,
            graph.ranks[index].order,
            *graph.sizes[index],
        ]
        for index, node in enumerate(graph.nodes)
    ]
    columns = (
        "key", "kind", "owner", "label", "detail", "name", "short", "path", "line", "summary",
        "parameters", "layer", "order", "width", "height",
    )  # fmt: skip
    return _table(columns, rows)


def _definition(node: PageNode) -> list[Json]:
    function = node.function
    if function is None:
        return ["", 0, "", None]
    has_parameters = function.kind not in (FunctionKind.MODULE, FunctionKind.CLASS_BODY)
    return [
        function.path,
        function.def_line,
        function.summary,
        ", ".join(function.parameters) if has_parameters else None,
    ]


def _link(link: PageLink) -> list[Json]:
    return [
        link.caller,
        link.callee,
        str(link.verdict or ""),
        [_site(edge) for edge in link.edges],
        [[effect.span.line, str(effect.kind), effect.operation] for effect in link.effects],
    ]


def _state(run: Run) -> str:
    if run.executed is not None:
        return f"executed ({executed_text(run.executed)}): lines alone are known"
    return "complete" if run.is_complete else f"incomplete: {run.why_incomplete}"


def _site(edge: ReconciledEdge) -> list[Json]:
    """Line, verdict, how found, calls, what else is known, why; no blanks at the end."""
    found = f"{edge.tier} {'exact' if edge.is_exact else 'may'}" if edge.tier else ""
    notes = [
        edge.cause,
        f"through {edge.through}" if edge.through else "",
        f"under {guards_text(edge.guards, edge.line)}" if edge.guards else "",
        str(edge.kind) if edge.kind != "call" else "",
        f"seen by {edge.seen_by}" if edge.seen_by and edge.seen_by != "call" else "",
        f"first seen as call {edge.order}" if edge.order is not None else "",
        tests_text(edge) if edge.tests else "",
        "unreachable" if edge.is_unreachable else "",
    ]
    row: list[Json] = [
        edge.line,
        str(edge.verdict),
        found,
        edge.calls,
        "; ".join(filter(None, notes)),
        edge.why,
    ]
    while len(row) > 4 and not row[-1]:
        row.pop()
    return row


def _effect(effect: Effect) -> list[Json]:
    return [
        str(effect.kind),
        effect.operation,
        effect.subject,
        effect.payload,
        ", ".join(effect.keys),
        guards_text(effect.guards, effect.span.line)
        + (" unreachable" if effect.is_unreachable else ""),
    ]


def _path(answer: PathAnswer, number: Mapping[str, int]) -> Json:
    return {
        "from": number.get(answer.source, -1),
        "to": number.get(answer.target, -1),
        "names": [answer.source, answer.target],
        "isPath": answer.is_path,
        "siblings": list(map(str, answer.siblings)),
        "callers": [number.get(caller, -1) for caller in answer.sibling_callers],
        "open": answer.open_sites,
    }


def _layout(layout: Any, number: Mapping[str, int]) -> Json:
    return [number.get(layout.function, -1), str(layout.anchor), str(layout.direction)]


def _sources(evidence: Evidence, graph: PageGraph, sources: Mapping[str, str]) -> dict[str, Json]:
    """Source of the functions nearest to the answer, as far as the page has room for it."""
    marked: dict[str, set[int]] = defaultdict(set)
    for edge in evidence.edges:
        marked[edge.caller].add(edge.line)
    for effect in evidence.effects:
        marked[effect.function].add(effect.span.line)
    near = distances(graph)
    order = sorted(
        (index for index, node in enumerate(graph.nodes) if node.function),
        key=lambda index: (near.get(index, len(graph.nodes)), graph.nodes[index].key),
    )
    left = _SOURCE_BYTES
    shown: dict[str, Json] = {}
    for index in order:
        node = graph.nodes[index]
        assert node.function is not None
        source = shown_source(
            node.function, sources.get(node.function.path), marked[node.key], room=left
        )
        if source is None:
            shown[str(index)] = 0
            continue
        left -= source.weight
        shown[str(index)] = _source(source)
    return {"noRoom": _NO_ROOM, "of": shown}


def _source(source: ShownSource) -> Json:
    if source.reason:
        return source.reason
    return [[part.first_line, part.text, part.runs] for part in source.parts]


def _table(columns: Sequence[str], rows: Sequence[Sequence[Json]]) -> Table:
    return {"columns": columns, "rows": rows}


def _visible(value: Json) -> Json:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(key): _visible(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_visible(each) for each in value]
    return value
