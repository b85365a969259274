"""A reports folder for the terminal: a table, then what does not hold and what contradicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tracer.model.evidence import EdgeVerdict, Evidence
from tracer.model.memory import Standing
from tracer.model.reports import Reports, ReportsRow
from tracer.report.counted import plural
from tracer.report.memory import contradiction_line, validity_phrase
from tracer.report.quoting import PLAIN, clipped, one_line

_HEAD = ("standing", "edges", "claims", "commit", "initiative", "bundle", "question")
_QUESTION_CHARACTERS = 60
_COMMIT_CHARACTERS = 12


def render_reports(reports: Reports) -> str:
    """One line a bundle, in the order of the folders; then the reasons, those of doubt last."""
    lines = [_headline(reports), ""]
    if reports.rows:
        lines += _table([_HEAD, *(_cells(row) for row in reports.rows)])
    for row in sorted(reports.rows, key=lambda each: _standing(each) != Standing.NO_LONGER):
        lines += _reasons(row)
    if reports.contradictions:
        lines += ["", f"contradictions: {len(reports.contradictions)}"]
        lines += [f"  {contradiction_line(each, PLAIN)}" for each in reports.contradictions]
    if reports.broken:
        lines += ["", "not read"]
        lines += [f"  {one_line(name)}: {one_line(why)}" for name, why in reports.broken]
    return "\n".join(lines).rstrip() + "\n"


def edge_counts(evidence: Evidence) -> dict[str, int]:
    """Edges by verdict, the strongest first."""
    counts = Counter(edge.verdict for edge in evidence.edges)
    return {str(each): counts[each] for each in EdgeVerdict if counts[each]}


def _headline(reports: Reports) -> str:
    standings = Counter(map(_standing, reports.rows))
    parts = [plural(len(reports.rows), "bundle")]
    parts += [
        f"{standings[each]} {each}" for each in (*map(str, Standing), _UNCHECKED) if standings[each]
    ]
    if reports.contradictions:
        parts.append(plural(len(reports.contradictions), "contradiction"))
    if reports.broken:
        parts.append(f"{plural(len(reports.broken), 'folder')} not read")
    return ", ".join(parts)


_UNCHECKED = "not checked"


def _standing(row: ReportsRow) -> str:
    return str(row.validity.standing) if row.validity else _UNCHECKED


def _cells(row: ReportsRow) -> tuple[str, ...]:
    evidence = row.evidence
    counts = edge_counts(evidence)
    seen = counts.get(str(EdgeVerdict.CONFIRMED), 0)
    wrong = "not known" if row.wrong_claims is None else f"{row.wrong_claims} wrong"
    return (
        _standing(row),
        f"{seen} of {len(evidence.edges)} confirmed",
        wrong,
        evidence.tree.commit[:_COMMIT_CHARACTERS] or "-",
        one_line(evidence.brief.initiative_id) or "-",
        one_line(row.bundle),
        clipped(evidence.brief.question, _QUESTION_CHARACTERS),
    )


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _reasons(row: ReportsRow) -> list[str]:
    """What a reader must know besides the table's line."""
    lines = []
    if row.validity is not None:
        lines.append(f"  {validity_phrase(row.validity, PLAIN)}")
        lines += [f"  {one_line(note)}" for note in row.validity.notes]
    if row.premises:
        lines.append(f"  under: {'; '.join(map(one_line, row.premises))}")
    edges = ", ".join(f"{count} {verdict}" for verdict, count in edge_counts(row.evidence).items())
    lines.append(f"  edges: {edges or 'none'}")
    if row.referenced:
        lines.append(f"  referred to at {', '.join(map(one_line, row.referenced))}")
    elif row.ledgers:
        lines.append(f"  not referred to by {', '.join(map(one_line, row.ledgers))}")
    return ["", one_line(row.bundle), *lines]
