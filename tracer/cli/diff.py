"""`tracer diff`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tracer.cli.options import json_option
from tracer.cli.output import print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.pipeline.diff import diff
from tracer.report.difference import render_bundle_difference, render_difference


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
    """Say in what two bundles or runs differ, and where two runs part first.

    A and B are bundles, folders of `tracer trace`, or files edges.json. Of bundles the evidence is
    compared first: paths, edges, effects, artefacts, taps, findings, unknowns. Exit status: 0 the
    same, 1 they differ.
    """
    found = diff(a, b, rtol=rtol, atol=atol)
    if as_json:
        runs = [{"is_same": each.is_same, **asdict(each)} for each in found.runs]
        notes = [note for each in found.runs for note in each.notes]
        bundles = None
        if found.bundles is not None:
            bundles = {"is_same": found.bundles.is_same, **asdict(found.bundles)}
            notes = [*found.bundles.notes, *notes]
        data = {"is_same": found.is_same, "bundles": bundles, "runs": runs}
        print_json(data, ok=found.is_same, unknown=notes)
    else:
        parts = [render_bundle_difference(found.bundles)] if found.bundles is not None else []
        print_text("\n".join([*parts, *(render_difference(each) for each in found.runs)]))
    return ANSWERED if found.is_same else CONTRADICTED
