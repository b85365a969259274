"""The target's interpreter: checked before anything runs, described by itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tracer.dynamic.interpreter import check_interpreter, describe_environment
from tracer.errors import WorkloadError


def test_a_working_interpreter(python: Path) -> None:
    """Every interpreter from 3.10 on is accepted, with its own version."""
    assert check_interpreter(python).version >= (3, 10, 0)


def test_the_one_that_runs_this_is_the_default() -> None:
    """No interpreter given means ours."""
    assert check_interpreter().version == sys.version_info[:3]


def test_what_is_printed_beside_the_answer_is_no_answer(
    python: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A `sitecustomize` may print when an interpreter starts, and when it ends."""
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit\nprint('started')\natexit.register(print, 'ended')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert check_interpreter(python).version >= (3, 10, 0)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (None, "not found"),
        ("#!/bin/sh\necho hello\n", "not a working Python"),
        ("#!/bin/sh\necho trouble >&2; exit 3\n", "not a working Python: trouble"),
        (
            '#!/bin/sh\necho \'{"version": [3, 8, 1], "implementation": "cpython"}\'\n',
            "Python 3.8.1, but 3.10 or newer is needed",
        ),
    ],
)
def test_what_is_no_interpreter(script: str | None, message: str, tmp_path: Path) -> None:
    """Missing, not Python, or too old: one line."""
    place = tmp_path / "python"
    if script is not None:
        place.write_text(script)
        place.chmod(0o755)
    with pytest.raises(WorkloadError, match=message) as caught:
        check_interpreter(place)
    assert "\n" not in str(caught.value)


def test_the_environment_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of distributions come from their metadata; what is not installed is said."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("SOME_TOKEN", "s3cr3t")
    found = describe_environment(None, ["pytest.fixtures", "json", "no_such_module"])
    assert found["distributions"] == {"pytest": pytest.__version__}
    assert found["without_distribution"] == ["no_such_module"]
    assert found["variables"]["CUDA_VISIBLE_DEVICES"] == ""
    assert "s3cr3t" not in repr(found)
