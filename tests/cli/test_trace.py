"""`tracer trace`: one run under the probe, as another process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Tracer

_PROGRAM = """\
import sys


def save(data):
    return pack(data)


def pack(data):
    return len(data)


print("saved", save([1, 2, 3]))
sys.exit(7)
"""


def _trace(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tracer", "trace", "-o", "out", *options, "--", "job.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_exits_and_prints_as_the_program_does(tmp_path: Path) -> None:
    """Nothing of ours on either stream."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    done = _trace(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (7, "saved 3\n", "")


def test_the_edges_follow_the_contract(tmp_path: Path) -> None:
    """`edges.json`: caller, callee, lines, count; roots without a caller."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    _trace(tmp_path)
    data = json.loads((tmp_path / "out/edges.json").read_text())
    assert data["schema"] == "tracer/edges/1"
    assert data["complete"] is True
    edges = {(e["caller"]["qualname"], e["callee"]["qualname"]): e for e in data["edges"]}
    assert edges["save", "pack"]["count"] == 1
    assert edges["save", "pack"]["call_lines"] == [5]
    assert edges["<module>", "save"]["how"] == "call"
    assert [root["callee"]["qualname"] for root in data["roots"]] == ["<module>"]


def test_a_tap_is_read(tmp_path: Path) -> None:
    """In the live frame, after its line."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    done = _trace(tmp_path, "--tap", "size=len(data)@job.py::pack:entry")
    assert done.returncode == 7, done.stderr
    log = "".join(path.read_text() for path in (tmp_path / "out").glob("*.jsonl"))
    assert '"size"' in log
    assert "int 3" in log


def test_a_recording_is_not_overwritten(tmp_path: Path) -> None:
    """The second run is refused before the program starts; exit status 2."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    _trace(tmp_path)
    done = _trace(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "recording already" in done.stderr


def test_a_recording_made_elsewhere_is_joined(tmp_path: Path, tracer: Tracer) -> None:
    """`trace` on one machine, `run --recording` on another: the edge is confirmed."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    _trace(tmp_path)
    brief = tmp_path / "brief.md"
    brief.write_text("# B\n\n## Analysis Question\n\nWhat does `save` call?\n")
    done = tracer(
        "run", brief, "--root", tmp_path, "--recording", tmp_path / "out",
        "--out", tmp_path / "bundle",
    )  # fmt: skip
    assert done.status == 0, done.err
    evidence = json.loads((tmp_path / "bundle/evidence.json").read_text())
    verdicts = {edge["callee"]: edge["verdict"] for edge in evidence["edges"]}
    assert verdicts["job.py::pack"] == "confirmed"


def test_a_dry_run_starts_nothing(tmp_path: Path, tracer: Tracer) -> None:
    """It says what would be run, where, how and within which limits; nothing is written."""
    job = tmp_path / "job.py"
    job.write_text("open('ran', 'w')\n")
    done = tracer(
        *("trace", "--dry-run", "--root", tmp_path, "--cwd", tmp_path, "--namespace", "shop"),
        *("--preset", "cpu", "--env", "A=b c", "--memory-limit", "2G", "--log-limit", "1500"),
        *("--time-budget", "3", "--children", "--tap", "n=x@job.py:1"),
        *("--", "-O", "job.py", "a b"),
    )
    assert done.status == 0 and not done.err
    rows = dict(line.split(None, 1) for line in done.out.splitlines() if line[:1] != " ")
    assert rows["command"] == f"{sys.executable} -O job.py 'a b'"
    assert rows["root"] == rows["working"].removeprefix("folder").strip() == str(tmp_path)
    assert rows["recorded"].startswith("__main__, shop; mode tree")
    assert "memory limit    2 GiB" in done.out and "log limit       1500 bytes" in done.out
    assert "  A='b c'" in done.out.splitlines()
    assert "  CUDA_VISIBLE_DEVICES=''" in done.out.splitlines()
    assert "  n = x @ job.py:1 (after)" in done.out.splitlines()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cwd", "job.py"]


def test_without_a_dry_run_a_folder_is_needed(tmp_path: Path, tracer: Tracer) -> None:
    """One line, exit status 2."""
    (tmp_path / "job.py").write_text("")
    done = tracer("trace", "--root", tmp_path, "--cwd", tmp_path, "--", "job.py")
    assert done.status == 2 and "'-o'" in done.trouble


