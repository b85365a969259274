"""Real data files of coverage.py as evidence: `executed` at best, and unknown before wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tracer.dynamic.executed import TreeFile, read_executed
from tracer.dynamic.launch import record
from tracer.errors import WorkloadError
from tracer.model.evidence import EdgeVerdict, ReconciledEdge
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording
from tracer.model.source import qualname_of
from tracer.reconcile.edges import reconcile
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

# After `#`: the callee, the verdict, and words of the cause.
PROGRAM = """\
import json
import sys

def exact(n):
    return n + 1

def one_line(n): return n

def never(n):
    return n

def items(n):
    yield n

class Base:
    def step(self):
        return 1

class Child(Base):
    def step(self):
        return 2

def polymorphic(thing: Base):
    return thing.step()  # Child.step | undecided | which of several callees

def guarded(flag):
    if flag:
        never(1)  # never | not taken | `flag` (line 27) was never true
    if flag: exact(1)  # exact | undecided | whether this part of the line did
    return flag and exact(2)  # exact | undecided | whether this part of the line did

def lost():
    exact(3)  # exact | not reached |

def left(n):
    if n:
        return json.dumps(n)  # json.dumps | executed | that the call came to its end is not told
    never(n)  # never | not taken | left early where `n` (line 36) was true

def main():
    exact(1)  # exact | executed | and so did the callee's body
    one_line(2)  # one_line | undecided | shares a line that ran with other code
    list(items(3))  # items | executed |
    Child()
    polymorphic(Base())  # polymorphic | executed |
    polymorphic(Child())
    guarded(0)  # guarded | executed |
    left(1)  # left | executed |
    sorted([1], key=lambda n: exact(n))
    sys.stdout.flush()  # io.TextIOWrapper.flush | undecided | is only declared

main()
"""


def _measure(folder: Path, script: str, *options: str, text: str = PROGRAM) -> Path:
    """The data file of a run in a folder of its own, beside the tree."""
    tree = folder / "tree"
    tree.mkdir(exist_ok=True)
    (tree / script).write_text(text)
    data = folder / "data.coverage"
    subprocess.run(
        [sys.executable, "-m", "coverage", "run", *options, script],
        cwd=tree,
        env={**os.environ, "COVERAGE_FILE": str(data), "COVERAGE_CORE": "ctrace"},
        check=True,
        capture_output=True,
    )
    return data


def _files(root: Path) -> list[TreeFile]:
    return [
        TreeFile(file.path, file.path.removesuffix(".py").replace("/", "."), file.text)
        for file in read_tree(root).files
    ]


def _edges(root: Path, *recordings: Recording) -> tuple[ReconciledEdge, ...]:
    graph = build_call_graph(read_tree(root), load_effect_table())
    functions = [function.id for function in graph.functions]
    return reconcile(graph, recordings, functions, graph.effects).edges


def _expected(text: str) -> list[tuple[int, str, str, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if " | " in line:
            callee, verdict, cause = map(str.strip, line.partition("# ")[2].split(" |"))
            found.append((number, callee, verdict, cause))
    return found


@pytest.mark.parametrize("options", [(), ("--branch",)])
def test_lines_are_never_more_than_executed(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Each call of the program with the verdict that its lines deserve; none is confirmed."""
    data = _measure(tmp_path, "main.py", *options)
    recording = read_executed(data, _files(tmp_path / "tree"), tmp_path / "tree")
    edges = _edges(tmp_path / "tree", recording)
    by_place = {(edge.line, qualname_of(edge.callee) or edge.callee): edge for edge in edges}
    program = PROGRAM
    if options:  # branches tell that a function was entered
        of_line = "undecided | shares a line that ran with other code"
        assert of_line in program
        program = program.replace(of_line, "executed | and so did the callee's body")
    expected = _expected(program)
    assert len(expected) == 14
    for line, callee, verdict, cause in expected:
        edge = by_place[line, callee]
        assert (callee, edge.verdict) == (callee, verdict)
        assert cause in edge.cause
    assert EdgeVerdict.CONFIRMED not in {edge.verdict for edge in edges}
    assert not any(edge.calls for edge in edges)


def test_what_is_executed_is_confirmed_by_the_probe(tmp_path: Path) -> None:
    """The same run under the probe: no `executed` edge that it denies, and the same `not taken`."""
    data = _measure(tmp_path, "main.py", "--branch")
    root = tmp_path / "tree"
    lines = read_executed(data, _files(root), root)
    seen = record(TracePlan(str(root), (), Workload("w1", ("main.py",))), tmp_path / "log")
    by_lines = _edges(root, lines)
    by_calls = _edges(root, seen)
    together = _edges(root, seen, lines)
    calls = {(edge.caller, edge.span, edge.callee): edge.verdict for edge in by_calls}
    pairs = [
        (edge.verdict, calls[edge.caller, edge.span, edge.callee])
        for edge in by_lines
        if edge.verdict is not EdgeVerdict.UNDECIDED
    ]
    denied = {EdgeVerdict.NOT_TAKEN, EdgeVerdict.NOT_REACHED}
    assert sum(one is EdgeVerdict.EXECUTED for one, _ in pairs) >= 10
    assert not [pair for pair in pairs if pair[0] is EdgeVerdict.EXECUTED and pair[1] in denied]
    wrong = [
        edge
        for edge in by_lines
        if edge.verdict in denied and calls[edge.caller, edge.span, edge.callee] != edge.verdict
    ]
    assert not wrong
    # What was seen stands over what lines say.
    for edge in together:
        key = edge.caller, edge.span, edge.callee
        if calls.get(key) is EdgeVerdict.CONFIRMED:
            assert edge.verdict is EdgeVerdict.CONFIRMED


