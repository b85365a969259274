"""Mutants: which there are, that each changes one thing, and that a weak test lets one through."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from benchmarks.mutation.children import in_child
from benchmarks.mutation.mutants import code_of, compiled, mutants_of, sample
from benchmarks.mutation.score import Score

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "mutation_score.py"
CODE = '''
    """A docstring is no constant."""

    LIMIT: "int" = 3


    def price(count: "int | None", coupon=False):
        """Nor is this."""
        if count > LIMIT and not coupon:
            return count * 2
        return count


    class Till:
        def __init__(self):
            self.sum = 0

        def add(self, count):
            self.sum += price(count)
            return f"sum {self.sum:>3}"
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "till.py").write_text(dedent(CODE))
    return tmp_path


def test_each_kind_of_change(project: Path) -> None:
    """Annotations, docstrings and the texts of f-strings are left alone."""
    found = mutants_of(project, [project / "shop" / "till.py"])
    assert [(m.kind, m.owner, m.text) for m in found] == [
        ("constant", "", "3 → 4"),
        ("constant", "", "False → True"),
        (
            "condition",
            "price",
            "if count > LIMIT and (not coupon) → if not (count > LIMIT and (not coupon))",
        ),
        ("boolean", "price", "count > LIMIT and (not coupon) → count > LIMIT or not coupon"),
        ("comparison", "price", "count > LIMIT → count >= LIMIT"),
        ("boolean", "price", "not coupon → coupon"),
        ("return", "price", "return count * 2 → return None"),
        ("arithmetic", "price", "count * 2 → count // 2"),
        ("constant", "price", "2 → 3"),
        ("return", "price", "return count → return None"),
        ("statement", "Till.__init__", "self.sum = 0 → pass"),
        ("constant", "Till.__init__", "0 → 1"),
        ("arithmetic", "Till.add", "self.sum += price(count) → self.sum -= price(count)"),
        ("statement", "Till.add", "self.sum += price(count) → pass"),
        ("return", "Till.add", "return f'sum {self.sum:>3}' → return None"),
    ]


def test_one_mutant_changes_one_thing(project: Path) -> None:
    """Its code holds the change, and no mutant is the file as it was."""
    file = project / "shop" / "till.py"
    found = mutants_of(project, [file])
    before = compile(file.read_bytes(), str(file), "exec")
    for mutant in found:
        code = compiled(project, mutant)
        assert code != before
        if mutant.owner:
            own = code_of(code, mutant)
            assert own is not None
            others = [each for each in found if each.owner not in (mutant.owner, "")]
            assert all(code_of(code, each) == code_of(before, each) for each in others)


def test_an_edit_elsewhere_leaves_the_sample(project: Path) -> None:
    """Ids hang on texts, not on lines; control: another seed draws others."""
    file = project / "shop" / "till.py"
    first = [each.id for each in sample(mutants_of(project, [file]), 8, 1)]
    file.write_text("import os\n\n" + file.read_text())
    assert [each.id for each in sample(mutants_of(project, [file]), 8, 1)] == first
    assert [each.id for each in sample(mutants_of(project, [file]), 8, 2)] != first


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (lambda: [1, "a"], ("done", [1, "a"])),
        (lambda: os._exit(3), ("died", None)),
        (lambda: 1 / 0, ("died", None)),
        (lambda: [0 for _ in iter(int, 1)], ("too long", None)),
    ],
)
def test_a_child_may_end_as_it_likes(work, expected) -> None:  # type: ignore[no-untyped-def]
    """An endless loop ends by its CPU time."""
    assert in_child(work, 0.5, 60) == expected


def test_the_interval_is_wilsons() -> None:
    """By Wilson's formula: 18 of 20 is 69.9 % to 97.2 %."""
    low, high = Score(tried=22, equivalent=2, noticed=18).interval()
    assert (round(low, 3), round(high, 3)) == (0.699, 0.972)


def test_a_weak_test_lets_mutants_through(project: Path) -> None:
    """What is tested is noticed, and what no test reaches is said to be so."""
    (project / "tests").mkdir()
    (project / "tests" / "test_price.py").write_text(
        "from shop.till import price\n\n\ndef test_price():\n    assert price(4) == 8\n"
    )
    kept = project / "kept.jsonl"
    command = [sys.executable, str(SCRIPT), "--root", str(project), "--package", "shop"]
    done = subprocess.run(
        [*command, "--tests", "tests", "--kept", str(kept)],
        capture_output=True,
        text=True,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    status = {line["mutant"]: line["status"] for line in lines if "mutant" in line}
    found = mutants_of(project, [project / "shop" / "till.py"])
    by_text = {(m.owner, m.text): status[m.id] for m in found}
    assert by_text["price", "count * 2 → count // 2"] == "killed"
    assert by_text["", "3 → 4"] == "killed"
    assert by_text["price", "count > LIMIT → count >= LIMIT"] == "survived"
    assert by_text["price", "return count → return None"] == "not reached"
    assert by_text["Till.__init__", "0 → 1"] == "not reached"
    assert "tests that reach it: 1" in done.stdout
