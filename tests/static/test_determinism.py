"""The same tree gives the same graph, whatever the order and the hash seed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.static.user_cache import FOLDER_VARIABLE
from tracer.tables.load import load_effect_table

CORPUS = Path(__file__).parent.parent / "corpus"
EXAMPLE = Path(__file__).parents[2] / "examples" / "ptycho_mini"
PROGRAM = """
import hashlib, sys
from pathlib import Path
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table
graph = build_call_graph(read_tree(Path(sys.argv[1])), load_effect_table())
print(hashlib.sha256(repr(graph).encode()).hexdigest())
"""


def test_hash_seeds_change_nothing(tmp_path: Path) -> None:
    """Sets and dicts of strings iterate in another order in each run; no run has a cache."""
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(CORPUS)],
            env={
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                FOLDER_VARIABLE: str(tmp_path / seed),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1


def test_reading_twice_gives_equal_values() -> None:
    """And reports every file three times: scanned, gathered, solved."""
    tree, table = read_tree(CORPUS), load_effect_table()
    steps: list[tuple[int, int]] = []
    first = build_call_graph(tree, table, lambda done, total: steps.append((done, total)))
    again = build_call_graph(tree, table)
    assert hashlib.sha256(repr(first).encode()).digest() == (
        hashlib.sha256(repr(again).encode()).digest()
    )
    assert steps == [(done, 3 * len(tree.files)) for done in range(1, 3 * len(tree.files) + 1)]


@pytest.mark.parametrize("program", ["mro/override", "state/config", "decorators", "flow/returns"])
def test_the_order_of_files_changes_nothing(program: str) -> None:
    """Also where the tree is handed over backwards."""
    tree, table = read_tree(CORPUS / program), load_effect_table()
    forwards = build_call_graph(tree, table)
    backwards = build_call_graph(replace(tree, files=tree.files[::-1]), table)
    assert backwards.resolutions == forwards.resolutions
    assert backwards.effects == forwards.effects


def test_what_is_not_asked_for_changes_nothing() -> None:
    """Call sites of the asked files alone are given without effects, and these are the same."""
    tree, table = read_tree(EXAMPLE), load_effect_table()
    asked = ["ptycho/workflows/components.py"]
    whole = build_call_graph(tree, table, entries=asked)
    alone = build_call_graph(tree, table, entries=asked, with_effects=False)
    wanted = [each for each in whole.resolutions if each.site.path in asked]
    assert {each.site.path for each in alone.resolutions} == set(asked)
    assert len(wanted) < len(whole.resolutions)
    assert [replace(each, site=replace(each.site, guards=())) for each in wanted] == list(
        alone.resolutions
    )
