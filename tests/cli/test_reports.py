"""The reports folder as a memory: what was answered before, and does it hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Tracer

CODE = """\
import json


def keep_parts(parts):
    with open("parts.json", "w") as file:
        json.dump(sorted(parts), file)


if __name__ == "__main__":
    keep_parts([2, 1])
"""
BRIEF = """\
# Brief

- initiative_id: `STORE-1`

## Analysis Question

How does `keep_parts` write parts.json?

## Findings Ledger Check
- `docs/findings.md`

## Next-Step Gating
- Nothing goes on until `docs/plan.md` refers to the summary.
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "docs").mkdir(parents=True)
    (root / "job.py").write_text(CODE)
    (root / "docs/findings.md").write_text("- A-1: `keep_parts` at `job.py:400`\n")
    (root / "docs/plan.md").write_text("- Step 1\n")
    (tmp_path / "brief.md").write_text(BRIEF)
    return root


def _evidence(done_out: str, cwd: Path) -> dict[str, object]:
    bundle = done_out.strip().splitlines()[-1].removeprefix("bundle").strip()
    loaded: dict[str, object] = json.loads((cwd / bundle / "evidence.json").read_text())
    return loaded


def test_an_answer_is_found_again_and_stops_the_work(
    tracer: Tracer, tree: Path, tmp_path: Path
) -> None:
    """As long as it holds: told first, taken on wish, and not any more after an edit."""
    brief, cwd = tmp_path / "brief.md", tmp_path / "cwd"
    run = ("run", brief, "--root", tree, "--no-dynamic")
    first = tracer(*run)
    assert first.status == 0, first.err
    assert _evidence(first.out, cwd)["memory"] is None
    second = tracer(*run, "--unless-answered")
    assert second.status == 0, second.err
    assert "answered before" in second.err and "still valid" in second.err
    assert "static" not in second.err, "nothing was read"
    assert second.out.splitlines()[-1] == first.out.splitlines()[-1]
    assert len(list((cwd / "reports/STORE-1").iterdir())) == 1
    as_json = json.loads(tracer(*run, "--unless-answered", "--json").out)
    assert as_json["ok"] and as_json["data"]["was_answered"]
    told = json.loads(tracer(*run, "--json", "--out", tmp_path / "o", "--reports", "reports").out)
    (earlier,) = told["data"]["earlier"]
    assert earlier["validity"]["standing"] == "still valid"

    wanted = tracer("run", brief, "--root", tree, "--unless-answered", "--workload", "job.py")
    assert "is not enough: it holds no whole run" in wanted.err
    assert len(list((cwd / "reports/STORE-1").iterdir())) == 2

    (tree / "job.py").write_text(CODE.replace("json.dump(", "json.dumps("))
    third = tracer(*run, "--unless-answered")
    assert third.status == 0, third.err
    assert "no longer valid" in third.err and "expected" in third.err
    memory = _evidence(third.out, cwd)["memory"]
    assert isinstance(memory, dict)
    assert memory["bundles"] == 2
    assert {each["validity"]["standing"] for each in memory["earlier"]} == {"no longer valid"}
    summary = (cwd / third.out.splitlines()[-1].split()[-1] / "summary.md").read_text()
    assert "**Answered before**" in summary and "no longer valid" in summary
    assert "`docs/findings.md:1` A-1 says job.py:400" in summary, (
        "a ledger that is wrong about the answer"
    )
    assert "the gate waits for it" in summary
    assert len(summary.splitlines()) <= 60


def test_the_table_of_reports(tracer: Tracer, tree: Path, tmp_path: Path) -> None:
    """Standing, verdicts, references; the same twice; and a broken bundle is told."""
    cwd = tmp_path / "cwd"
    done = tracer("run", tmp_path / "brief.md", "--root", tree, "--no-dynamic")
    name = done.out.splitlines()[-1].split()[-1]
    text = tracer("reports", "--root", tree)
    assert text.status == 0
    assert text.out.startswith("1 bundle, 1 still valid\n")
    assert "not referred to by docs/plan.md" in text.out
    (tree / "docs/plan.md").write_text(f"- Step 1: see `{name}/summary.md`\n")
    half = cwd / "reports/half"
    half.mkdir()
    (half / "evidence.json").write_text("{}")
    told = tracer("reports", "reports", "--root", tree)
    assert told.out.startswith("1 bundle, 1 still valid, 1 folder not read\n")
    assert "referred to at docs/plan.md:1" in told.out
    assert "half: half: expected a bundle with manifest.json" in told.out
    assert told.out == tracer("reports", "--root", tree).out
    data = json.loads(tracer("reports", "--root", tree, "--json").out)["data"]
    (row,) = data["bundles"]
    assert row["validity"]["standing"] == "still valid"
    assert row["referenced"] == ["docs/plan.md:1"]
    assert row["edges"] and set(row["edges"]) == {"not run"}
    assert data["broken"][0]["folder"] == "half"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "not checked" in tracer("reports", "--root", empty).out


