"""Held against pytest itself: what it collects is what is said to be collected."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tracer.plan.collecting import Collected
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

TESTS = """
import unittest


class Mixin:
    def test_mixed(self): pass


class TestPlain:
    def test_plain(self): pass

    class TestInner:
        def test_inner(self): pass

    class Helper:
        def test_helper(self): pass


class Case(unittest.TestCase):
    def test_case(self): pass


class Below(Case, Mixin):
    def test_below(self): pass
"""


def test_as_pytest_collects(tmp_path: Path) -> None:
    """A mixin's tests stand under the classes below; only functions of its own are asked for."""
    (tmp_path / "test_it.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    told = subprocess.run(
        [*command, "test_it.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    nodes = {line.partition("::")[2] for line in told.stdout.splitlines() if "::" in line}
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    collected = Collected({(each.path, each.qualname): each for each in graph.classes})
    tests = [f for f in graph.functions if f.name.startswith("test")]
    found = {
        function.qualname.replace(".", "::")
        for function in tests
        if collected.has(function.path, function.qualname.rpartition(".")[0])
    }
    assert len(tests) == 6
    assert found == {
        node for node in nodes if node in {t.qualname.replace(".", "::") for t in tests}
    }
    assert found == {"TestPlain::test_plain", "TestPlain::TestInner::test_inner"} | {
        "Case::test_case",
        "Below::test_below",
    }
