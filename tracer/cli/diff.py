"""`tracer diff`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tracer.cli.options import json_option
from tracer.cli.output import print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.pipeline.diff import diff
from tracer.report.difference import render_difference


@click.command("diff")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option(
    "--rtol",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="How far numbers read by taps may be apart, relative to those of B.",
)
@click.option(
    "--atol",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="The same, absolute.",
)
@json_option
def diff_command(a: Path, b: Path, rtol: float, atol: float, as_json: bool) -> int:
    """Say where two runs part first, and in what else they differ.

    A and B are bundles, folders of `tracer trace`, or files edges.json. Exit status: 0 the same,
    1 they differ.
    """
    found = diff(a, b, rtol=rtol, atol=atol)
    is_same = all(each.is_same for each in found)
    if as_json:
        runs = [{"is_same": each.is_same, **asdict(each)} for each in found]
        notes = [note for each in found for note in each.notes]
        print_json({"is_same": is_same, "runs": runs}, ok=is_same, unknown=notes)
    else:
        print_text("\n".join(render_difference(each) for each in found))
    return ANSWERED if is_same else CONTRADICTED
