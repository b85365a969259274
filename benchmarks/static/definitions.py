"""What a tree of sources defines, and one spelling for the names that tools print."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

Edge = tuple[str, str]  # caller, callee
Graph = dict[str, list[str]]

_COMPREHENSIONS = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")
# Decorators that leave the function itself to be called: no wrapper stands between.
_TRANSPARENT = re.compile(
    r"(^|\.)(property|cached_property|staticmethod|classmethod|abstractmethod|overload|override"
    r"|final|setter|getter|deleter)$"
)
_PROPERTY = re.compile(r"(^|\.)(property|cached_property|setter|getter|deleter)$")


class Kind(StrEnum):
    """What a dotted name is defined as."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"


@dataclass(slots=True)
class Definitions:
    """The modules, classes and functions of some files, by dotted name.

    Attributes:
        kinds: A name defined twice is a function if any of its definitions is.
        scopes: Name to the name of the scope around it; modules have none.
        decorated: Functions under a decorator that may put a wrapper in their place.
        properties: Functions that reading or writing an attribute calls.
        bases: Class to the last parts of its base classes' names, as written.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)
    decorated: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    bases: dict[str, list[str]] = field(default_factory=dict)

    def is_function(self, name: str) -> bool:
        return self.kinds.get(name) is Kind.FUNCTION

    def caller_of(self, name: str) -> str:
        """The function or module whose run makes the calls: a class body runs in its scope."""
        name = canonical(name)
        while self.kinds.get(name) is Kind.CLASS:
            name = self.scopes[name]
        return name

    def internal_edges(self, graph: Graph) -> set[Edge]:
        """The edges from a function or module defined here to a function defined here."""
        found: set[Edge] = set()
        for caller, callees in graph.items():
            source = self.caller_of(caller)
            if self.kinds.get(source) not in (Kind.FUNCTION, Kind.MODULE):
                continue
            for callee in callees:
                target = canonical(callee)
                if self.is_function(target):
                    found.add((source, target))
        return found


def read_definitions(files: Iterable[Path], root: Path) -> Definitions:
    """Read what the files define; a file that does not parse defines nothing."""
    definitions = Definitions()
    for file in files:
        try:
            tree = ast.parse(file.read_text("utf-8", errors="replace"))
        except SyntaxError:
            continue
        module = module_name(file, root)
        definitions.kinds[module] = Kind.MODULE
        _collect(definitions, tree, module)
    return definitions


def canonical(name: str) -> str:
    """One spelling: no `<locals>`, lambdas unnumbered, comprehensions part of their function."""
    name = name.replace(".<locals>", "")
    name = re.sub(r"<lambda\d*>", "<lambda>", name)
    return re.sub(r"\.<(?:listcomp|setcomp|dictcomp|genexpr)>\d*", "", name)


def is_comprehension(qualname: str) -> bool:
    return qualname.rpartition(".")[2] in _COMPREHENSIONS


def module_name(file: Path, root: Path) -> str:
    """The path relative to the root, dotted; a package's `__init__` is the package."""
    parts = list(Path(os.path.relpath(file, root)).with_suffix("").parts)
    if parts and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def python_files(folder: Path, skip: Sequence[str] = ()) -> list[Path]:
    """All `.py` files below a folder, sorted by folder; hidden folders are left out.

    Args:
        skip: Regular expressions, searched in the path relative to the folder.
    """
    return [
        file
        for file in _walk(folder)
        if not any(re.search(pattern, os.path.relpath(file, folder)) for pattern in skip)
    ]


def count_lines(files: Iterable[Path]) -> int:
    return sum(len(file.read_bytes().splitlines()) for file in files)


def edges_of(graph: Graph) -> set[Edge]:
    return {(caller, callee) for caller, callees in graph.items() for callee in callees}


def _walk(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__" and not f.startswith("."))
        for name in sorted(names):
            if name.endswith(".py"):
                yield Path(base, name)


def _collect(definitions: Definitions, node: ast.AST, scope: str) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = _inside(scope, child.name)
            _define(definitions, child, name, scope)
            _collect(definitions, child, name)
        elif isinstance(child, ast.Lambda):
            # One name for all lambdas of a scope: no two tools number them alike.
            name = _inside(scope, "<lambda>")
            definitions.kinds.setdefault(name, Kind.FUNCTION)
            definitions.scopes.setdefault(name, scope)
            _collect(definitions, child, name)
        else:
            _collect(definitions, child, scope)


def _define(
    definitions: Definitions,
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    name: str,
    scope: str,
) -> None:
    definitions.scopes.setdefault(name, scope)
    if isinstance(node, ast.ClassDef):
        if not definitions.is_function(name):
            definitions.kinds[name] = Kind.CLASS
        bases = definitions.bases.setdefault(name, [])
        bases.extend(ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases)
        return
    definitions.kinds[name] = Kind.FUNCTION
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    if any(not _TRANSPARENT.search(decorator) for decorator in decorators):
        definitions.decorated.add(name)
    if any(_PROPERTY.search(decorator) for decorator in decorators):
        definitions.properties.add(name)


def _inside(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
