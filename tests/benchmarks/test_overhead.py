"""The benchmark of the probe: what is run, what is told of it, what a stopped run keeps."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.dynamic.goals import Found, verdicts
from benchmarks.dynamic.measuring import Run
from benchmarks.dynamic.measuring import run as run_measured
from benchmarks.dynamic.rows import Limits, Row, measure, row_of
from benchmarks.dynamic.sizes import Size
from benchmarks.dynamic.suite import main
from benchmarks.dynamic.target.reported import MARK
from benchmarks.dynamic.target.workloads import READINGS, WORKLOADS
from benchmarks.dynamic.tools import (
    TARGET,
    UNTRACED,
    Tool,
    own_tools,
    own_workload,
    peer_tool,
    suite_workload,
    taps_of,
    workload_names,
)
from tracer.dynamic.taps import parse_tap, place_tap


def body(cpu_s: float, result: object = 1, pid: int = 7) -> dict[str, object]:
    return {"cpu_s": cpu_s, "wall_s": cpu_s, "result": result, "pid": pid}


def ran(cpu_s: float, **options: object) -> Run:
    fields: dict[str, object] = {
        "status": 0, "wall_s": cpu_s + 1, "cpu_s": cpu_s + 0.5, "peak_mb": 20.0,
        "peaks_mb": {"7": 20.0}, "body": body(cpu_s), "other_lines": 0, "written": 0,
        "last_error": "",
    }  # fmt: skip
    return Run(**{**fields, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(set(WORKLOADS) - {"training"}))
def test_a_workload_gives_the_same_twice(name: str) -> None:
    """A result depends on the scale alone, so that a traced run can be held against it."""
    # A browser that other tests have open keeps a loop running in this thread.
    with ThreadPoolExecutor(1) as thread:
        first, second = thread.map(WORKLOADS[name], (0.002, 0.002))
    assert first == second


def test_each_workload_has_one_tap_that_can_be_placed() -> None:
    """The marks in the source name all workloads, and lines that hold a statement."""
    assert set(workload_names()) == set(WORKLOADS)
    for name in workload_names():
        (tap,) = taps_of(name)
        assert place_tap(parse_tap(tap, TARGET), TARGET).statement_lines is not None


def test_the_best_of_each_side_counts() -> None:
    """A disturbed run on either side changes no ratio; the spread tells of it."""
    row = row_of("t", "w", 1.0, [ran(2.0), ran(1.0)], [ran(3.0), ran(8.0)])
    assert (row.body_ratio, row.spread, row.problem) == (3.0, 1.0, "")
    assert row.extra_cpu_s == 2.0


@pytest.mark.parametrize(
    ("traced", "told"),
    [
        (ran(1.0), ""),
        (ran(1.0, status=3), "exit status 3 for 0"),
        (ran(1.0, body=body(1.0, 2)), "another result"),
        (ran(1.0, other_lines=2), "prints"),
        (ran(1.0, body=None, status=1, last_error="E: x"), "no result, exit status 1: E: x"),
        (ran(1.0, body=None, killed_for="timeout"), "killed: timeout"),
    ],
)
def test_what_a_user_would_notice_is_told(traced: Run, told: str) -> None:
    """Status, result and output must be those of the untraced run."""
    assert row_of("t", "w", 1.0, [ran(1.0)], [traced]).problem == told


def test_the_peak_is_that_of_the_process_with_the_body() -> None:
    """A parent that reads a large log is told apart from the target."""
    traced = ran(1.0, peak_mb=300.0, peaks_mb={"1": 300.0, "7": 50.0})
    row = row_of("t", "w", 1.0, [ran(1.0)], [traced])
    assert (row.extra_mb, row.parent_mb) == (30.0, 300.0)


def _paced(seconds_at_one: float, grows: bool) -> tuple[list[tuple[str, float]], Row]:
    """What is run of a tool of this speed, and its row."""
    seen: list[tuple[str, float]] = []

    def one(tool: Tool, scale: float) -> Run:
        seen.append((tool.name, scale))
        seconds = seconds_at_one * scale if tool is not UNTRACED else scale
        written = 100_000 * (scale if grows else 1) if tool is not UNTRACED else 0
        return ran(seconds, written=int(written))

    tool = Tool("slow", "", "tree")
    row = measure(tool, own_workload("recursive"), 1.0, Limits(2, longest_s=4.0), one)
    return seen, row


def test_a_slow_tool_does_a_part_of_the_work() -> None:
    """It is tried on a fiftieth; runs are in turn, on the part that it can do in time."""
    seen, row = _paced(10.0, grows=True)
    assert seen == [("slow", 0.02), *[("untraced", 0.1), ("slow", 0.1)] * 2]
    assert (row.share, row.is_empty) == (0.1, False)
    seen, row = _paced(1.0, grows=True)
    assert seen[1:] == [("untraced", 1.0), ("slow", 1.0)] * 2
    assert (row.share, row.is_empty) == (1.0, False)


@pytest.mark.parametrize(
    ("seconds", "pairs"),
    [([1.0] * 9, 2), ([1.3, 1.2, 1.1, 1.09, 0.9], 4), ([1.4, 1.3, 1.2, 1.1, 1.0], 5)],
)
def test_a_noisy_row_has_more_pairs(seconds: list[float], pairs: int) -> None:
    """Until the best of each side was met twice, or nearly so; up to a bound."""
    limits = Limits(2, most_pairs=5, longest_s=60.0)
    traced = iter([1.0, *seconds])  # it is tried once before

    def one(tool: Tool, scale: float) -> Run:
        seconds = 1.0 if tool is UNTRACED else next(traced)
        return ran(seconds, wall_s=seconds, written=int(1e6 * scale))

    row = measure(Tool("noisy", "", "tree"), own_workload("recursive"), 1.0, limits, one)
    assert (row.pairs, row.body_ratio) == (pairs, min(seconds[:pairs]))


def test_a_tool_that_records_nothing_is_told() -> None:
    """It wrote as much for a fiftieth of the work as for all of it."""
    assert _paced(1.0, grows=False)[1].is_empty


def test_goals_are_met_or_not_by_the_figures() -> None:
    """Ratios by version and mode, readings by their number, memory, and the best honest peer."""
    edges, tree, taps, *plain = own_tools("python", (3, 12, 1), ["monitoring"])
    assert [each.name for each in plain] == [
        each.name.removesuffix(" in C") for each in (edges, tree, taps)
    ]
    peers = [Tool("fast", "", "tree"), Tool("hollow", "", "tree"), Tool("other", "", "lines")]
    peers.append(Tool("blind", "", "tree", blind=frozenset({"methods"})))
    rows = {
        ("fast", "methods"): Row("fast", "methods", 1.0, 1, 4.0),
        ("hollow", "methods"): Row("hollow", "methods", 1.0, 1, 1.1, is_empty=True),
        ("other", "methods"): Row("other", "methods", 1.0, 1, 1.0),
        ("blind", "methods"): Row("blind", "methods", 1.0, 1, 1.0),
        (edges.name, "methods"): Row(edges.name, "methods", 1.0, 1, 2.4),
        (tree.name, "methods"): Row(tree.name, "methods", 1.0, 1, 4.5),
        (taps.name, "tapped_local"): Row(
            taps.name, "tapped_local", 0.5, 1, 9.0, body_s=0.11, plain_body_s=0.01
        ),
    }
    sizes = [Size(tree.name, calls=1000, in_tree=10, dynamic_txt=2_000_000, extra_mb=63.0)]
    found = Found(
        (3, 12, 1), [edges, tree, taps, *peers], rows, sizes, {"tapped_local": 1000},
        ["methods", "tapped_local"],
    )  # fmt: skip
    told = {(each.what, each.mode): (each.found, each.is_met) for each in verdicts(found)}
    assert told == {
        ("methods", edges.name): (2.4, True),
        ("methods", tree.name): (4.5, True),
        ("methods, ahead of peers", tree.name): (4.5, False),
        ("tapped_local", taps.name): (pytest.approx(200_000), False),
        ("memory of the target, 1,000 calls", tree.name): (63.0, True),
        ("callgraph/dynamic.txt", tree.name): (2000.0, False),
    }


def test_the_usual_way_is_run_in_c_and_without() -> None:
    """The other back end in C alone, unless it is the only one asked for."""
    names = [tool.name for tool in own_tools("p", (3, 12), ["monitoring", "settrace"])]
    assert [name.partition(", ")[2] for name in names[::3]] == [
        "monitoring in C",
        "monitoring",
        "settrace in C",
    ]
    assert [tool.is_in_c for tool in own_tools("p", (3, 12), ["settrace"])[::3]] == [True, False]


def test_absent_peers_say_why() -> None:
    """Not known, not installed, or not for this version: a reason, and no failure."""
    assert "no template" in peer_tool("nothing", sys.executable, (3, 12)).absent
    assert "needs Python 3.12" in peer_tool("coverage-sysmon", sys.executable, (3, 11)).absent
    assert not peer_tool("cprofile", sys.executable, (3, 11)).absent
    other = peer_tool("mine:tree={python} {script} {args}", sys.executable, (3, 11))
    assert (other.name, other.records, other.absent) == ("mine", "tree", "")
    assert own_tools("p", (3, 11), ["monitoring"]) == []


def test_a_command_runs_in_a_folder_of_its_own(tmp_path: Path) -> None:
    """What it wrote is counted, and what it printed; a limit ends it."""
    (tmp_path / "a").mkdir()
    line = f'{MARK}1,"pid":'
    script = f"import os; open('x', 'w').write('12345'); print({line!r} + str(os.getpid()) + '}}')"
    done = run_measured([sys.executable, "-c", script], tmp_path / "a", MARK)
    assert (done.status, done.written, done.other_lines) == (0, 5, 0)
    assert done.body is not None and done.target_mb > 1
    (tmp_path / "b").mkdir()
    sleeper = [sys.executable, "-c", "import time; print('on'); time.sleep(60)"]
    slow = run_measured(sleeper, tmp_path / "b", MARK, timeout_s=0.3)
    assert (slow.killed_for, slow.body) == ("timeout", None)
    (tmp_path / "c").mkdir()
    assert run_measured(["/nowhere/python"], tmp_path / "c", MARK).status == 127


def test_a_run_is_taken_up_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tables are written from real runs; the second run measures nothing that the first did."""
    out = tmp_path / "OVERHEAD.md"
    given = ["--out", str(out), "--workloads", "methods", "--scale", "0.001", "--pairs", "1"]
    given += ["--no-sizes", "--peer", "cprofile", "--peer", "nothing", "--backend", "settrace"]
    assert main([*given, "--python", sys.executable, "--python", "/nowhere/python"]) == 0
    said = capsys.readouterr().err
    assert "methods  tracer tree, settrace" in said
    text = out.read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| tracer tree, settrace")]
    assert len(lines) == 2  # with hooks in C, and with those in Python alone
    assert all(line.endswith("| the same |") for line in lines)
    assert "no template of this name is known" in text and "python, best of" in text
    assert "not measured: cannot be run" in text and "/nowhere" not in text
    measured = json.loads(out.with_suffix(".json").read_text("utf-8"))["measured"]
    assert {entry["row"]["tool"] for entry in measured} > {"untraced", "cprofile"}
    assert main([*given, "--resume", "--python", sys.executable]) == 0
    assert "methods" not in capsys.readouterr().err


