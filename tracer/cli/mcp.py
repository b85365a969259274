"""`tracer mcp`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracer.cli.options import python_option, root_option
from tracer.cli.status import ANSWERED
from tracer.dynamic.interpreter import check_interpreter
from tracer.static.sources import checked_root


@click.command("mcp")
@root_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports"),
    show_default=True,
    help="The folder where bundles are written and found.",
)
@click.option(
    "--allow-run",
    is_flag=True,
    help="Let the agent run the program (workloads of run_brief). Without it nothing is run.",
)
@python_option
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0, min_open=True),
    default=900.0,
    show_default=True,
    help="Seconds after which one call is ended, with all that it started.",
)
def mcp_command(
    root: Path, out: Path, allow_run: bool, python: Path | None, timeout_s: float
) -> int:
    """Serve an agent over stdio by the Model Context Protocol, until stdin closes.

    It sees what lies below --root and the bundles below --out, and writes nothing but bundles.
    Needs the extra `mcp`: pip install 'callchain-tracer[mcp]'.
    """
    absolute = checked_root(root)
    interpreter = python or Path(sys.executable)
    if allow_run:
        check_interpreter(interpreter)
    try:
        from tracer.server.app import ServerSettings, serve_stdio
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types", "anyio"):
            raise
        raise click.ClickException(
            "mcp: expected the extra `mcp` to be installed: pip install 'callchain-tracer[mcp]'"
        ) from error
    serve_stdio(ServerSettings(absolute, out.resolve(), interpreter, allow_run, timeout_s))
    return ANSWERED
