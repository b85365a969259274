"""Counts come from the whole graph and say of what they are."""

from __future__ import annotations

from pathlib import Path

from tracer.model.evidence import Chain, ChainHop
from tracer.model.graph import CallGraph, EffectKind
from tracer.model.source import FunctionId, function_id
from tracer.reconcile.conditions import hidden_inputs
from tracer.reconcile.dead_code import dead_code
from tracer.reconcile.state_changes import saved_state, state_changes
from tracer.report.exports import export_json, export_text
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table


def graph_of(folder: Path, **files: str) -> CallGraph:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return build_call_graph(read_tree(folder), load_effect_table())


def test_a_condition_decides_more_than_the_answer_shows(tmp_path: Path) -> None:
    """The answer leaves `print` and `len` out; the count does not."""
    source = (
        "import os\n"
        "def f(p):\n"
        "    if not os.path.exists(p):\n"
        "        return\n"
        "    print(len(p))\n"
        "    open(p)\n"
    )
    graph = graph_of(tmp_path, a=source)
    (finding,) = hidden_inputs(graph, (), graph.effects)
    assert finding.text == (
        "`not os.path.exists(p)` depends on os.path.exists and decides `builtins.open` (line 6)"
        " and 2 more"
    )


def test_writes_of_state_are_counted_in_the_tree(tmp_path: Path) -> None:
    """Tests are left out, and said to be; what the answer holds of the rest is counted apart."""
    writer = "import params\ndef f():\n    params.cfg['a'] = 1\n"
    graph = graph_of(
        tmp_path,
        params="cfg = {}\n",
        one=writer,
        two=writer + "    params.cfg['b'] = 2\n",
        tests__test_it=writer,
    )
    own = function_id("one.py", "f")
    effects = [effect for effect in graph.effects if effect.function == own]
    (finding,) = state_changes(graph, effects, [own])
    assert finding.text == (
        "`params.cfg` is written at 3 places in 2 files, tests left out;"
        " 1 of them in the answer (keys a)"
    )
    everyone = [function.id for function in graph.functions]
    (alone,) = state_changes(graph, graph.effects, everyone)
    assert alone.text == "`params.cfg` is written at 4 places in 3 files (keys a, b)"


def test_what_is_saved_may_hang_on_state(tmp_path: Path) -> None:
    """Only where the function that reads it leads to a write."""
    source = (
        "import model, pickle\n"
        "def train():\n    model.net = 1\n"
        "def save(f):\n    pickle.dump(model.net, f)\n"
        "def show():\n    print(model.net)\n"
    )
    graph = graph_of(tmp_path, model="net = None\n", main=source)
    save, show = function_id("main.py", "save"), function_id("main.py", "show")
    hop = ChainHop(save, "pickle.dump", 5)
    chains = [Chain((hop,), EffectKind.SERIALIZE)]
    (finding,) = saved_state(graph, graph.effects, [save, show], chains)
    assert finding.text == (
        "what `save` saves hangs on module-level state: `model.net` (line 5; "
        "set at 1 place in 1 file; none of them in the answer)"
    )


DEAD = """
import os
def f(p):
    print(1)
    return p
    print(2)
    os.remove(p)
    print(3,
          4)
def g(p):
    return p
"""


def test_dead_code_is_a_stretch_of_lines(tmp_path: Path) -> None:
    """From its first call to the end of its last, whatever the answer shows of them."""
    graph = graph_of(tmp_path, a=DEAD)
    functions: set[FunctionId] = {function.id for function in graph.functions}
    (finding,) = dead_code(graph, functions)
    assert finding.text.startswith("`f`: 3 calls on lines 6–9 cannot run")
    assert [(anchor.line, anchor.end_line) for anchor in finding.anchors] == [(6, 9)]


def test_exports_mark_dead_code(tmp_path: Path) -> None:
    """Its edges and its effects, in text and in JSON."""
    graph = graph_of(tmp_path, a=DEAD)
    lines = export_text(graph).splitlines()
    assert [line.endswith("unreachable") for line in lines if "print" in line] == [
        False,
        True,
        True,
    ]
    assert '"operation": "os.remove"' in export_json(graph)
    assert export_json(graph).count('"unreachable": true') == 4  # three sites, one effect
