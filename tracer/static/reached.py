"""Which files of a tree are worth reading: those that are asked about, and what they import."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, cast

from tracer.static.flat import CONST, FROM, IMPORT, FileSummary
from tracer.static.imports import ModuleIndex
from tracer.static.sources import SourceTree

NOT_READ = FileSummary(())
"""Stands for a file that nothing asked about reaches."""


def scan_reached(
    tree: SourceTree,
    starts: Collection[int],
    scan: Callable[[SourceTree], tuple[FileSummary, ...]],
) -> tuple[FileSummary, ...]:
    """Read the files to start from, then those that they import, and so on.

    Args:
        starts: Indices into the tree's files.
        scan: Reads all files of a tree, in its order.

    Returns:
        A summary for each file of the tree; `NOT_READ` for those that nothing reaches.
    """
    paths = [source.path for source in tree.files]
    modules = ModuleIndex(paths, (), tree.root.name)
    found: list[FileSummary] = [NOT_READ] * len(paths)
    seen: set[int] = set()
    wave = sorted(starts)
    while wave:
        seen.update(wave)
        part = replace(tree, files=tuple(tree.files[index] for index in wave))
        for index, summary in zip(wave, scan(part), strict=True):
            found[index] = summary
        following: set[int] = set()
        for index in wave:
            modules.note_script(index, found[index])
        for index in wave:
            following.update(_imported(modules, index, found[index]))
        wave = sorted(following - seen)
    return tuple(found)


def _imported(modules: ModuleIndex, importer: int, summary: FileSummary) -> set[int]:
    locations: set[str] = set()
    for scope in summary.scopes:
        for parts in cast("Sequence[Any]", scope.nodes):
            if parts[0] == IMPORT:
                target = modules.resolve(importer, parts[1])
                locations.update(modules.chain(target, importer, parts[1]))
            elif parts[0] == FROM:
                _, level, module, name = parts
                target = modules.resolve_relative(importer, level, module)
                if not level:
                    locations.update(modules.chain(target, importer, module))
                if target.location is not None:
                    locations.add(target.location)
                    submodule = modules.submodule(target.location, name) if name else None
                    if submodule is not None:
                        locations.add(submodule)
        # A string may name a module too: `import_module("plugins.alpha")`, a table of lazy names.
        for parts in cast("Sequence[Any]", scope.nodes):
            if parts[0] == CONST and isinstance(parts[2], str) and parts[2].count(".") < 6:
                text = parts[2].strip(".")
                if text and text.replace(".", "_").isidentifier():
                    target = modules.resolve(importer, text)
                    if target.location is not None:
                        locations.add(target.location)
    files = {modules.file_of(location) for location in locations}
    # A package is read before its modules.
    for location in tuple(locations):
        while "/" in location:
            location = location.rpartition("/")[0]
            files.add(modules.file_of(location))
    return {file for file in files if file is not None}
