"""The recipe for CI, on a small repository: which changes fail, which are reported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "examples/ci/verify_documents.sh"
SHOP = '''\
"""A shop."""


def price(fruit):
    return {"pear": 2}[fruit]


def sell(fruit):
    return price(fruit)
'''
NOTES = """\
# Notes

`sell` is defined at `shop.py:8`, and `price` at `shop.py:4`.

| From | To | Anchor |
|---|---|---|
| `sell` | `price` | `shop.py:9` |
"""
OLD = "# Old\n\nSee `gone` at `nowhere.py:3`.\n"


class Repository:
    """A git repository with a branch that a pull request brings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("first", {"shop.py": SHOP, "notes.md": NOTES, "old.md": OLD, "app.cfg": "a\n"})
        self.git("checkout", "--quiet", "-b", "change")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.folder,
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def commit(self, message: str, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.folder / name).write_text(text, "utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message)

    def verify(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(SCRIPT), *(arguments or ("main",))],
            cwd=self.folder,
            env={**_ENVIRONMENT, **settings},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_nothing_that_matters_changed(repository: Repository) -> None:
    """No document and no source: nothing is verified, and that is said."""
    repository.commit("settings", {"app.cfg": "b\n"})
    done = repository.verify()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("nothing to verify")


def test_what_was_wrong_before_does_not_fail(repository: Repository) -> None:
    """A source changed, so that all documents are read; the old error is known."""
    repository.commit("a comment", {"shop.py": SHOP + "# the end\n"})
    done = repository.verify()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 new, 1 known, 0 vanished" in done.stdout
    assert repository.git("worktree", "list").count("\n") == 1  # ours is gone


def test_moved_places_of_a_document_that_nobody_touched_are_reported(
    repository: Repository,
) -> None:
    """Three lines more above them: where they are now is told; with STRICT it fails."""
    repository.commit(
        "imports", {"shop.py": SHOP.replace("\n\n\ndef price", "\n\nimport os\n\n\ndef price", 1)}
    )
    done = repository.verify()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "new       notes.md:3  MOVED  shop.py:8" in done.stdout
    assert "shop.py:10" in done.stdout
    assert repository.verify(STRICT="1").returncode == 1


def test_a_refuted_claim_fails(repository: Repository) -> None:
    """The document now has the call the wrong way round."""
    repository.commit(
        "notes", {"notes.md": NOTES.replace("| `sell` | `price` |", "| `price` | `sell` |")}
    )
    sarif = repository.folder / "findings.sarif"
    done = repository.verify(SARIF=str(sarif))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "new       notes.md:7" in done.stdout
    assert "old.md" not in done.stdout  # no source changed: only what was touched is read
    results = json.loads(sarif.read_text("utf-8"))["runs"][0]["results"]
    assert [result["baselineState"] for result in results if result["level"] == "error"] == ["new"]


def test_a_mended_document_passes(repository: Repository) -> None:
    """What was wrong is gone, and that is told."""
    repository.commit("mended", {"old.md": "# Old\n\nSee `sell` at `shop.py:8`.\n"})
    done = repository.verify()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 new, 0 known, 1 vanished" in done.stdout


def test_a_new_document_has_no_baseline(repository: Repository) -> None:
    """All that is wrong in it is new, its name with a blank notwithstanding."""
    repository.commit("new", {"new notes.md": OLD})
    assert repository.verify().returncode == 1
    assert repository.verify("main", "notes.md").stdout.startswith("nothing to verify")


def test_wrong_use_is_told_in_one_line(repository: Repository) -> None:
    """A base that does not exist."""
    done = repository.verify("no-such-branch")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("verify_documents: no common commit")


def test_a_pattern_that_matches_no_document_is_wrong_use(repository: Repository) -> None:
    """It would pass for ever."""
    done = repository.verify("main", "docs/**/*.md")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "verify_documents: no document of the repository matches: docs/**/*.md"
    )


_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "GIT_CONFIG_GLOBAL": os.devnull,
}
