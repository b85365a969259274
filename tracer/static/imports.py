"""Which file an import names.

Assumed, as for most projects: the root, and a `src` folder in it that is no package, are on
`sys.path`; a script's own folder is too, before them, and so is the folder that holds the
outermost package of the importing file. A folder of a package in which a script lies (a module
that asks whether it is `__main__`) comes last, and never for names of the standard library.
Environments are not searched: what is not below the root is external.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from tracer.static.flat import COMPARE, FROM, IMPORT, NAME, FileSummary


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """What a dotted name means in one file."""

    location: str | None  # path without suffix, a package's folder; None: not in the sources
    dotted: str  # the absolute name
    is_missing: bool = False  # the beginning is in the sources, and the rest is not


class ModuleIndex:
    """The modules and packages of a tree."""

    def __init__(
        self, paths: Sequence[str], summaries: Sequence[FileSummary], root_name: str = ""
    ) -> None:
        self._file_of: dict[str, int | None] = {}
        for index, path in enumerate(paths):
            location = path.removesuffix(".py")
            if location == "__init__" or location.endswith("/__init__"):
                location = location[: -len("__init__")].rstrip("/")
                self._file_of[location] = index
            else:
                # A package hides a module of the same name beside it.
                self._file_of.setdefault(location, index)
            folder = location.rpartition("/")[0]
            while folder and folder not in self._file_of:
                self._file_of[folder] = None
                folder = folder.rpartition("/")[0]
        self._paths = paths
        # A root with an `__init__.py` may itself be the package that its files import from.
        self._root_package = root_name if "" in self._file_of else None
        has_src = "src" in self._file_of and self._file_of["src"] is None
        self._src = "src" if has_src else None
        self._roots = [self._search_path(path) for path in paths]
        self._with_scripts: set[str] = set()  # folders
        for index, summary in enumerate(summaries):
            self.note_script(index, summary)
        self._targets: dict[tuple[int, str], ImportTarget] = {}
        self._foreign: frozenset[str] = frozenset()
        self._foreign = self._namespaces_of_others(summaries)
        self._targets.clear()

    def note_script(self, index: int, summary: FileSummary) -> None:
        """Note that a file was read: if it is a script, what lies beside it is found."""
        if _is_script(summary):
            self._with_scripts.add(_folder_of(self._paths[index]))

    def module_name(self, path: str) -> str:
        """The dotted name of a file, relative to the root or to `src`."""
        location = path.removesuffix(".py")
        if location == "__init__" or location.endswith("/__init__"):
            location = location[: -len("__init__")].rstrip("/")
        return self.dotted(location)

    def dotted(self, location: str) -> str:
        """The dotted name of a location."""
        if self._src is not None:
            location = location.removeprefix("src/")
        return location.replace("/", ".") or "__init__"

    def file_of(self, location: str) -> int | None:
        """The index of the file whose code is the module; None for a folder without one."""
        return self._file_of.get(location)

    def submodule(self, location: str, name: str) -> str | None:
        """The location of `name` in a package."""
        path = self._path_below(location, name)
        return path if path in self._file_of and self._is_folder(location) else None

    def resolve(self, importer: int, dotted: str) -> ImportTarget:
        """What `import dotted` finds from a file."""
        key = (importer, dotted)
        known = self._targets.get(key)
        if known is None:
            known = self._targets[key] = self._resolve(importer, dotted)
        return known

    def resolve_relative(self, importer: int, level: int, module: str) -> ImportTarget:
        """What `from ..module import` names; level 0 is absolute."""
        if level == 0:
            return self.resolve(importer, module)
        folder = self._paths[importer].rpartition("/")[0]
        for _ in range(level - 1):
            if not folder:
                return ImportTarget(None, "." * level + module, is_missing=True)
            folder = folder.rpartition("/")[0]
        location = self._path_below(folder, module.replace(".", "/")) if module else folder
        if location in self._file_of or not location:
            return ImportTarget(location, self.dotted(location))
        return ImportTarget(None, self.dotted(location), is_missing=True)

    def chain(self, target: ImportTarget, importer: int, dotted: str) -> list[str]:
        """The locations whose bodies `import dotted` runs, outermost first."""
        if target.location is None:
            parts = dotted.split(".")
            for length in range(len(parts) - 1, 0, -1):
                head = self.resolve(importer, ".".join(parts[:length]))
                if head.location is not None:
                    return self.chain(head, importer, ".".join(parts[:length]))
            return []
        locations = [target.location]
        for _ in range(dotted.count(".")):
            parent = locations[0].rpartition("/")[0]
            if not parent:
                break
            locations.insert(0, parent)
        return locations

    def _resolve(self, importer: int, dotted: str) -> ImportTarget:
        parts = dotted.split(".")
        first = parts[0]
        if first in sys.builtin_module_names:
            return ImportTarget(None, dotted)
        is_missing = False
        if first == self._root_package and first not in self._file_of:
            whole = "/".join(parts[1:])
            is_found = whole in self._file_of
            return ImportTarget(whole if is_found else None, dotted, is_missing=not is_found)
        for root in self._roots[importer]:
            if not root and self._root_package is not None and first in sys.stdlib_module_names:
                continue
            location = self._path_below(root, first)
            if location not in self._file_of:
                continue
            if self._file_of[location] is None and (
                first in sys.stdlib_module_names or location in self._foreign
            ):
                continue  # A folder without `__init__.py` gives way to any package of its name.
            whole = self._path_below(root, "/".join(parts))
            if whole in self._file_of:
                return ImportTarget(whole, self.dotted(whole))
            is_missing |= self._file_of[location] is not None
        beside = _folder_of(self._paths[importer])
        if beside in self._with_scripts and not is_missing and first not in sys.stdlib_module_names:
            whole = self._path_below(beside, "/".join(parts))
            if self._file_of.get(whole) not in (None, importer):
                return ImportTarget(whole, self.dotted(whole))
        return ImportTarget(None, dotted, is_missing)

    def _search_path(self, path: str) -> list[str]:
        folder = path.rpartition("/")[0]
        while folder and self._file_of.get(folder) is not None:
            folder = folder.rpartition("/")[0]
        roots = [folder, ""]
        if self._src is not None:
            roots.append(self._src)
        return list(dict.fromkeys(roots))

    def _path_below(self, folder: str, name: str) -> str:
        return f"{folder}/{name}" if folder else name

    def _is_folder(self, location: str) -> bool:
        file = self._file_of.get(location)
        return file is None or self._paths[file].endswith("__init__.py")

    def _namespaces_of_others(self, summaries: Sequence[FileSummary]) -> frozenset[str]:
        """Top folders without `__init__.py` that share their name with an installed package.

        Most of what is imported by that name is not in the folder: a `torch/` with experiments
        beside a program that imports the real `torch`.
        """
        found: Counter[str] = Counter()
        absent: Counter[str] = Counter()
        for importer, dotted in _imports(summaries):
            first = dotted.partition(".")[0]
            for root in self._roots[importer]:
                location = self._path_below(root, first)
                if location in self._file_of and self._file_of[location] is None:
                    whole = self._path_below(root, dotted.replace(".", "/"))
                    is_found = self._file_of.get(whole) is not None
                    (found if is_found else absent)[location] += 1
        return frozenset(name for name, count in absent.items() if count > found[name])


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _is_script(summary: FileSummary) -> bool:
    """Whether a module asks if it is the one that was started."""
    nodes = summary.scopes[0].nodes if summary.scopes else ()
    return any(
        parts[0] == COMPARE
        and parts[1] == "__eq__"
        and {nodes[cast(int, parts[at])][:2] for at in (2, 3)} >= {(NAME, "__name__")}
        and any(nodes[cast(int, parts[at])][-1] == "__main__" for at in (2, 3))
        for parts in nodes
    )


def _imports(summaries: Sequence[FileSummary]) -> Iterable[tuple[int, str]]:
    for importer, summary in enumerate(summaries):
        for scope in summary.scopes:
            for node in scope.nodes:
                if node[0] == IMPORT and node[2]:
                    yield importer, str(node[1])
                elif node[0] == FROM and node[1] == 0 and node[3]:
                    yield importer, f"{node[2]}.{node[3]}"
