"""A run of another copy of the tree looks as if nothing had been reached: the answer says so.

The commonest way to it is a package that is installed beside its own sources.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.pipeline.test_workloads import write
from tracer.brief.question import question_brief
from tracer.model.evidence import EdgeVerdict
from tracer.pipeline.progress import Progress, Silent
from tracer.pipeline.run import BundleRequest, BundleResult, make_bundle
from tracer.pipeline.trace import TraceRequest, trace
from tracer.pipeline.workloads import RunRequest
from tracer.report.summary import render_summary

_CODE = """
import functools
from dataclasses import dataclass


@dataclass
class Item:
    name: str


def save(path, text):
    made = Item(path)

    @functools.wraps(save)
    def inner():
        with open(made.name, "w") as file:
            file.write(text)

    inner()
"""
_GO = """
import sys

sys.path.insert(0, sys.argv[1])
from shop.store import save

save("out.txt", "a")
"""
_TOLD = (
    "run w1 took another copy of this tree's code, from outside the root: `shop.store.save` "
    "and 1 more; what it saw there is no evidence for this tree"
)


def _tree(folder: Path) -> Path:
    files = {"src/shop/__init__.py": "", "src/shop/store.py": _CODE, "go.py": _GO}
    return write(folder, files)


class _Heard(Silent):
    """What stands on stderr."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, message: str) -> None:
        self.warnings.append(message)


def _bundle(
    root: Path,
    out: Path,
    runs: RunRequest,
    namespaces: tuple[str, ...] = (),
    heard: Progress | None = None,
) -> BundleResult:
    brief = replace(question_brief("How does `save` write its file?"), namespaces=namespaces)
    return make_bundle(brief, BundleRequest(root, out, runs=runs), heard)


def test_another_copy_is_named_first(tmp_path: Path) -> None:
    root, other = _tree(tmp_path / "tree"), _tree(tmp_path / "other")
    heard = _Heard()
    runs = RunRequest(workloads=(f"go.py {other / 'src'}",))
    result = _bundle(root, tmp_path / "out", runs, heard=heard)
    assert f"reconcile: {_TOLD}" in heard.warnings
    assert result.evidence.totals.limits[0] == _TOLD
    first = result.evidence.unknowns[0]
    assert first.text == "What the code of this tree does in run w1" and first.reason == _TOLD
    assert "pip install -e ." in first.next_step
    assert f"**Note**: {_TOLD}" in render_summary(result.evidence, "card").splitlines()
    assert not [edge for edge in result.evidence.edges if edge.verdict is EdgeVerdict.CONFIRMED]


@pytest.mark.parametrize("is_other", [True, False], ids=["another copy", "the tree"])
def test_a_recording_by_root_tells_it_by_what_is_called_outside(
    tmp_path: Path, is_other: bool
) -> None:
    """Then the functions of the other copy have no frames in it."""
    root, other = _tree(tmp_path / "tree"), _tree(tmp_path / "other")
    trace(
        TraceRequest(
            root=root,
            command=("go.py", str((other if is_other else root) / "src")),
            out=tmp_path / "rec",
            namespaces=(),
            mode="edges",
            backend="auto",
            taps=(),
            python=Path(sys.executable),
            time_budget_s=None,
            cwd=root,
        )
    )
    result = _bundle(root, tmp_path / "out", RunRequest(recordings=(tmp_path / "rec",)))
    told = [text for text in result.evidence.totals.limits if "another copy" in text]
    assert told == ([_TOLD.replace(" and 1 more", "")] if is_other else [])


@pytest.mark.parametrize("namespaces", [(), ("shop",)], ids=["all", "of a namespace"])
def test_the_tree_itself_is_no_other_copy(tmp_path: Path, namespaces: tuple[str, ...]) -> None:
    """Nor is code that is made from text for a class of it, or what lies outside a namespace."""
    root = _tree(tmp_path / "tree")
    store = root / "src" / "shop" / "store.py"
    store.write_text(f"{_CODE}\n\nimport beside\nbeside.help_it()\n")
    (root / "src" / "beside.py").write_text("def help_it():\n    pass\n")
    runs = RunRequest(workloads=(f"go.py {root / 'src'}",))
    result = _bundle(root, tmp_path / "out", runs, namespaces)
    assert any(edge.verdict is EdgeVerdict.CONFIRMED for edge in result.evidence.edges)
    assert not [text for text in result.evidence.totals.limits if "another copy" in text]
    assert not [each for each in result.evidence.unknowns if "another copy" in each.reason]
