"""`tracer trace`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracer.cli.options import (
    budget_option,
    comma_separated,
    launch_options,
    python_option,
    recipes_option,
    root_option,
    stand_in_option,
    tables_option,
)
from tracer.cli.output import print_text, print_trouble
from tracer.cli.status import ANSWERED
from tracer.model.plan import BACKENDS
from tracer.pipeline.launching import Launch
from tracer.pipeline.trace import TraceRequest, plan_trace, trace
from tracer.report.dry_run import render_launch


@click.command("trace", context_settings={"ignore_unknown_options": True})
@root_option
@click.option(
    "--namespace",
    "namespaces",
    multiple=True,
    help="A package to record, with what is below it; may be repeated or comma-separated.",
)
@click.option("--mode", type=click.Choice(["edges", "tree"]), default="tree")
@click.option(
    "--backend",
    type=click.Choice(BACKENDS),
    default="auto",
    show_default=True,
    help="How to hear of calls; auto: monitoring from Python 3.12 on, else settrace.",
)
@click.option(
    "--tap",
    "taps",
    multiple=True,
    help="KEY=EXPR@PATH:LINE[:before], or @PATH::FUNC:entry|return; may end in ~ '== 18 [mm]'.",
)
@click.option(
    "--taps",
    "tap_files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Taps of a bundle, a tap_points.md or a plan in JSON.",
)
@click.option(
    "--expect",
    "expectations",
    type=(str, str),
    multiple=True,
    metavar="KEY TEXT",
    help="What a tap should read: '== 18', '> 20', 'shape == (64, 64)', '== 0.5 ± 1e-6'.",
)
@click.option(
    "--allow-calls",
    "may_call",
    is_flag=True,
    help="Let taps run code of the program: properties, calls, __getattr__; labelled so.",
)
@click.option(
    "--arrays",
    "arrays_tables",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table of arrays whose shape taps can read, beside the built-in one; may be repeated.",
)
@click.option(
    "--watch",
    "watched",
    multiple=True,
    metavar="MODULE:NAME",
    help="Tell every change of this object, as in pkg.params:cfg or pkg.mod:Class.attr.",
)
@tables_option
@python_option
@stand_in_option
@recipes_option
@budget_option
@click.option(
    "--outside",
    "outside_tables",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table of what libraries put in between, beside the built-in one; may be repeated.",
)
@click.option("--cwd", type=click.Path(path_type=Path), help="Where the target runs.")
@click.option(
    "--children", is_flag=True, help="Record the Python processes that the program starts, too."
)
@launch_options
@click.option("--dry-run", is_flag=True, help="Say what would be run; run and write nothing.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Where the recording goes.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
def trace_command(
    root: Path,
    namespaces: tuple[str, ...],
    mode: str,
    backend: str,
    taps: tuple[str, ...],
    watched: tuple[str, ...],
    tap_files: tuple[Path, ...],
    expectations: tuple[tuple[str, str], ...],
    may_call: bool,
    arrays_tables: tuple[Path, ...],
    tables: tuple[Path, ...],
    python: Path | None,
    stand_ins: tuple[str, ...],
    recipes: tuple[Path, ...],
    time_budget_s: float | None,
    outside_tables: tuple[Path, ...],
    cwd: Path | None,
    children: bool,
    launch: Launch,
    dry_run: bool,
    out: Path | None,
    command: tuple[str, ...],
) -> int:
    """Run a program under the probe: tracer trace -o OUT -- SCRIPT ARGS, or -- -m MODULE ARGS.

    Options of the interpreter stand before the program, as ever: -- -X dev SCRIPT ARGS; - is a
    program on standard input. Exits as the program does, and prints nothing of its own unless in
    trouble. OUT gets edges.json; with the tree, callgraph/dynamic.txt, and trace.json for Perfetto.
    """
    if out is None and not dry_run:
        raise click.UsageError("Missing option '-o' / '--out'.")
    request = TraceRequest(
        root=root,
        command=command,
        out=out or Path(),
        namespaces=comma_separated(namespaces),
        mode=mode,
        backend=backend,
        taps=taps,
        tap_files=tap_files,
        expectations=expectations,
        may_call=may_call,
        arrays_tables=arrays_tables,
        outside_tables=outside_tables,
        watched=watched,
        python=python or Path(sys.executable),
        time_budget_s=time_budget_s,
        cwd=cwd,
        follows_children=children,
        launch=launch,
        tables=tables,
        stand_ins=comma_separated(stand_ins),
        recipes=recipes,
    )
    if dry_run:
        plan, interpreter = plan_trace(request)
        print_text(render_launch(plan, interpreter.executable, interpreter.version))
        return ANSWERED
    return trace(request, print_trouble)
