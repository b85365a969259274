"""Chains of conditions that early exits make."""

from __future__ import annotations

from pathlib import Path

from tracer.model.graph import Guard
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table


def guards_of(folder: Path, body: str, callee: str) -> tuple[Guard, ...]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (folder / "a.py").write_text(f"import os\ndef f(a, b, c, p):\n{lines}")
    graph = build_call_graph(read_tree(folder), load_effect_table())
    (site,) = [r.site for r in graph.resolutions if r.site.text == callee]
    return site.guards


def test_exits_without_hidden_inputs_are_counted_by_the_nearest(tmp_path: Path) -> None:
    """A function with a hundred checks does not repeat them at each of its calls."""
    body = "\n".join(f"if a == {number}: return" for number in range(100)) + "\nopen(p)"
    (guard,) = guards_of(tmp_path, body, "open")
    assert (guard.kind, guard.text, guard.earlier) == ("unless", "a == 99", 99)


def test_exits_with_hidden_inputs_all_stand_there(tmp_path: Path) -> None:
    """What is read by an exit far above still decides."""
    body = (
        "if a: return\nif not os.path.exists(p): raise OSError\nif b: return\nif c: return\nopen(p)"
    )
    exists, nearest = guards_of(tmp_path, body, "open")
    assert (exists.text, exists.hidden_inputs) == ("not os.path.exists(p)", ("os.path.exists",))
    assert (nearest.text, nearest.earlier) == ("c", 2)
