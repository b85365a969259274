"""The static benchmark's arithmetic, on a program, a recording and graphs made by hand."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.static.curve import growth
from benchmarks.static.definitions import (
    Definitions,
    Kind,
    canonical,
    module_name,
    read_definitions,
)
from benchmarks.static.measuring import Limits, measure
from benchmarks.static.metrics import (
    chains_found,
    ends_connected,
    judged_edges,
    only_internal,
    random_drop,
    sample_paths,
    score_edges,
    score_graph,
    score_paths,
)
from benchmarks.static.micro import SUITES, disputed_truth
from benchmarks.static.misses import classify
from benchmarks.static.recorded import How, Recording, recording_of
from benchmarks.static.tables import Table
from benchmarks.static.tiers import dotted_name, edges_by_tier
from benchmarks.static.tools import NOT_SUPPORTED, Program, Tool, parse_graph, peer_tool, run_tool

PROGRAM = """\
import functools


def keep(function):
    @functools.wraps(function)
    def wrapper():
        return function()

    return wrapper


@keep
def wrapped():
    return 1


def helper():
    return [item for item in (1, 2)]


def never():
    return 2


class Shop:
    total = helper()

    @property
    def price(self):
        return helper()

    def sell(self):
        def inner():
            return self.price

        return inner()


def run():
    wrapped()
    return Shop().sell()


