"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tracer.cli.basics import json_option as json_option
from tracer.cli.basics import quiet_option as quiet_option
from tracer.cli.basics import root_option as root_option
from tracer.cli.basics import tables_option as tables_option
from tracer.model.plan import ACCELERATORS
from tracer.pipeline.launching import Launch, parse_size

reports_option = click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of earlier bundles that is looked through for an answer.",
)
python_option = click.option(
    "--python",
    type=click.Path(path_type=Path),
    help="The interpreter that runs the target; by default the one that runs tracer.",
)
env_option = click.option(
    "--env",
    "environment",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable that is set for the target; may be repeated.",
)
preset_option = click.option(
    "--preset",
    "presets",
    multiple=True,
    help="Variables that go together, such as cpu, eager, offline; may be repeated.",
)
presets_option = click.option(
    "--presets",
    "preset_tables",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table of presets of your own, beside the built-in one; may be repeated.",
)


class _Size(click.ParamType[int]):
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return parse_size(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


memory_option = click.option(
    "--memory-limit",
    type=_Size(),
    help="Resident memory, such as 4G, of the target and its children; beyond it, it is ended.",
)
log_option = click.option(
    "--log-limit",
    type=_Size(),
    help="Size of the log, such as 200M; beyond it the recording ends and the program goes on.",
)


accelerator_option = click.option(
    "--accelerator",
    type=click.Choice(ACCELERATORS),
    default="auto",
    show_default=True,
    help="The probe's hooks in C, compiled for the target's interpreter at first use; auto: where "
    "that can be done.",
)


def launch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """All options that say how a target is launched, as one argument `launch`."""

    @functools.wraps(command)
    def with_launch(
        *,
        environment: tuple[str, ...],
        presets: tuple[str, ...],
        preset_tables: tuple[Path, ...],
        memory_limit: int | None,
        log_limit: int | None,
        accelerator: str,
        **given: Any,
    ) -> Any:
        launch = Launch(environment, presets, preset_tables, memory_limit, log_limit, accelerator)
        return command(launch=launch, **given)

    options = (
        *(accelerator_option, log_option, memory_option),
        *(presets_option, preset_option, env_option),
    )
    for option in options:
        with_launch = option(with_launch)
    return with_launch


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
