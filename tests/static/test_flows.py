"""The way of a value, hop by hop, on programs of a few lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.model.flow import FlowHop, HopKind, Sureness
from tracer.model.source import FunctionId
from tracer.static.call_graph import deep_recursion, solve_call_graph
from tracer.static.flows.follower import Follower
from tracer.static.flows.index import FlowIndex
from tracer.static.flows.reader import follow_values
from tracer.static.flows.starts import Start
from tracer.static.sources import read_tree
from tracer.tables.flow import load_flow_table
from tracer.tables.load import load_effect_table


def follow(folder: Path, text: str, name: str = "v", **files: str) -> tuple[FlowHop, ...]:
    """The way of the first binding of a name in `a.py`."""
    (folder / "a.py").write_text(text)
    for module, body in files.items():
        (folder / f"{module}.py").write_text(body)
    _, solution = solve_call_graph(read_tree(folder), load_effect_table())
    table = load_flow_table()
    with deep_recursion():
        index = FlowIndex(solution)
        refs = [ref for ref in index.program.refs() if index.program.paths[ref[0]] == "a.py"]
        ref = next(r for r in refs if index.program.bindings(r, name))
        number = index.program.bindings(ref, name)[0]
        topics = [topic for topic in table.topics if topic.name == "gradient"]
        start = Start(name, "asked", ((ref, number),), "binding")
        (flow,) = follow_values(index, [start], table, topics, lambda _: True)
    return flow.hops


def said(hops: tuple[FlowHop, ...]) -> list[str]:
    return [f"{hop.kind} {hop.line} {hop.holder}".strip() for hop in hops]


@pytest.mark.parametrize(
    ("body", "way"),
    [
        ("v = 1\nw = v\nreturn w", ["starts 2 v", "renamed 3 w", "returned 4"]),
        ("v = 1\nw = v + 1\nreturn w", ["starts 2 v", "bound 3 w", "returned 4"]),
        ("v = 1\nw = v", ["starts 2 v", "renamed 3 w", "dropped 3"]),
        ("v = 1\nw = v\nw = 2\nreturn w", ["starts 2 v", "renamed 3 w", "overwritten 4"]),
        ("v = 1\nreturn v == 2", ["starts 2 v", "compared 3"]),
        ("v = 1\nreturn len(v)", ["starts 2 v"]),
        ("v = 1\nreturn float(v)", ["starts 2 v", "lost 3"]),
        ("v = 1\nreturn v.data", ["starts 2 v", "lost 3"]),
        (
            "v = 1\nkept = []\nkept.append(v)\nreturn kept",
            ["starts 2 v", "stored 4 kept.append", "returned 5"],
        ),
        ("v = 1\nd = {}\nd['k'] = v\nreturn d", ["starts 2 v", "stored 4 d[…]", "returned 5"]),
        ("v = 1\nunknown(v)", ["starts 2 v", "leaves 3"]),
        ("v = 1\nfor x in [v]:\n    y = x\n    return y", [
            "starts 2 v", "bound 3 x", "renamed 4 y", "returned 5"]),
    ],
)  # fmt: skip
def test_within_one_function(tmp_path: Path, body: str, way: list[str]) -> None:
    """Each statement one hop; what only asks is none."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    found = said(follow(tmp_path, f"def f():\n{lines}"))
    assert found == way


def test_into_a_function_and_back_to_the_call_that_gave_it(tmp_path: Path) -> None:
    """Not to the other caller, which gave something else."""
    text = (
        "def g(p):\n    return p * 2\n\n"
        "def other():\n    return g(7)\n\n"
        "def f():\n    v = 1\n    w = g(v)\n    return w\n"
    )
    hops = follow(tmp_path, text)
    assert said(hops) == ["starts 8 v", "passed 9 p", "returned 2", "bound 9 w", "returned 10"]
    assert {hop.function for hop in hops} == {"a.py::f", "a.py::g"}
    assert all(hop.sureness is Sureness.SURE for hop in hops)


def test_attributes_are_read_back_in_methods_of_the_same_class_alone(tmp_path: Path) -> None:
    """Another class has an attribute of that name; a subclass reads its base's."""
    text = (
        "class A:\n    def __init__(self, p):\n        self.x = p\n\n"
        "class B(A):\n    def get(self):\n        return self.x\n\n"
        "class C:\n    def __init__(self):\n        self.x = 0\n"
        "    def get(self):\n        return self.x\n\n"
        "def f():\n    v = 1\n    C().get()\n    return B(v).get()\n"
    )
    hops = follow(tmp_path, text)
    assert [hop.function for hop in hops if hop.kind is HopKind.READ_BACK] == ["a.py::B.get"]


