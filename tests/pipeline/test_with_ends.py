"""A `with` statement may end where the last call of its body does: that call is another one."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracer
from tracer.model.evidence import EdgeVerdict

_BODIES = {
    "the call did not run": """\
    with zipfile.ZipFile(path, "w") as archive:
        if archive.comment:
            archive.writestr("notes.txt", "x")
""",
    "it ran": """\
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "x")
""",
    "on one line": """\
    with zipfile.ZipFile(path, "w") as archive: archive.writestr("notes.txt", "x")
""",
    "on one line, and did not run": """\
    with zipfile.ZipFile(path, "w") as archive: archive.comment and archive.writestr("n", "x")
""",
}


@pytest.mark.parametrize("case", _BODIES)
def test_the_exit_of_a_with_confirms_no_call_of_its_body(tmp_path: Path, case: str) -> None:
    """In C or not, on the same line or another one."""
    (tmp_path / "tree").mkdir()
    program = f'import zipfile\n\n\ndef save(path):\n{_BODIES[case]}\n\nsave("x.zip")\n'
    (tmp_path / "tree" / "main.py").write_text(program, "utf-8")
    (tmp_path / "b.md").write_text("How does `save` write `x.zip`?\n", "utf-8")
    made = tracer.run_brief(
        tmp_path / "b.md",
        tmp_path / "tree",
        tmp_path / "out",
        runs=tracer.RunRequest(workloads=("main.py",)),
    )
    (edge,) = [e for e in made.evidence.edges if e.callee == "zipfile.ZipFile.writestr"]
    ran = "did not run" not in case
    assert (edge.verdict is EdgeVerdict.CONFIRMED) == ran, edge
    assert made.verification.is_good
