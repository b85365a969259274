"""What the page's panes say besides the graph: chains, artefacts, taps, runs, memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracer.model.evidence import Evidence, ReconciledEdge, Run, StateChange
from tracer.model.executed import executed_text, tests_text
from tracer.model.graph import Effect
from tracer.model.source import qualname_of
from tracer.report.artifact_pairs import artifact_pairs
from tracer.report.conditions import guards_text
from tracer.report.joined import told
from tracer.report.memory import contradiction_line, document_lines, earlier_lines
from tracer.report.names import Names
from tracer.report.phrases import command, sinks_phrase
from tracer.report.quoting import PLAIN, Style, one_line
from tracer.report.stops import WayVerdicts
from tracer.report.strength import effects_with_verdicts
from tracer.report.ways import ways

Json = Any

_SPANS = Style(lambda text: f"`{one_line(text)}`", one_line)  # as the page's script reads texts


def table(columns: Sequence[str], rows: Sequence[Sequence[Json]]) -> dict[str, Json]:
    """Rows of values, their names once."""
    return {"columns": columns, "rows": rows}


def chains(evidence: Evidence, number: Mapping[str, int], names: Names) -> list[Json]:
    """Ways to sinks, the most relevant first."""
    verdicts = WayVerdicts(evidence)
    return [
        {
            "steps": [
                number[step]
                for step in (way.trunk.entry, *(hop.callee for hop in way.trunk.hops))
                if step in number
            ],
            "sinks": sinks_phrase(way.trunk.sinks, PLAIN),
            "verdict": str(way.trunk.verdict),
            "stop": verdicts.phrase(way.trunk, names, _SPANS, ""),
            "others": way.other_ways,
            "also": [number[entry] for entry in way.other_entries if entry in number],
        }
        for way in ways(evidence)
    ]


def effects(evidence: Evidence, number: Mapping[str, int]) -> dict[str, Json]:
    """What the answer does to the world, with what became of each line."""
    return table(
        ("node", "line", "kind", "operation", "subject", "payload", "keys", "under", "verdict"),
        [
            [
                number.get(effect.function, -1),
                effect.span.line,
                *_effect(effect),
                str(verdict),
            ]
            for effect, verdict in effects_with_verdicts(evidence)
        ],
    )


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


def seen_effects(evidence: Evidence, number: Mapping[str, int]) -> dict[str, Json]:
    """What runs were seen to do that reading had not told."""
    return table(
        ("node", "line", "kind", "operation", "subject", "what", "times", "through", "cause"),
        [
            [
                number.get(each.function, -1), each.line, each.kind, each.operation, each.subject,
                ", ".join(filter(None, (each.payload, *each.keys, each.part))),
                each.times, each.through, each.cause,
            ]
            for each in evidence.seen_effects
            if each.read_as is None
        ],
    )  # fmt: skip


def state_changes(evidence: Evidence) -> dict[str, Json]:
    """What runs changed of the watched state: subject, line, callers, keys with values."""
    return table(
        ("subject", "place", "callers", "keys", "times", "order", "how", "verdict", "run"),
        [
            [
                change.subject,
                str(change.anchor) if change.anchor else change.writer or "outside the namespace",
                list(map(str, change.callers)),
                [[key.key, key.change, key.old, key.new, key.times] for key in change.keys],
                change.times, change.order, _how(change), str(change.verdict), change.workload,
            ]
            for change in evidence.state_changes
        ],
    )  # fmt: skip


def _how(change: StateChange) -> str:
    until = f", or a later line before {change.until}" if change.until else ""
    writer = f" by {change.writer}" if change.writer and change.anchor else ""
    return f"{change.how}{until}{writer}"


def artifacts(evidence: Evidence, number: Mapping[str, int]) -> list[Json]:
    """Archives and files as the code names them, both sides, member by member."""
    return [
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
            "unknown": [f"{qualname_of(function)}: {text}" for function, text in pair.unknown],
        }
        for pair in artifact_pairs(evidence)
    ]


def _layout(layout: Any, number: Mapping[str, int]) -> Json:
    return [number.get(layout.function, -1), str(layout.anchor), str(layout.direction)]


def found_artifacts(evidence: Evidence) -> list[Json]:
    """Files that runs left, beside what the code says of them."""
    return [
        {
            "path": each.path,
            "run": each.workload,
            "matches": [
                [
                    match.member, match.key, str(match.verdict), told(match),
                    match.verdict.contradicts,
                ]
                for match in each.matches
            ],
            "unknown": list(each.unknown),
        }
        for each in evidence.artifacts
    ]  # fmt: skip


def taps(evidence: Evidence) -> dict[str, Json]:
    """Values read in live frames, with what was claimed of them."""
    stood_in = {run.workload.name for run in evidence.runs if run.stand_ins is not None}
    return table(
        (
            "key", "purpose", "function", "place", "moment", "expression", "expected",
            "outcome", "observed", "unit", "detail", "underStandIns",
        ),
        [
            [
                result.tap.key, result.tap.purpose, result.tap.function,
                f"{result.tap.path}:{result.tap.line}", str(result.tap.moment),
                result.tap.expression, result.tap.expected, result.outcome,
                result.observed, result.tap.unit, result.detail, result.workload in stood_in,
            ]
            for result in evidence.taps
        ],
    )  # fmt: skip


def runs(evidence: Evidence) -> list[Json]:
    """Name, command, calls, state, stand-ins."""
    return [
        [
            run.workload.name,
            command(run.workload),
            run.calls,
            _state(run),
            ", ".join(run.stand_ins.modules) if run.stand_ins else "",
        ]
        for run in evidence.runs
    ]


def _state(run: Run) -> str:
    if run.executed is not None:
        return f"executed ({executed_text(run.executed)}): lines alone are known"
    return "complete" if run.is_complete else f"incomplete: {run.why_incomplete}"


def memory(evidence: Evidence) -> dict[str, Json]:
    """What earlier bundles and the brief's ledgers say, in sentences."""
    found = evidence.memory
    return {
        "earlier": [] if found is None else list(earlier_lines(found, PLAIN)),
        "contradictions": []
        if found is None
        else [contradiction_line(each, PLAIN) for each in found.contradictions],
        "documents": list(document_lines(evidence.ledgers, PLAIN)),
    }


def edge_row(edge: ReconciledEdge) -> list[Json]:
    """Line, verdict, how found, calls, first seen as, through, notes, why; no blanks at the end."""
    notes = [
        edge.cause,
        f"under {guards_text(edge.guards, edge.line)}" if edge.guards else "",
        str(edge.kind) if edge.kind != "call" else "",
        f"seen by {edge.seen_by}" if edge.seen_by and edge.seen_by != "call" else "",
        tests_text(edge) if edge.tests else "",
        "unreachable" if edge.is_unreachable else "",
    ]
    row: list[Json] = [
        edge.line,
        str(edge.verdict),
        f"{edge.tier} {edge.sure}" if edge.tier else "",
        0 if edge.is_at_least else edge.calls,
        edge.order if edge.order is not None else "",
        edge.through or "",
        "; ".join(filter(None, notes)),
        edge.why,
    ]
    while len(row) > 4 and row[-1] == "":
        row.pop()
    return row
