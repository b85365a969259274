"""What nobody read: each answer names it, and none tells a name of it as missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.query.conftest import TARGET, Ask

_BROKEN = "it could not be read: line 1: invalid syntax"
_QUESTIONS = [
    ("callers", "save"),
    ("callees", "save"),
    ("path", "main", "save"),
    ("effects", "main"),
    ("find", "save"),
    ("unresolved",),
    ("explain", "main", "save"),
    ("impact", "shop.py"),
]


def _tree(folder: Path, *broken: str, **others: str) -> Path:
    (folder / "pkg" / "sub").mkdir(parents=True)
    (folder / "pkg" / "shop.py").write_text(
        "def save(path):\n    open(path, 'w').close()\n\n\ndef main():\n    save('a')\n"
    )
    for name in broken:
        (folder / name).write_text("def (:\n")
    for name, text in others.items():
        (folder / "pkg" / f"{name}.py").write_text(text)
    return folder


@pytest.mark.parametrize("question", _QUESTIONS, ids=" ".join)
def test_every_answer_names_the_file_that_could_not_be_read(
    ask: Ask, tmp_path: Path, question: tuple[str, ...]
) -> None:
    root = _tree(tmp_path, "pkg/broken.py")
    answer = ask(*question, root=root)
    assert answer.ok
    first = answer.unknown[0]
    assert (first.what, first.reason) == ("all of pkg/broken.py", _BROKEN)
    assert ("broken" in answer.data.answer) == (not answer.total)
    # In the least answer, too: what is unknown is never left out.
    assert ask(*question, root=root, max_tokens=1).unknown[0] == first


@pytest.mark.parametrize("question", _QUESTIONS, ids=" ".join)
def test_where_all_was_read_nothing_is_said(
    ask: Ask, tmp_path: Path, question: tuple[str, ...]
) -> None:
    answer = ask(*question, root=_tree(tmp_path))
    assert not [item for item in answer.unknown if "read:" in item.reason]


def test_a_name_that_nothing_bears_may_stand_in_that_file(ask: Ask, tmp_path: Path) -> None:
    root = _tree(tmp_path, "pkg/broken.py")
    for command in ("callers", "find"):
        answer = ask(command, "parse", root=root)
        assert answer.data.answer.endswith("; pkg/broken.py could not be read")
        assert answer.unknown[0].what == "all of pkg/broken.py"
    many = _tree(tmp_path / "many", *(f"pkg/broken_{i}.py" for i in range(6)))
    answer = ask("find", "parse", root=many)
    assert answer.data.answer.endswith("; 6 files of the tree could not be read")
    assert [item.what for item in answer.unknown] == [
        "all of pkg/broken_0.py",
        "all of pkg/broken_1.py",
        "all of pkg/broken_2.py",
        "all of 3 files more",
    ]
    assert answer.unknown[-1].next == "tracer query unresolved"
    assert len(ask("unresolved", root=many).unknown) == 6


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("callers", "pkg/broken.py"),
        ("callers", "broken.py"),
        ("callees", "broken.py:1"),
        ("callees", "broken.py:7"),
        ("callers", "pkg/broken.py::parse"),
        ("callers", "pkg.broken.parse"),
        ("callers", "broken.Parser.parse"),
        ("unresolved", "pkg/broken.py"),
        ("impact", "pkg/broken.py"),
        ("impact", "pkg/broken.py:1-3"),
    ],
)
def test_a_name_in_that_file_is_not_told_as_missing(
    ask: Ask, tmp_path: Path, command: str, name: str
) -> None:
    answer = ask(command, name, root=_tree(tmp_path, "pkg/broken.py"))
    assert not answer.ok
    assert answer.data.answer == "pkg/broken.py could not be read: line 1: invalid syntax"
    assert not answer.data.candidates


def test_a_file_of_the_same_name_that_was_read_is_not_all(ask: Ask, tmp_path: Path) -> None:
    root = _tree(tmp_path, "pkg/sub/shop.py")
    for name in ("shop.py", "shop.py::save", "shop.save", "shop.py:2"):
        (subject,) = ask("callers", name, root=root).data.subjects
        assert subject.role.endswith("pkg/sub/shop.py could not be read, and may be meant, too")
    (subject,) = ask("callers", "pkg/shop.py", root=root).data.subjects
    assert not subject.role  # said in full


def test_notebooks_are_named_where_they_may_call(ask: Ask, tmp_path: Path) -> None:
    root = _tree(tmp_path)
    (root / "a.ipynb").write_text("{}")
    what = "what 1 notebook of the tree call"
    assert ask("callers", "save", root=root).unknown[0].what == what
    assert ask("find", "no_such", root=root).unknown[0].what == what
    assert what not in [item.what for item in ask("callees", "main", root=root).unknown]


def test_a_file_that_was_mended_is_read(ask: Ask, tmp_path: Path) -> None:
    root = _tree(tmp_path, "pkg/broken.py")
    assert not ask("callers", "pkg.broken.parse", root=root).ok
    (root / "pkg" / "broken.py").write_text("def parse():\n    pass\n")
    answer = ask("callers", "pkg.broken.parse", root=root)
    assert answer.ok and not [item for item in answer.unknown if "read:" in item.reason]


def test_a_file_that_broke_is_named(ask: Ask, tmp_path: Path) -> None:
    root = tmp_path / "target"
    shutil.copytree(TARGET, root, ignore=shutil.ignore_patterns("__pycache__"))
    assert not [item for item in ask("find", "save", root=root).unknown if "all of" in item.what]
    broken = min(path for path in root.rglob("*.py") if path.stat().st_size)
    broken.write_text("def (:\n")
    name = broken.relative_to(root).as_posix()
    assert ask("find", "save", root=root).unknown[0].what == f"all of {name}"


def test_what_is_imported_from_a_file_that_broke_is_open(ask: Ask, tmp_path: Path) -> None:
    """By name, by `import *` and as an attribute of its module: read on, and nothing is closed."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/__init__.py").write_text(
        "from .broken import *\nfrom .broken import made\n\n\ndef run():\n    gone()\n"
    )
    (tmp_path / "pkg/broken.py").write_text("def (:\n")
    (tmp_path / "pkg/user.py").write_text(
        "from pkg import broken, made\nfrom pkg.broken import other\nimport pkg\n\n\n"
        "def use():\n    made().go()\n    other().go()\n    broken.third().go()\n    pkg.made()\n"
    )
    answer = ask("unresolved", "pkg/user.py", root=tmp_path)
    assert {site.at.rpartition(":")[2] for site in answer.data.open_sites} >= {"7", "8", "9", "10"}
