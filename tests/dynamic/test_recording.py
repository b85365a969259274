"""Reading a log: the same log gives the same recording and bytes, on any machine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracer.dynamic.edges import edges_document
from tracer.dynamic.launch import record
from tracer.dynamic.recording import read_recording, read_timeline
from tracer.dynamic.tree import render_tree
from tracer.errors import LogFormatError
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Frame, ObservedCall, Recording

Write = Callable[..., Any]

TARGET = """
    import functools, json, tempfile

    def decorate(function):
        return function

    @decorate
    @functools.cache
    def leaf(x):
        return json.dumps([x])

    def main():
        for x in range(3):
            leaf(x)
        with open(tempfile.mkstemp()[1]):
            pass

    main()
"""


def test_the_same_log_gives_the_same_bytes(program: Write) -> None:
    """Reading twice, plain or gzipped, gives equal recordings and equal documents."""
    target = program(TARGET)
    recording = target.record()
    out = target.root.parent / "out"
    assert read_recording(out) == recording
    packed = out / "recording.jsonl.gz"
    packed.write_bytes(gzip.compress((out / "recording.jsonl").read_bytes()))
    assert read_recording(packed) == recording
    assert json.dumps(edges_document(recording, target.root)) == json.dumps(
        edges_document(read_recording(packed), target.root)
    )
    assert render_tree(recording) == render_tree(read_recording(packed))


def test_two_runs_read_the_same(program: Write) -> None:
    """Paths of the machine, scratch folders and random names do not show."""
    target = program(TARGET)
    first, second = target.record(out="one"), target.record(out="two")
    assert first == second
    assert str(target.root) not in repr(first)
    assert any(file.path.startswith("<tmp>/tmp*") for file in first.opened)


def test_the_line_is_that_of_the_def(program: Write) -> None:
    """Frames begin at the first decorator; `edges.json` names the line of the `def`."""
    target = program(TARGET)
    recording = target.record()
    document = edges_document(recording, target.root)
    (leaf,) = [edge for edge in document["edges"] if edge["callee"]["qualname"] == "leaf"]
    assert leaf["callee"] == {
        "path": "main.py",
        "module": "__main__",
        "qualname": "leaf",
        "line": 8,
    }
    assert (leaf["call_lines"], leaf["count"], leaf["how"]) == ([13], 3, "call")
    assert document["roots"][0]["why"] == "program"
    assert document["complete"] is True and document["why_incomplete"] is None
    (frame,) = {call.callee for call in recording.calls if call.callee.qualname == "leaf"}
    assert frame.first_line == 6


def test_a_log_cut_anywhere_is_read(program: Write) -> None:
    """A prefix of a log, cut within a line, is an incomplete recording and no error."""
    target = program(TARGET)
    whole = target.record()
    text = (target.root.parent / "out" / "recording.jsonl").read_bytes()
    header = text.index(b"\n") + 1
    folder = target.root.parent / "cut"
    folder.mkdir()
    for size in range(header, len(text) - 200, 997):
        (folder / "recording.jsonl").write_bytes(text[:size])
        recording = read_recording(folder)
        assert not recording.is_complete and recording.why_incomplete
        assert {call.callee for call in recording.calls} <= {call.callee for call in whole.calls}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no recording.jsonl"),
        ("", "no header"),
        ("not json\n", "no header"),
        ('{"t":"header","schema":"tracer/log/99"}\n', "format tracer/log/99"),
    ],
)
def test_what_is_no_recording_is_refused(text: str | None, message: str, tmp_path: Path) -> None:
    """A folder without a log, or of another format, is told on one line."""
    if text is not None:
        (tmp_path / "recording.jsonl").write_text(text)
    with pytest.raises(LogFormatError, match=message):
        read_recording(tmp_path)


def test_changed_sources_are_told(program: Write) -> None:
    """A file whose digest is not the planned one stands in the recording."""
    target = program("pass")
    assert target.record(digests=(("main.py", "0" * 64),)).changed_sources == ("main.py",)


def test_the_timeline_nests_as_the_calls_do(tmp_path: Path) -> None:
    """A callee lies within its caller; every end was seen; Perfetto's form."""
    (tmp_path / "job.py").write_text(
        "import time\n\n\ndef outer():\n    inner()\n    inner()\n\n\n"
        "def inner():\n    time.sleep(0.01)\n\n\nouter()\n"
    )
    plan = TracePlan(str(tmp_path), (), Workload("w1", ("job.py",)))
    record(plan, tmp_path / "out")
    text = "".join(read_timeline(tmp_path / "out").text())
    process, *events = json.loads(text)["traceEvents"]
    assert process["args"] == {"name": "python job.py"}
    spans = {}
    for event in events:
        assert event["ph"] == "X"
        assert "end" not in event["args"]
        spans.setdefault(event["name"], []).append((event["ts"], event["ts"] + event["dur"]))
    assert list(spans) == ["__main__.<module>", "__main__.outer", "__main__.inner"]
    (outer,) = spans["__main__.outer"]
    first, second = spans["__main__.inner"]
    assert outer[0] <= first[0] < first[1] <= second[0] < second[1] <= outer[1]
    assert first[1] - first[0] >= 10_000


def test_call_lines_are_sorted_and_stand_once() -> None:
    """However the calls of a pair come, and whichever expression of a line made them."""
    f, g = Frame("m.py", "m", "f", 1), Frame("m.py", "m", "g", 9)
    calls = tuple(
        ObservedCall(f, g, line, None, 2, order) for order, line in enumerate((5, 3, 5, 4), 1)
    )
    (edge,) = edges_document(Recording(Workload("w1", ("m.py",)), True, calls=calls))["edges"]
    assert (edge["call_lines"], edge["count"]) == ([3, 4, 5], 8)


def test_folders_of_one_run_have_names(program: Write, tmp_path: Path) -> None:
    """Where a program ran and what it was given read the same on any machine."""
    data, place = tmp_path / "some" / "data", tmp_path / "some" / "place"
    data.mkdir(parents=True)
    place.mkdir()
    (data / "in.txt").write_text("x")
    target = program(
        """
        import sys
        open(sys.argv[1])
        open("made.txt", "w")
        """
    )
    recording = target.record("../../tree/main.py", str(data / "in.txt"), cwd=str(place))
    assert recording.workload.cwd == "<cwd>"
    assert recording.workload.argv[1] == "<given>/in.txt"
    opened = {file.path for file in recording.opened}
    assert {"<given>/in.txt", "<cwd>/made.txt"} <= opened
