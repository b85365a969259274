"""The committed sample bundle is what the tool makes today."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BRIEF, PROJECT, TARGET, Tracer
from tracer.bundle.store import write_bundle

SAMPLE = PROJECT / "reports" / "ptycho_mini"
_PINNED = "3.11"


@pytest.mark.skipif(
    not sys.version.startswith(_PINNED) or platform.python_implementation() != "CPython",
    reason=f"the sample is pinned to CPython {_PINNED}",
)
def test_the_sample_is_what_the_command_makes(tmp_path: Path) -> None:
    """Made again as `make sample` makes it, every file that is not volatile has the same bytes."""
    out = tmp_path / "again"
    command = [sys.executable, "-m", "tracer", "run", str(BRIEF), "--root", str(TARGET)]
    command += ["--out", str(out), "--flat", "--workload", "scripts/mock_train.py", "--quiet"]
    command += ["--accelerator", "off"]  # whether there is one depends on the machine
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    volatile = set(json.loads((SAMPLE / "manifest.json").read_text())["volatile"])
    kept = {path.relative_to(SAMPLE).as_posix() for path in SAMPLE.rglob("*") if path.is_file()}
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert made == kept
    different = [
        path
        for path in sorted(kept - volatile - {"manifest.json"})
        if (SAMPLE / path).read_bytes() != (out / path).read_bytes()
    ]
    assert different == [], "run `make sample`, and look at what changed"


def test_the_sample_verifies(tracer: Tracer) -> None:
    """On every interpreter."""
    done = tracer("verify", SAMPLE, "--root", TARGET)
    assert done.status == 0, done.out


def test_a_place_without_evidence_is_refuted(tracer: Tracer, tmp_path: Path) -> None:
    """Even where somebody has made the manifest anew after writing it in."""
    files = {
        path.relative_to(SAMPLE).as_posix(): path.read_bytes()
        for path in SAMPLE.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    files["summary.md"] += b"- Saved at `ptycho/model_manager.py:21`, too.\n"
    forged = write_bundle(files, tmp_path / "forged", folder="", force=False)
    done = tracer("verify", forged, "--root", TARGET)
    assert done.status == 1
    assert "places in summary.md stand in the evidence" in done.out
    assert "ptycho/model_manager.py:21 in line" in done.out


def test_the_environment_is_measured_and_says_what_is_not_known(
    tracer: Tracer, tmp_path: Path
) -> None:
    """Of a run here: its interpreter, and the variables that were set for it. Of a recording made
    elsewhere: what it tells itself."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "job.py").write_text("def keep():\n    open('x.txt', 'w').close()\n\n\nkeep()\n")
    brief = tmp_path / "brief.md"
    brief.write_text("# B\n\n## Analysis Question\n\nWhere does `keep` write x.txt?\n")
    run = ("run", brief, "--root", tree, "--quiet", "--out")
    done = tracer(*run, tmp_path / "a", "--workload", "job.py", "--env", "CUDA_VISIBLE_DEVICES=-1")
    assert done.status == 0, done.err
    here = json.loads((tmp_path / "a/env/trace_env.json").read_text())
    assert here["of"] == "the interpreter that ran the target"
    assert here["python"] == platform.python_version() == here["runs"][0]["python"]
    assert here["variables"]["CUDA_VISIBLE_DEVICES"] == "-1"
    assert here["runs"][0]["made"] == "here"
    assert here["commit"] is None and "git" in here["unknown"]["commit"]
    done = tracer(*run, tmp_path / "b", "--recording", tmp_path / "a/trace/w1")
    assert done.status == 0, done.err
    there = json.loads((tmp_path / "b/env/trace_env.json").read_text())
    assert there["of"].endswith("nothing ran here")
    assert [each["made"] for each in there["runs"]] == ["elsewhere"]
    assert "libraries of the runs made elsewhere" in there["unknown"]