def test_a_contradiction_ends_with_1(tracer: Tracer, tree: Path, tmp_path: Path) -> None:
    """A bundle that somebody made of the same sources and that says something else."""
    cwd = tmp_path / "cwd"
    tracer("run", tmp_path / "brief.md", "--root", tree, "--no-dynamic")
    table = tmp_path / "effects.toml"
    table.write_text('[[effect]]\ncalls = ["json.dump"]\nkind = "network"\n')
    again = tracer("run", tmp_path / "brief.md", "--root", tree, "--no-dynamic", "--effects", table)
    assert again.status == 0, again.err
    told = tracer("reports", "--root", tree)
    assert told.status == 1, told.out
    assert "contradictions: " in told.out
    assert "effect json.dump at job.py:6" in told.out
    assert "says network job.py:6" in told.out
    summary = (cwd / again.out.splitlines()[-1].split()[-1] / "summary.md").read_text()
    assert "contradiction with an earlier bundle: effect `json.dump at job.py:6`" in summary


def test_two_bundles_are_compared(tracer: Tracer, tree: Path, tmp_path: Path) -> None:
    """Without any run; the same ends with 0, and one call that went with 1, before what moved."""
    run = ("run", tmp_path / "brief.md", "--root", tree, "--no-dynamic", "--quiet", "--out")
    tracer(*run, tmp_path / "a")
    tracer(*run, tmp_path / "b")
    same = tracer("diff", tmp_path / "a", tmp_path / "b")
    assert same.status == 0 and "The same evidence." in same.out
    (tree / "job.py").write_text(CODE.replace("json.dump(sorted(parts), file)", "file.write('x')"))
    tracer(*run, tmp_path / "c")
    other = tracer("diff", tmp_path / "a", tmp_path / "c")
    assert other.status == 1
    assert "note: of different sources" in other.out
    assert "    job.py::keep_parts → json.dump: not run job.py:6" in other.out
    data = json.loads(tracer("diff", tmp_path / "a", tmp_path / "c", "--json").out)["data"]
    edges = next(part for part in data["bundles"]["parts"] if part["kind"] == "edges")
    assert [each["what"] for each in edges["only_a"]] == ["job.py::keep_parts → json.dump"]
    assert data["runs"] == []


def test_ask_tells_of_a_bundle(tracer: Tracer, tree: Path, tmp_path: Path) -> None:
    """As near: a bare question has no initiative."""
    tracer("run", tmp_path / "brief.md", "--root", tree, "--no-dynamic")
    done = tracer("ask", "How does `keep_parts` write parts.json?", "--root", tree)
    assert "answered before" in done.err
    assert "the same question under STORE-1" in done.err


def test_without_a_folder_to_look_in_the_wish_is_refused(
    tracer: Tracer, tree: Path, tmp_path: Path
) -> None:
    """One line; --reports names one."""
    run = ("run", tmp_path / "brief.md", "--root", tree, "--no-dynamic", "--unless-answered")
    done = tracer(*run, "--out", tmp_path / "out")
    assert done.status == 2
    assert "expected --reports DIR" in done.trouble
    assert tracer(*run, "--out", tmp_path / "out", "--reports", tmp_path / "no").status == 0
    again = tracer(*run, "--out", tmp_path / "out2", "--reports", tmp_path / "out")
    assert "answered before" in again.out
    assert tracer("reports", tmp_path / "nowhere").status == 2


def test_loops_that_write_side_by_side_do_not_harm_each_other(tree: Path, tmp_path: Path) -> None:
    """Four processes at once, into one reports folder below the very tree that they analyse: each
    bundle is whole, none takes another's for a change of the tree, and a reader in between sees
    whole bundles only."""
    command = [sys.executable, "-m", "tracer"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    wanted = ["run", str(tmp_path / "brief.md"), "--root", ".", "--quiet"]
    runs = [
        subprocess.Popen(
            [*command, *wanted, *more],
            cwd=tree,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for more in (
            ["--no-dynamic"],
            ["--no-dynamic"],
            ["--workload", "job.py"],
            ["--no-dynamic", "--out", "reports/fixed", "--force"],
        )
    ]
    seen = []
    while any(run.poll() is None for run in runs):
        if (tree / "reports").is_dir():
            read = subprocess.run(
                [*command, "reports", "--json"],
                cwd=tree,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            seen.append(json.loads(read.stdout)["data"])
    outcomes = [(run.communicate(), run.returncode) for run in runs]
    assert [status for _, status in outcomes] == [0, 0, 0, 0], outcomes
    assert [each["broken"] for each in seen if each["broken"]] == []
    bundles = {out.strip().splitlines()[-1].split()[-1] for (out, _), _ in outcomes}
    assert len(bundles) == 4, "no two are one"
    for bundle in bundles:
        evidence = json.loads((tree / bundle / "evidence.json").read_text())
        assert evidence["tree"]["changed"] == []
        checked = subprocess.run(
            [*command, "verify", bundle, "--root", ".", "--quiet"],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout
    assert not [path for path in tree.rglob("*") if path.name.endswith((".partial", ".old"))]


def test_a_bundle_below_the_root_is_no_part_of_the_tree(
    tracer: Tracer, tree: Path, tmp_path: Path
) -> None:
    """The digest is the same with and without it; control: another file makes it another."""
    brief = tmp_path / "brief.md"

    def digest(name: str) -> str:
        done = tracer("run", brief, "--root", tree, "--no-dynamic", "--out", tree / name)
        assert done.status == 0, done.err
        loaded = json.loads(next((tree / name).rglob("evidence.json")).read_text())
        return str(loaded["tree"]["digest"])

    first = digest("one")
    assert digest("two") == first
    (tree / "notes.txt").write_text("x")
    assert digest("three") != first
