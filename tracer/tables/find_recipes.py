"""Recipes for stand-ins: those that come with the tool, then those of the user."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from tracer.errors import TableError

DATA = ("VERSION", "ALIASES", "ABSENT", "DECORATORS", "NAMES")


def find_recipes(extra: Sequence[Path] = ()) -> dict[str, tuple[Path, ...]]:
    """The recipe files of each library, in the order in which they are run.

    Nothing of them is run here: that happens in the target, where the library is missing.

    Args:
        extra: Folders of the user; `tensorflow.py` in one adds to ours, and its entries win.

    Raises:
        TableError: A folder cannot be read, or a file in it is no recipe: says where, and what was
            expected.
    """
    found: dict[str, tuple[Path, ...]] = {}
    own = resources.files("tracer.tables").joinpath("recipes")
    for folder in (Path(str(own)), *extra):
        if not folder.is_dir():
            raise TableError(f"{folder}: expected a folder with recipes")
        for path in sorted(folder.glob("*.py")):
            if folder in extra:
                _check(path)
            found[path.stem] = (*found.get(path.stem, ()), path.absolute())
    return found


def _check(path: Path) -> None:
    if not path.stem.isidentifier():
        raise TableError(f"{path}: expected the name of a library as the file's name")
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (OSError, SyntaxError, ValueError) as error:
        raise TableError(f"{path}: expected a recipe in Python, found: {error}") from error
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    } | {
        node.target.id
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    if not assigned & set(DATA):
        raise TableError(f"{path}: expected one of {', '.join(DATA)}, found none")
