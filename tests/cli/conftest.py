"""The command line as a user has it: its streams and its exit status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tracer.cli.main import main

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "examples" / "ptycho_mini"
BRIEF = PROJECT / "prompts" / "ptycho_mini_persistence.md"


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    status: int
    out: str
    err: str

    @property
    def trouble(self) -> str:
        """The last line on stderr, which must be the only one that speaks of trouble."""
        return self.err.strip().splitlines()[-1] if self.err.strip() else ""


Tracer = Callable[..., Done]


@pytest.fixture
def tracer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Tracer:
    """Run the command line in an empty folder, in this process: `main(argv) -> int` is the door."""

    def run(*arguments: object) -> Done:
        folder = tmp_path / "cwd"
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return Done(status, shown.out, shown.err)

    return run
