"""`tracer doctor`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tracer.cli.options import json_option, python_option
from tracer.cli.output import print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.pipeline.doctor import Check, examine, is_fit


@click.command("doctor")
@python_option
@json_option
def doctor_command(python: Path | None, as_json: bool) -> int:
    """Say what is there on this machine, what is missing, what each gives and how to get it.

    Exit status 1 where something is missing without which nothing goes.
    """
    checks = examine(python)
    fit = is_fit(checks)
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]}, ok=fit)
    else:
        print_text("\n".join(_lines(check) for check in checks))
    return ANSWERED if fit else CONTRADICTED


def _lines(check: Check) -> str:
    word = "there" if check.is_there else "MISSING"
    text = f"{word:<8} {check.name:<20} {check.found}\n{'':29} gives: {check.gives}"
    return text if check.is_there or not check.how else f"{text}\n{'':29} get it: {check.how}"
