"""The call graph as drawings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.model.query import Query
from tracer.pipeline.callgraph import callgraph
from tracer.pipeline.query import query
from tracer.report.drawing import Arrow, arrows_of, draw_dot, draw_mermaid

_SOURCE = '''
def save(path, hook=None):
    """Save."""
    with open(path) as file:
        file.write("<b>&")
    if hook:
        hook()


def twice(path):
    save(path)
    save(path)


def alone():
    return 1
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "<img src=x onerror=alert(1)>.py").write_text(_SOURCE)
    return tmp_path


def test_a_drawing_has_each_pair_once(root: Path) -> None:
    """Names that are special to the language are quoted."""
    dot = callgraph(root, (), "dot")
    assert dot.count("->") == 1
    mermaid = callgraph(root, (), "mermaid")
    assert mermaid.count("-->") == 1
    assert "<img" not in mermaid


def test_a_query_is_drawn_with_its_places(root: Path) -> None:
    """A neighbourhood, not the tree; callees outside are marked."""
    answer = query(Query("callees", ("save",)), root)
    arrows = arrows_of(answer)
    assert Arrow(answer.data.subjects[0].id, "builtins.open", True, arrows[0].label) in arrows
    assert ":::outside" in draw_mermaid(arrows)
    assert '"builtins.open" [style=dashed];' in draw_dot(arrows)


def test_a_call_that_is_one_of_several_is_dashed() -> None:
    """In both languages."""
    arrows = [Arrow("a.py::f", "a.py::g", False), Arrow("a.py::f", "a.py::h", True)]
    assert "n0 -.-> n1" in draw_mermaid(arrows) and "n0 --> n2" in draw_mermaid(arrows)
    assert '"a.py::f" -> "a.py::g" [style=dashed];' in draw_dot(arrows)
    assert '"a.py::f" -> "a.py::h";' in draw_dot(arrows)
