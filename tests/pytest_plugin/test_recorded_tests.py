"""`pytest --tracer`, in real processes of pytest: each call belongs to the test that made it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tracer.dynamic.processes import join
from tracer.dynamic.test_counts import TestCounts
from tracer.model.plan import Workload
from tracer.model.recording import ObservedEffect, Process, Recording

_CART = """\
def price(n):
    return n * 2

def total(items):
    return sum(price(i) for i in items)

def discount(items, off):
    if off:
        return total(items) - off
    return total(items)
"""
_TESTS = """\
import pytest
from shop.cart import total, discount, price

price(0)

@pytest.fixture
def items():
    assert price(1) == 2
    return [1, 2, 3]

def test_total(items):
    assert total(items) == 12

@pytest.mark.parametrize("off", [0, 5])
def test_discount(items, off):
    assert discount(items, off) == 12 - off

def test_often():
    assert total(range(1000)) == 999000

def test_bad():
    assert total([]) == 1

@pytest.mark.skip
def test_skipped():
    total([])
"""
_ONE = "tests/test_cart.py::"
# caller, callee -> calls by test, as the program above has them.
_EXPECTED = {
    ("items", "price"): {"test_total": 1, "test_discount[0]": 1, "test_discount[5]": 1},
    ("test_total", "total"): {"test_total": 1},
    ("test_discount", "discount"): {"test_discount[0]": 1, "test_discount[5]": 1},
    ("discount", "total"): {"test_discount[0]": 1, "test_discount[5]": 1},
    ("test_often", "total"): {"test_often": 1},
    ("test_bad", "total"): {"test_bad": 1},
    ("total", "price"): {
        "test_total": 3, "test_discount[0]": 3, "test_discount[5]": 3, "test_often": 1000,
    },
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in {
        "shop/__init__.py": "",
        "shop/cart.py": _CART,
        "tests/test_cart.py": _TESTS,
        "pytest.ini": "[pytest]\npythonpath = .\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def _environment() -> dict[str, str]:
    """As of a shell: without what a pytest around us has set."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


def _pytest(root: Path, *options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, options)],
        cwd=root,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )


def _by_test(out: Path) -> dict[tuple[str, str], dict[str, int]]:
    document = json.loads((out / "edges.json").read_text("utf-8"))
    found: dict[tuple[str, str], Counter[str]] = {}
    for edge in document["edges"]:
        key = edge["caller"]["qualname"], edge["callee"]["qualname"]
        for test, count in edge.get("by_test", ()):
            name = document["tests"][test].removeprefix(_ONE)
            found.setdefault(key, Counter())[name] += count
    return {key: dict(counts) for key, counts in found.items() if key in _EXPECTED}


def _outcome(done: subprocess.CompletedProcess[str]) -> tuple[int, list[str]]:
    """Its exit status and what it said of tests, without times."""
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "E  "))]
    return done.returncode, [*lines, done.stdout.strip().splitlines()[-1].partition(" in ")[0]]