def test_what_was_measured_is_kept_when_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at the second row: the first one stands in both files."""
    rows = iter([Row("untraced", "methods", 1.0, 1, 1.01)])

    def measured(*_: object) -> Row:
        try:
            return next(rows)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("benchmarks.dynamic.suite.measure", measured)
    out = tmp_path / "OVERHEAD.md"
    given = ["--out", str(out), "--workloads", "methods", "--python", sys.executable]
    assert main(given) == 130
    assert "--resume goes on" in capsys.readouterr().err
    assert "| untraced |  | 1.01 |" in out.read_text("utf-8")
    assert len(json.loads(out.with_suffix(".json").read_text("utf-8"))["measured"]) == 1


def test_tests_of_a_project_are_a_workload(tmp_path: Path) -> None:
    """Outcomes are the result; what is no project is refused."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("def price(): return 3\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_shop.py").write_text(
        "import shop\n"
        "def test_a(): assert shop.price() == 3\n"
        "def test_b(): assert shop.price() == 4\n"
    )
    workload = suite_workload(f"shop={tmp_path}")
    (tmp_path / "run").mkdir()
    command = UNTRACED.command(sys.executable, workload, 1.0, tmp_path)
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    done = run_measured(command, tmp_path / "run", MARK, environment=environment)
    assert done.body is not None
    assert done.body["result"] == {"status": 1, "failed": 1, "passed": 1}
    with pytest.raises(ValueError, match="no folder other"):
        suite_workload(f"other={tmp_path}")


def test_bad_arguments_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says what was expected; exit status 2."""
    for given, told in (
        (["--workloads", "none_such"], "none_such"),
        (["--peer", "x={pyton}"], "{pyton}"),
        (["--tests", "a=/nowhere"], "expected NAMESPACE=PROJECT"),
        (["--pairs", "0"], "more than 0"),
    ):
        with pytest.raises(SystemExit, match="2"):
            main(given)
        assert told in capsys.readouterr().err


def test_readings_are_counted_as_the_loop_runs() -> None:
    """The divisor of the cost of a tap is the number of rounds at that scale."""
    assert READINGS["tapped_local"](0.01) == 2000
