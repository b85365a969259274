"""Chains of conditions that early exits make."""

from __future__ import annotations

from pathlib import Path

from tracer.model.graph import Guard, SiteKind
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


IMPLICIT = """
import os

class Box:
    def __init__(self): self._size = 1
    @property
    def size(self): return self._size
    @size.setter
    def size(self, value): self._size = value
    def __add__(self, other): return self
    def __getitem__(self, key): return 1
    def __iter__(self): return iter([1])
    def __bool__(self): return True

def run(a, b, p):
    box = Box()
    box.size
    if a:
        box.size
    if b:
        return
    while p:
        box + box
        p = 0
    if os.path.exists(p):
        box[0]
        box.size = 2
    for one in box:
        box.size
"""


def test_what_nobody_writes_has_the_conditions_of_its_place(tmp_path: Path) -> None:
    """Reads and stores of properties, operators, items, iteration; control: above all of them."""
    (tmp_path / "a.py").write_text(IMPLICIT)
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = {
        (r.site.span.line, r.site.kind.value): [f"{g.kind} {g.text}" for g in r.site.guards]
        for r in graph.resolutions
        if r.site.caller == "a.py::run" and r.site.kind is not SiteKind.CALL
    }
    exists = "if os.path.exists(p)"
    assert found == {
        (17, "property"): [],
        (19, "property"): ["if a"],
        (23, "operator"): ["unless b", "while p"],
        (26, "item"): ["unless b", exists],
        (27, "property"): ["unless b", exists],
        (28, "iteration"): ["unless b"],
        (29, "property"): ["unless b", "for one in box"],
    }
    (hidden,) = {
        g.hidden_inputs for r in graph.resolutions for g in r.site.guards if r.site.span.line == 27
    } - {()}
    assert hidden == ("os.path.exists",)
