"""What bad input gets: one clear line, exit status 2, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import BRIEF, TARGET, Tracer

_BRIEF_WITHOUT_QUESTION = "# Notes\n\nNothing is asked here.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "missing.md", "--root", TARGET], "missing.md"),
        (["run", TARGET, "--root", TARGET], "ptycho_mini"),
        (["run", BRIEF, "--root", "nowhere"], "nowhere: expected a folder"),
        (["run", BRIEF, "--root", TARGET, "--python", "nopython"], "nopython"),
        (["run", BRIEF, "--root", TARGET, "--workload", "no.py"], "no script 'no.py'"),
        (["run", BRIEF, "--root", TARGET, "--workload", "--fast"], "expected a script"),
        (["run", BRIEF, "--root", TARGET, "--workload", "'"], "--workload"),
        (["run", BRIEF, "--root", TARGET, "--recording", "nowhere"], "nowhere"),
        (["run", BRIEF, "--root", TARGET, "--effects", "no.toml"], "no.toml"),
        (["run", BRIEF, "--time-budget", "0"], "time-budget"),
        (["ask", "", "--root", TARGET], "question"),
        (["ask", "who?", "--root", "nowhere"], "nowhere"),
        (["verify", "missing.md", "--root", TARGET], "missing.md"),
        (["verify", TARGET, "--root", TARGET], "manifest.json"),
        (["callgraph", "elsewhere", "--root", TARGET], "elsewhere"),
        (["callgraph", "--root", TARGET, "--format", "xml"], "xml"),
        (["trace", "-o", "out", "--", "no.py"], "no.py"),
        (["trace", "-o", "out", "--tap", "x", "--", TARGET / "scripts/mock_train.py"], "x"),
        (["inspect", "missing.zip"], "missing.zip"),
        (["view", "nowhere"], "nowhere"),
        (["frobnicate"], "frobnicate"),
    ],
    ids=lambda value: (
        " ".join(Path(str(part)).name for part in value) if isinstance(value, list) else None
    ),
)
def test_one_line_and_exit_status_2(
    tracer: Tracer, tmp_path: Path, arguments: list[object], said: str
) -> None:
    """Says what and where; no traceback; nothing left behind."""
    done = tracer(*arguments)
    assert done.status == 2, done
    assert said in done.trouble
    assert done.trouble.startswith("tracer: ")
    assert "Traceback" not in done.err
    assert done.out == ""
    assert list((tmp_path / "cwd").iterdir()) == []


def test_a_brief_without_a_question(tracer: Tracer, tmp_path: Path) -> None:
    """Names the file, and what was expected."""
    brief = tmp_path / "brief.md"
    brief.write_text(_BRIEF_WITHOUT_QUESTION)
    done = tracer("run", brief, "--root", TARGET)
    assert done.status == 2
    assert "brief.md" in done.trouble
    assert "expected" in done.trouble


def test_a_folder_with_something_in_it_is_left_alone(tracer: Tracer, tmp_path: Path) -> None:
    """Before anything long begins: no stage has run."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    done = tracer("run", BRIEF, "--root", TARGET, "--out", out)
    assert done.status == 2
    assert "expected an empty folder" in done.trouble
    assert "static" not in done.err
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("syntax.py", b"def broken(:\n", "syntax.py"),
        ("nulls.py", b"x = 1\n\0\n", "null byte"),
        ("coding.py", b"# -*- coding: latin-77 -*-\n", "unknown encoding"),
        ("bytes.py", b"x = '\xff'\n", "bytes.py"),
        ("deep.py", b"x = " + b"(" * 3000 + b")" * 3000 + b"\n", "deep.py"),
    ],
)
def test_one_bad_source_file_does_not_end_the_run(
    tracer: Tracer, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    """It is a finding; the rest is answered."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / name).write_bytes(data)
    (tree / "store.py").write_text("def save_all():\n    open('data.bin', 'wb')\n\nsave_all()\n")
    done = tracer("ask", "who writes data.bin?", "--root", tree)
    assert done.status == 0, done.err
    assert "save_all" in done.out
    told = tracer("callgraph", "--root", tree, "--format", "json")
    assert said in told.out
