"""`tracer run`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from tracer.cli.options import (
    budget_option,
    comma_separated,
    json_option,
    launch_options,
    python_option,
    quiet_option,
    recipes_option,
    reports_option,
    root_option,
    stand_in_option,
    tables_option,
)
from tracer.cli.output import StageLines, print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED, STOPPED
from tracer.cli.values import staleness, unknowns
from tracer.dynamic.interpreter import check_interpreter
from tracer.model.evidence import Evidence
from tracer.model.verification import Verification
from tracer.pipeline.launching import Launch
from tracer.pipeline.run import BundleRequest, BundleResult, run_brief
from tracer.pipeline.workloads import RunRequest
from tracer.report.dry_run import render_launch, render_plan
from tracer.verify.card import make_card


@click.command("run")
@click.argument("brief", type=click.Path(path_type=Path))
@root_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where the bundle goes; default reports/<initiative>/<UTC timestamp>.",
)
@click.option("--force", is_flag=True, help="Replace the bundles in a non-empty --out as a whole.")
@click.option(
    "--flat", is_flag=True, help="Write to --out itself, not to the folder that the brief names."
)
@reports_option
@click.option(
    "--unless-answered",
    is_flag=True,
    help="Stop where an earlier bundle answers the same question with the same scope and runs, and "
    "every anchor of it holds on this tree: print that bundle, write none.",
)
@python_option
@click.option(
    "--workload",
    "workloads",
    multiple=True,
    help="A run of the target: 'SCRIPT ARGS', '-m MODULE ARGS', or auto (the default); may be "
    "repeated.",
)
@click.option(
    "--recording",
    "recordings",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A folder with a recording made elsewhere; may be repeated.",
)
@click.option(
    "--coverage",
    "coverage",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="A data file of coverage.py (.coverage): which lines ran, by which tests; nothing is run "
    "then, unless --workload asks for it; may be repeated.",
)
@click.option("--no-dynamic", is_flag=True, help="Run nothing.")
@click.option(
    "--cwd",
    type=click.Path(path_type=Path),
    help="Where the target runs; default a scratch folder.",
)
@stand_in_option
@recipes_option
@budget_option
@launch_options
@click.option("--dry-run", is_flag=True, help="Say what would be run and written; do neither.")
@tables_option
@json_option
@quiet_option
def run_command(
    brief: Path,
    root: Path,
    out: Path | None,
    force: bool,
    flat: bool,
    reports: Path | None,
    unless_answered: bool,
    python: Path | None,
    workloads: tuple[str, ...],
    recordings: tuple[Path, ...],
    coverage: tuple[Path, ...],
    no_dynamic: bool,
    cwd: Path | None,
    stand_ins: tuple[str, ...],
    recipes: tuple[Path, ...],
    time_budget_s: float | None,
    launch: Launch,
    dry_run: bool,
    tables: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Answer BRIEF (Markdown or YAML) with a bundle of checked evidence.

    Earlier answers are told first: of the folder that --reports names, else of `reports` where the
    bundle goes there.
    """
    runs = RunRequest(
        python=python or Path(sys.executable),
        workloads=workloads,
        recordings=recordings,
        coverage=coverage,
        is_off=no_dynamic,
        time_budget_s=time_budget_s,
        cwd=cwd,
        launch=launch,
        stand_ins=comma_separated(stand_ins),
        recipes=recipes,
    )
    request = BundleRequest(root, out, force, tables, runs, dry_run, flat, reports, unless_answered)
    lines = StageLines(is_quiet=quiet)
    try:
        result = run_brief(brief, request, lines)
    finally:
        lines.close()
    status = _status(result)
    if as_json:
        print_json(
            _data(result, result.evidence, result.verification),
            ok=status == ANSWERED,
            unknown=unknowns(result.evidence),
            truncated=result.evidence.totals.limits,
            staleness=staleness(result.evidence),
        )
    elif result.was_answered:
        print_text(f"answered before, and still valid: nothing was made\nbundle   {result.folder}")
    elif result.folder is None:
        print_text(render_plan(result.evidence))
        for plan in result.plans:
            interpreter = check_interpreter(runs.python)
            launched = render_launch(plan, interpreter.executable, interpreter.version)
            print_text(f"\nrun {plan.workload.name}\n{launched}")
    else:
        recheck = f"tracer verify {result.folder} --root {root}"
        print_text(make_card(result.evidence, result.verification, recheck=recheck))
        print_text(f"bundle   {result.folder}")
    return status


def _status(result: BundleResult) -> int:
    if result.was_stopped:
        return STOPPED
    return ANSWERED if result.verification.is_good else CONTRADICTED


def _data(
    result: BundleResult, evidence: Evidence, verification: Verification
) -> dict[str, object]:
    verdicts: dict[str, int] = {}
    for edge in evidence.edges:
        verdicts[edge.verdict.value] = verdicts.get(edge.verdict.value, 0) + 1
    return {
        "bundle": str(result.folder) if result.folder else None,
        "was_answered": result.was_answered,
        "earlier": [asdict(each) for each in evidence.memory.earlier] if evidence.memory else [],
        "question": evidence.brief.question,
        "entry_points": list(evidence.entry_points),
        "edges": dict(sorted(verdicts.items())),
        "claims": len(verification.claims),
        "refused": sum(claim.verdict.is_bad for claim in verification.claims),
        "runs": [
            {
                "workload": run.workload.name,
                "argv": list(run.workload.argv),
                "exit_status": run.exit_status,
                "complete": run.is_complete,
            }
            for run in evidence.runs
        ],
        "why_no_run": evidence.why_no_run,
        "planned": [
            {
                "workload": plan.workload.name,
                "argv": list(plan.workload.argv),
                "cwd": plan.workload.cwd,
                "namespaces": list(plan.namespaces),
                "time_budget_s": plan.time_budget_s,
                "presets": list(plan.presets),
                "environment": dict(plan.environment),
                "memory_limit": plan.memory_limit,
                "log_limit": plan.log_limit,
            }
            for plan in result.plans
        ],
    }