def test_globals_and_inner_functions(tmp_path: Path) -> None:
    """`global` stores for the module's functions; an inner function captures the name."""
    text = (
        "STATE = None\n\ndef read():\n    return STATE\n\n"
        "def f():\n    global STATE\n    v = 1\n    STATE = v\n"
        "    def inner():\n        return v\n    return inner()\n"
    )
    told = said(follow(tmp_path, text))
    assert "stored 9 STATE" in told and "captured 3 STATE" in told
    assert "captured 10 v" in told


def test_a_branch_makes_a_hop_unsure(tmp_path: Path) -> None:
    """Of two bindings that may reach a place one carries the value."""
    hops = follow(
        tmp_path, "def f(c):\n    v = 1\n    if c:\n        v = 2\n    w = v\n    return w\n"
    )
    renamed = next(hop for hop in hops if hop.kind is HopKind.RENAMED)
    assert renamed.sureness is Sureness.MAY


def test_the_bound_is_said(tmp_path: Path) -> None:
    """A long way is cut at the far end, with a word for it."""
    chain = "".join(f"    v{n + 1} = v{n}\n" for n in range(500))
    (tmp_path / "a.py").write_text(f"def f():\n    v0 = 1\n{chain}    return v500\n")
    _, solution = solve_call_graph(read_tree(tmp_path), load_effect_table())
    with deep_recursion():
        index = FlowIndex(solution)
        ref = next(r for r in index.program.refs() if index.program.bindings(r, "v0"))
        follower = Follower(index, load_flow_table(), [], lambda _: True)
        follower.start_binding(ref, index.program.bindings(ref, "v0")[0])
        limits = follower.follow()
    assert any("hops shown" in limit for limit in limits)


def test_a_function_that_is_asked_about_touches_a_value_through_what_it_calls(
    tmp_path: Path,
) -> None:
    """`to` resets one cache by another method, and leaves the other cache as it was."""
    text = (
        "class D:\n    def __init__(self):\n        self.kept = 1\n        self.reset = 1\n"
        "    def to(self):\n        self.forget()\n"
        "    def forget(self):\n        self.reset = None\n"
        "    def read(self):\n        return self.kept == self.reset\n"
    )
    (tmp_path / "a.py").write_text(text)
    _, solution = solve_call_graph(read_tree(tmp_path), load_effect_table())
    asked = [FunctionId("a.py::D.to")]
    with deep_recursion():
        index = FlowIndex(solution)
        (owner,) = index.program.classes
        starts = [Start(n, "asked", ((owner, -1),), "attribute") for n in ("kept", "reset")]
        table = load_flow_table()
        flows = follow_values(index, starts, table, [], lambda _: True, asked)
    assert [flow.untouched_in for flow in flows] == [("a.py::D.to",), ()]
    assert all(any(hop.kind is HopKind.COMPARED for hop in flow.hops) for flow in flows)


def test_an_attribute_is_read_only_where_the_start_leads_to(tmp_path: Path) -> None:
    """What nobody calls from there reads another object; it is counted. Control: it is called."""
    text = (
        "class A:\n    def __init__(self, p):\n        self.x = p\n\n"
        "def elsewhere():\n    a = A(7)\n    return a.x\n\n"
        "def f():\n    v = 1\n    a = A(v)\n    return {}\n"
    )
    assert not any(h.kind is HopKind.READ_BACK for h in follow(tmp_path, text.format("a")))
    (tmp_path / "control").mkdir()
    hops = follow(tmp_path / "control", text.format("elsewhere()"))
    assert [h.function for h in hops if h.kind is HopKind.READ_BACK] == ["a.py::elsewhere"]


