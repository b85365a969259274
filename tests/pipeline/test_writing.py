"""Results in files, and in what is none."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from tracer.errors import SourceError
from tracer.pipeline.writing import write_text


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """As `/dev/null` does: a file in its place would break whatever else uses it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    write_text(pipe, "ä\n")
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    reader.join(10)
    assert read == ["ä\n"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    """The file behind it is the one that is replaced, as a whole."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("before")
    link.symlink_to(target)
    write_text(link, "after")
    assert link.is_symlink() and target.read_text() == "after"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "target"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """On one line, with what the system says."""
    with pytest.raises(SourceError, match="cannot be written: Is a directory"):
        write_text(tmp_path, "text")