ORDER = sorted([2, 1], key=lambda item: -item)
"""


@pytest.fixture
def definitions(tmp_path: Path) -> Definitions:
    file = tmp_path / "shop" / "cart.py"
    file.parent.mkdir()
    file.write_text(PROGRAM, "utf-8")
    return read_definitions([file], tmp_path)


def recording(
    edges: dict[tuple[str, str], How], covered: Iterable[str] = (), **more: Any
) -> Recording:
    return Recording(edges=edges, covered=frozenset(covered), **more)


M = "shop.cart"
EXECUTED = {
    (f"{M}.run", f"{M}.keep.wrapper"): How.EXPLICIT,
    (f"{M}.keep.wrapper", f"{M}.wrapped"): How.EXPLICIT,
    (f"{M}.run", f"{M}.Shop.sell"): How.EXPLICIT,
    (f"{M}.Shop.sell.inner", f"{M}.Shop.price"): How.IMPLICIT,
    (M, f"{M}.<lambda>"): How.VIA,
}


def test_names_have_one_spelling() -> None:
    """`<locals>` goes, lambdas lose their numbers, comprehensions are part of their function."""
    assert canonical("m.f.<locals>.g") == "m.f.g"
    assert canonical("m.<lambda3>.<locals>.<lambda>") == "m.<lambda>.<lambda>"
    assert canonical("m.f.<locals>.<listcomp>") == "m.f"
    assert canonical("m.f.<genexpr>2") == "m.f"
    assert module_name(Path("a/b/__init__.py"), Path()) == "a.b"
    assert module_name(Path("a/b/c.py"), Path()) == "a.b.c"


def test_definitions_know_kinds_decorators_and_properties(definitions: Definitions) -> None:
    """A property leaves its function to be called; another decorator may put a wrapper before."""
    assert definitions.kinds[M] is Kind.MODULE
    assert definitions.kinds[f"{M}.Shop"] is Kind.CLASS
    assert definitions.is_function(f"{M}.Shop.sell.inner")
    assert definitions.is_function(f"{M}.<lambda>")
    assert definitions.decorated == {f"{M}.wrapped", f"{M}.keep.wrapper"}
    assert definitions.properties == {f"{M}.Shop.price"}


def test_a_class_body_runs_in_its_scope(definitions: Definitions) -> None:
    """The caller of what a class body calls is the module; edges to the outside are no edges."""
    graph = {
        f"{M}.Shop": [f"{M}.helper"],
        f"{M}.run": ["<builtin>.len", f"{M}.Shop", f"{M}.Shop.sell"],
        "other.f": [f"{M}.helper"],
    }
    assert definitions.internal_edges(graph) == {
        (M, f"{M}.helper"),
        (f"{M}.run", f"{M}.Shop.sell"),
    }


def test_recall_counts_direct_edges_and_via_apart(definitions: Definitions) -> None:
    """Recall is over explicit and implicit edges; via edges have a column of their own."""
    edges = {
        (f"{M}.run", f"{M}.Shop.sell"),
        (f"{M}.Shop.sell.inner", f"{M}.Shop.price"),
        (M, f"{M}.<lambda>"),
        (f"{M}.run", f"{M}.never"),
    }
    score = score_edges(edges, recording(EXECUTED), definitions)
    assert (score.found, score.executed) == (2, 4)
    assert (score.explicit_found, score.explicit) == (1, 3)
    assert (score.implicit_found, score.implicit) == (1, 1)
    assert (score.via_found, score.via) == (1, 1)
    assert (score.edges, score.judged) == (4, 0)  # no caller ran on every line
    assert score.f1 == 0.0


def test_precision_judges_edges_out_of_covered_functions(definitions: Definitions) -> None:
    """Not judged: callers with a line left, and decorated callees that ran behind a wrapper."""
    wrong, dead = (f"{M}.run", f"{M}.helper"), (f"{M}.run", f"{M}.never")
    behind_wrapper = (f"{M}.run", f"{M}.wrapped")
    uncovered = (f"{M}.keep", f"{M}.never")
    right = (f"{M}.run", f"{M}.Shop.sell")
    edges = {wrong, dead, behind_wrapper, uncovered, right}
    seen = recording(EXECUTED, [f"{M}.run", f"{M}.helper"])
    assert judged_edges(edges, seen, definitions) == {wrong, dead, right}
    score = score_edges(edges, seen, definitions)
    assert (score.confirmed, score.judged, score.dead) == (1, 3, 1)
    recall, precision = 1 / 4, 1 / 3
    assert score.f1 == pytest.approx(2 * recall * precision / (recall + precision))


def test_a_decorated_callee_that_never_ran_is_judged(definitions: Definitions) -> None:
    """The control case: nothing stands between, for nothing was called."""
    seen = recording({}, [f"{M}.run"])
    edge = (f"{M}.run", f"{M}.wrapped")
    assert judged_edges({edge}, seen, definitions) == {edge}
    assert score_edges({edge}, seen, definitions).dead == 1


def test_scores_add_up(definitions: Definitions) -> None:
    """TOTAL is over all edges, not a mean of shares."""
    one = score_edges({(f"{M}.run", f"{M}.Shop.sell")}, recording(EXECUTED), definitions)
    total = one + one
    assert (total.found, total.executed, total.edges) == (2, 8, 2)


def codes(*described: tuple[str, int, list[int]]) -> list[dict[str, Any]]:
    return [
        {"file": "cart.py", "qual": qual, "line": line, "gen": False, "lines": lines, "comps": []}
        for qual, line, lines in described
    ]


def test_a_recording_in_names(definitions: Definitions, tmp_path: Path) -> None:
    """Explicit where a call was seen to evaluate to the callee; a generator's creator calls it."""
    data = {
        "codes": codes(
            ("run", 36, [36, 37, 38]),
            ("helper", 17, [17, 18]),
            ("Shop.sell", 30, [30, 31, 34]),
            ("helper.<locals>.<listcomp>", 18, [18]),
            ("Shop", 25, [25, 26]),
        ),
        "hit": {"0": [37, 38], "1": [18], "2": [31]},
        "direct": [[0, 1], [1, 3], [4, 1]],
        "gen": [[0, 2]],
        "genstart": [[1, 2]],
        "via": [[1, 2], [0, 1]],
        "seen": [[0, 2]],
        "stacks": [[0, 1, 3], [4, 1, 3]],
    }
    read = recording_of(data, definitions, tmp_path, tmp_path / "shop")
    assert read.edges == {
        (f"{M}.run", f"{M}.helper"): How.IMPLICIT,
        (f"{M}.run", f"{M}.Shop.sell"): How.EXPLICIT,
        (M, f"{M}.helper"): How.IMPLICIT,
    }
    assert read.covered == {f"{M}.run", f"{M}.helper"}
    assert read.has_stacks and read.chains == ()  # two functions each, once folded


