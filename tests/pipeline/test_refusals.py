"""What cannot be answered is refused in a form that the asker can read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tracer.cli.main import main


@pytest.mark.parametrize("command", [["ask", "who saves?"], ["callgraph"]])
def test_a_tree_without_sources(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """A wrong --root is the user's mistake, not a question without an answer."""
    (tmp_path / "readme.md").write_text("# no code\n")
    assert main([*command, "--root", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "expected a folder with Python files, found none in it" in shown.err


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "", "--json"],
        ["ask", "who?", "--root", "/nowhere/at/all", "--json"],
        ["run", "/nowhere/brief.md", "--json"],
        ["verify", "/nowhere", "--json"],
        ["inspect", "--json", "/nowhere"],
        ["ask", "--json", "--no-such-option"],
    ],
)
def test_json_even_where_it_is_refused(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """One object on stdout with the error in it, and the same line on stderr."""
    assert main(command) == 2
    shown = capsys.readouterr()
    answer = json.loads(shown.out)
    assert answer["ok"] is False and answer["data"] is None
    assert " ".join(answer["error"].split()) in shown.err


def test_a_command_waits_for_none_of_the_others() -> None:
    """`tracer --version` reads no source, so it does not load what reads sources."""
    code = (
        "import sys; from tracer.cli.main import main; main(['--version']); "
        "print(sorted({'libcst', 'networkx', 'pyvis'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
