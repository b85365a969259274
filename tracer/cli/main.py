"""`main(argv) -> int`: the commands, and what becomes of trouble."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from tracer import __version__
from tracer.cli.output import print_json, print_trouble
from tracer.cli.status import STOPPED, WRONG_INPUT
from tracer.errors import TracerError

_COMMANDS = {
    "ask": "tracer.cli.ask",
    "brief": "tracer.cli.brief",
    "run": "tracer.cli.run",
    "callgraph": "tracer.cli.callgraph",
    "query": "tracer.cli.query",
    "trace": "tracer.cli.trace",
    "verify": "tracer.cli.verify",
    "contrast": "tracer.cli.contrast",
    "reports": "tracer.cli.reports",
    "diff": "tracer.cli.diff",
    "inspect": "tracer.cli.inspect",
    "view": "tracer.cli.bundles",
    "doctor": "tracer.cli.doctor",
    "mcp": "tracer.cli.mcp",
}
_HELP = {
    "ask": "Answer QUESTION from the sources alone, on the terminal.",
    "brief": "Write a brief from a template, or see how one is understood.",
    "run": "Answer BRIEF (Markdown or YAML) with a bundle of checked evidence.",
    "callgraph": "Print the static call graph of the tree, or of the functions in PATHS.",
    "query": "Ask who calls, what leads where, and what it does to the world.",
    "trace": "Run a program under the probe.",
    "verify": "Check every claim of SUBJECTS, bundles or Markdown files, against the sources.",
    "contrast": "Compare two implementations touchpoint by touchpoint, and say what B lacks.",
    "reports": "List the bundles below FOLDER, and whether each still holds on --root.",
    "diff": "Say in what two bundles or runs differ, and where two runs part first.",
    "inspect": "List what an archive, pickle or HDF5 FILE holds.",
    "view": "Open the page of BUNDLE in a browser.",
    "doctor": "Say what is there on this machine, what is missing and what each gives.",
    "mcp": "Serve an agent over stdio by the Model Context Protocol, until stdin closes.",
}
"""What `tracer --help` says of each: importing them all for that would take two seconds."""


class _Commands(click.Group):
    """Imports a command when it is asked for: `trace` must not wait for what only `run` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[cmd_name]), f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        told = []
        for name in self.list_commands(ctx):
            command = None if name in _HELP else self.get_command(ctx, name)
            told.append((name, command.get_short_help_str(80) if command else _HELP.get(name, "")))
        with formatter.section("Commands"):
            formatter.write_dl(told)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tracer", message="%(prog)s %(version)s")
def _tracer() -> None:
    """Answer a question about how Python code runs, with evidence that anybody can check.

    Exit status: 0 answered; 1 something in the answer is refuted or fails verification; 2 the
    brief or the command is wrong; 3 stopped by the time budget or a signal.
    """


COMMAND_LINE = _tracer  # for whoever describes it


def main(argv: Sequence[str]) -> int:
    """Run one command; every trouble of the user's is one line on stderr."""
    try:
        status = _tracer.main(args=list(argv), prog_name="tracer", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(error.format_message() + "\n")
        return WRONG_INPUT
    except click.ClickException as error:
        return _refuse(argv, error.format_message())
    except TracerError as error:
        return _refuse(argv, str(error))
    except (KeyboardInterrupt, click.Abort):
        print_trouble("stopped by Ctrl-C; nothing was written")
        return STOPPED
    except BrokenPipeError:
        # The reader of stdout has gone (`tracer … | head`); say nothing, as `cat` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0


def _refuse(argv: Sequence[str], message: str) -> int:
    """Say what is wrong; a program that asked for JSON must not have to read stderr."""
    print_trouble(message)
    # `trace` has no such option: what stands behind its `--` is the target's.
    if "--json" in argv and argv[0] != "trace":
        print_json(None, ok=False, error=message)
    return WRONG_INPUT
