"""`tracer view`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.bundle.store import find_bundle
from tracer.cli.output import print_text
from tracer.cli.status import ANSWERED
from tracer.errors import BundleError

_PAGE = "callgraph/index.html"


@click.command("view")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--print", "only_print", is_flag=True, help="Print the page's address only.")
def view_command(bundle: Path, only_print: bool) -> int:
    """Open the page of BUNDLE in a browser."""
    page = find_bundle(bundle) / _PAGE
    if not page.is_file():
        raise BundleError(f"{bundle}: expected a bundle with {_PAGE}")
    address = page.resolve().as_uri()
    print_text(address)
    if not only_print:
        click.launch(address)
    return ANSWERED
