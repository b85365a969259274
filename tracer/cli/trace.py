"""`tracer trace`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracer.cli.options import budget_option, python_option, root_option
from tracer.model.plan import BACKENDS
from tracer.pipeline.trace import TraceRequest, trace


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
@click.option("--tap", "taps", multiple=True, help="KEY=EXPR@PATH:LINE, or @PATH::FUNC:entry.")
@click.option(
    "--watch",
    "watched",
    multiple=True,
    metavar="MODULE:NAME",
    help="Tell every change of this object, as in pkg.params:cfg or pkg.mod:Class.attr.",
)
@python_option
@budget_option
@click.option(
    "--outside",
    "outside_tables",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table of what libraries put in between, beside the built-in one; may be repeated.",
)
@click.option("--cwd", type=click.Path(path_type=Path), help="Where the target runs.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
def trace_command(
    root: Path,
    namespaces: tuple[str, ...],
    mode: str,
    backend: str,
    taps: tuple[str, ...],
    watched: tuple[str, ...],
    python: Path | None,
    time_budget_s: float | None,
    outside_tables: tuple[Path, ...],
    cwd: Path | None,
    out: Path,
    command: tuple[str, ...],
) -> int:
    """Run a program under the probe: tracer trace -o OUT -- SCRIPT ARGS, or -- -m MODULE ARGS.

    Exits as the program does, and prints nothing of its own unless in trouble. OUT gets
    edges.json; with the tree, callgraph/dynamic.txt, and trace.json for Perfetto.
    """
    names = tuple(part for name in namespaces for part in name.split(",") if part)
    return trace(
        TraceRequest(
            root=root,
            command=command,
            out=out,
            namespaces=names,
            mode=mode,
            backend=backend,
            taps=taps,
            watched=watched,
            python=python or Path(sys.executable),
            time_budget_s=time_budget_s,
            cwd=cwd,
            outside_tables=outside_tables,
        )
    )
