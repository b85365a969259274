"""Options that several commands share."""

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
python_option = click.option(
    "--python",
    type=click.Path(path_type=Path),
    help="The interpreter that runs the target; by default the one that runs tracer.",
)
budget_option = click.option(
    "--time-budget",
    "time_budget_s",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds after which the recording ends; `run` ends the program itself 5 s later.",
)
stand_in_option = click.option(
    "--stand-in",
    "stand_ins",
    multiple=True,
    metavar="auto|NAME,..",
    help="Fabricate modules that are not installed, so that control flow runs without them; auto: "
    "those that the program cannot do without. May be repeated or comma-separated.",
)
recipes_option = click.option(
    "--recipes",
    "recipes",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A folder of recipes for stand-ins, beside the built-in ones; may be repeated.",
)


def comma_separated(values: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of an option that may be repeated or comma-separated."""
    return tuple(part for value in values for part in value.split(",") if part)
