"""What a bundle keeps is enough to make it again."""

from __future__ import annotations

import json
from pathlib import Path

from tracer.pipeline.run import BundleRequest, run_brief
from tracer.pipeline.workloads import RunRequest

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "reports" / "ptycho_mini"


def test_a_kept_recording_gives_the_same_bundle(tmp_path: Path) -> None:
    """Joined with the sources that it was made of: every edge, finding, claim and page the same.

    On every interpreter, since nothing is run; clock times and the environment are of no recording.
    """
    request = BundleRequest(
        PROJECT / "examples" / "ptycho_mini",
        tmp_path / "out",
        runs=RunRequest(recordings=(SAMPLE / "trace" / "w1",)),
    )
    made = run_brief(PROJECT / "prompts" / "ptycho_mini_persistence.md", request).folder
    assert made is not None
    manifest = json.loads((SAMPLE / "manifest.json").read_text("utf-8"))
    kept = set(manifest["files"]) - set(manifest["volatile"])
    assert len(kept) >= 10
    different = {
        path for path in kept if (made / path).read_bytes() != (SAMPLE / path).read_bytes()
    }
    assert different == set(), "run `make sample`, and look at what changed"
