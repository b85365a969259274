"""The layout of a suite folder; `benchmarks/README.md` describes it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.static.definitions import (
    Definitions,
    Graph,
    count_lines,
    python_files,
    read_definitions,
)
from benchmarks.static.recorded import Recording, read_recording
from benchmarks.static.tools import Program


@dataclass(frozen=True)
class Package:
    """A package of `packages/`: its sources, and what its tests were seen to execute."""

    program: Program
    folder: Path
    truth: Path | None

    @cached_property
    def definitions(self) -> Definitions:
        return read_definitions(self.program.files, self.program.root)

    @cached_property
    def lines(self) -> int:
        return count_lines(self.program.files)

    @cached_property
    def recording(self) -> Recording | None:
        if self.truth is None:
            return None
        return read_recording(self.truth, self.definitions, self.program.root, self.folder)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A small program with a graph that somebody wrote down, or that was executed."""

    name: str
    program: Program
    expected: Graph
    optional: Graph


@dataclass(frozen=True, slots=True)
class MacroProgram:
    """A whole program with a graph that somebody wrote down."""

    set_name: str
    program: Program
    expected: Graph


def read_packages(suite: Path, only: tuple[str, ...] = ()) -> list[Package]:
    """The packages of a suite, by name."""
    found = []
    for description in sorted(suite.glob("packages/*/package.json")):
        home = description.parent
        if only and home.name not in only:
            continue
        said: dict[str, Any] = json.loads(description.read_text("utf-8"))
        folder = (home / said["package"]).resolve()
        skip = [said["skip"]] if said.get("skip") else []
        truth = home / said.get("truth", "truth.json.gz")
        root = (home / said["root"]).resolve()
        context = tuple((home / path).resolve() for path in said.get("context", ()))
        program = Program(
            name=home.name,
            root=root,
            files=tuple(python_files(folder, skip)),
            context=context,
            project=Path(os.path.commonpath([root, *context])),
        )
        found.append(Package(program, folder, truth if truth.exists() else None))
    return found


def read_snippets(folder: Path) -> Iterator[Snippet]:
    """Every folder with a `main.py` and a `callgraph.json`, by path.

    A `suite.json` `{"snippets": …, "truth": …}` names two folders of the same shape, where the
    graphs do not lie beside the programs; blanks and underscores in their names are the same.
    """
    snippets, truth = folder, folder
    if (folder / "suite.json").exists():
        said = json.loads((folder / "suite.json").read_text("utf-8"))
        snippets, truth = folder / said["snippets"], folder / said["truth"]
    programs = {
        _key(main.parent.relative_to(snippets)): main.parent for main in snippets.rglob("main.py")
    }
    for written in sorted(truth.rglob("callgraph.json")):
        name = written.parent.relative_to(truth)
        home = programs.get(_key(name))
        if home is None:
            continue
        optional = written.with_name("optional.json")
        yield Snippet(
            name=name.as_posix(),
            program=Program(f"{folder.name}/{name}", home.resolve(), _files(home.resolve())),
            expected=json.loads(written.read_text("utf-8")),
            optional=json.loads(optional.read_text("utf-8")) if optional.exists() else {},
        )


def read_macro(suite: Path) -> Iterator[MacroProgram]:
    """The programs of `macro/`, by name."""
    for description in sorted(suite.glob("macro/*/program.json")):
        home = description.parent
        said: dict[str, Any] = json.loads(description.read_text("utf-8"))
        files: list[Path] = []
        for source in said["sources"]:
            path = (home / source).resolve()
            files += python_files(path, said.get("skip", ())) if path.is_dir() else [path]
        program = Program(home.name, (home / said["root"]).resolve(), tuple(files))
        truth = home / said.get("truth", "truth.json")
        yield MacroProgram(said.get("set", ""), program, json.loads(truth.read_text("utf-8")))


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(python_files(folder))


def _key(path: Path) -> str:
    return path.as_posix().replace(" ", "_")
