"""`tracer run --coverage`: a project with a test-suite needs no workload."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BRIEF, TARGET, Tracer


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A copy of the target, and the data of its mock run."""
    folder = tmp_path_factory.mktemp("measured")
    root = folder / "ptycho_mini"
    shutil.copytree(TARGET, root, ignore=shutil.ignore_patterns("__pycache__"))
    data = folder / "data.coverage"
    subprocess.run(
        [sys.executable, "-m", "coverage", "run", "--context=mock", "scripts/mock_train.py"],
        cwd=root,
        env={**os.environ, "COVERAGE_FILE": str(data), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
    )
    return root, data


def test_a_bundle_of_lines_alone(
    tracer: Tracer, measured: tuple[Path, Path], tmp_path: Path
) -> None:
    """Nothing runs, nothing is confirmed, every page says what the evidence is, and it verifies."""
    root, data = measured
    out = tmp_path / "out"
    done = tracer(
        "run", BRIEF, "--root", root, "--out", out, "--flat", "--coverage", data, "--json"
    )
    assert done.status == 0, done.err
    answer = json.loads(done.out)["data"]
    assert answer["edges"]["executed"] > 90
    assert "confirmed" not in answer["edges"]
    told = "1 context: mock"
    for page in ("summary.md", "callchain/static.md", "callgraph/index.html"):
        assert told in (out / page).read_text(), page
    assert (
        "lines alone, so that there is no call tree"
        in (out / "callgraph" / "dynamic.txt").read_text()
    )
    assert tracer("verify", out, "--root", root).status == 0
    # A claim that the data do not bear is refused.
    evidence = json.loads((out / "evidence.json").read_text())
    edge = next(e for e in evidence["edges"] if e["verdict"] == "not taken" and e["barred_by"])
    edge["verdict"] = "executed"
    (out / "evidence.json").write_text(json.dumps(evidence))
    done = tracer("verify", out, "--root", root)
    assert done.status == 1
    assert "the coverage data do not hold these lines" in done.out


def test_what_is_no_data_file_is_one_line(tracer: Tracer, tmp_path: Path) -> None:
    """Exit status 2, before anything long begins; nothing is written."""
    done = tracer(
        "run", BRIEF, "--root", TARGET, "--out", tmp_path / "out", "--coverage", "gone.coverage"
    )
    assert done.status == 2
    assert done.trouble.endswith(
        "--coverage gone.coverage: expected a data file of coverage.py, found none"
    )
    assert not (tmp_path / "out").exists()
