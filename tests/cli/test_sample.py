"""The committed sample bundle is what the tool makes today."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BRIEF, PROJECT, TARGET, Tracer

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
