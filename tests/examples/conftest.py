"""Where the embedded target lies, how its scripts are run, and what its sources define."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MINI = EXAMPLES / "ptycho_mini"

RunPython = Callable[..., subprocess.CompletedProcess[str]]
Lines = tuple[int, int]
FindDefinitions = Callable[[Path], dict[str, Lines]]
FindFunctions = Callable[[str], list[tuple[Path, Lines]]]


@pytest.fixture(scope="session")
def mini() -> Path:
    """The root of the embedded target."""
    return MINI


@pytest.fixture(scope="session")
def run_python() -> RunPython:
    """Run Python in a folder of its own, with the embedded target importable."""

    def run(
        *words: str | Path, cwd: Path, hash_seed: int = 0, is_checked: bool = True
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": str(hash_seed),
            "PYTHONPATH": str(MINI),
        }
        done = subprocess.run(
            [sys.executable, *map(str, words)],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if is_checked:
            assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def find_definitions() -> FindDefinitions:
    """Functions, classes and module-level names of a file, dotted, with their lines."""
    return _find_definitions


@pytest.fixture(scope="session")
def find_functions() -> FindFunctions:
    """Where a function may be defined, by `path::name`, `Class.method` or `module.name`."""
    return lambda dotted: _find_functions(MINI, dotted)


def _find_definitions(file: Path) -> dict[str, Lines]:
    found: dict[str, Lines] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                name = f"{prefix}{child.name}"
                found[name] = (child.lineno, child.end_lineno or child.lineno)
                visit(child, f"{name}.")
            elif isinstance(child, ast.Assign) and not prefix:
                for target in child.targets:
                    if isinstance(target, ast.Name):
                        found[target.id] = (child.lineno, child.end_lineno or child.lineno)

    visit(ast.parse(file.read_text("utf-8")), "")
    return found


def _find_functions(root: Path, dotted: str) -> list[tuple[Path, Lines]]:
    path, _, name = dotted.rpartition("::")
    if path:
        definitions = _find_definitions(root / path)
        return [(root / path, definitions[name])] if name in definitions else []
    found = []
    for file in sorted(root.rglob("*.py")):
        definitions = _find_definitions(file)
        module, _, last = dotted.rpartition(".")
        if dotted in definitions:
            found.append((file, definitions[dotted]))
        elif file.stem == module and last in definitions:
            found.append((file, definitions[last]))
    return found
