"""The command line as a user has it: another process, its streams and its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

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
def tracer(tmp_path: Path) -> Tracer:
    """Run `python -m tracer` in an empty folder."""

    def run(*arguments: object, cwd: Path | None = None, **environment: str) -> Done:
        folder = cwd or tmp_path / "cwd"
        folder.mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "tracer", *map(str, arguments)],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=240,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
