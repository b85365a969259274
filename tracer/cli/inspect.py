"""`tracer inspect`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tracer.artifacts.inspection import inspect_artifact
from tracer.cli.options import json_option
from tracer.cli.output import print_json, print_text
from tracer.cli.status import ANSWERED
from tracer.report.artifact import render_artifact
from tracer.tables.formats import load_formats


@click.command("inspect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--formats",
    "formats",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table of formats of your own, beside the built-in one; may be repeated.",
)
@json_option
def inspect_command(file: Path, formats: tuple[Path, ...], as_json: bool) -> int:
    """List what an archive, pickle or HDF5 FILE holds. Nothing in it is imported or run."""
    report = inspect_artifact(file, table=load_formats(formats))
    if as_json:
        print_json(asdict(report), ok=True)
    else:
        print_text(render_artifact(report))
    return ANSWERED
