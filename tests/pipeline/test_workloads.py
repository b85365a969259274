"""Runs that `auto` chooses must run: in a scratch folder, on the sources that were read."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from tracer.brief.question import question_brief
from tracer.errors import WorkloadError
from tracer.model.evidence import EdgeVerdict
from tracer.pipeline.run import BundleRequest, BundleResult, make_bundle
from tracer.pipeline.trace import TraceRequest, trace
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


def test_a_recording_of_other_sources_is_refused(tmp_path: Path) -> None:
    """A line that ran before it was edited confirms nothing of the line that stands there now;
    an edit in a file that never ran does not matter."""
    root = write(
        tmp_path / "tree",
        {
            "store/__init__.py": "",
            "store/disk.py": STORE,
            "store/other.py": "",
            "go.py": "import sys\nfrom store.disk import save\nsave(sys.argv[1])\n",
        },
    )
    out = tmp_path / "recorded"
    traced = trace(
        TraceRequest(
            root=root,
            command=("go.py", str(tmp_path / "a.json")),
            out=out,
            namespaces=(),
            mode="tree",
            backend="auto",
            taps=(),
            python=Path(sys.executable),
            time_budget_s=None,
            cwd=root,
        )
    )
    assert traced == 0

    def join(name: str, folder: Path = out) -> BundleResult:
        request = BundleRequest(root, tmp_path / name, runs=RunRequest(recordings=(folder,)))
        return make_bundle(question_brief("How does `save` write its file?"), request)

    (root / "store/other.py").write_text("x = 1\n")
    edges = {edge.callee: edge.verdict for edge in join("one").evidence.edges}
    assert edges["store/disk.py::encode"] is EdgeVerdict.CONFIRMED  # type: ignore[index]
    join("again", tmp_path / "one" / "trace" / "w1")
    (root / "store/disk.py").write_text(STORE.replace("encode({})", "encode([])"))
    for name, folder in (("two", out), ("three", tmp_path / "one" / "trace" / "w1")):
        with pytest.raises(WorkloadError, match=r"other sources: store/disk\.py changed since"):
            join(name, folder)
        assert not (tmp_path / name).exists()
    (out / "sources.json").unlink()
    (run,) = join("four").evidence.runs
    assert "The recording does not say of which sources it was made." in run.cannot_see
