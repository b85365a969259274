"""`tracer callgraph`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.options import quiet_option, root_option, tables_option
from tracer.cli.output import StageLines, print_text
from tracer.cli.status import ANSWERED
from tracer.model.graph import Tier
from tracer.pipeline.callgraph import FORMS, callgraph


def _tiers(context: click.Context, parameter: click.Parameter, value: str) -> frozenset[Tier]:
    del context, parameter
    names = [name.strip() for name in value.split(",") if name.strip()]
    if names == ["all"]:
        return frozenset(Tier)
    known = [tier.value for tier in Tier]
    for name in names:
        if name not in known:
            raise click.BadParameter(f"{name!r}: expected `all`, or some of {', '.join(known)}")
    return frozenset(map(Tier, names))


@click.command("callgraph")
@click.argument("paths", nargs=-1)
@root_option
@click.option(
    "--entry",
    "entries",
    multiple=True,
    metavar="FUNC",
    help="Only what FUNC leads to: `path::function`, or dotted; may be repeated.",
)
@click.option("--format", "form", type=click.Choice(sorted(FORMS)), default="json")
@click.option("-o", "output", type=click.Path(path_type=Path), help="A file instead of stdout.")
@click.option(
    "--tiers",
    default="definite,type,flow",
    show_default=True,
    callback=_tiers,
    metavar="LIST|all",
    help="How callees may be found; `duck` and `name` are guesses, marked as such.",
)
@click.option(
    "--context",
    multiple=True,
    metavar="PATH",
    help="Tests and scripts that are read for the values they pass; may be repeated.",
)
@tables_option
@quiet_option
def callgraph_command(
    paths: tuple[str, ...],
    root: Path,
    entries: tuple[str, ...],
    form: str,
    output: Path | None,
    tiers: frozenset[Tier],
    context: tuple[str, ...],
    tables: tuple[Path, ...],
    quiet: bool,
) -> int:
    """Print the static call graph of the tree, or of the functions in PATHS.

    A PATH is a file or folder below the root, or @FILE with one path a line.
    """
    lines = StageLines(is_quiet=quiet)
    try:
        text = callgraph(root, paths, form, tables, output, lines, tiers, context, entries)
    finally:
        lines.close()
    if output is None:
        print_text(text)
    return ANSWERED
