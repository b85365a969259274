"""A workload that stands outside the tree: its calls into the tree are evidence like any other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import tracer
from tracer.bundle.recordings import decode_recording
from tracer.model.evidence import EdgeVerdict
from tracer.model.verification import ClaimVerdict
from tracer.static.sources import read_tree
from tracer.verify.evidence import verify_evidence

# The second definition of a name is `ask#2` to us, and `ask` to the frame that runs it.
_PACKAGE = """\
from typing import overload


@overload
def ask(x: int) -> int: ...


def ask(x):
    return back(x)


def back(x):
    return x()
"""


def test_calls_of_a_script_elsewhere_are_verified_by_the_run(tmp_path: Path) -> None:
    """Into a function defined twice, and back; a call at another line is refuted."""
    root = tmp_path / "tree"
    root.mkdir()
    (root / "pack.py").write_text(_PACKAGE, "utf-8")
    script = tmp_path / "elsewhere" / "use.py"
    script.parent.mkdir()
    script.write_text("import pack\n\n\ndef own():\n    return 3\n\n\npack.ask(own)\n", "utf-8")
    (tmp_path / "b.md").write_text("who calls `ask`, and whom does `back` call?\n", "utf-8")
    made = tracer.run_brief(
        tmp_path / "b.md",
        root,
        tmp_path / "out",
        runs=tracer.RunRequest(workloads=(str(script),)),
    )
    evidence = made.evidence
    outside = {
        (edge.caller, edge.callee, edge.cause)
        for edge in evidence.edges
        if edge.verdict is EdgeVerdict.DYNAMIC_ONLY
    }
    assert outside == {
        (
            "<script>/use.py::<module>",
            "pack.py::ask#2",
            "the caller is code that no file of the tree holds",
        ),
        (
            "pack.py::back",
            "<script>/use.py::own",
            "code that no file of the tree holds at that place",
        ),
    }
    assert made.verification.is_good

    moved = tuple(
        replace(edge, line=edge.line - 1) if edge.callee == "pack.py::ask#2" else edge
        for edge in evidence.edges
    )
    recordings = [decode_recording(path) for path in (tmp_path / "out").rglob("recording.jsonl.gz")]
    judged = verify_evidence(replace(evidence, edges=moved), read_tree(root), recordings)
    bad = [claim for claim in judged.claims if claim.verdict is ClaimVerdict.REFUTED]
    assert any("use.py:7" in claim.text for claim in bad)
