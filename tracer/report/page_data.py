"""What the page embeds: the evidence as plain tables, so that 1 300 functions stay small."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from tracer.model.evidence import Evidence, PathAnswer
from tracer.model.source import FunctionKind
from tracer.report import page_facts as facts
from tracer.report.conditions import hidden_inputs
from tracer.report.highlight import ShownSource, shown_source
from tracer.report.layout import COLUMN_GAP, ROW_GAP, WAY_HEIGHT, box_size
from tracer.report.names import Names
from tracer.report.page_graph import PageGraph, PageLink, PageNode
from tracer.report.page_labels import middle_cut, two_lines
from tracer.report.page_tree import call_trees
from tracer.report.phrases import tree_phrase
from tracer.report.quoting import PLAIN, visible
from tracer.report.strength import verdict_counts

PAGE_SCHEMA = "tracer/page/2"
_SOURCE_BYTES = 900_000
_NO_ROOM = "left out, since the page's room for source is used up by functions nearer to the answer"

Json = Any


def page_data(
    evidence: Evidence,
    graph: PageGraph,
    sources: Mapping[str, str],
    card: str,
    trees: Sequence[str] = (),
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
        "counts": verdict_counts(evidence.edges),
        "limits": evidence.totals.limits,
        "first": graph.first,
        "entries": graph.entries,
        "nodes": _nodes(graph),
        "modules": facts.table(("path", "owner", "label", "width", "height"), _modules(graph)),
        "links": facts.table(
            ("from", "to", "verdict", "sites", "effects"),
            [_link(link) for link in graph.links],
        ),
        "sources": _sources(evidence, graph, sources),
        "chains": facts.chains(evidence, number, Names(evidence)),
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
        "effects": facts.effects(evidence, number),
        "seenEffects": facts.seen_effects(evidence, number),
        "stateChanges": facts.state_changes(evidence),
        "artifacts": facts.artifacts(evidence, number),
        "foundArtifacts": facts.found_artifacts(evidence),
        "taps": facts.taps(evidence),
        "open": facts.table(
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
        "runs": facts.runs(evidence),
        "whyNoRun": "" if evidence.runs else evidence.why_no_run or "no reason is given",
        "trees": call_trees(trees, graph),
        "memory": facts.memory(evidence),
    }
    shown: dict[str, Json] = _visible(data)
    return shown


def _nodes(graph: PageGraph) -> dict[str, Json]:
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
            node.effects,
        ]
        for index, node in enumerate(graph.nodes)
    ]
    columns = (
        "key", "kind", "owner", "label", "detail", "name", "short", "path", "line", "end",
        "summary", "parameters", "layer", "order", "width", "height", "effects",
    )  # fmt: skip
    return facts.table(columns, rows)


def _definition(node: PageNode) -> list[Json]:
    function = node.function
    if function is None:
        return ["", 0, 0, "", None]
    has_parameters = function.kind not in (FunctionKind.MODULE, FunctionKind.CLASS_BODY)
    return [
        function.path,
        function.def_line,
        function.end_line,
        function.summary,
        ", ".join(function.parameters) if has_parameters else None,
    ]


def _link(link: PageLink) -> list[Json]:
    return [
        link.caller,
        link.callee,
        str(link.verdict or ""),
        [facts.edge_row(edge) for edge in link.edges],
        [[effect.span.line, str(effect.kind), effect.operation] for effect in link.effects],
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


def _sources(evidence: Evidence, graph: PageGraph, sources: Mapping[str, str]) -> dict[str, Json]:
    """Source of the functions nearest to the answer, as far as the page has room for it."""
    marked: dict[str, set[int]] = defaultdict(set)
    for edge in evidence.edges:
        marked[edge.caller].add(edge.line)
    for effect in evidence.effects:
        marked[effect.function].add(effect.span.line)
    near = _distances(graph)
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


def _modules(graph: PageGraph) -> list[tuple[str, str, str, int, int]]:
    """For each file with functions: path, owner, label, width, height of the box that folds it."""
    paths = sorted({node.function.path for node in graph.nodes if node.function})
    boxes = []
    for path in paths:
        folder, _, name = path.rpartition("/")
        owner, label = middle_cut(folder), two_lines(middle_cut(name))
        boxes.append((path, owner, label, *box_size(owner, label, "000 functions")))
    return boxes


def _distances(graph: PageGraph) -> dict[int, int]:
    """Links to each node from what is shown first, in either direction."""
    near: dict[int, list[int]] = defaultdict(list)
    for link in graph.links:
        near[link.caller].append(link.callee)
        near[link.callee].append(link.caller)
    found = dict.fromkeys((*graph.entries, *graph.first), 0)
    queue = deque(found)
    while queue:
        node = queue.popleft()
        for other in near[node]:
            if other not in found:
                found[other] = found[node] + 1
                queue.append(other)
    return found


def _source(source: ShownSource) -> Json:
    if source.reason:
        return source.reason
    return [[part.first_line, part.text, part.runs] for part in source.parts]


def _visible(value: Json) -> Json:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(key): _visible(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_visible(each) for each in value]
    return value