def test_calls_are_counted_for_each_test(project: Path, tmp_path: Path) -> None:
    """Exactly; what runs between tests is nobody's; the outcome is as without us."""
    out = tmp_path / "recorded"
    plain = _pytest(project)
    traced = _pytest(project, "--tracer", "--tracer-out", out)
    assert _outcome(traced) == _outcome(plain)
    assert plain.returncode == 1
    assert _by_test(out) == _EXPECTED
    document = json.loads((out / "edges.json").read_text("utf-8"))
    module = [edge for edge in document["edges"] if edge["caller"]["qualname"] == "<module>"]
    assert [e for e in module if e["callee"]["qualname"] == "price" and "by_test" not in e]
    assert document["complete"] and len(document["tests"]) == 6
    assert traced.stderr.splitlines()[-1].endswith(
        f" by 6 tests: tracer run BRIEF --root {project} --recording {out}"
    )

    # A second run does not replace it, and says so in one line.
    again = _pytest(project, "--tracer", "--tracer-out", out)
    assert again.returncode == pytest.ExitCode.USAGE_ERROR
    assert "there is a recording already" in again.stderr
    assert "Traceback" not in again.stderr

    # And the bundle says which tests confirm which edges.
    brief = tmp_path / "brief.yaml"
    brief.write_text("question: How does discount come to price?\n")
    run = subprocess.run(
        [sys.executable, "-m", "tracer", "run", brief, "--root", project, "--flat", "--quiet",
         "--out", tmp_path / "bundle", "--recording", out],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    evidence = json.loads((tmp_path / "bundle" / "evidence.json").read_text("utf-8"))
    (edge,) = [e for e in evidence["edges"] if e["callee"] == "shop/cart.py::price"
               and e["caller"] == "shop/cart.py::total"]  # fmt: skip
    assert edge["verdict"] == "confirmed"
    assert edge["tests"][0] == [f"{_ONE}test_often", 1000]
    assert edge["tests_total"] == 4
    static = (tmp_path / "bundle" / "callchain" / "static.md").read_text("utf-8")
    assert f"by 4 tests: {_ONE}test_often (1000)" in static


def test_workers_of_xdist_are_recorded_and_joined(project: Path, tmp_path: Path) -> None:
    """The same counts, whichever worker ran a test."""
    out = tmp_path / "recorded"
    done = _pytest(project, "-n", "2", "--tracer", "--tracer-out", out)
    assert done.returncode == 1, done.stdout + done.stderr
    assert _by_test(out) == _EXPECTED


def test_options_of_the_project_are_enough(project: Path) -> None:
    """Where `addopts` asks for it, with the default folder; ids stay as they are."""
    (project / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --tracer\n")
    done = _pytest(project, "-k", "test_total")
    assert done.returncode == 0, done.stdout + done.stderr
    (recorded,) = (project / "reports" / "pytest").iterdir()
    assert _by_test(recorded)["items", "price"] == {"test_total": 1}


def test_what_cannot_be_started_again_is_refused(project: Path) -> None:
    """A program that calls `pytest.main` would run twice: one line, and nothing runs."""
    program = "import sys, pytest; print('once'); sys.exit(pytest.main(['--tracer', '-q']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "expected to be started as `pytest …`" in done.stderr
    assert done.stdout.count("once") == 1


def test_counts_between_tests_are_nobodys() -> None:
    """A test that runs again adds to its own."""
    counts = TestCounts()
    counts.add([[1, 5]])
    for name, count in (("a", 2), ("b", 3), ("a", 4)):
        counts.begin(name)
        counts.add([[1, count]])
        counts.begin("")
        counts.add([[1, 7]])
    assert counts.names == ("a", "b")
    assert counts.of([1]) == ((0, 6), (1, 3))
    assert counts.of([2]) == ()


def test_effects_of_two_processes_keep_apart() -> None:
    """Both count from 1; one within another must not come to lie within a stranger, or itself."""
    effects = (
        ObservedEffect(1, "file.write", "open", file=1),
        ObservedEffect(2, "file.read", "open", within=1, made_by=1, file=1),
    )
    one = Recording(Workload("w1", ("a.py",)), True, effects=effects)
    joined = join(one, [(Process("1"), one), (Process("2"), one)])
    assert [each.number for each in joined.effects] == [1, 2, 3, 4, 5, 6]
    assert [each.within for each in joined.effects] == [0, 1, 0, 3, 0, 5]
    assert [each.made_by for each in joined.effects] == [0, 1, 0, 3, 0, 5]
    assert [each.file for each in joined.effects] == [1, 1, 2, 2, 3, 3]


def test_of_one_package_pytest_itself_is_no_caller(project: Path, tmp_path: Path) -> None:
    """`-m pytest` makes pytest's own file `__main__`, which belongs to no program."""
    out = tmp_path / "recorded"
    _pytest(project, "--tracer", "--tracer-out", out, "--tracer-namespace", "shop")
    document = json.loads((out / "edges.json").read_text("utf-8"))
    callers = {(edge["caller"]["module"], edge["caller"]["qualname"]) for edge in document["edges"]}
    assert callers == {("shop.cart", "total"), ("shop.cart", "discount")}
    assert {root["callee"]["qualname"] for root in document["roots"]} >= {"total", "discount"}
