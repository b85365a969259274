"""`tracer ask`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.options import (
    json_option,
    quiet_option,
    reports_option,
    root_option,
    tables_option,
)
from tracer.cli.output import StageLines, print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.cli.values import evidence_data, staleness, unknowns
from tracer.pipeline.ask import Question, ask
from tracer.report.terminal import render_terminal


@click.command("ask")
@click.argument("question")
@root_option
@click.option("--hint", "hints", multiple=True, help="A word that the answer has to do with.")
@click.option("--namespace", "namespaces", multiple=True, help="A package that the answer is in.")
@reports_option
@tables_option
@json_option
@quiet_option
def ask_command(
    question: str,
    root: Path,
    hints: tuple[str, ...],
    namespaces: tuple[str, ...],
    reports: Path | None,
    tables: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Answer QUESTION from the sources alone, on the terminal. Runs and writes nothing.

    Earlier bundles are looked for in `reports`, unless --reports names another folder.
    """
    lines = StageLines(is_quiet=quiet or as_json)
    try:
        asked = Question(question, root, hints, namespaces, tables, reports or Path("reports"))
        evidence, verification = ask(asked, lines)
    finally:
        lines.close()
    if as_json:
        print_json(
            evidence_data(evidence),
            ok=verification.is_good,
            unknown=unknowns(evidence),
            truncated=evidence.totals.limits,
            staleness=staleness(evidence),
        )
    else:
        print_text(render_terminal(evidence))
    return ANSWERED if verification.is_good else CONTRADICTED
