"""Small programs, written to disk and read as any tree is."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tracer.model.evidence import ArtifactLayout
from tracer.model.graph import CallGraph
from tracer.static.call_graph import build_call_graph
from tracer.static.layouts import artifact_layouts
from tracer.static.sources import SourceTree, read_tree
from tracer.tables.load import load_effect_table


@dataclass(frozen=True)
class Program:
    """Sources and their graph."""

    root: Path
    tree: SourceTree
    graph: CallGraph

    def layouts(self, *names: str) -> tuple[ArtifactLayout, ...]:
        """Layouts of the functions with these qualnames; of all without names."""
        functions = [f.id for f in self.graph.functions if not names or f.qualname in names]
        return artifact_layouts(self.tree, self.graph, functions)


@pytest.fixture
def make_program(tmp_path: Path) -> Callable[[Mapping[str, str]], Program]:
    """Write the files below a fresh root and read them."""

    def make(files: Mapping[str, str]) -> Program:
        root = tmp_path / "tree"
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(textwrap.dedent(text), encoding="utf-8")
        tree = read_tree(root)
        return Program(root, tree, build_call_graph(tree, load_effect_table()))

    return make
