"""`tracer brief new` and `tracer brief check`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracer.brief.new import FORMS, Outline, new_brief
from tracer.bundle.codec import encode
from tracer.cli.options import json_option, root_option
from tracer.cli.output import print_json, print_text
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.errors import BriefError
from tracer.pipeline.check_brief import check_brief
from tracer.pipeline.writing import write_text
from tracer.report.brief_check import render_brief_check


@click.group("brief")
def brief_command() -> None:
    """Write a brief from a template, or see how one is understood."""


@brief_command.command("new")
@click.argument("question", default="")
@click.option("--format", "form", type=click.Choice(FORMS), default="markdown", show_default=True)
@click.option("-o", "output", type=click.Path(path_type=Path), help="A new file, not stdout.")
@click.option("--initiative", default="", help="The id of the work that the answer belongs to.")
@click.option("--hint", "hints", multiple=True, help="A word that the answer has to do with.")
@click.option("--namespace", "namespaces", multiple=True, help="A package whose calls count.")
@click.option("--roi", default="", help="Which run will do, and which part of it.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="The time budget.")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="PLACE[ - WHY]",
    help="A place that is known: pkg/mod.py:12-40, pkg/mod.py::Class.method, docs/spec.md §4.5.",
)
@click.option("--task", "tasks", multiple=True, help="What else is asked for, one sentence.")
@click.option("--ledger", "ledgers", multiple=True, help="A document of findings to look into.")
@click.option("--gate", "gating", multiple=True, help="A sentence on what waits for the answer.")
def brief_new(
    question: str,
    form: str,
    output: Path | None,
    initiative: str,
    hints: tuple[str, ...],
    namespaces: tuple[str, ...],
    roi: str,
    minutes: float | None,
    anchors: tuple[str, ...],
    tasks: tuple[str, ...],
    ledgers: tuple[str, ...],
    gating: tuple[str, ...],
) -> int:
    """Write a brief for QUESTION; what is not given is a placeholder to fill in."""
    outline = Outline(
        question, initiative, hints, roi, namespaces, minutes, anchors, tasks, ledgers, gating
    )
    text = new_brief(outline, form)
    if output is None:
        print_text(text)
    elif output.exists():
        raise BriefError(f"{output}: expected the name of a new file, found one that is there")
    else:
        write_text(output, text)
    return ANSWERED


@brief_command.command("check")
@click.argument("brief", type=click.Path(path_type=Path))
@root_option
@json_option
def brief_check(brief: Path, root: Path, as_json: bool) -> int:
    """Say how BRIEF is understood, and which places it names that are not there.

    Nothing is analysed or run. Exit status: 1 an anchor, a ledger or a namespace of the brief is
    not there (any more); 2 the brief asks nothing, or cannot be read.
    """
    check = check_brief(brief, root)
    if as_json:
        print_json(json.loads(encode(check)), ok=check.is_good)
    else:
        print_text(render_brief_check(check))
    return ANSWERED if check.is_good else CONTRADICTED