@pytest.mark.parametrize(
    ("body", "way"),
    [
        ("v = 1\nwith torch.no_grad():\n    w = v * 2\nreturn w", ["starts 4 v", "lost 6"]),
        ("v = 1\nwith torch.no_grad():\n    w = torch.sin(v)\nreturn w", [
            "starts 4 v", "transformed 6", "lost 6"]),
        ("v = 1\nwith no_grad() as n, open('a') as f:\n    w = -v\nreturn w", [
            "starts 4 v", "lost 6"]),
        ("v = 1\nwith torch.no_grad():\n    w = v\nreturn w", [
            "starts 4 v", "renamed 6 w", "returned 7"]),
        ("v = 1\nwith torch.no_grad():\n    v -= 2\nreturn v", [
            "starts 4 v", "bound 6 v", "returned 7"]),
        ("v = 1\nwith torch.no_grad():\n    v.mul_(2)\nreturn v", [
            "starts 4 v", "transformed 6", "returned 7"]),
        ("v = 1\nwith torch.no_grad():\n    n = 1\nw = v * n\nreturn w", [
            "starts 4 v", "bound 7 w", "returned 8"]),
        ("v = 1\nwith torch.no_grad():\n    with torch.enable_grad():\n        w = v * 2\n"
         "return w", ["starts 4 v", "bound 7 w", "returned 8"]),
        ("v = 1\nwith torch.enable_grad():\n    with open('a'), torch.no_grad():\n"
         "        w = v * 2\nreturn w", ["starts 4 v", "lost 7"]),
        ("v = 1\nwith torch.set_grad_enabled(bool(v)):\n    w = v * 2\nreturn w", [
            "starts 4 v", "lost 5", "changed 6", "bound 6 w", "returned 7"]),
        ("v = 1\nwith open('a'):\n    w = v * 2\nreturn w", [
            "starts 4 v", "bound 6 w", "returned 7"]),
    ],
)  # fmt: skip
def test_what_is_made_in_a_context(tmp_path: Path, body: str, way: list[str]) -> None:
    """It has no gradient; the value itself keeps its own, in place and by another name."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"import torch\nfrom torch import no_grad\ndef f():\n{lines}"
    assert said(follow(tmp_path, text)) == way


def test_a_call_in_a_context_may_change_what_it_gives(tmp_path: Path) -> None:
    """A function of the tree may give back what it was given; control: behind the block."""
    text = (
        "import torch\n\ndef g(p):\n    return p\n\n"
        "def f():\n    v = 1\n    with torch.inference_mode():\n        w = g(v)\n    return w\n"
    )
    hops = follow(tmp_path, text)
    assert said(hops)[2:] == ["returned 4", "changed 9", "bound 9 w", "returned 10"]
    assert hops[3].sureness is Sureness.MAY
    assert "under `torch.inference_mode()`" in hops[3].detail
    behind = text.replace("        w = g", "        pass\n    w = g")
    assert "changed" not in " ".join(said(follow(tmp_path, behind)))


def test_a_function_that_is_decorated_with_a_context(tmp_path: Path) -> None:
    """As if all of its body stood in the block; control: another decorator."""
    text = "import torch\n\n@torch.no_grad()\ndef f():\n    v = 1\n    return v * 2\n"
    assert said(follow(tmp_path, text)) == ["starts 5 v", "lost 6"]
    other = text.replace("no_grad", "other")
    assert said(follow(tmp_path, other)) == ["starts 5 v", "returned 6"]


def test_what_an_attribute_gives_goes_back_to_callers_that_the_start_leads_to(
    tmp_path: Path,
) -> None:
    """Another program calls the same method on an object of its own; its use is none of these."""
    model = (
        "class Model:\n    def __init__(self, p):\n        self.x = p\n\n"
        "    def get(self):\n        return self.x\n\n"
        "    def run(self):\n        return self.get()\n"
    )
    script = "from model import Model\n\n\ndef main():\n    return float(Model(1).get())\n"
    hops = follow(
        tmp_path,
        "from model import Model\n\n\ndef f():\n    v = 1\n    return Model(v).run()\n",
        model=model,
        script=script,
    )
    assert "script.py::main" not in {hop.function for hop in hops}
    assert ("model.py::Model.run", HopKind.RETURNED) in {(hop.function, hop.kind) for hop in hops}


def test_what_the_start_gives_back_goes_to_every_caller(tmp_path: Path) -> None:
    """Control: whoever calls the start itself has the value, a caller below it or not."""
    hops = follow(
        tmp_path,
        "def f(n):\n    v = 1\n    if n:\n        return f(n - 1)\n    return v\n\n\n"
        "def main():\n    return float(f(3))\n",
    )
    assert ("a.py::main", HopKind.LOST) in {(hop.function, hop.kind) for hop in hops}