def test_stacks_are_cut_where_no_edge_is(definitions: Definitions, tmp_path: Path) -> None:
    """A generator's frame hangs below its consumer, who did not call it."""
    data = {
        "codes": codes(
            ("run", 36, [36]), ("helper", 17, [17]), ("never", 21, [21]), ("keep", 4, [4])
        ),
        "hit": {},
        "direct": [[0, 1], [1, 2]],
        "gen": [],
        "genstart": [],
        "via": [],
        "seen": [],
        "stacks": [[0, 1, 2, 3], [3, 0, 1, 2], [3, 0, 1]],
    }
    read = recording_of(data, definitions, tmp_path, tmp_path / "shop")
    assert read.chains == ((f"{M}.run", f"{M}.helper", f"{M}.never"),)


def test_a_chain_counts_when_every_edge_is_there() -> None:
    """Shares are by number of frames; ends are joined by any path."""
    chains = [("a", "b", "c"), ("a", "b", "d"), ("a", "b", "c", "d")]
    edges = {("a", "b"), ("b", "c"), ("c", "d")}
    assert chains_found(edges, chains) == {3: (1, 2), 4: (1, 1)}
    assert ends_connected(edges, chains) == (2, 2)  # a to d by way of c
    assert ends_connected({("a", "b"), ("b", "c")}, chains) == (1, 2)


def test_paths_are_the_same_each_time_and_checked_edge_by_edge() -> None:
    """A path is confirmed by its edges, judged where every caller ran on every line."""
    edges = {("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")}
    paths = sample_paths(edges, {"a", "z"})
    assert paths == [("a", "b", "c", "d"), ("a", "b", "c", "d", "e")]
    assert paths == sample_paths(sorted(edges, reverse=True), ["z", "a"])
    executed = dict.fromkeys([("a", "b"), ("b", "c"), ("c", "d")], How.EXPLICIT)
    score = score_paths(paths, recording(executed, "abcd"))
    assert (score.paths, score.confirmed, score.judged, score.judged_confirmed) == (2, 1, 2, 1)
    assert score_paths(paths, recording(executed, "abc")).judged == 1


def test_random_drop_keeps_all_or_nothing_at_the_ends() -> None:
    """Between them a chain of two edges is kept less often than an edge."""
    edges = {(str(at), str(at + 1)) for at in range(40)}
    chains = [(str(at), str(at + 1), str(at + 2)) for at in range(39)]
    assert random_drop(edges, 1.0, chains) == 1.0
    assert random_drop(edges, 0.0, chains) == 0.0
    assert 0.2 < random_drop(edges, 0.6, chains) < 0.5
    assert random_drop(edges, 0.6, chains) == random_drop(edges, 0.6, chains)


def test_sound_complete_and_both() -> None:
    """Complete: none too many. Sound: none too few. Optional edges are neither."""
    expected = {"main": ["main.f", "<builtin>.len"], "main.f": []}
    assert score_graph(expected, expected).is_exact
    more = score_graph({"main": ["main.f", "<builtin>.len", "main.g"]}, expected)
    assert (more.is_sound, more.is_complete, more.is_both) == (True, False, False)
    assert score_graph({**more_graph(), "main.f": []}, expected, {"main": ["main.g"]}).is_both
    less = score_graph({"main": ["main.f"]}, expected)
    assert (less.is_sound, less.is_complete) == (False, True)
    assert (less.right, less.printed, less.expected) == (1, 1, 2)
    assert score_graph({}, expected).is_complete
    assert only_internal(expected, {"main"}) == {"main": ["main.f"], "main.f": []}
    assert score_graph({"main": ["main.f", "<builtin>.len"]}, expected).is_both
    assert not score_graph({"main": ["main.f", "<builtin>.len"]}, expected).is_exact


def test_disputed_truths_have_reasons() -> None:
    """Ten whose edges are not executed, and one with an edge the wrong way round."""
    disputed = disputed_truth()
    assert len(disputed["pycg"]) == 11 and disputed["probes"] == {}
    assert all(reason for reasons in disputed.values() for reason in reasons.values())