def test_contexts_are_the_names_of_tests(tmp_path: Path) -> None:
    """An edge names the tests under which both of its ends ran; others say why not."""
    text = (
        "def helper():\n    return 1\n\n"
        "def shared():\n    return helper()\n\n"
        "def apart(flag):\n    return later(flag)\n\n"
        "def later(flag):\n    return flag\n\n"
        "def test_one():\n    assert shared()\n\n"
        "def test_two():\n    assert shared()\n"
    )
    root = tmp_path / "tree"
    root.mkdir()
    (root / "test_it.py").write_text(text)
    data = tmp_path / "data.coverage"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(root),
         "--cov", ".", "--cov-context=test", "--cov-report=", "test_it.py"],
        cwd=root,
        env={**os.environ, "COVERAGE_FILE": str(data), "COVERAGE_CORE": "ctrace",
             "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
    )  # fmt: skip
    recording = read_executed(data, _files(root), root)
    assert recording.executed is not None
    assert recording.executed.contexts == ("test_it.py::test_one", "test_it.py::test_two")
    edges = {(edge.line, qualname_of(edge.callee)): edge for edge in _edges(root, recording)}
    assert edges[5, "helper"].tests == (("test_it.py::test_one", 0), ("test_it.py::test_two", 0))
    assert edges[14, "shared"].tests == (("test_it.py::test_one", 0),)
    assert edges[8, "later"].verdict is EdgeVerdict.NOT_REACHED


def test_data_of_another_machine_are_matched_by_suffix(tmp_path: Path) -> None:
    """The folder where the tree lay is found by its files; where several would do, none is."""
    data = _measure(tmp_path, "main.py")
    moved = tmp_path / "elsewhere" / "checkout"
    (moved / "src").mkdir(parents=True)
    (moved / "src" / "main.py").write_text(PROGRAM)
    old = os.stat(data).st_mtime - 10
    os.utime(moved / "src" / "main.py", (old, old))
    files = [TreeFile("src/main.py", "main", PROGRAM)]
    recording = read_executed(data, files, moved)
    assert recording.executed is not None
    assert recording.executed.files == ("src/main.py",)
    (moved / "lib").mkdir()
    (moved / "lib" / "main.py").write_text(PROGRAM)
    files.append(TreeFile("lib/main.py", "main", PROGRAM))
    unclear = read_executed(data, files, moved)
    assert unclear.executed is not None
    assert unclear.executed.files == ()
    assert unclear.executed.left_out == (("main.py", "it may be any of lib/main.py, src/main.py"),)


def test_a_file_that_is_no_longer_what_was_measured_is_left_out(tmp_path: Path) -> None:
    """By its time, or by lines that are not there; it says so, and its edges are undecided."""
    data = _measure(tmp_path, "main.py")
    root = tmp_path / "tree"
    written = os.stat(data).st_mtime
    os.utime(root / "main.py", (written + 5, written + 5))
    newer = read_executed(data, _files(root), root)
    assert newer.executed is not None
    assert newer.executed.left_out == (
        ("main.py", "it is newer than the data: lines may have moved"),
    )
    edges = _edges(root, newer)
    assert {edge.verdict for edge in edges} == {EdgeVerdict.UNDECIDED}
    (root / "main.py").write_text(PROGRAM.replace("import sys\n", "# import sys\n"))
    os.utime(root / "main.py", (written - 5, written - 5))
    changed = read_executed(data, _files(root), root)
    assert changed.executed is not None
    assert changed.executed.left_out == (
        ("main.py", "line 2 ran, and no code stands there: it was another file then"),
    )


def test_what_is_no_data_file_is_refused_in_one_line(tmp_path: Path) -> None:
    """What, where, and what was expected; and nothing is made where a file was missing."""
    with pytest.raises(WorkloadError, match=r"expected a data file of coverage\.py, found none"):
        read_executed(tmp_path / "gone", (), tmp_path)
    assert not (tmp_path / "gone").exists()
    (tmp_path / "gone.host.pid1.X").write_text("")
    with pytest.raises(WorkloadError, match=r"found none; 1 of its processes .*`coverage combine"):
        read_executed(tmp_path / "gone", (), tmp_path)
    (tmp_path / "text").write_text("no database")
    with pytest.raises(WorkloadError, match="file is not a database"):
        read_executed(tmp_path / "text", (), tmp_path)
    data = _measure(tmp_path, "main.py")
    with pytest.raises(WorkloadError, match=r"none of the 1 files that it measured .* is below"):
        read_executed(data, [TreeFile("other.py", "other", "")], tmp_path / "tree")


@pytest.mark.parametrize("options", [("--context=one",), ("--branch", "--context=one")])
def test_the_tool_itself_reads_the_same(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Our reading of the file and coverage.py's own give the same lines."""
    import coverage

    from tracer.dynamic.coverage_data import read_coverage

    data = _measure(tmp_path, "main.py", *options)
    theirs = coverage.CoverageData(str(data))
    theirs.read()
    ours = read_coverage(data)
    assert ours.tool == f"coverage.py {coverage.__version__}"
    assert ours.has_arcs == theirs.has_arcs()
    assert {file.path for file in ours.files} == theirs.measured_files()
    for file in ours.files:
        assert sorted(file.lines["one"]) == sorted(theirs.lines(file.path) or [])
        assert set(file.lines) == {"one"}
