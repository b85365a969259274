"""A solution that takes too much work says so, and sells nothing that it cut as whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tracer.model.graph import CallGraph, OpenReason, Resolution
from tracer.reconcile.unknowns import find_unknowns
from tracer.report.exports import export_json
from tracer.static.call_graph import build_call_graph
from tracer.static.outside.library import Library
from tracer.static.program import Program
from tracer.static.scan import scan_tree
from tracer.static.solving.solution import solve_program
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

PROJECT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent.parent / "corpus"
HIT = "the work bound"
STEPS = [1, 5_000, 20_000, 35_000, 50_000]
DIGEST = """
import hashlib, sys
from pathlib import Path
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table
tree = read_tree(Path(sys.argv[1]))
graph = build_call_graph(tree, load_effect_table(), most_work=20_000)
print(graph.limits, hashlib.sha256(repr(graph).encode()).hexdigest())
"""


@cache
def _graph(most_work: int | None) -> CallGraph:
    return build_call_graph(read_tree(CORPUS), load_effect_table(), most_work=most_work)


def _by_place(graph: CallGraph) -> dict[object, list[Resolution]]:
    found: dict[object, list[Resolution]] = {}
    for resolution in graph.resolutions:
        site = resolution.site
        found.setdefault((site.path, site.span, site.kind), []).append(resolution)
    return found


def test_a_tree_of_common_size_is_not_cut() -> None:
    """The control case."""
    graph = _graph(None)
    assert graph.limits == ()
    assert json.loads(export_json(graph))["limits"] == []


@pytest.mark.parametrize("steps", STEPS)
def test_what_was_cut_is_open(steps: int) -> None:
    """A site that says it is whole has every callee that it has without a bound."""
    whole, graph = _by_place(_graph(None)), _graph(steps)
    assert graph.limits[0].startswith(HIT)
    short: list[str] = []
    for place, resolutions in _by_place(graph).items():
        if any(resolution.open_reason is not None for resolution in resolutions):
            continue
        found = {callee for resolution in resolutions for callee in resolution.callees}
        missing = {
            callee
            for resolution in whole.get(place, ())
            if resolution.tier in {other.tier for other in resolutions}
            for callee in resolution.callees
        } - found
        if missing:
            short.append(f"{place}: {sorted(missing)}")
    assert short == []


def test_a_tight_bound_keeps_what_definitions_alone_tell() -> None:
    """Imports and calls of plain functions need nobody to follow values."""
    sure = [r for r in _graph(1).resolutions if r.is_exact]
    assert sure
    assert {resolution.tier for resolution in sure} == {"definite"}


def test_the_reason_names_the_bound() -> None:
    """And is the one that readers know for sites with more callees than can be told."""
    cut = [r for r in _graph(20_000).resolutions if HIT in r.open_detail]
    assert cut
    assert {resolution.open_reason for resolution in cut} == {OpenReason.TOO_MANY}


def test_a_bundle_says_what_is_not_known() -> None:
    """A bound that was hit is an unknown of the answer."""
    unknowns = find_unknowns(_graph(1), (), (), (), (), (), (), "")
    assert any(HIT in unknown.reason for unknown in unknowns)


def test_hash_seeds_stop_at_one_place(tmp_path: Path) -> None:
    """Work is counted in an order that is the same in every run."""
    found = {
        subprocess.run(
            [sys.executable, "-c", DIGEST, str(CORPUS)],
            env={
                **os.environ,
                "PYTHONPATH": str(PROJECT),
                "PYTHONHASHSEED": seed,
                "TRACER_CACHE_DIR": str(tmp_path / "cache"),  # the second run finds a cache
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "77")
    }
    assert len(found) == 1
    assert HIT in found.pop()


CROWD = """
class Base:
    def step(self): return self

{classes}
everybody = [{names}]

def hand_on(given):
    for one in given:
        keep(one)

class Holder:
    def take(self, one):
        self.one = one

holder = Holder()

def keep(one):
    holder.take(one)
    if isinstance(one, C39):
        one.step()
    holder.one.own()

hand_on(everybody)
{calls}
"""


@pytest.mark.parametrize("steps", [100, 1_000, 2_000, 3_000, 4_000, 5_000])
def test_a_value_that_was_not_kept_makes_nothing_exact(tmp_path: Path, steps: int) -> None:
    """A set is cut to its first values; what is told of it later must not be sold as all."""
    names = [f"C{number}" for number in range(40)]
    classes = "\n".join(
        f"class {name}(Base):\n    def step(self): return {name}()\n    def own(self): pass\n"
        for name in names
    )
    calls = "\n".join(f"keep({name}())" for name in names)
    text = CROWD.format(classes=classes, names=", ".join(f"{n}()" for n in names), calls=calls)
    (tmp_path / "crowd.py").write_text(text, "utf-8")
    tree, table = read_tree(tmp_path), load_effect_table()
    whole = _by_place(build_call_graph(tree, table))
    graph = build_call_graph(tree, table, most_work=steps)
    assert graph.limits
    for place, resolutions in _by_place(graph).items():
        for resolution in resolutions:
            if resolution.is_exact:
                assert [other.callees for other in whole[place]] == [resolution.callees], place


OFFSPRING = """
class Promise:
    def __init__(self, then):
        self.then = then
        self.next = None

    def __call__(self, value):
        self.next = Promise(self.then)
        self.then(value)
        return self.next(value)

def work(value): ...

