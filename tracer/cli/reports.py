"""`tracer reports`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tracer.cli.options import json_option, root_option
from tracer.cli.output import print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.model.reports import Reports, ReportsRow
from tracer.pipeline.memory import reports_of
from tracer.report.reports import edge_counts, render_reports


@click.command("reports")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("reports"))
@root_option
@json_option
def reports_command(folder: Path, root: Path, as_json: bool) -> int:
    """List the bundles below FOLDER, whether each still holds on --root, and what contradicts.

    An answer holds as long as its anchors do, whatever else changed. Exit status: 1 where bundles
    contradict each other.
    """
    reports = reports_of(folder, root)
    is_consistent = not reports.contradictions
    if as_json:
        print_json(_data(reports), ok=is_consistent)
    else:
        print_text(render_reports(reports))
    return ANSWERED if is_consistent else CONTRADICTED


def _data(reports: Reports) -> dict[str, Any]:
    return {
        "bundles": [_row(row) for row in reports.rows],
        "contradictions": [asdict(each) for each in reports.contradictions],
        "broken": [{"folder": name, "problem": why} for name, why in reports.broken],
    }


def _row(row: ReportsRow) -> dict[str, Any]:
    evidence = row.evidence
    return {
        "bundle": row.bundle,
        "initiative_id": evidence.brief.initiative_id,
        "question": evidence.brief.question,
        "commit": evidence.tree.commit or None,
        "tree": evidence.tree.digest,
        "tool_version": evidence.tool_version,
        "edges": edge_counts(evidence),
        "wrong_claims": row.wrong_claims,
        "validity": asdict(row.validity) if row.validity else None,
        "premises": list(row.premises),
        "ledgers": list(row.ledgers),
        "referenced": list(row.referenced),
    }
