"""`tracer contrast`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracer.bundle.codec import encode
from tracer.cli.options import json_option, quiet_option, tables_option
from tracer.cli.output import StageLines, print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.pipeline.contrast import ContrastRequest, contrast_two
from tracer.pipeline.writing import write_text
from tracer.report.contrast import render_contrast, render_contrast_markdown


@click.command("contrast")
@click.argument("a")
@click.argument("b")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    show_default="the current folder; for a bundle, none",
    help="The tree of A, and of B too unless --root-b names another.",
)
@click.option("--root-b", type=click.Path(path_type=Path), help="The tree of B.")
@click.option(
    "--hint",
    "hints",
    multiple=True,
    help="A word: of the path, where several functions bear a name; of the answer, for briefs.",
)
@click.option(
    "--touchpoints",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table of touchpoints of your own, beside the built-in one; may be repeated.",
)
@click.option(
    "-o", "output", type=click.Path(path_type=Path), help="Markdown into a file, not to stdout."
)
@tables_option
@json_option
@quiet_option
def contrast_command(
    a: str,
    b: str,
    root: Path | None,
    root_b: Path | None,
    hints: tuple[str, ...],
    touchpoints: tuple[Path, ...],
    output: Path | None,
    tables: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare two implementations touchpoint by touchpoint, and say what B lacks.

    A and B are each one or several entry points (`path::function` or dotted, separated by commas),
    the file of a brief, or the folder of a bundle. Nothing is run. Exit status: 0 answered,
    whatever differs; 1 one side does not agree with itself (it reads what it never writes, or
    writes what it never reads).
    """
    lines = StageLines(is_quiet=quiet or as_json)
    request = ContrastRequest(a, b, root, root_b, hints, tables, touchpoints)
    try:
        found = contrast_two(request, lines)
    finally:
        lines.close()
    if output is not None:
        write_text(output, render_contrast_markdown(found))
    if as_json:
        unknown = [
            {"what": each.text, "reason": "reading cannot decide it", "next": each.next_step}
            for each in found.questions
        ]
        print_json(
            json.loads(encode(found)),
            ok=not found.contradicts,
            unknown=unknown,
            truncated=found.limits,
            staleness={"tree_a": found.a.tree, "tree_b": found.b.tree},
        )
    elif output is None:
        print_text(render_contrast(found))
    return CONTRADICTED if found.contradicts else ANSWERED
