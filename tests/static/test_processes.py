"""Reading in several processes gives what reading in one gives."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tracer.static import processes, scan
from tracer.static.file_scan import scan_file
from tracer.static.processes import shared_out
from tracer.static.scan import scan_tree
from tracer.static.sources import read_tree
from tracer.static.summary_cache import decoded
from tracer.static.user_cache import FOLDER_VARIABLE, read_value

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Share out any tree, as if there were three processors, and keep nothing for later."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(processes, "usable_cpus", lambda: 3)
    monkeypatch.setattr(scan, "_LEAST_SHARED", 0)
    monkeypatch.setattr(scan, "_LEAST_SHARE", 1)
    monkeypatch.setattr(scan, "_CHUNK", 2_000)


@pytest.mark.usefixtures("shared")
def test_the_same_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """And progress is told once a file."""
    tree = read_tree(CORPUS)
    steps: list[tuple[int, int]] = []
    found = scan_tree(tree, lambda done, total: steps.append((done, total)))
    expected = tuple(map(scan_file, tree.files))
    assert found == expected
    assert repr(found) == repr(expected)
    assert steps == [(done, len(tree.files)) for done in range(1, len(tree.files) + 1)]


@pytest.mark.usefixtures("shared")
def test_helpers_that_die_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All is read here, whole and in order."""
    monkeypatch.setattr(processes, "_prepare_helper", os._exit)
    tree = read_tree(CORPUS / "flow")
    assert scan_tree(tree) == tuple(map(scan_file, tree.files))


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("helpers", [0, 1, 2])
def test_a_task_that_kills_its_helper(helpers: int) -> None:
    """It is handed back, and each task comes once."""
    found = []
    for number, done in shared_out(os._exit, [1] * 200, helpers):
        found.append((number, done))
        time.sleep(0.005)  # So that helpers die while there is work left.
    assert sorted(found) == [(number, None) for number in range(200)]
    assert multiprocessing.active_children() == []


def test_helpers_do_the_first_tasks() -> None:
    """The control case: what is not None was done by a helper; a single task always is."""
    assert list(shared_out(abs, [-3], 1)) in ([(0, 3)], [(0, None)])
    found = dict(shared_out(abs, list(range(-5000, 0)), 2))
    assert sorted(found) == list(range(5000))
    assert {number: done for number, done in found.items() if done is not None}
    assert all(done in (None, 5000 - number) for number, done in found.items())


def test_what_goes_wrong_in_a_task_is_raised() -> None:
    """Our own mistakes show themselves, wherever they are made."""
    with pytest.raises(TypeError):
        for _, done in shared_out(abs, ["a"], 1):
            assert done is not None or abs("a")  # type: ignore[arg-type]


def test_an_unguarded_script_is_not_run_again(tmp_path: Path) -> None:
    """Helpers import what they need, and not the program that was started."""
    script = tmp_path / "script.py"
    script.write_text(
        "import time\nfrom tracer.static.processes import shared_out\nprint('started')\n"
        "for number, done in shared_out(abs, [-1, -2, -3], 1):\n    time.sleep(0.2)\n"
    )
    ran = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ran.stdout, ran.stderr) == ("started\n", "")


def test_a_helper_leaves_its_summaries_in_a_file(tmp_path: Path) -> None:
    """Or hands them over where nothing can be written."""
    sources = read_tree(CORPUS / "flow").files
    assert scan.scan_texts((sources, tmp_path / "0")) is None
    left = read_value(tmp_path / "0")
    assert left == scan.scan_texts((sources, tmp_path / "0" / "below a file"))
    assert isinstance(left, tuple)
    assert [decoded(body) for body in left] == list(map(scan_file, sources))
    assert scan._left(tmp_path / "0", len(sources)) == left
    assert scan._left(tmp_path / "0", 2) == (None, None)


def test_forked_where_there_is_one_thread(tmp_path: Path) -> None:
    """Else started anew, since a lock that another thread holds would stay locked in a fork."""
    program = tmp_path / "program.py"
    program.write_text(
        "import threading\nfrom tracer.static import processes\n"
        "used = []\nget_context = processes.multiprocessing.get_context\n"
        "processes.multiprocessing.get_context = lambda n: used.append(n) or get_context(n)\n"
        "assert len(list(processes.shared_out(abs, [-1] * 9, 1))) == 9\n"
        "event = threading.Event()\nthread = threading.Thread(target=event.wait)\nthread.start()\n"
        "assert len(list(processes.shared_out(abs, [-1] * 9, 1))) == 9\n"
        "event.set()\nthread.join()\nprint(*used)\n"
    )
    ran = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = "fork spawn" if Path("/proc/self/task").is_dir() else "spawn spawn"
    assert (ran.stdout.strip(), ran.stderr) == (expected, "")
