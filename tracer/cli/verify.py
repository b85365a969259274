"""`tracer verify`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracer.bundle.codec import encode
from tracer.cli.options import json_option, quiet_option, tables_option
from tracer.cli.output import StageLines, print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.pipeline.verify import VerifyRequest, verify
from tracer.report.verdicts import render_verification


@click.command("verify")
@click.argument("subject", type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path), help="The tree that SUBJECT speaks of.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    help="A bundle whose recordings may confirm a document's claims.",
)
@click.option("--bundle-only", is_flag=True, help="Check a bundle's files alone, without a tree.")
@tables_option
@json_option
@quiet_option
def verify_command(
    subject: Path,
    root: Path | None,
    bundle: Path | None,
    bundle_only: bool,
    tables: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Check every claim of SUBJECT, a bundle or a Markdown file, against the sources.

    Without --root the sources are looked for in the current folder.
    """
    tree = None if bundle_only else (root or Path())
    lines = StageLines(is_quiet=quiet or as_json)
    try:
        verification = verify(VerifyRequest(subject, tree, bundle, tables), lines)
    finally:
        lines.close()
    if as_json:
        print_json(json.loads(encode(verification)), ok=verification.is_good)
    else:
        print_text(render_verification(verification))
    return ANSWERED if verification.is_good else CONTRADICTED
