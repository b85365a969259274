"""The workload for the real project says in one line what it lacks, and touches nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

RunPython = Callable[..., subprocess.CompletedProcess[str]]

WORKLOAD = Path(__file__).resolve().parents[2] / "examples/workloads/ptychopinn.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A working copy in which the parts stand that the workload looks for."""
    root = tmp_path / "checkout"
    for folder in ("scripts/training", "ptycho/workflows"):
        (root / folder).mkdir(parents=True)
    (root / "scripts/training/train.py").write_text("", "utf-8")
    (root / "ptycho/__init__.py").write_text("", "utf-8")
    (root / "ptycho/workflows/__init__.py").write_text("", "utf-8")
    return root


def _write_loader(checkout: Path, text: str) -> None:
    (checkout / "ptycho/workflows/components.py").write_text(text, "utf-8")


def _run(run_python: RunPython, checkout: Path, cwd: Path) -> tuple[int, str]:
    words = ("-P", WORKLOAD, checkout, "--output", cwd / "out")
    done = run_python(*words, cwd=cwd, is_checked=False)
    return done.returncode, done.stderr


def test_missing_checkout_is_told(run_python: RunPython, tmp_path: Path) -> None:
    """One line, and exit status 2."""
    status, told = _run(run_python, tmp_path / "nowhere", tmp_path)
    assert status == 2
    assert told.count("\n") == 1
    assert "there is no scripts/training/train.py" in told


def test_missing_package_is_told(run_python: RunPython, checkout: Path, tmp_path: Path) -> None:
    """The package is named as the import names it."""
    _write_loader(checkout, "import a_package_that_nobody_has\n")
    status, told = _run(run_python, checkout, tmp_path)
    assert (status, told.count("\n")) == (2, 1)
    assert "a_package_that_nobody_has" in told


def test_older_checkout_is_told(run_python: RunPython, checkout: Path, tmp_path: Path) -> None:
    """A checkout from before the loader is no failure of the project's."""
    _write_loader(checkout, "")
    status, told = _run(run_python, checkout, tmp_path)
    assert (status, told.count("\n")) == (2, 1)
    assert "load_inference_bundle" in told


def test_failure_of_the_project_is_not_hidden(
    run_python: RunPython, checkout: Path, tmp_path: Path
) -> None:
    """Its traceback is shown, and the exit status is 1."""
    pytest.importorskip("numpy")
    _write_loader(checkout, "def load_inference_bundle(model_dir): ...\n")
    (checkout / "scripts/training/train.py").write_text("1 / 0\n", "utf-8")
    status, told = _run(run_python, checkout, tmp_path)
    assert status == 1
    assert "ZeroDivisionError" in told


def test_nothing_is_written_into_the_checkout(
    run_python: RunPython, checkout: Path, tmp_path: Path
) -> None:
    """Neither logs nor bytecode: the script runs in the output folder."""
    pytest.importorskip("numpy")
    _write_loader(checkout, "def load_inference_bundle(model_dir): ...\n")
    script = checkout / "scripts/training/train.py"
    script.write_text("open('train_debug.log', 'w').close()\nraise SystemExit(3)\n", "utf-8")
    before = sorted(checkout.rglob("*"))
    _run(run_python, checkout, tmp_path)
    assert sorted(checkout.rglob("*")) == before
    assert (tmp_path / "out/train_debug.log").is_file()
