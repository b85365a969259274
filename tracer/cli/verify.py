"""`tracer verify`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracer.bundle.codec import encode
from tracer.cli.options import json_option, quiet_option, tables_option
from tracer.cli.output import StageLines, print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.model.verification import ClaimVerdict, VerificationSet
from tracer.pipeline.verify import VerifyRequest, verify
from tracer.report.sarif import render_sarif
from tracer.report.verdicts import render_set


@click.command("verify")
@click.argument("subjects", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path), help="The tree that SUBJECTS speak of.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    help="A bundle whose recordings may confirm a document's claims.",
)
@click.option("--bundle-only", is_flag=True, help="Check a bundle's files alone, without a tree.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="JSON of an earlier verification: only what is new decides the exit status.",
)
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    type=click.Choice([verdict.value for verdict in ClaimVerdict if verdict.is_bad]),
    help="A verdict that is told as ever and does not decide the exit status; may be repeated.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "annotated", "json", "sarif"]),
    default="text",
    show_default=True,
    help="annotated: every claim in the order of the document; sarif: SARIF 2.1.0.",
)
@tables_option
@json_option
@quiet_option
def verify_command(
    subjects: tuple[Path, ...],
    root: Path | None,
    bundle: Path | None,
    bundle_only: bool,
    baseline: Path | None,
    allowed: tuple[str, ...],
    form: str,
    tables: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Check every claim of SUBJECTS, bundles or Markdown files, against the sources.

    Without --root the sources are looked for in the current folder.
    """
    tree = None if bundle_only else (root or Path())
    form = "json" if as_json else form
    lines = StageLines(is_quiet=quiet or form in ("json", "sarif"))
    try:
        found = verify(VerifyRequest(subjects, tree, bundle, tables, baseline), lines)
    finally:
        lines.close()
    is_good = found.is_good_but_for(frozenset(map(ClaimVerdict, allowed)))
    if form == "json":
        _print_json(found, is_good)
    elif form == "sarif":
        print_text(render_sarif(found))
    else:
        print_text(render_set(found, is_annotated=form == "annotated"))
    return ANSWERED if is_good else CONTRADICTED


def _print_json(found: VerificationSet, is_good: bool) -> None:
    """One document is one verification; several, or a baseline, are a set."""
    is_one = len(found.verifications) == 1 and found.baseline is None
    text = encode(found.verifications[0]) if is_one else encode(found)
    print_json(json.loads(text), ok=is_good)
