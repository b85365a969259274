"""`tracer doctor`: what is there, what is missing, what it gives."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Tracer
from tracer.dynamic import accelerator


def test_what_is_there_is_told(tracer: Tracer) -> None:
    """Each check says what it gives; this interpreter is fit."""
    done = tracer("doctor", "--json")
    assert done.status == 0
    checks = {each["name"]: each for each in json.loads(done.out)["data"]["checks"]}
    assert {"tracer", "target's interpreter", "hooks in C", "cache folder", "git"} <= checks.keys()
    assert all(each["gives"] and each["found"] for each in checks.values())
    assert checks["h5py"]["is_there"]  # of `dev`


def test_what_is_missing_is_told_with_what_gives_it(
    tracer: Tracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a compiler, git and a folder that can be written: gaps, and no failure."""
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3.12").write_text("no interpreter")
    (tmp_path / "bin" / "python3.12").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("TRACER_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert shutil.which("git") is None
    done = tracer("doctor")
    assert done.status == 0
    for name in ("hooks in C", "cache folder", "git", "other interpreters"):
        assert f"MISSING  {name}" in done.out
    assert "Not a directory" in done.out
    assert "get it: TRACER_CACHE_DIR=DIR" in done.out


@pytest.mark.parametrize("wrong", ["of another version", "in no folder"])
def test_a_compiler_is_advised_only_where_it_would_help(
    tracer: Tracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """Hooks in C want an interpreter that they know, and a folder that can be written."""
    cache = tmp_path / "cache"
    if wrong == "of another version":
        monkeypatch.setattr(accelerator, "_KNOWN", ())
        expected = ("it does not know the frames of Python", "CPython 3.11 to 3.13")
    else:
        cache = Path("/dev/null/cache")  # what a user without a home may have
        expected = ("cannot be written: Not a directory", "a cache folder that can be written")
    monkeypatch.setenv("TRACER_CACHE_DIR", str(cache))
    checks = json.loads(tracer("doctor", "--json").out)["data"]["checks"]
    (hooks,) = (each for each in checks if each["name"] == "hooks in C")
    assert not hooks["is_there"]
    if hooks["how"].startswith("a C compiler"):
        pytest.skip(f"no accelerator here: {hooks['found']}")
    assert expected[0] in hooks["found"] and hooks["how"].startswith(expected[1])


def test_what_is_no_interpreter_is_refused(tracer: Tracer, tmp_path: Path) -> None:
    """One line, exit status 2."""
    done = tracer("doctor", "--python", tmp_path / "gone")
    assert done.status == 2
    assert str(tmp_path / "gone") in done.trouble
