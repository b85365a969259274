"""What leads to a change."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.query.conftest import TARGET, Ask
from tracer.errors import QueryError
from tracer.model.query import QueryAnswer

_TEST = "from shop import desk\n\n\ndef test_tally():\n    assert desk.tally([]) == 0\n"


def _roles(answer: QueryAnswer) -> dict[str, tuple[int, str]]:
    return {i.id.rpartition("/")[2]: (i.hops, i.role) for i in answer.data.functions}


def _git(root: Path, *arguments: str) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", str(root), *name, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The target with a test, committed."""
    root = tmp_path / "tree"
    shutil.copytree(TARGET, root)
    (root / "tests").mkdir()
    (root / "tests" / "test_desk.py").write_text(_TEST)
    _git(root, "init", "-q")
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", "first")
    return root


def test_who_leads_to_a_function(ask: Ask, repository: Path) -> None:
    """Callers by distance; entry points and tests bear their names."""
    answer = ask("impact", "tally", root=repository)
    assert [item.role for item in answer.data.functions][:3] == ["changed", "test", "entry point"]
    assert _roles(answer) == {
        "desk.py::tally": (0, "changed"),
        "desk.py::close": (1, ""),
        "test_desk.py::test_tally": (1, "test"),
        "desk.py::open_up": (2, ""),
        "start.py::begin": (3, ""),
        "start.py::<module>": (4, "entry point"),
    }


def test_lines_of_a_file(ask: Ask) -> None:
    """The functions that hold them, and the open sites that could lead there."""
    answer = ask("impact", "store.py:16-19")
    assert _roles(answer)["store.py::Base.save"] == (0, "changed")
    assert [site.at for site in answer.data.open_sites] == ["shop/desk.py:7"]
    assert {effect.operation for effect in answer.data.effects} >= {"builtins.open"}


def test_changes_since_a_commit(ask: Ask, repository: Path) -> None:
    """Old lines and new ones decide, in functions that stay; those that went are named."""
    clean = ask("impact", root=repository, since="HEAD")
    assert clean.data.answer == "no function of the tree has changed"
    desk = repository / "shop" / "desk.py"
    text = desk.read_text().replace("    return len(day)", "    return len(day) + 1")
    text = text.replace('\n\ndef stored():\n    return Attic("old")\n', "")
    desk.write_text(text.replace("    close([1])\n", "") + "\n\n# nothing that runs\n")
    (repository / "fresh.py").write_text("X = 1\n\n\ndef fresh():\n    return X\n")
    answer = ask("impact", root=repository, since="HEAD")
    changed = [item.id for item in answer.data.functions if item.hops == 0]
    assert changed == [
        "fresh.py::<module>",
        "fresh.py::fresh",
        "shop/desk.py::open_up",
        "shop/desk.py::tally",
    ]
    assert any("shop/desk.py::stored, which is gone" in item.what for item in answer.unknown)
    assert any("fresh.py::<module>" in item.what for item in answer.unknown)
    assert answer.staleness.dirty is True and answer.staleness.commit


def test_a_root_below_the_top_of_the_work_tree(ask: Ask, repository: Path) -> None:
    """Paths are relative to the root all the same."""
    store = repository / "shop" / "store.py"
    store.write_text(store.read_text().replace("return [self.name]", "return [self.name, 1]"))
    answer = ask("impact", root=repository / "shop", since="HEAD")
    assert [item.id for item in answer.data.functions if item.hops == 0] == ["store.py::Attic.rows"]


@pytest.mark.parametrize("commit", ["no-such-commit", "--output=x"])
def test_an_unknown_commit_is_refused(ask: Ask, repository: Path, commit: str) -> None:
    """And is never an option of git."""
    with pytest.raises(QueryError, match="expected a commit"):
        ask("impact", root=repository, since=commit)
    assert not (repository / "x").exists()


def test_no_work_tree_and_no_question_are_refused(ask: Ask, tmp_path: Path) -> None:
    """With what was expected."""
    shutil.copytree(TARGET, tmp_path / "tree")
    with pytest.raises(QueryError, match="expected a root in a work tree"):
        ask("impact", root=tmp_path / "tree", since="HEAD")
    with pytest.raises(QueryError, match="expected files, functions or a commit"):
        ask("impact")
