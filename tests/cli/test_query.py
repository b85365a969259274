"""`tracer query` and `tracer --help` as a user has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from tests.cli.conftest import TARGET, Tracer
from tracer.cli.main import _COMMANDS, _HELP


def test_help_imports_no_command() -> None:
    """It says what the commands do without two seconds of loading them all."""
    code = (
        "import sys\nfrom tracer.cli.main import main\nassert main(['--help']) == 0\n"
        "heavy = {'tracer.pipeline', 'libcst', 'networkx', 'pydantic', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in _COMMANDS)


@pytest.mark.parametrize("name", sorted(_HELP))
def test_help_says_of_a_command_what_it_says_itself(name: str) -> None:
    """The line begins as the command's own help does: they cannot drift apart."""
    command = getattr(import_module(_COMMANDS[name]), f"{name}_command")
    assert isinstance(command, click.Command)
    own = command.get_short_help_str(200).rstrip(".").replace(",", "").split()
    told = _HELP[name].rstrip(".").replace(",", "").split()
    assert told[:3] == own[:3]


def test_query_answers_without_the_solver(tmp_path: Path) -> None:
    """From the index: neither the solver nor libcst nor networkx is loaded."""
    code = (
        "import sys\nfrom tracer.cli.main import main\n"
        f"question = ['query', 'callers', 'ModelManager.save_model', '--root', {str(TARGET)!r}]\n"
        "assert main(question) == 0\n"
        "heavy = {'tracer.static.solver', 'libcst', 'networkx', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    environment = {**os.environ, "TRACER_CACHE_DIR": str(tmp_path)}
    answers = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            env=environment,
            check=True,
        ).stdout.splitlines()
        for _ in range(2)
    ]
    assert answers[0][:-1] == answers[1][:-1]
    assert answers[0][-1] != "[]"  # the control: whoever makes the index loads them
    assert answers[1][-1] == "[]"


def test_query_speaks_json(tracer: Tracer) -> None:
    """One object on stdout, nothing on stderr."""
    done = tracer("query", "callers", "ModelManager.save_model", "--root", TARGET, "--json")
    answer = json.loads(done.out)
    assert (done.status, done.err, answer["schema"]) == (0, "", "tracer/query/1")
    assert answer["total"] == answer["returned"] == len(answer["data"]["edges"])


def test_a_name_that_is_not_clear_ends_with_one(tracer: Tracer) -> None:
    """An answer all the same: candidates on stdout."""
    done = tracer("query", "callers", "no_such_function_at_all", "--root", TARGET)
    assert done.status == 1
    assert done.out.startswith("nothing is called `no_such_function_at_all`")


@pytest.mark.parametrize(
    ("arguments", "trouble"),
    [
        (("callers", "save", "--depth", "0"), "expected a number of hops, or `all`"),
        (("callers", "save", "--max-tokens", "0"), "0 is not in the range"),
        (("callers", ""), "expected 1 name, found ``"),
        (("path", "save"), "Missing argument"),
    ],
)
def test_a_wrong_question_is_one_line(
    tracer: Tracer, arguments: tuple[str, ...], trouble: str
) -> None:
    """Exit status 2, nothing on stdout."""
    done = tracer("query", *arguments, "--root", TARGET)
    assert (done.status, done.out) == (2, "")
    assert trouble in done.trouble


def test_a_root_without_sources_is_refused(tracer: Tracer, tmp_path: Path) -> None:
    """As everywhere."""
    done = tracer("query", "unresolved", "--root", tmp_path)
    assert done.status == 2
    assert "expected a folder with Python files" in done.trouble
