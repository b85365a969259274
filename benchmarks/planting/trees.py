"""Trees that are on every machine: the embedded target, our own package, Python's own packages."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tracer.model.evidence import ArtifactLayout
from tracer.model.graph import CallGraph, EffectKind
from tracer.pipeline.progress import Silent, StageClock
from tracer.pipeline.reading import read_sources
from tracer.static.layouts import artifact_layouts
from tracer.static.sources import SourceTree

PROJECT = Path(__file__).resolve().parents[2]

# What belongs together, so that imports lead from one package to the other.
STANDARD = {
    "email": ("email",),
    "unittest": ("unittest",),
    "logging, json, html": ("logging", "json", "html"),
    "http, urllib": ("http", "urllib", "socketserver.py"),
    "argparse, configparser, zipfile": ("argparse.py", "configparser.py", "zipfile.py"),
    "concurrent, multiprocessing": ("concurrent", "multiprocessing"),
    "xml, plistlib": ("xml", "plistlib.py"),
}
_SMALL = 60  # files: what a larger tree writes into archives is not followed through all of it


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree, read once."""

    name: str
    sources: SourceTree
    graph: CallGraph
    layouts: tuple[ArtifactLayout, ...]


@contextmanager
def trees(names: tuple[str, ...] = ()) -> Iterator[Iterator[Tree]]:
    """All trees, or those named, one after the other; Python's own are copied aside first."""
    with TemporaryDirectory() as folder:
        yield (
            read(name, root) for name, root in _roots(Path(folder)) if not names or name in names
        )


def read(name: str, root: Path) -> Tree:
    """Read one tree."""
    reading = read_sources(root, (), StageClock(Silent()))
    writers = {e.function for e in reading.graph.effects if e.kind is EffectKind.ARCHIVE_WRITE}
    is_small = len(reading.tree.files) < _SMALL
    every = {f.id for f in reading.graph.functions} if writers and is_small else writers
    layouts = artifact_layouts(reading.tree, reading.graph, every)
    return Tree(name, reading.tree, reading.graph, layouts)


def _roots(folder: Path) -> Iterator[tuple[str, Path]]:
    yield "ptycho_mini", PROJECT / "examples" / "ptycho_mini"
    library = Path(sysconfig.get_paths()["stdlib"])
    ignore = shutil.ignore_patterns("__pycache__", "test*")
    for name, parts in STANDARD.items():
        root = folder / name.replace(", ", "+")
        root.mkdir()
        for part in parts:
            if (library / part).is_dir():
                shutil.copytree(library / part, root / part, ignore=ignore)
            elif (library / part).is_file():
                shutil.copy(library / part, root / part)
        yield name, root
    root = folder / "own"
    root.mkdir()
    own = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "tracer", root / "tracer", ignore=own)
    yield "tracer", root