def test_launch_options_reach_the_program(tmp_path: Path) -> None:
    """`--env`, `--preset` and options of the interpreter are those of the program."""
    (tmp_path / "job.py").write_text(
        "import os, sys\n"
        "print(os.environ['A'], repr(os.environ['CUDA_VISIBLE_DEVICES']), sys.flags.optimize)\n"
        "print(sys.argv, sys.orig_argv[1:])\n"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tracer", "trace", "-o", "out", "--env", "A=1"),
            *("--preset", "cpu", "--", "-OO", "job.py", "-O"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "1 '' 2\n['job.py', '-O'] ['-OO', 'job.py', '-O']\n"
    assert done.stderr == ""


def test_two_runs_into_one_folder_are_refused(tmp_path: Path) -> None:
    """The second says which file is there; a log of a child is one, too."""
    (tmp_path / "job.py").write_text("print('ran')\n")
    assert _trace(tmp_path).returncode == 0
    before = (tmp_path / "out/recording.jsonl").read_bytes()
    again = _trace(tmp_path)
    assert (again.returncode, again.stdout) == (2, "")
    assert "there is a recording already" in again.stderr
    assert (tmp_path / "out/recording.jsonl").read_bytes() == before
    (tmp_path / "out/recording.jsonl").rename(tmp_path / "out/recording.1.jsonl")
    for name in ("edges.json", "effects.json", "trace.json", "callgraph/dynamic.txt"):
        (tmp_path / "out" / name).unlink()
    again = _trace(tmp_path)
    assert again.returncode == 2 and "recording.1.jsonl: there is" in again.stderr


def test_the_tree_is_written_as_text_and_with_times(tmp_path: Path) -> None:
    """The command on top of `callgraph/dynamic.txt`; an event for each call in `trace.json`."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    _trace(tmp_path)
    lines = (tmp_path / "out/callgraph/dynamic.txt").read_text().splitlines()
    assert lines[0] == "$ python job.py"
    assert lines[-1] == "    pack (job.py:8) from line 5"
    events = json.loads((tmp_path / "out/trace.json").read_text())["traceEvents"]
    names = [event["name"] for event in events if event["ph"] == "X"]
    assert names == ["__main__.<module>", "__main__.save", "__main__.pack"]


def test_edges_alone_have_no_tree(tmp_path: Path) -> None:
    """What was not recorded is not written."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    _trace(tmp_path, "--mode", "edges")
    assert (tmp_path / "out/edges.json").exists()
    assert not (tmp_path / "out/trace.json").exists()
    assert not (tmp_path / "out/callgraph").exists()


def test_a_tree_is_not_overwritten(tmp_path: Path) -> None:
    """A file that is there already is refused before the program starts, whatever its name."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/trace.json").write_text("mine")
    done = _trace(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "recording already" in done.stderr
    assert (tmp_path / "out/trace.json").read_text() == "mine"


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """The program has run, and it is its status that counts; no traceback of ours."""
    (tmp_path / "job.py").write_text(_PROGRAM)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/callgraph").write_text("a file where a folder should be")
    done = _trace(tmp_path)
    assert (done.returncode, done.stdout) == (7, "saved 3\n")
    assert len(done.stderr.splitlines()) == 1 and "cannot be written" in done.stderr
    assert (tmp_path / "out/edges.json").exists()


_TAPPED = """\
class Holder:
    @property
    def size(self):
        return 18


def save(objects):
    holder = Holder()
    count = len(objects)
    return count


save(range(18))
print("saved")
"""


def _tapped(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "job.py").write_text(_TAPPED)
    return _trace(folder, *options)


def _outcomes(folder: Path) -> dict[str, tuple[str, list[str]]]:
    data = json.loads((folder / "taps.json").read_text())
    assert data["schema"] == "tracer/taps/1"
    edges = json.loads((folder / "edges.json").read_text())
    told = {tap["key"]: tap for tap in data["taps"]}
    assert all(told[tap["key"]] == tap for tap in edges["taps"])
    return {key: (tap["outcome"], tap.get("values", [])) for key, tap in told.items()}


def test_taps_say_what_came_of_them(tmp_path: Path) -> None:
    """Beside what was expected; the status and the output stay the target's."""
    done = _tapped(
        tmp_path,
        *("--tap", "good=count@job.py:9 ~ == 18 [objects]"),
        *("--tap", "bad=count@job.py:9", "--expect", "bad", "> 20"),
        *("--tap", "never=count@job.py:4"),
        *("--tap", "asked=holder.size@job.py:9 ~ == 18"),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "saved\n", "")
    assert _outcomes(tmp_path / "out") == {
        "good": ("as expected", ["int 18"]),
        "bad": ("differs", ["int 18"]),
        "never": ("not reached", []),
        "asked": ("not readable", []),
    }
    table = (tmp_path / "out/tap_points.md").read_text()
    assert "differs: `int 18`" in table and "is a property: reading it runs code" in table

    again = _trace(tmp_path, "-o", "again", "--taps", "out/tap_points.md", "--allow-calls")
    assert (again.returncode, again.stderr) == (0, "")
    assert _outcomes(tmp_path / "again")["asked"] == ("as expected", ["int 18"])
    assert "code of the target was run" in (tmp_path / "again/tap_points.md").read_text()


def test_rows_that_cannot_be_taps_are_told_and_the_others_run(tmp_path: Path) -> None:
    """On stderr before the run, and in both files; a file with none of them is refused."""
    (tmp_path / "plan.md").write_text(
        "| key | anchor | expression | expected |\n| - | - | - | - |\n"
        "| `count` | `job.py:9` | `count` | `> 20` |\n| `calls` | `job.py:9` | `f(count)` | |\n"
    )
    done = _tapped(tmp_path, "--taps", "plan.md")
    assert done.returncode == 0 and done.stdout == "saved\n"
    (line,) = done.stderr.splitlines()
    assert line.startswith("tracer: tap calls is not placed: ")
    assert _outcomes(tmp_path / "out") == {
        "count": ("differs", ["int 18"]),
        "calls": ("not placed", []),
    }


def test_wrong_taps_are_refused_on_one_line(tmp_path: Path) -> None:
    """Before anything is run or written."""
    for options in (
        ("--tap", "k=count@job.py:9 ~ about 3"),
        ("--tap", "k=count@job.py:9", "--tap", "k=count@job.py:9"),
        ("--tap", "k=count@job.py:9", "--expect", "other", "== 3"),
        ("--tap", "k=count@job.py:9", "--expect", "k", "nonsense"),
        ("--tap", "k=count()@job.py:9"),
        ("--taps", "missing.md"),
    ):
        done = _tapped(tmp_path, *options)
        assert (done.returncode, done.stdout) == (2, ""), options
        assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("tracer: "), options
        assert not (tmp_path / "out").exists()
