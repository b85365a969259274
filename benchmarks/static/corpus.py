"""Trees of a wanted size, made of real packages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.static.definitions import count_lines, python_files
from benchmarks.static.packages import Package
from benchmarks.static.tools import Program

# In a standard library: its tests, and what was installed beside it.
_LEFT_OUT = (r"(^|/)(tests?|testing|idle_test|site-packages|dist-packages)(/|$)",)


@dataclass(frozen=True, slots=True)
class Unit:
    """A package or module as one piece of a tree: its top-level name, and its files."""

    name: str
    root: Path
    files: tuple[Path, ...]


def units(packages: Sequence[Package], corpora: Iterable[Path], kloc: int) -> list[Unit]:
    """The packages, the smallest first; then what the corpora hold, by name, up to a size.

    What is left out of a corpus: tests, names that stand for themselves already, and files that do
    not parse, since one would end some tools' runs.
    """
    ordered = sorted(packages, key=lambda package: package.lines)
    found = [
        Unit(_top(package.program.files[0], package.program.root), package.program.root, files)
        for package in ordered
        if (files := package.program.files)
    ]
    taken = {unit.name for unit in found}
    lines = sum(count_lines(unit.files) for unit in found)
    for corpus in corpora:
        by_top: dict[str, list[Path]] = {}
        for file in python_files(corpus, _LEFT_OUT):
            by_top.setdefault(_top(file, corpus), []).append(file)
        for name, files_of in sorted(by_top.items()):
            if lines >= 1000 * kloc:
                return found
            good = tuple(file for file in files_of if _parses(file))
            if name.isidentifier() and name not in taken and good:
                found.append(Unit(name, corpus, good))
                taken.add(name)
                lines += count_lines(good)
    return found


def make_tree(sources: Sequence[Unit], kloc: int, into: Path) -> tuple[Program, int]:
    """A tree of so many kLoC, and how many times it goes through the sources.

    Every unit has a top-level name of its own, `json_12`, and its absolute imports of itself
    follow; those of other units lead outside. The last unit is cut off after the file that reaches
    the size. A smaller tree is the beginning of a larger one.
    """
    wanted, lines, number = kloc * 1000, 0, 0
    while lines < wanted:
        unit = sources[number % len(sources)]
        new = f"{unit.name}_{number}"
        itself = re.escape(unit.name).encode()
        imports = re.compile(rb"^(\s*(?:from|import)\s+)" + itself + rb"\b", re.MULTILINE)
        for file in unit.files:
            if lines >= wanted:
                break
            text = imports.sub(rb"\g<1>" + new.encode(), file.read_bytes())
            first, *rest = file.relative_to(unit.root).parts
            target = into.joinpath(first.replace(unit.name, new, 1), *rest)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
            lines += len(text.splitlines())
        number += 1
    return Program(f"{kloc} kLoC", into, tuple(python_files(into))), -(-number // len(sources))


def _top(file: Path, root: Path) -> str:
    return file.relative_to(root).parts[0].removesuffix(".py")


def _parses(file: Path) -> bool:
    try:
        ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return True
