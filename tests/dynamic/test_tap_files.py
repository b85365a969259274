"""Taps out of tables and plans, ours and those that somebody wrote by hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tracer.dynamic.tap_files import read_tap_file
from tracer.dynamic.taps import TapError, parse_tap
from tracer.model.evidence import TapResult
from tracer.model.plan import TapMoment, TracePlan, Workload
from tracer.report.markdown import render_taps

SOURCE = """\
class Manager:
    def save(self, objects):
        count = len(objects)
        return count


def run():
    return Manager().save({"a|b": 1})


run()
"""
_HEAD = "| key | anchor | expression |\n| - | - | - |\n"
BY_HAND = """\
# Tap points

Prose first, and a table that is none of ours:

| a | b |
| --- | --- |
| 1 | 2 |

| Tap Key | Purpose | Owner | Location | Expression | Expected | Units |
|:--|:--|:--|:--|:--|:--|:--|
| `count` | how **many** objects | Manager.save | `job.py:3` | `count` | `> 20` | entries |
| before | as given | save | job.py:3 (before) | `len(objects)` | == 1 [objects] | |
| entry | | | `job.py::Manager.save:entry` | objects['a\\|b'] | – | |
| result | | | `job.py::Manager.save` return | `return` | about 20 | |
| called | | | job.py:3 | `objects.copy()` | | |
| nowhere | | | somewhere in save | `x` | | |
| gone | | | job.py:99 | `x` | | |
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "job.py").write_text(SOURCE)
    return tmp_path


def test_a_table_written_by_hand(root: Path) -> None:
    """Other names of the columns, prose around it; rows that cannot be taps say why."""
    (root / "taps.md").write_text(BY_HAND)
    taps, refused = read_tap_file(root / "taps.md", root)
    assert [
        (t.key, t.expression, t.line, t.moment, t.function, t.expected, t.unit) for t in taps
    ] == [
        ("count", "count", 3, TapMoment.AFTER, "Manager.save", "> 20", "entries"),
        ("before", "len(objects)", 3, TapMoment.BEFORE, "Manager.save", "== 1", "objects"),
        ("entry", "objects['a|b']", 2, TapMoment.ENTRY, "Manager.save", "", ""),
        ("result", "return", 2, TapMoment.RETURN, "Manager.save", "about 20", ""),
    ]
    assert taps[0].purpose == "how many objects"
    why = {each.tap.key: each.why for each in refused}
    assert "names, attributes" in why["called"]
    assert "expected PATH:LINE" in why["nowhere"]
    assert "no statement at job.py:99" in why["gone"]
    (allowed, _) = read_tap_file(root / "taps.md", root, may_call=True)
    assert "called" in [tap.key for tap in allowed]


@pytest.mark.parametrize(
    ("line", "kind"), [(2, "a docstring"), (3, "a docstring"), (4, "a declaration of names")]
)
def test_lines_without_code_are_refused(tmp_path: Path, line: int, kind: str) -> None:
    """They would come out as `not reached`, though the function ran."""
    source = 'def save():\n    """Two\n    lines."""\n    global made\n    made = 1\n'
    (tmp_path / "job.py").write_text(source)
    with pytest.raises(TapError, match=rf"nothing runs at job.py:{line}, {kind} has no code"):
        parse_tap(f"x=made@job.py:{line}", tmp_path)
    assert parse_tap("x=made@job.py:5", tmp_path).line == 5


def test_what_we_write_is_read_again(root: Path) -> None:
    """The table, the plan and the results give the taps that they were made of."""
    specs = (
        "count=count@job.py:3 ~ == 18 [entries]",
        "before=len(objects)@job.py:3:before ~ keys >= {'a|b'}",
        "entry=objects['a|b']@job.py::Manager.save:entry",
        "result=return@job.py::Manager.save:return ~ in {1, 2}",
    )
    taps = tuple(parse_tap(spec, root) for spec in specs)
    (root / "tap_points.md").write_text(render_taps([TapResult(tap, "not run") for tap in taps]))
    plan = TracePlan(str(root), (), Workload("w1", ("job.py",)), taps)
    (root / "plan.json").write_text(json.dumps(asdict(plan)))
    (root / "bundle/trace").mkdir(parents=True)
    (root / "bundle/trace/tap_points.md").write_text((root / "tap_points.md").read_text())
    for name in ("tap_points.md", "plan.json", "bundle"):
        found, refused = read_tap_file(root / name, root)
        assert (found, refused) == (taps, ()), name


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("none.md", None, "cannot be read"),
        ("prose.md", "nothing here\n", "expected a table with the columns key, anchor, expression"),
        ("empty.md", _HEAD, "holds no taps"),
        (
            "bad.md",
            "| key | anchor | expression |\n| - | - | - |\n| k | a.py:1 | x |\n",
            "tap k: a.py",
        ),
        ("bad.json", "{", "expected JSON"),
        ("other.json", "[]", "expected an object with a list `taps`"),
        ("items.json", '{"taps": [1]}', "expected objects"),
        ("line.json", '{"taps": [{"key": "k", "line": "3"}]}', "expected texts, and a number"),
        ("moment.json", '{"taps": [{"key": "k", "moment": "soon"}]}', "no moment 'soon'"),
    ],
)
def test_bad_files(root: Path, name: str, text: str | None, why: str) -> None:
    """One line: which file, what was expected."""
    if text is not None:
        (root / name).write_text(text)
    with pytest.raises(TapError) as caught:
        read_tap_file(root / name, root)
    assert why in str(caught.value) and name in str(caught.value)
    assert "\n" not in str(caught.value)
