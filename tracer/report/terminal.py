"""An answer that fits a terminal, the answer first."""

from __future__ import annotations

from tracer.model.evidence import Evidence
from tracer.model.graph import EffectKind
from tracer.report.phrases import (
    artifact_phrase,
    command,
    path_phrase,
    state_phrases,
    tree_phrase,
    way_phrase,
)
from tracer.report.quoting import PLAIN, clipped, one_line
from tracer.report.sections import Section, fit
from tracer.report.view import (
    READS,
    WRITES,
    Names,
    Way,
    artifact_pairs,
    plural,
    verdict_counts,
    ways,
)

TERMINAL_LINES = 40
_LINE_CHARACTERS = 400


def render_terminal(evidence: Evidence) -> str:
    """Plain text of at most 40 lines, before wrapping: who produces, who consumes, what is open."""
    sections = _sections(evidence)
    foot = _foot(evidence)
    furniture = 1 + len(sections) + 1 + len(foot)
    lines = [clipped(f"{evidence.brief.question} ({evidence.brief.shape})", _LINE_CHARACTERS)]
    for part in fit(sections, TERMINAL_LINES - furniture):
        lines.append(f"{part.section.title}{part.cut}")
        lines.extend(f"  {clipped(item, _LINE_CHARACTERS)}" for item in part.shown)
    return "\n".join([*lines, "", *foot]) + "\n"


def _sections(evidence: Evidence) -> list[Section]:
    names = Names(evidence)
    no_chain = "no chain from an entry point to such a sink"
    order = "named by the question first, then archives"
    sections = [
        Section("WRITES", _phrases(ways(evidence, WRITES), names), no_chain, 5, order),
        Section("READS", _phrases(ways(evidence, READS), names), no_chain, 4, order),
    ]
    others = frozenset(EffectKind) - WRITES - READS
    if found := ways(evidence, others):
        sections.append(Section("OTHER EFFECTS", _phrases(found, names), no_chain, 2, order))
    optional = (
        ("ARTEFACTS", [artifact_phrase(pair, PLAIN) for pair in artifact_pairs(evidence)]),
        ("STATE", state_phrases(evidence, names, PLAIN)),
        ("PATHS", [path_phrase(answer, names, PLAIN) for answer in evidence.paths]),
        ("FINDINGS", [f"{finding.kind}: {finding.text}" for finding in evidence.findings]),
    )
    sections.extend(
        Section(title, tuple(map(one_line, items)), "", 2) for title, items in optional if items
    )
    unknowns = [
        f"{unknown.text}: {unknown.reason}"
        + (f" → {unknown.next_step}" if unknown.next_step else "")
        for unknown in evidence.unknowns
    ]
    nothing = "nothing stands in the evidence"
    sections.append(Section("UNKNOWN", tuple(map(one_line, unknowns)), nothing, 2))
    return sections


def _phrases(found: tuple[Way, ...], names: Names) -> tuple[str, ...]:
    return tuple(way_phrase(way, names, PLAIN) for way in found)


def _foot(evidence: Evidence) -> list[str]:
    totals = evidence.totals
    runs = [
        f"run {run.workload.name}: {command(run.workload)}, {plural(run.calls, 'call')}, "
        + ("complete" if run.is_complete else f"incomplete: {run.why_incomplete}")
        for run in evidence.runs[:2]
    ]
    if len(evidence.runs) > 2:
        runs.append(f"2 of {len(evidence.runs)} runs shown")
    if not evidence.runs:
        runs.append(f"no run: {evidence.why_no_run or 'the evidence gives no reason'}")
    return [
        *(clipped(line, _LINE_CHARACTERS) for line in runs),
        clipped(
            f"{plural(totals.shown_edges, 'edge')} shown: "
            f"{verdict_counts(evidence.edges) or 'none'}; {plural(totals.files, 'file')} read, "
            f"{totals.open_sites} of {plural(totals.call_sites, 'call site')} open",
            _LINE_CHARACTERS,
        ),
        tree_phrase(evidence.tree, PLAIN),
    ]