def more_graph() -> dict[str, list[str]]:
    return {"main": ["main.f", "<builtin>.len", "main.g"]}


def test_an_edge_counts_for_its_surest_tier(definitions: Definitions) -> None:
    """Ids become dotted names; imports and sites without a callee are left out."""
    assert dotted_name("a/__init__.py::<module>") == "a"
    assert dotted_name("a/b.py::C.<locals>.f#2") == "a.b.C.<locals>.f"
    assert dotted_name("builtins.len") == "builtins.len"
    path = "shop/cart.py"
    sites = [
        ("call", "run", "duck", ["Shop.sell", "helper"]),
        ("call", "run", "type", ["Shop.sell"]),
        ("call", "Shop", "definite", ["helper"]),
        ("import", "run", "definite", ["never"]),
        ("call", "run", None, []),
    ]
    data = {
        "sites": [
            {
                "kind": kind,
                "caller": f"{path}::{caller}",
                "tier": tier,
                "callees": [f"{path}::{callee}" for callee in callees],
            }
            for kind, caller, tier, callees in sites
        ]
    }
    assert {tier: edges for tier, edges in edges_by_tier(data, definitions).items() if edges} == {
        "definite": {(M, f"{M}.helper")},
        "type": {(f"{M}.run", f"{M}.Shop.sell")},
        "duck": {(f"{M}.run", f"{M}.helper")},
    }


def test_misses_have_classes(definitions: Definitions) -> None:
    """By what the callee is; the first class that holds."""
    seen = recording({edge: how for edge, how in EXECUTED.items() if how is not How.VIA})
    assert {edge[1]: name for edge, name in classify((), seen, definitions).items()} == {
        f"{M}.keep.wrapper": "closure or wrapper",
        f"{M}.wrapped": "function as a value",
        f"{M}.Shop.sell": "method of an unknown receiver",
        f"{M}.Shop.price": "property",
    }


def test_growth_is_the_exponent() -> None:
    """Twice the size, four times the seconds: two."""
    assert growth([(1, 3), (2, 12), (4, 48)]) == pytest.approx(2.0)
    assert growth([(1, 3)]) is None


def test_the_last_graph_on_the_stream_counts() -> None:
    """Tools log before they print."""
    assert parse_graph('{"level": 1}\n{"a": ["b"]}\n') == {"a": ["b"]}
    assert parse_graph("no graph") is None


def test_a_peer_is_a_command_or_said_to_be_absent(tmp_path: Path) -> None:
    """`NAME=TEMPLATE` runs anything; a known name without its interpreter is no silence."""
    program = Program("p", tmp_path, (tmp_path / "a.py",))
    script = "import json,sys; print(json.dumps({sys.argv[1]: open(sys.argv[2]).read().split()}))"
    tool = peer_tool(f"mine={sys.executable} -c '{script}' {{root}} {{list}}", {})
    assert run_tool(tool, program, Limits()).graph == {str(tmp_path): [str(tmp_path / "a.py")]}
    assert peer_tool("ty", {}).absent.startswith("absent: give --python-of-peer ty=")
    assert run_tool(peer_tool("ty", {}), program, Limits()).note.startswith("absent")


def test_a_run_that_fails_says_how(tmp_path: Path) -> None:
    """A refused flag, a timeout and last words; never an empty graph."""
    program = Program("p", tmp_path, ())

    def note(script: str, timeout_s: float = 20.0) -> str:
        tool = Tool("t", f"{sys.executable} -c '{script}'")
        run = run_tool(tool, program, Limits(timeout_s))
        assert run.graph is None
        return run.note

    assert note('import sys; sys.exit("Error: No such option: --tiers")') == NOT_SUPPORTED
    assert note("import time; time.sleep(9)", 0.3) == "timeout 0.3 s"
    assert note("1 / 0") == "failed: ZeroDivisionError: division by zero"


def test_memory_is_the_childs_alone() -> None:
    """Ours is not in it: the helper is small."""
    ballast = bytearray(300 * 2**20)
    measured = measure([sys.executable, "-c", "pass"], Limits())
    assert measured.status == 0 and measured.peak_mb < 100 and len(ballast)


