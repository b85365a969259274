"""Commands and tools, from the code.

<!-- commands -->   each command with its options, in the order of `--help`
<!-- tools -->      what `tracer mcp` offers an agent, as it describes it
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from tracer.cli.main import COMMAND_LINE
from tracer.server import requests

COMMANDS, TOOLS = "<!-- commands -->", "<!-- tools -->"


@event_priority(50)  # before links are pointed
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Replace both directives."""
    if COMMANDS in markdown:
        markdown = markdown.replace(COMMANDS, "\n".join(_described(COMMAND_LINE, None, "tracer")))
    if TOOLS in markdown:
        markdown = markdown.replace(TOOLS, "\n".join(_tools()))
    return markdown


def _tools() -> Iterator[str]:
    yield from ("| tool | |", "|---|---|")
    for spec in requests.TOOLS:
        yield f"| `{spec.name}` | {_cell(spec.description)} |"


def _described(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    context = click.Context(command, parent, info_name=name)
    yield from ("", f"## {context.command_path}", "", inspect.cleandoc(command.help or ""), "")
    yield from ("```text", command.get_usage(context).removeprefix("Usage: "), "```", "")
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    yield from ("| option | |", "|---|---|")
    for option in options:
        if not option.hidden:
            yield f"| {_spelling(option, context)} | {_meaning(option, context)} |"
    if command.epilog:
        yield from ("", inspect.cleandoc(command.epilog))
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            assert inner is not None
            if not inner.hidden:
                yield from _described(inner, context, each)


def _spelling(option: click.Option, context: click.Context) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    value = "" if option.is_flag or option.count else option.make_metavar(context)
    return _cell(f"{names} `{value}`" if value else names)


def _meaning(option: click.Option, context: click.Context) -> str:
    extra = option.get_help_extra(context)
    said = [option.help or "", *([f"Default: {extra['default']}."] if "default" in extra else [])]
    return _cell(" ".join(part for part in said if part))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
