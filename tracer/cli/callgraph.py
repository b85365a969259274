"""`tracer callgraph`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.options import quiet_option, root_option, tables_option
from tracer.cli.output import StageLines, print_text
from tracer.cli.status import ANSWERED
from tracer.pipeline.callgraph import callgraph
from tracer.report.exports import FORMATS


@click.command("callgraph")
@click.argument("paths", nargs=-1)
@root_option
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="json")
@click.option("-o", "output", type=click.Path(path_type=Path), help="A file instead of stdout.")
@tables_option
@quiet_option
def callgraph_command(
    paths: tuple[str, ...],
    root: Path,
    form: str,
    output: Path | None,
    tables: tuple[Path, ...],
    quiet: bool,
) -> int:
    """Print the static call graph of the tree, or of the functions in PATHS.

    A PATH is a file or folder below the root, or @FILE with one path a line.
    """
    lines = StageLines(is_quiet=quiet)
    try:
        text = callgraph(root, paths, form, tables, output, lines)
    finally:
        lines.close()
    if output is None:
        print_text(text)
    return ANSWERED