def test_a_table_keeps_its_columns() -> None:
    """A note stands in the last column; a bar in a cell does not end it."""
    table = Table("T", ("a", "b", "note"))
    table.add("x|y", 1, "")
    table.add_note_row("z", note="absent")
    assert table.markdown().splitlines()[2:] == [
        "| a | b | note |",
        "| --- | --- | --- |",
        "| x\\|y | 1 |  |",
        "| z |  | absent |",
    ]


def test_one_command_says_what_is_absent(tmp_path: Path) -> None:
    """A peer's figures, and a row or a line for every input that is not there."""
    home = tmp_path / "suite" / "packages" / "shop"
    (home / "shop").mkdir(parents=True)
    (home / "shop" / "cart.py").write_text(PROGRAM, "utf-8")
    (home / "package.json").write_text('{"root": ".", "package": "shop"}', "utf-8")
    truth = {
        "codes": codes(("run", 36, [36, 37, 38]), ("Shop.sell", 30, [30, 31, 34])),
        "hit": {"0": [37, 38]},
        **{kind: [] for kind in ("gen", "genstart", "via", "seen")},
        "direct": [[0, 1]],
    }
    with gzip.open(home / "truth.json.gz", "wt", encoding="utf-8") as stream:
        json.dump(truth, stream)
    graph = tmp_path / "graph.json"
    graph.write_text(json.dumps({f"{M}.run": [f"{M}.Shop.sell", f"{M}.never"]}), "utf-8")
    out = tmp_path / "RESULTS.md"
    script = Path(__file__).parents[2] / "benchmarks" / "static_suite.py"
    command = [sys.executable, str(script), "--suite", str(tmp_path / "suite"), "--out", str(out)]
    command += [
        "--only",
        "executed,chains,micro,macro",
        "--peer",
        f"fake=sh -c 'cat {graph}' {{list}}",
    ]
    command += ["--peer", "ty", "--tracer-python", str(tmp_path / "no-python")]
    assert measure(command, Limits()).status == 0
    lines = out.read_text("utf-8").splitlines()
    row = next(line for line in lines if line.startswith("| fake | shop | "))
    cells = [cell.strip() for cell in row.split("|")[3:-2]]
    assert cells[:4] == [str(len(PROGRAM.splitlines())), "1", "100.0", "-"]
    assert cells[6:10] == ["50.0", "50.0", "66.7", "2"]
    assert any(line.startswith("| tracer | shop | ") and "failed" in line for line in lines)
    assert sum("absent: give --python-of-peer ty=EXE" in line for line in lines) == 3
    assert "- shop: stacks absent from its recording; paths only" in lines
    assert "- absent: no macro/*/program.json" in lines
    assert sum(line.startswith(f"| {s} |  | absent") for s in SUITES for line in lines) == 4
    assert "### speed: not run (--only)" in lines


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring is new in Python 3.12")
def test_the_recorder_sees_edges_lines_and_stacks(tmp_path: Path) -> None:
    """A property is implicit, a call explicit, a generator its creator's."""
    (tmp_path / "main.py").write_text(
        "def leaf():\n    yield 1\n\n\n"
        "class C:\n    @property\n    def p(self):\n        return list(leaf())\n\n\n"
        "def mid(c):\n    return c.p\n\n\n"
        "def top():\n    return mid(C())\n\n\ntop()\n",
        "utf-8",
    )
    script = Path(__file__).parents[2] / "benchmarks" / "static" / "record_edges.py"
    out = tmp_path / "out.json"
    command = [sys.executable, str(script), str(tmp_path), str(out), str(tmp_path / "main.py")]
    assert measure(command, Limits()).status == 0
    found = read_definitions([tmp_path / "main.py"], tmp_path)
    read = recording_of(json.loads(out.read_text("utf-8")), found, tmp_path, tmp_path)
    assert read.edges == {
        ("main", "main.top"): How.EXPLICIT,
        ("main.top", "main.mid"): How.EXPLICIT,
        ("main.mid", "main.C.p"): How.IMPLICIT,
        ("main.C.p", "main.leaf"): How.EXPLICIT,
    }
    assert ("main", "main.top", "main.mid") in read.chains
