"""Options that nearly every command has; quick to import, for commands that must answer quickly."""

from __future__ import annotations

from pathlib import Path

import click

root_option = click.option(
    "--root",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="The tree to analyse.",
)
tables_option = click.option(
    "--effects",
    "tables",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table of effects of your own, beside the built-in one; may be repeated.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object on stdout instead of text."
)
quiet_option = click.option("--quiet", is_flag=True, help="No progress on stderr.")