Promise(work)(1)
"""


def test_an_object_that_makes_its_like_has_few_descendants(tmp_path: Path) -> None:
    """Each was kept apart from those that its own call made, up to thousands of them."""
    (tmp_path / "offspring.py").write_text(OFFSPRING, "utf-8")
    tree, table = read_tree(tmp_path), load_effect_table()
    graph = build_call_graph(tree, table, most_work=10_000)
    assert graph.limits == ()
    calls = {r.site.text: r.callees for r in graph.resolutions}
    assert calls["self.then"] == ("offspring.py::work",)
    assert calls["self.next"] == ("offspring.py::Promise.__call__",)


GROWING = """
def one(): ...
def two(): ...

kept = [one]
for _ in range(9):
    kept = kept + [two]
    kept = [two] + kept
    kept = kept.copy()
    kept = kept * 2

for each in kept:
    each()
"""


def test_a_container_that_is_made_of_itself_is_one(tmp_path: Path) -> None:
    """Each turn made a container of those of the turn before, until the set was full."""
    (tmp_path / "growing.py").write_text(GROWING, "utf-8")
    tree, table = read_tree(tmp_path), load_effect_table()
    graph = build_call_graph(tree, table, most_work=1_000)
    assert graph.limits == ()
    calls = {r.site.text: r for r in graph.resolutions}
    assert calls["each"].callees == ("growing.py::one", "growing.py::two")
    assert calls["each"].open_reason is None


WALKER = """
import ast

class Walker(ast.NodeVisitor):
{methods}

Walker().visit(ast.parse(""))
"""
VISIT = """
    def visit_{number}(self, node):
        self.generic_visit(node)
        return self.generic_visit(node)
"""


def test_methods_that_a_visitor_finds_are_not_kept_apart(tmp_path: Path) -> None:
    """Each of them may run each of them, and each such pair had a code of its own for each."""
    methods = "".join(VISIT.format(number=number) for number in range(40))
    (tmp_path / "walker.py").write_text(WALKER.format(methods=methods), "utf-8")
    tree, table = read_tree(tmp_path), load_effect_table()
    graph = build_call_graph(tree, table, most_work=100_000)
    assert graph.limits == ()
    visits = [r for r in graph.resolutions if r.site.text == "self.generic_visit"]
    assert len(visits) == 80
    assert all(len(resolution.callees) == 41 for resolution in visits)  # and the library's own


STEPS = """
def step_{number}(node):
    dispatch(node)
    dispatch(node)
    return dispatch(node)
"""
DISPATCH = """
def dispatch(node):
    for step in [{steps}]:
        return step(node)

dispatch(dispatch)
"""


def test_calls_of_calls_are_kept_apart_a_hundred_times(tmp_path: Path) -> None:
    """Beyond that it is the call alone that counts, whoever called its caller."""
    steps = [f"step_{number}" for number in range(60)]
    text = "".join(STEPS.format(number=number) for number in range(60))
    text += DISPATCH.format(steps=", ".join(steps))
    (tmp_path / "steps.py").write_text(text, "utf-8")
    tree, table = read_tree(tmp_path), load_effect_table()
    graph = build_call_graph(tree, table, most_work=1_500_000)
    assert graph.limits == ()
    calls = {r.site.text: set(r.callees) for r in graph.resolutions}
    assert calls["step"] == {f"steps.py::{step}" for step in steps}


LATE = """
class Base:
    def run(self):
        self.hook()

class Child(Base):
    pass

def given(): ...

def fill(child):
    setattr(child, "hook", given)

Child().run()
fill(Child())
"""


def test_a_field_that_is_stored_later_is_read(tmp_path: Path) -> None:
    """Names that nobody stores have no variables, until somebody does."""
    (tmp_path / "late.py").write_text(LATE, "utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    calls = {r.site.text: set(r.callees) for r in graph.resolutions}
    assert calls["self.hook"] == {"late.py::given"}


OPERANDS = """
class Number:
    def __add__(self, other):
        return NotImplemented

class Sure:
    def __add__(self, other): return self
    def __radd__(self, other): return other

class Below(Sure):
    def __radd__(self, other): return self

def add(left, right):
    return left + right

{calls}
"""


@pytest.mark.parametrize(
    ("more", "reflected"),
    [
        ("", set()),
        ("add(Number(), Sure())", {"Sure.__radd__"}),
        ("add(Sure(), Below())", {"Below.__radd__"}),
        ("add(1, Sure())\nadd(1, Below())", {"Sure.__radd__", "Below.__radd__"}),
    ],
)
def test_a_reflected_operator_runs_where_a_left_operand_yields(
    tmp_path: Path, more: str, reflected: set[str]
) -> None:
    """One left operand that refuses or knows no type is enough, in whatever order they come."""
    library, table = Library(), load_effect_table()
    for calls in (f"add(Sure(), Sure())\n{more}", f"{more}\nadd(Sure(), Sure())"):
        text = OPERANDS.format(calls=calls)
        (tmp_path / "operands.py").write_text(text, "utf-8")
        tree = read_tree(tmp_path)
        paths = [source.path for source in tree.files]
        program = Program(paths, scan_tree(tree), "operands", [text])
        solver = solve_program(program, table, library)
        targets = {target for found in solver.edges.values() for target in found}
        names = {program.flat(ref).qualname for ref in targets if not isinstance(ref, str)}
        assert {name for name in names if "__radd__" in name} == reflected
