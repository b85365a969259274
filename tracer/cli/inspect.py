"""`tracer inspect`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tracer.cli.options import json_option, quiet_option, tables_option
from tracer.cli.output import StageLines, print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.pipeline.inspect import InspectRequest, inspect
from tracer.report.artifact import render_artifact
from tracer.report.joined import render_join


@click.command("inspect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    help="A tree whose code writes or reads such files: members and keys are matched with lines.",
)
@click.option(
    "--brief",
    type=click.Path(path_type=Path),
    help="A brief: only the functions of its answer are asked (with --root).",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    help="A bundle: what its layouts and recordings say is asked, without reading sources.",
)
@click.option(
    "--formats",
    "formats",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table of formats of your own, beside the built-in one; may be repeated.",
)
@tables_option
@quiet_option
@json_option
def inspect_command(
    file: Path,
    root: Path | None,
    brief: Path | None,
    bundle: Path | None,
    formats: tuple[Path, ...],
    tables: tuple[Path, ...],
    quiet: bool,
    as_json: bool,
) -> int:
    """List what an archive, pickle or HDF5 FILE holds. Nothing in it is imported or run.

    With --root or --bundle, each member and key is matched with the line that writes it; exit
    status 1 tells that file and code contradict each other.
    """
    if brief is not None and root is None:
        raise click.UsageError("--brief: expected --root with it, the tree that the brief is about")
    request = InspectRequest(file, root, brief, bundle, formats, tables)
    joined = inspect(request, StageLines(is_quiet=quiet))
    status = CONTRADICTED if joined.contradictions else ANSWERED
    if as_json:
        data = asdict(joined) if request.has_code else asdict(joined.report)
        print_json(data, ok=status == ANSWERED, unknown=joined.unknown)
    else:
        text = render_artifact(joined.report)
        print_text(text + "\n" + render_join(joined) if request.has_code else text)
    return status
