"""What the pages show is what the commands print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.consoles import Quoted, missing, quoted_commands

PROJECT = Path(__file__).resolve().parents[2]
PAGES = (
    "docs/tutorial.md",
    "docs/guides/trace_a_framework.md",
    "docs/guides/stand_in_recipe.md",
    "docs/guides/effect_table.md",
    "docs/guides/check_a_document.md",
    "docs/guides/compare_runs.md",
    "docs/guides/query.md",
    "docs/guides/tests_and_coverage.md",
    "docs/guides/write_a_brief.md",
)
_TITLED = re.compile(r'^```[a-z]+ title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="the pages show what CPython 3.11 gives"
)
@pytest.mark.parametrize("page", PAGES)
def test_every_command_prints_what_the_page_shows(page: str, tmp_path: Path) -> None:
    """The commands of a page, run in order in a fresh folder with the repository's examples."""
    commands = quoted_commands(PROJECT / page)
    assert commands, page
    for folder in ("examples", "prompts"):
        shutil.copytree(
            PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    (tmp_path / "out").mkdir()
    for quoted in commands:
        done = _run(quoted, tmp_path)
        where = f"{page}:{quoted.line}: $ {quoted.command}"
        assert done.returncode == quoted.status, f"{where}\n{done.stdout}{done.stderr}"
        problem = missing(quoted.output, done.stdout.splitlines())
        assert not problem, f"{where}: {problem}\n{done.stdout}"


def test_files_that_a_page_shows_are_those_of_the_repository() -> None:
    """A block with a title is that file, letter for letter."""
    shown = [
        (page, match[1], match[2])
        for page in sorted((PROJECT / "docs").rglob("*.md"))
        for match in _TITLED.finditer(page.read_text("utf-8"))
    ]
    assert len(shown) >= 4
    for page, path, text in shown:
        assert text == (PROJECT / path).read_text("utf-8"), f"{page}: {path}"


def test_the_comparison_finds_a_line_that_is_not_there() -> None:
    """The control: a changed, a missing and an additional line are all noticed."""
    printed = ["one", "two", "three 3.1 s"]
    assert missing(("one", "…", "three … s"), printed) == ""
    assert missing(("one", "…"), printed) == ""
    assert missing(("one", "three 3.1 s"), printed) == "expected 'three 3.1 s', found 'two'"
    assert missing(("…", "four"), printed) == "expected 'four', found 'one'"
    assert missing(("one", "two"), printed) == "expected the end, found 'three 3.1 s'"


def _run(quoted: Quoted, folder: Path) -> subprocess.CompletedProcess[str]:
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": os.pathsep.join([scripts, os.environ["PATH"]])}
    return subprocess.run(
        ["bash", "-c", quoted.command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
