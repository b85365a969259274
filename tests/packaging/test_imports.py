"""What is heavy is imported by those who need it alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_PAGE = ("pyvis", "IPython", "jsonpickle")
_PROGRAM = """
import sys
from tracer.cli.main import main
status = main(sys.argv[2:])
loaded = [name for name in sys.argv[1].split(",") if name in sys.modules]
sys.stderr.write(f"\\nloaded: {','.join(loaded)}\\n")
sys.exit(status)
"""


def _loaded(cwd: Path, names: tuple[str, ...], *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, ",".join(names), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.strip().splitlines()[-1].removeprefix("loaded:").strip().split(",")) - {
        ""
    }


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.py").write_text("def f():\n    g()\n\ndef g():\n    open('x')\n")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("callgraph", "--root", "tree", "--quiet"),
        ("ask", "Who opens x?", "--root", "tree", "--quiet"),
    ],
)
def test_the_page_s_library_waits_for_a_page(tree: Path, arguments: tuple[str, ...]) -> None:
    """pyvis brings IPython and more along; no command without a page pays for it."""
    assert _loaded(tree, _PAGE, *arguments) == set()


def test_a_page_needs_it(tree: Path) -> None:
    """The control case."""
    (tree / "brief.yaml").write_text("question: Who opens x?\n")
    arguments = ("run", "brief.yaml", "--root", "tree", "--out", "out", "--no-dynamic", "--quiet")
    assert "pyvis" in _loaded(tree, _PAGE, *arguments)


def test_pytest_pays_little_for_the_plugin(tree: Path) -> None:
    """Each run of pytest in an environment that has us imports it: it brings nothing of ours."""
    program = (
        "import sys, pytest; before = set(sys.modules); import tracer.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tree, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) <= {"tracer", "tracer.pytest_plugin"}
