"""Limits of a run, and what it is launched with: what is kept, what is said."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tracer.bundle.recordings import decode_recording, encode_recording
from tracer.dynamic.recording import read_recording

Write = Callable[..., Any]


def test_the_environment_of_a_run_is_recorded(program: Write, tmp_path: Path) -> None:
    """Variables reach the target and stand in the recording; secrets only by their names."""
    target = program(
        "import os, sys; sys.exit(os.environ['A'] + os.environ['API_TOKEN'] + os.environ['E'])"
    )
    given = (("A", "1"), ("API_TOKEN", "s3cr3t"), ("E", ""))
    recording = target.record(environment=given, presets=("cpu",))
    assert recording.stderr_tail == "1s3cr3t"
    assert recording.environment == (("A", "1"), ("API_TOKEN", "<redacted>"), ("E", ""))
    assert recording.presets == ("cpu",)
    kept = tmp_path / "kept.jsonl.gz"
    kept.write_bytes(encode_recording(recording))
    assert decode_recording(kept) == recording


def test_beyond_the_log_limit_the_program_goes_on(program: Write) -> None:
    """Recording ends at the limit of the log, labelled; the program ends as ever."""
    target = program(
        """
        import time
        def early(): pass
        def late(): pass
        early()
        for number in range(400):
            exec(compile(f"def f{number}(): pass\\nf{number}()", f"<made {number}>", "exec"))
            time.sleep(0.002)
        time.sleep(0.3)
        late()
        print("done")
        """
    )
    traced = target.traced(**{"log-limit": "20000"})
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, "done\n", "")
    out = target.root.parent / "traced"
    assert 20_000 < (out / "recording.jsonl").stat().st_size < 60_000
    recording = read_recording(out)
    assert recording.why_incomplete == "log limit of 20000 bytes reached"
    names = {call.callee.qualname for call in recording.calls}
    assert "early" in names and "late" not in names
    control = target.traced(out="control")
    assert control.stdout == "done\n"
    assert read_recording(target.root.parent / "control").is_complete


def test_beyond_the_memory_limit_the_program_is_ended(program: Write) -> None:
    """The target is ended by SIGTERM, what it did is kept, and both are said."""
    target = program(
        """
        import time
        def early(): pass
        early()
        time.sleep(0.3)
        kept = []
        while len(kept) < 500:
            kept.append(bytearray(b"x") * (1 << 20))
            time.sleep(0.005)
        print("not reached")
        """
    )
    traced = target.traced(**{"memory-limit": str(100 << 20)})
    said = f"the target was ended at its memory limit of {100 << 20} bytes"
    assert (traced.returncode, traced.stdout) == (-signal.SIGTERM, "")
    assert traced.stderr == f"tracer: {said}\n"
    recording = read_recording(target.root.parent / "traced")
    assert recording.why_incomplete == said
    assert "early" in {call.callee.qualname for call in recording.calls}


def test_the_memory_of_children_counts(program: Write) -> None:
    """What a child takes counts for the limit, too."""
    target = program(
        """
        import subprocess, sys
        child = "import time; kept = bytearray(b'x') * (300 << 20); time.sleep(30)"
        subprocess.run([sys.executable, "-c", child, sys.argv[1]])
        """
    )
    mark = f"marked-{os.getpid()}-{target.backend}-{target.python.name}"
    began = time.monotonic()
    recording = target.record("main.py", mark, memory_limit=200 << 20)
    assert "memory limit" in recording.why_incomplete
    assert time.monotonic() - began < 25
    time.sleep(0.5)
    assert not [line for line in _command_lines() if mark.encode() in line]


def _command_lines() -> Iterator[bytes]:
    for process in Path("/proc").iterdir():
        try:
            yield (process / "cmdline").read_bytes()
        except OSError:
            continue


def test_below_its_limits_a_program_is_complete(program: Write) -> None:
    """Limits that are not reached change nothing."""
    recording = program("def f(): pass\nf()").record(memory_limit=1 << 30, log_limit=1 << 20)
    assert recording.is_complete and recording.exit_status == 0


def test_a_file_size_limit_of_the_target_ends_the_log_not_the_program(program: Write) -> None:
    """A target under `RLIMIT_FSIZE` fills our log as a full disk would: it is said, no more."""
    target = program(
        """
        import resource, time
        def early(): pass
        early()
        time.sleep(0.3)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        for number in range(400):
            exec(compile(f"def f{number}(): pass\\nf{number}()", f"<made {number}>", "exec"))
            time.sleep(0.001)
        time.sleep(0.3)
        print("done")
        """
    )
    traced = target.traced()
    assert (traced.returncode, traced.stdout) == (0, "done\n")
    said = "the log could not be written: File too large"
    assert traced.stderr == f"tracer: {said}\n"
    recording = read_recording(target.root.parent / "traced")
    assert recording.why_incomplete == said
    assert "early" in {call.callee.qualname for call in recording.calls}
    document = json.loads((target.root.parent / "traced" / "edges.json").read_text())
    assert document["complete"] is False


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """A disk of 64 KiB; where none can be mounted, the test is skipped visibly."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no small disk could be mounted: {error}")
    if mounted.returncode:
        pytest.skip(f"no small disk could be mounted: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_ends_the_log_not_the_program(program: Write, small_disk: Path) -> None:
    """The program ends as it would have; stderr has one line of ours; what was written is kept."""
    target = program(
        """
        import time
        def early(): pass
        early()
        time.sleep(0.3)
        for number in range(1500):
            exec(compile(f"def f{number}(): pass\\nf{number}()", f"<made {number}>", "exec"))
        time.sleep(0.3)
        print("done")
        raise SystemExit(5)
        """
    )
    traced = target.traced(out=str(small_disk / "out"))
    assert (traced.returncode, traced.stdout) == (5, "done\n")
    first, *more = traced.stderr.splitlines()
    assert first == "tracer: the log could not be written: No space left on device"
    assert all("edges.json: cannot be written" in line for line in more), more
    recording = read_recording(small_disk / "out")
    assert not recording.is_complete
    assert "early" in {call.callee.qualname for call in recording.calls}


NEVER_ENDS = """
    import time
    def early(): pass
    early()
    print("started", flush=True)
    while True:
        time.sleep(0.01)
"""


def test_a_target_that_never_ends_is_stopped_by_ctrl_c(program: Write) -> None:
    """It ends as it would untraced; the recording is kept, and says who ended it."""
    target = program(NEVER_ENDS)
    command = [
        *(sys.executable, str(Path(__file__).with_name("run_trace.py"))),
        *("--python", str(target.python), "--root", str(target.root)),
        *("--backend", target.backend, "--out", str(target.root.parent / "o"), "--", "main.py"),
    ]
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(target.root)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored where a shell started us with `&`
        os.execve(command[0], command, {**os.environ, "NO_COLOR": "1"})
    shown = b""
    while b"started" not in shown:
        shown += os.read(terminal, 1000)
    os.write(terminal, b"\x03")
    with contextlib.suppress(OSError):  # how a terminal says that nobody is left
        while more := os.read(terminal, 1000):
            shown += more
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGINT
    text = shown.decode().rstrip()
    assert text.endswith("KeyboardInterrupt") and text.count("Traceback") == 1
    assert "run_trace" not in text and "_tracer_probe" not in text
    recording = read_recording(target.root.parent / "o")
    assert recording.why_incomplete == "the target was stopped by Ctrl-C"
    assert "early" in {call.callee.qualname for call in recording.calls}


def test_a_target_that_never_ends_is_kept_up_to_its_budget(program: Write) -> None:
    """With a time budget the recording ends, and the program goes on until somebody ends it."""
    target = program(NEVER_ENDS)
    recording = target.record(time_budget_s=0.3, end_after_budget=True, grace_s=0.5)
    assert "time budget and grace" in recording.why_incomplete
    assert recording.exit_status == 128 + signal.SIGTERM
    assert "early" in {call.callee.qualname for call in recording.calls}


def test_a_target_that_ignores_its_end_is_killed(program: Write) -> None:
    """SIGTERM first; who ignores it gets SIGKILL five seconds later, and is kept all the same."""
    target = program(
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        + "\n".join(line[4:] for line in NEVER_ENDS.splitlines())
    )
    recording = target.record(time_budget_s=0.2, end_after_budget=True, grace_s=0.2)
    assert recording.exit_status == 128 + signal.SIGKILL
    assert "early" in {call.callee.qualname for call in recording.calls}


def test_a_repr_that_never_ends_is_never_called(program: Write) -> None:
    """Values whose `repr` hangs are passed and raised; a tap on one reads its type."""
    target = program(
        """
        import time
        class Slow:
            def __repr__(self): time.sleep(60)
        def take(value):
            kept = value
            return kept
        take(Slow())
        """
    )
    began = time.monotonic()
    recording = target.record(taps=("slow=kept@main.py:5",))
    assert time.monotonic() - began < 30
    (tap,) = recording.taps
    assert tap.hits == 1 and "Slow" in tap.values[0]
    assert recording.is_complete


def test_calls_of_a_very_long_function_are_told_whole(program: Write) -> None:
    """Where each of them stands is found in time that grows with their number, not its square."""
    calls = 4_000
    target = program(
        f"""
        numbers = range({calls})
        text = "".join(f"def f{{n}}(): pass\\n" for n in numbers)
        text += "def long():\\n" + "".join(f"    f{{n}}(); f{{n}}()\\n" for n in numbers)
        exec(compile(text, __file__, "exec"))
        long()
        """
    )
    recording = target.record()
    assert recording.is_complete, recording.why_incomplete
    made = [one for one in recording.calls if one.caller and one.caller.qualname == "long"]
    lines = range(calls + 2, 2 * calls + 2)
    assert {one.line for one in made} == {*lines}
    if any(one.span for one in made):  # from Python 3.11 on
        ends = {(one.span.end_line, one.span.end_column) for one in made if one.span}
        widths = {line: len(f"f{line - calls - 2}()") for line in lines}
        first = {(line, 4 + width) for line, width in widths.items()}
        assert ends == first | {(line, 6 + 2 * width) for line, width in widths.items()}
