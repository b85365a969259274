"""Two lambdas of one line have one name: what ran of them is not guessed at."""

from __future__ import annotations

from pathlib import Path

import tracer
from tracer.model.evidence import EdgeVerdict

_PROGRAM = """\
def a():
    return 1


def b():
    return 2


def run(flag):
    f, g = (lambda: a()), (lambda: b())
    return f() if flag else g()


run(False)
"""


def test_which_of_two_lambdas_ran_is_undecided_and_never_refuted(tmp_path: Path) -> None:
    """Neither is confirmed, though one ran; each has its own call in the verifier's eyes."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "main.py").write_text(_PROGRAM, "utf-8")
    (tmp_path / "b.md").write_text("How does `run` call `a` and `b`?\n", "utf-8")
    made = tracer.run_brief(
        tmp_path / "b.md",
        tmp_path / "tree",
        tmp_path / "out",
        runs=tracer.RunRequest(workloads=("main.py",)),
    )
    verdicts = {(edge.caller, edge.callee): edge.verdict for edge in made.evidence.edges}
    one, two = "main.py::run.<locals>.<lambda>", "main.py::run.<locals>.<lambda>#2"
    assert verdicts == {
        ("main.py::<module>", "main.py::run"): EdgeVerdict.CONFIRMED,
        ("main.py::run", one): EdgeVerdict.UNDECIDED,
        ("main.py::run", two): EdgeVerdict.UNDECIDED,
        (one, "main.py::a"): EdgeVerdict.UNDECIDED,
        (two, "main.py::b"): EdgeVerdict.UNDECIDED,
    }
    assert made.verification.is_good
