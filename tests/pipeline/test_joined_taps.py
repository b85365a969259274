"""A recording made elsewhere brings readings of its own: they stand in the bundle."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tracer.brief.question import question_brief
from tracer.pipeline.run import BundleRequest, BundleResult, make_bundle
from tracer.pipeline.trace import TraceRequest, trace
from tracer.pipeline.workloads import RunRequest

FILES = {
    "store.py": """
        import json


        def save(path, goods):
            text = json.dumps(goods)
            with open(path, "w") as file:
                file.write(text)
    """,
    "other.py": "COUNT = 3\n",
    "go.py": """
        import sys
        import other
        from store import save

        save(sys.argv[1], {"apple": 1, "pear": other.COUNT})
    """,
}
QUESTION = "How does store.save write its file?"
TAPS = ("goods=len(goods)@store.py:5 ~ == 3 [goods]", "path=path@store.py::save:entry")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    tree.mkdir()
    for name, text in FILES.items():
        (tree / name).write_text(dedent(text).lstrip())
    return tree


def _record(root: Path, out: Path, *taps: str) -> Path:
    request = TraceRequest(
        root=root,
        command=("go.py", str(out.parent / "a.json")),
        out=out,
        namespaces=(),
        mode="tree",
        backend="auto",
        taps=taps,
        python=Path(sys.executable),
        time_budget_s=None,
        cwd=root,
    )
    assert trace(request) == 0
    return out


def _bundle(root: Path, out: Path, *recordings: Path) -> BundleResult:
    request = BundleRequest(root, out, runs=RunRequest(recordings=recordings))
    return make_bundle(question_brief(QUESTION), request)


def test_its_own_taps_are_told(root: Path, tmp_path: Path) -> None:
    """With what was expected; in the table, and first on the page, where they differ."""
    result = _bundle(root, tmp_path / "out", _record(root, tmp_path / "run", *TAPS))
    own = {each.tap.key: each for each in result.evidence.taps}
    assert (own["goods"].outcome, own["goods"].observed) == ("differs", ("int 2",))
    assert (own["goods"].tap.expected, own["goods"].tap.unit) == ("== 3", "goods")
    assert (own["goods"].tap.function, own["goods"].workload) == ("save", "w1")
    assert own["goods"].tap.purpose == "asked for in run w1"
    assert (own["path"].outcome, own["path"].hits) == ("read", 1)
    assert result.folder is not None
    table = (result.folder / "trace/tap_points.md").read_text("utf-8")
    (row,) = [line for line in table.splitlines() if line.startswith("| `goods` |")]
    assert "differs: `int 2`, 1 hit, run w1" in row
    summary = (result.folder / "summary.md").read_text("utf-8")
    taps = summary.partition("## First taps")[2].splitlines()
    first = next(line for line in taps if line.startswith("- "))
    assert "`goods`" in first and "differs" in first
    (checked,) = [c for c in result.verification.claims if c.text == "tap goods at store.py:5"]
    assert checked.detail == "text = json.dumps(goods)"
    assert not [claim for claim in result.verification.claims if claim.verdict.is_bad]


def test_a_run_without_taps_of_its_own_tells_none(root: Path, tmp_path: Path) -> None:
    """Control: the same recording without them."""
    result = _bundle(root, tmp_path / "out", _record(root, tmp_path / "run"))
    assert "asked for" not in " ".join(each.tap.purpose for each in result.evidence.taps)


def test_they_go_with_a_bundle_that_is_joined_again(root: Path, tmp_path: Path) -> None:
    """With their expectations; and what is proposed here is none of the recording's own."""
    first = _bundle(root, tmp_path / "one", _record(root, tmp_path / "run", *TAPS))
    assert first.folder is not None
    again = _bundle(root, tmp_path / "two", first.folder / "trace/w1")
    assert [each.tap.key for each in again.evidence.taps] == [
        each.tap.key for each in first.evidence.taps
    ]
    assert again.evidence.taps[0].outcome == "differs"


def test_one_key_with_two_places_is_told_twice(root: Path, tmp_path: Path) -> None:
    """The later run's with its name in front; the same tap of two runs is told once for each."""
    one = _record(root, tmp_path / "run1", "n=len(goods)@store.py:5")
    two = _record(root, tmp_path / "run2", "n=len(text)@store.py:5")
    result = _bundle(root, tmp_path / "out", one, two)
    own = {e.tap.key: (e.observed, e.workload) for e in result.evidence.taps if e.hits}
    assert own == {"n": (("int 2",), "w1"), "w2:n": (("int 23",), "w2")}


def test_a_place_that_is_gone_is_something_it_cannot_see(root: Path, tmp_path: Path) -> None:
    """The file never ran as far as the recording knows, and may have changed since."""
    recording = _record(root, tmp_path / "run", "n=COUNT@other.py:1", *TAPS)
    text = (recording / "sources.json").read_text()
    (recording / "sources.json").write_text(text.replace('"other.py"', '"gone.py"'))
    (root / "other.py").write_text("")
    result = _bundle(root, tmp_path / "out", recording)
    assert "n" not in {each.tap.key for each in result.evidence.taps}
    (run,) = result.evidence.runs
    (told,) = [each for each in run.cannot_see if "its own tap n" in each]
    assert told.endswith("(COUNT@other.py:1): tap n: no statement at other.py:1")
