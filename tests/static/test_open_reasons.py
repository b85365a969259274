"""Why a site is open is told in the words of what is not known, not of what happens to lack."""

from __future__ import annotations

from pathlib import Path

from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

SOURCE = """
import dill

class Wrapper:
    def __init__(self, saved):
        saved.run()

def first(given):
    given.run()

def second(given):
    given.run()

def nobody(given):
    given.run()

Wrapper(dill.load(open("a")))
first(given=dill.load(open("b")))
first(dill.load(open("c")))
second(dill.load(open("d")))
second(missing)
"""


def test_a_parameter_without_annotation_says_what_its_callers_pass(tmp_path: Path) -> None:
    """Where all known callers pass one result from outside; else that it has no annotation."""
    (tmp_path / "main.py").write_text(SOURCE, encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = {
        resolution.site.caller.partition("::")[2]: resolution.open_detail
        for resolution in graph.resolutions
        if resolution.site.text.endswith(".run")
    }
    passed = "is passed the result of `dill.load`, whose type no table gives"
    assert found == {
        "Wrapper.__init__": f"receiver: parameter `saved` {passed}",
        "first": f"receiver: parameter `given` {passed}",
        "second": "receiver: parameter `given` has no annotation",
        "nobody": "receiver: parameter `given` has no annotation",
    }
