"""Runs that `auto` chooses must run: in a scratch folder, on the sources that were read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from tracer.brief.question import question_brief
from tracer.model.evidence import EdgeVerdict
from tracer.pipeline.run import BundleRequest, BundleResult, make_bundle
from tracer.pipeline.workloads import RunRequest

STORE = """
    import json

    def save(path):
        encode({})
        with open(path, "w") as file:
            json.dump({}, file)

    def encode(value):
        return value
"""
TEST = """
    from store.disk import save

    def test_save(tmp_path):
        save(tmp_path / "a.json")
"""


def write(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")
    return root


def bundle(root: Path, out: Path, question: str, *workloads: str) -> BundleResult:
    runs = RunRequest(workloads=workloads)
    return make_bundle(question_brief(question), BundleRequest(root, out, runs=runs))


@pytest.mark.parametrize("folder", ["", "src/"])
@pytest.mark.parametrize("name", ["tree", "a tree — née"])
def test_auto_runs_a_test(tmp_path: Path, folder: str, name: str) -> None:
    """A test is found from the scratch folder, imports the tree's package, and leaves no trace;
    the bundle shows the command as it was chosen, without a path of this machine."""
    root = write(
        tmp_path / name,
        {
            f"{folder}store/__init__.py": "",
            f"{folder}store/disk.py": STORE,
            "tests/test_disk.py": TEST,
        },
    )
    result = bundle(root, tmp_path / "out", "How does `save` write its file?", "auto")
    (run,) = result.evidence.runs
    assert run.exit_status == 0, run.stderr_tail
    assert run.workload.argv[-1] == "tests/test_disk.py::test_save"
    called = {edge.callee: edge.verdict for edge in result.evidence.edges}
    assert called[f"{folder}store/disk.py::encode"] is EdgeVerdict.CONFIRMED  # type: ignore[index]
    assert result.evidence.tree.changed == ()
    assert str(tmp_path) not in (tmp_path / "out" / "evidence.json").read_text("utf-8")


def test_a_script_imports_the_package_beside_its_folder(tmp_path: Path) -> None:
    """A script in `scripts/` finds the package at the root, installed or not."""
    root = write(
        tmp_path / "tree",
        {
            "store/__init__.py": "",
            "store/disk.py": STORE,
            "scripts/go.py": """
                from store.disk import save

                if __name__ == "__main__":
                    save("a.json")
            """,
        },
    )
    result = bundle(root, tmp_path / "out", "How does `save` write its file?", "scripts/go.py")
    assert [run.exit_status for run in result.evidence.runs] == [0]


def test_a_module_of_the_root_hides_none_of_pythons(tmp_path: Path) -> None:
    """With a `code.py` or a `types.py` at its root, a tree still runs."""
    root = write(
        tmp_path / "tree",
        {
            "types.py": "raise SystemExit(9)\n",
            "store/__init__.py": "",
            "store/disk.py": STORE,
            "scripts/go.py": "from store.disk import save\nsave('a.json')\n",
        },
    )
    result = bundle(root, tmp_path / "out", "How does `save` write its file?", "scripts/go.py")
    assert [run.exit_status for run in result.evidence.runs] == [0]


def test_a_test_run_is_no_failed_claim(tmp_path: Path) -> None:
    """What pytest calls is called from outside the tree; that is no claim about the tree."""
    root = write(
        tmp_path / "tree",
        {"store/__init__.py": "", "store/disk.py": STORE, "tests/test_disk.py": TEST},
    )
    result = bundle(root, tmp_path / "out", "How does `save` write its file?", "auto")
    bad = [claim for claim in result.verification.claims if claim.verdict.is_bad]
    assert not bad
    assert json.loads((tmp_path / "out" / "verification.json").read_text("utf-8"))["claims"]
