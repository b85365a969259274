"""Names that a package gives out and defines elsewhere: `pkg.save` is `pkg.store.save`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from tracer.model.graph import CallGraph
from tracer.model.source import FunctionKind
from tracer.plan.parsing import parse_source
from tracer.static.sources import SourceTree

_MOST_HOPS = 5  # from package to package


def exported_names(names: Iterable[str], graph: CallGraph, tree: SourceTree) -> Mapping[str, str]:
    """By name as given: the dotted name of what a module of the tree imports under that name.

    Only what a `from … import` statement of the module says, wherever it stands in it; what is
    defined in the module itself is not among these.
    """
    return _Exports(graph, tree).of(names)


class _Exports:
    def __init__(self, graph: CallGraph, tree: SourceTree) -> None:
        self._paths = {
            function.module: function.path
            for function in graph.functions
            if function.kind is FunctionKind.MODULE
        }
        self._files = {file.path: file for file in tree.files}
        self._imports: dict[str, dict[str, str]] = {}
        self._stars: dict[str, list[str]] = {}  # modules of `from … import *`
        self._defined = {function.dotted for function in graph.functions}
        self._defined |= {definition.dotted for definition in graph.classes}

    def of(self, names: Iterable[str]) -> Mapping[str, str]:
        found = {}
        for name in dict.fromkeys(names):
            target = name
            for _ in range(_MOST_HOPS):
                imported = self._hop(target)
                if imported is None:
                    break
                target = imported
            if target != name:
                found[name] = target
        return found

    def _hop(self, name: str) -> str | None:
        """One import further: of the longest part of a name that is a module."""
        parts = name.split(".")
        for at in range(len(parts) - 1, 0, -1):
            module = ".".join(parts[:at])
            if module not in self._paths:
                continue
            imported = self._of_module(module).get(parts[at])
            for source in self._stars[module] if imported is None else ():
                if f"{source}.{parts[at]}" in self._defined:
                    imported = f"{source}.{parts[at]}"
            return None if imported is None else ".".join([imported, *parts[at + 1 :]])
        return None

    def _of_module(self, module: str) -> dict[str, str]:
        if module not in self._imports:
            self._imports[module] = self._read(module)
        return self._imports[module]

    def _read(self, module: str) -> dict[str, str]:
        self._stars[module] = stars = []
        path = self._paths[module]
        tree = parse_source(self._files[path]) if path in self._files else None
        if tree is None:
            return {}
        is_package = path.endswith("/__init__.py") or path == "__init__.py"
        package = module.split(".") if is_package else module.split(".")[:-1]
        found: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level <= len(package) + 1:
                base = package[: len(package) + 1 - node.level] if node.level else []
                source = ".".join([*base, *([node.module] if node.module else [])])
                for alias in node.names:
                    if alias.name == "*":
                        stars.append(source)
                        continue
                    found[alias.asname or alias.name] = f"{source}.{alias.name}"
        own = {node.name for node in tree.body if isinstance(node, _DEFINITIONS)}
        return {name: target for name, target in found.items() if name not in own}


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
