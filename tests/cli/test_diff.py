"""`tracer diff`: two recorded runs of one program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Tracer

_PROGRAM = """\
import sys


def load(name):
    return parse(name)


def parse(name):
    if len(name) > 3:
        return convert(name)
    return check(name)


def convert(name):
    return len(name)


def check(name):
    if name == "bad":
        raise ValueError(name)
    return 0.1 * len(name)


def main(names):
    out = []
    for name in names:
        try:
            value = load(name)
        except ValueError:
            value = -1
        out.append(value)
    return out


main(sys.argv[1:])
"""


@pytest.fixture
def record(tmp_path: Path):
    (tmp_path / "job.py").write_text(_PROGRAM)

    def run(out: str, *names: str, options: tuple[str, ...] = ()) -> Path:
        tap = ("--tap", "value=value@job.py:31:before")
        command = [sys.executable, "-m", "tracer", "trace", "-o", out, *tap, *options]
        subprocess.run(
            [*command, "--", "job.py", *names],
            cwd=tmp_path,
            check=True,
            timeout=120,
        )
        return tmp_path / out

    return run


def test_two_equal_runs_are_the_same(tracer: Tracer, record) -> None:
    """Status 0, in text and in JSON."""
    a, b = record("a", "xx", "yy"), record("b", "xx", "yy")
    answer = tracer("diff", str(a), str(b))
    assert answer.status == 0 and "The same." in answer.out
    assert "the call trees are the same" in answer.out
    data = json.loads(tracer("diff", str(a), str(b), "--json").out)
    assert data["ok"] is True and data["data"]["is_same"] is True


def test_the_first_divergence_comes_first(tracer: Tracer, record) -> None:
    """With its chain, both lines, and the lines that ran in one alone; then all else."""
    a, b = record("a", "xx", "yy", "zz"), record("b", "xx", "yyyy", "bad")
    answer = tracer("diff", str(a), str(b))
    assert answer.status == 1
    lines = answer.out.splitlines()
    at = lines.index("first divergence")
    assert [line.strip() for line in lines[at + 1 : at + 8]] == [
        "<module> (job.py:1)",
        "main (job.py:24) from line 35",
        "load (job.py:4) from line 28",
        "parse (job.py:8) from line 5",
        "A: check (job.py:18) from line 11",
        "B: convert (job.py:14) from line 10",
        "lines that ran in B alone: 10",
    ]
    assert "  value, reading 2: A float 0.2, B int 4" in lines
    assert "    job.py::parse → job.py::convert  once, line 10" in lines
    assert "    job.py::parse → job.py::check  A 3, B 2" in lines
    assert any("ValueError" in line for line in lines)
    data = json.loads(tracer("diff", str(a), str(b), "--json").out)
    assert data["schema"] == "tracer/answer/1" and data["ok"] is False
    (run,) = data["data"]["runs"]
    assert run["first"]["call"] == 7 and run["first"]["b"]["frame"]["qualname"] == "convert"


def test_a_tolerance_is_for_what_taps_read(tracer: Tracer, record) -> None:
    """The calls are the same; the values are within it, or not."""
    a, b = record("a", "xx"), record("b", "xxx")
    assert tracer("diff", str(a), str(b)).status == 1
    near = tracer("diff", str(a), str(b), "--rtol", "0.5")
    assert near.status == 0 and "(within the tolerance)" in near.out
    assert tracer("diff", str(a), str(b), "--atol", "0.01").status == 1


def test_the_edges_alone(tracer: Tracer, record) -> None:
    """A file `edges.json` has no tree, and says so; nor has a run without one."""
    a, b = record("a", "xx"), record("b", "xx", options=("--mode", "edges"))
    alone = tracer("diff", str(a / "edges.json"), str(b / "edges.json"))
    assert alone.status == 0 and "there is no call tree to compare" in alone.out
    mixed = tracer("diff", str(a), str(b))
    assert mixed.status == 0 and "has no call tree" in mixed.out


def test_changed_sources_are_told_and_their_lines_left_out(tracer: Tracer, record) -> None:
    """One line more above all functions is no difference of the runs."""
    a = record("a", "xx")
    program = a.parent / "job.py"
    program.write_text("# one more\n" + program.read_text())
    subprocess.run(
        [sys.executable, "-m", "tracer", "trace", "-o", "b", "--", "job.py", "xx"],
        cwd=a.parent,
        check=True,
        timeout=120,
    )
    answer = tracer("diff", str(a), str(a.parent / "b"))
    assert "the sources differ (job.py): lines are not compared" in answer.out
    assert "the call trees are the same" in answer.out
    assert "value, only in A" in answer.out and answer.status == 1


def test_bundles(tracer: Tracer, tmp_path: Path) -> None:
    """The sample bundle is the same as itself."""
    sample = str(Path(__file__).parents[2] / "reports/ptycho_mini")
    answer = tracer("diff", sample, sample)
    assert answer.status == 0 and "the call trees are the same" in answer.out


def test_bad_input(tracer: Tracer, tmp_path: Path) -> None:
    """One line, status 2."""
    (tmp_path / "edges.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    (tmp_path / "list.json").write_text('{"schema": "tracer/edges/1", "edges": 3, "roots": []}')
    for place in ("edges.json", "empty", "missing", "list.json"):
        answer = tracer("diff", str(tmp_path / place), str(tmp_path / place))
        assert answer.status == 2, place
        assert len(answer.err.splitlines()) == 1 and answer.err.startswith("tracer: ")


def test_each_run_may_have_a_working_folder_of_its_own(tracer: Tracer, tmp_path: Path) -> None:
    """What lies below it is the same file; a script below the root is named by the root."""
    root = tmp_path / "tree"
    (root / "scripts").mkdir(parents=True)
    script = root / "scripts/job.py"
    script.write_text("open('made.txt', 'w').close()\n")
    for number in (1, 2):
        cwd = tmp_path / f"cwd{number}"
        cwd.mkdir()
        command = [sys.executable, "-m", "tracer", "trace", "--root", str(root), "--cwd", str(cwd)]
        out = str(tmp_path / f"out{number}")
        subprocess.run([*command, "-o", out, "--", str(script)], check=True, timeout=120)
    answer = tracer("diff", str(tmp_path / "out1"), str(tmp_path / "out2"), "--json")
    assert answer.status == 0, answer.out
    (run,) = json.loads(answer.out)["data"]["runs"]
    opened = next(each for each in run["lists"] if each["kind"] == "opened_files")
    assert opened["same"] >= 1
    roots = json.loads((tmp_path / "out1/edges.json").read_text())["roots"]
    assert roots[0]["callee"]["path"] == "scripts/job.py"
