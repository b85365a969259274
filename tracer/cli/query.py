"""`tracer query`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import click

from tracer.cli.basics import json_option, quiet_option, root_option, tables_option
from tracer.cli.output import StageLines, print_text, print_trouble
from tracer.cli.status import ANSWERED, CONTRADICTED
from tracer.model.query import Detail, Query, QueryAnswer, QueryCommand
from tracer.pipeline.query import query
from tracer.query.fit import answer_object, compact
from tracer.report.query import render_query

_NAME_HELP = """

A name is `save`, `Manager.save`, `pkg.mod.save`, `mod.py::Manager.save`, `mod.py:120`, a file, a
class (for what makes its objects) or a function outside such as `json.dump`. A name that may stand
for several things is answered with the candidates."""


@click.group("query")
def query_command() -> None:
    """Ask who calls, what leads where, and what it does to the world.

    The first question reads the tree; later ones are answered from an index in the user's cache,
    which is made again when files have changed. Exit status: 0 answered; 1 a name is not clear.
    """


class _Depth(click.ParamType[Any]):
    name = "hops"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value is None or str(value) == "all":
            return None
        if str(value).isdecimal() and int(value) > 0:
            return int(value)
        return self.fail(f"{value!r}: expected a number of hops, or `all`", param, ctx)


def _depth_option(default: str) -> Callable[..., Any]:
    return click.option(
        "--depth",
        type=_Depth(),
        default=default,
        show_default=True,
        metavar="HOPS|all",
        help="How many calls away.",
    )


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        root_option,
        tables_option,
        click.option(
            "--bundle",
            type=click.Path(path_type=Path),
            help="A bundle whose verdicts and counts stand beside the calls.",
        ),
        click.option(
            "--max-tokens",
            type=click.IntRange(min=1),
            help="Size of the answer, estimated as bytes of compact JSON / 3; what is left out is "
            "told. The default is no bound.",
        ),
        click.option(
            "--detail",
            type=click.Choice(["brief", "full"]),
            default="brief",
            show_default=True,
            help="full: with quoted lines, conditions, parameters and the ways to effects.",
        ),
        click.option(
            "--stale-ok",
            is_flag=True,
            help="Answer at once from what was read last; files that have changed are named.",
        ),
        json_option,
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "json", "dot", "mermaid"]),
            default="text",
            show_default=True,
            help="dot and mermaid draw the calls of the answer; --json is short for json.",
        ),
        quiet_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def _answer(
    command: QueryCommand,
    names: tuple[str, ...],
    *,
    root: Path,
    bundle: Path | None,
    tables: tuple[Path, ...],
    max_tokens: int | None,
    detail: str,
    stale_ok: bool,
    as_json: bool,
    form: str,
    quiet: bool,
    depth: int | None = 1,
    since: str = "",
) -> int:
    question = Query(command, names, depth, cast(Detail, detail), max_tokens, since)
    form = "json" if as_json else form
    lines = StageLines(is_quiet=quiet or form == "json")
    try:
        answer = query(
            question, root, bundle=bundle, tables=tables, stale_ok=stale_ok, progress=lines
        )
    finally:
        lines.close()
    print_text(_rendered(answer, form))
    return ANSWERED if answer.ok else CONTRADICTED


def _rendered(answer: QueryAnswer, form: str) -> str:
    if form == "json":
        return compact(answer_object(answer))
    if form == "text" or not answer.ok:
        return render_query(answer)
    from tracer.report.drawing import arrows_of, draw_dot, draw_mermaid

    nodes = tuple(subject.id for subject in answer.data.subjects)
    draw = draw_dot if form == "dot" else draw_mermaid
    for text in answer.truncated:
        print_trouble(text)  # a drawing has no place to say so
    return draw(arrows_of(answer), nodes)


@query_command.command("callers", epilog=_NAME_HELP)
@click.argument("name")
@_depth_option("1")
@_shared
def _callers(name: str, **options: Any) -> int:
    """Who calls NAME, and which open call sites could."""
    return _answer("callers", (name,), **options)


@query_command.command("callees", epilog=_NAME_HELP)
@click.argument("name")
@_depth_option("1")
@_shared
def _callees(name: str, **options: Any) -> int:
    """Whom NAME calls, and which of its call sites are open."""
    return _answer("callees", (name,), **options)


@query_command.command("path", epilog=_NAME_HELP)
@click.argument("start")
@click.argument("end")
@_shared
def _path(start: str, end: str, **options: Any) -> int:
    """All shortest chains of calls from START to END, or NO PATH and where the search ended."""
    return _answer("path", (start, end), **options)


@query_command.command("effects", epilog=_NAME_HELP)
@click.argument("name")
@click.argument("end", required=False)
@_depth_option("all")
@_shared
def _effects(name: str, end: str | None, **options: Any) -> int:
    """What NAME and all it leads to does to files, state, network …; with END, what stands on the
    shortest chains between the two."""
    return _answer("effects", (name, end) if end else (name,), **options)


@query_command.command("find")
@click.argument("text")
@_shared
def _find(text: str, **options: Any) -> int:
    """Functions, classes and functions outside whose name holds TEXT, or fits `*_save`."""
    return _answer("find", (text,), **options)


@query_command.command("unresolved", epilog=_NAME_HELP)
@click.argument("names", nargs=-1, metavar="[NAME|FILE|FOLDER]...")
@_shared
def _unresolved(names: tuple[str, ...], **options: Any) -> int:
    """Call sites of which nobody knows what they call, with the reason of each."""
    return _answer("unresolved", names, **options)


@query_command.command("explain", epilog=_NAME_HELP)
@click.argument("caller")
@click.argument("callee")
@_shared
def _explain(caller: str, callee: str, **options: Any) -> int:
    """Why CALLER calls CALLEE, place by place; or why that is not to be found."""
    return _answer("explain", (caller, callee), **options)


@query_command.command("impact", epilog=_NAME_HELP)
@click.argument("names", nargs=-1, metavar="[FILE|FILE:LINE-LINE|NAME]...")
@click.option("--since", default="", metavar="COMMIT", help="All that differs from a commit.")
@_shared
def _impact(names: tuple[str, ...], **options: Any) -> int:
    """Who leads to functions that have changed: callers, entry points, tests; and what these
    functions do to the world."""
    return _answer("impact", names, **options)
