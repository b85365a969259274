"""A run that fails says so where a reader looks first, and why."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from tests.pipeline.test_workloads import bundle, write
from tracer.model.failure import failure_line, missing_distribution, missing_module
from tracer.report.summary import render_summary

_STORE = """
def save(path, text):
    with open(path, "w") as file:
        file.write(text)


def check(text):
    if not text:
        raise ValueError("nothing to save")
"""
_FAILS = """
import sys
import store

print("first")
try:
    store.check("")
except ValueError:
    pass
print('sending token="abcdefghij"')
print("password = 'hunter2'", file=sys.stderr)
store.save(sys.argv[1], "a")
store.check("")
"""


def test_the_summary_tells_first_why_a_run_failed(tmp_path: Path) -> None:
    """Exception, place and last output, without what looks like a secret; control: a run that
    goes well keeps no output and has no such line."""
    root = write(tmp_path / "tree", {"store.py": _STORE, "fails.py": _FAILS})
    question = "How does `save` write its file?"
    result = bundle(root, tmp_path / "out", question, "fails.py out.txt")
    (run,) = result.evidence.runs
    assert run.exit_status == 1
    assert run.stdout_tail == 'first\nsending token="[redacted]"'
    assert "hunter2" not in run.stderr_tail and "ValueError: nothing to save" in run.stderr_tail
    lines = render_summary(result.evidence, "card").splitlines()
    start = lines.index("## Answer") + 1
    assert lines[start : start + 4] == [
        "- **Run failed**: w1 `fails.py out.txt` ended with exit status 1 after "
        f"{run.calls} calls: `ValueError: nothing to save`",
        "  - it left `store.py:9` in `store.check`",
        "  - last on standard output: `first`",
        '  - last on standard output: `sending token="[redacted]"`',
    ]
    cut = replace(result.evidence, runs=(replace(run, is_complete=False, why_incomplete="time"),))
    assert "Run failed" not in render_summary(cut, "card")
    recording = (tmp_path / "out").rglob("recording.jsonl.gz")
    assert all(b"hunter2" not in gzip.decompress(file.read_bytes()) for file in recording)
    text = _FAILS.rpartition("store.check")[0]
    (root / "fails.py").write_text(text)
    result = bundle(root, tmp_path / "other", question, "fails.py out.txt")
    assert [run.stdout_tail for run in result.evidence.runs] == [""]
    assert "Run failed" not in render_summary(result.evidence, "card")


@pytest.mark.parametrize(
    ("stderr", "stdout", "expected"),
    [
        (
            'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    f()\n'
            "pkg.OddError: it says\nand goes on",
            "",
            "pkg.OddError: it says",
        ),
        (
            'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n\n'
            "During handling of the above exception, another exception occurred:\n\n"
            'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nOSError',
            "out",
            "OSError",
        ),
        ("Warning: old\nusage: x", "", "usage: x"),
        ("", "collected 2\n1 failed in 0.1s\n", "1 failed in 0.1s"),
        ("", "", ""),
    ],
)
def test_the_line_that_says_why(stderr: str, stdout: str, expected: str) -> None:
    """The exception that ended it, not one that led to it; else the last word of either stream."""
    assert failure_line(stderr, stdout) == expected


def test_what_was_missing() -> None:
    """A module, or the metadata of a package that is there as a folder."""
    told = "importlib.metadata.PackageNotFoundError: No package metadata was found for cookie-x"
    assert (missing_distribution(told), missing_module(told)) == ("cookie-x", "")
    assert missing_distribution("importlib.metadata.PackageNotFoundError: cookie-x") == "cookie-x"
    assert missing_module("ModuleNotFoundError: No module named 'a.b'") == "a.b"
    assert missing_distribution("ModuleNotFoundError: No module named 'a.b'") == ""
