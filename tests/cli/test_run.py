"""The main job on the embedded target, as a user runs it."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import BRIEF, PROJECT, TARGET, Done, Tracer
from tracer.bundle.codec import json_schema
from tracer.model.evidence import Evidence

_WORKLOAD = ("--workload", "scripts/mock_train.py")
_FILES = {
    "summary.md",
    "callchain/static.md",
    "callchain/diagram.mmd",
    "callgraph/dynamic.txt",
    "callgraph/index.html",
    "trace/tap_points.md",
    "trace/timings.json",
    "trace/trace.json",
    "trace/w1/edges.json",
    "trace/w1/effects.json",
    "trace/w1/recording.jsonl.gz",
    "trace/w1/sources.json",
    "env/trace_env.json",
    "evidence.json",
    "verification.json",
    "manifest.json",
}


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _stable(folder: Path) -> dict[str, bytes]:
    volatile = set(json.loads((folder / "manifest.json").read_text())["volatile"])
    files = _files(folder)
    return {path: data for path, data in files.items() if path not in {*volatile, "manifest.json"}}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One bundle of the embedded target, with a run."""
    folder = tmp_path_factory.mktemp("bundle") / "out"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tracer", "run", str(BRIEF), "--root", str(TARGET)),
            *("--out", str(folder), "--flat", *_WORKLOAD),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_all_files_are_there(bundle: Path) -> None:
    """Those of the contract, and no other."""
    assert set(_files(bundle)) == _FILES


def test_the_verifier_agrees_with_the_bundle(bundle: Path, tracer: Tracer) -> None:
    """Control: a touched bundle is refused."""
    done = tracer("verify", bundle, "--root", TARGET)
    assert done.status == 0, done.out
    touched = bundle.parent / "touched"
    shutil.copytree(bundle, touched)
    with (touched / "summary.md").open("a") as file:
        file.write("run_cdi_example calls save.\n")
    done = tracer("verify", touched, "--root", TARGET)
    assert done.status == 1
    assert "summary.md" in done.out


def test_the_evidence_follows_its_published_schema(bundle: Path) -> None:
    """And the schema that is published is the one that the code has."""
    schema = json.loads((PROJECT / "docs/schemas/evidence-1.json").read_text("utf-8"))
    assert schema == json_schema(Evidence)
    jsonschema.validate(json.loads((bundle / "evidence.json").read_text("utf-8")), schema)


def test_the_summary_fits_on_one_page(bundle: Path) -> None:
    """At most 60 lines, the verifier's card on top."""
    lines = (bundle / "summary.md").read_text("utf-8").splitlines()
    assert len(lines) <= 60
    assert any("VERDICT" in line for line in lines[:8])


def test_the_false_path_is_answered(bundle: Path) -> None:
    """The script saves, not the workflow."""
    evidence = json.loads((bundle / "evidence.json").read_text("utf-8"))
    answers = {
        (path["source"].partition("::")[2], path["target"].partition("::")[2]): path
        for path in evidence["paths"]
    }
    path = answers["run_cdi_example", "save"]
    assert not path["is_path"]
    assert "scripts/training/train.py::main" in path["sibling_callers"]


def test_the_chain_of_saving_and_loading_was_seen(bundle: Path) -> None:
    """Both sides in one run."""
    evidence = json.loads((bundle / "evidence.json").read_text("utf-8"))
    confirmed = {
        (edge["caller"].partition("::")[2], edge["callee"].rpartition("::")[2])
        for edge in evidence["edges"]
        if edge["verdict"] == "confirmed"
    }
    assert {
        ("save", "ModelManager.save_multiple_models"),
        ("ModelManager.save_multiple_models", "ModelManager.save_model"),
        ("ModelManager.save_model", "dill.dump"),
        ("load_inference_bundle", "ModelManager.load_multiple_models"),
        ("ModelManager.load_multiple_models", "ModelManager.load_model"),
        ("ModelManager.load_model", "dill.load"),
    } <= confirmed


def test_what_an_import_on_the_way_makes_is_told(bundle: Path) -> None:
    """Saving imports the module whose body builds the models."""
    evidence = json.loads((bundle / "evidence.json").read_text("utf-8"))
    told = [f["text"] for f in evidence["findings"] if f["kind"] == "side effect of an import"]
    assert any("`ptycho.model`" in text and "create_compiled_model" in text for text in told)


def test_nothing_of_the_machine_is_in_the_bundle(bundle: Path) -> None:
    """No path of this machine, in any file that must be the same everywhere."""
    for path, data in _stable(bundle).items():
        text = gzip.decompress(data) if path.endswith(".gz") else data
        for place in (str(PROJECT), str(bundle.parent), str(Path.home())):
            assert place.encode() not in text, (path, place)


def test_the_same_recording_twice_gives_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    """Over other hash seeds, folders and working directories."""
    made = []
    for seed in ("0", "4711"):
        out = tmp_path / f"out{seed}"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tracer", "run", str(BRIEF), "--root", str(TARGET)),
                *("--flat", "--out", str(out), "--recording", str(bundle / "trace/w1"), "--quiet"),
            ],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        made.append(_stable(out))
    assert made[0].keys() == made[1].keys()
    assert [path for path in made[0] if made[0][path] != made[1][path]] == []
    assert made[0]["evidence.json"] == (bundle / "evidence.json").read_bytes()


def test_the_target_is_left_as_it_was(tracer: Tracer, tmp_path: Path) -> None:
    """Every file of the tree, and no new one; the bundle says so."""
    tree = tmp_path / "tree"
    shutil.copytree(TARGET, tree, ignore=shutil.ignore_patterns("__pycache__"))
    before = _files(tree)
    done = tracer("run", BRIEF, "--root", tree, "--out", tmp_path / "out", *_WORKLOAD)
    assert done.status == 0, done.err
    assert _files(tree) == before
    found = next((tmp_path / "out").rglob("evidence.json"))
    state = json.loads(found.read_text("utf-8"))["tree"]
    assert state["digest"] == state["digest_after"]
    assert "plans/active" in found.as_posix(), "the folder that the brief names is followed"


def test_a_target_that_writes_into_its_tree_is_a_finding(tracer: Tracer, tmp_path: Path) -> None:
    """And the file is named."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "job.py").write_text(
        "import pathlib\n\n\ndef save_notes():\n"
        "    pathlib.Path(__file__).with_name('notes.txt').write_text('x')\n\n\n"
        "if __name__ == '__main__':\n    save_notes()\n"
    )
    brief = tmp_path / "brief.md"
    brief.write_text("# B\n\n## Analysis Question\n\nWhere does `save_notes` write notes.txt?\n")
    done = tracer("run", brief, "--root", tree, "--out", tmp_path / "out", "--workload", "job.py")
    assert done.status == 0, done.err
    state = json.loads((tmp_path / "out/evidence.json").read_text())["tree"]
    assert state["changed"] == ["notes.txt"]
    assert "notes.txt" in (tmp_path / "out/summary.md").read_text()


def test_without_a_run_the_bundle_says_why(tracer: Tracer, tmp_path: Path) -> None:
    """`dynamic.txt` is there, with the reason, and no edge claims to be confirmed."""
    done = tracer(
        "run", BRIEF, "--root", TARGET, "--out", tmp_path / "out", "--flat", "--no-dynamic"
    )
    assert done.status == 0, done.err
    assert "--no-dynamic" in (tmp_path / "out/callgraph/dynamic.txt").read_text()
    evidence = json.loads((tmp_path / "out/evidence.json").read_text())
    assert {edge["verdict"] for edge in evidence["edges"]} == {"not run"}


def test_a_workload_that_fails_is_told(tracer: Tracer, tmp_path: Path) -> None:
    """The bundle is written, with the exit status; the run is no evidence of more than it did."""
    done = tracer(
        "run", BRIEF, "--root", TARGET, "--out", tmp_path / "out", "--flat",
        "--workload", "scripts/inference/inference.py --model_dir nowhere",
    )  # fmt: skip
    assert done.status == 0, done.err
    evidence = json.loads((tmp_path / "out/evidence.json").read_text())
    assert evidence["runs"][0]["exit_status"] not in (0, None)
    assert any("exit status" in unknown["reason"] for unknown in evidence["unknowns"])


def test_the_time_budget_ends_the_run_with_exit_status_3(tracer: Tracer, tmp_path: Path) -> None:
    """What was seen until then is kept and labelled."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "job.py").write_text(
        "import time\n\n\ndef save_forever():\n    while True:\n        step()\n\n\n"
        "def step():\n    time.sleep(0.01)\n\n\n"
        "if __name__ == '__main__':\n"
        f"    open({str(tmp_path / 'begun')!r}, 'w').close()\n    save_forever()\n"
    )
    brief = tmp_path / "brief.md"
    brief.write_text("# B\n\n## Analysis Question\n\nWhat does `save_forever` call?\n")
    done = tracer(
        "run", brief, "--root", tree, "--out", tmp_path / "out", "--workload", "job.py",
        "--time-budget", "1",
    )  # fmt: skip
    assert done.status == 3, done.err
    evidence = json.loads((tmp_path / "out/evidence.json").read_text())
    assert not evidence["runs"][0]["is_complete"]
    assert "budget" in evidence["runs"][0]["why_incomplete"]
    confirmed = [edge for edge in evidence["edges"] if edge["verdict"] == "confirmed"]
    assert any(edge["callee"] == "job.py::step" for edge in confirmed)


def _interrupted(arguments: list[str], cwd: Path, when: str, begun: Path | None = None) -> Done:
    """Press Ctrl-C on a terminal when it shows `when`, and what the target writes is there."""
    cwd.mkdir(exist_ok=True)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracer", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "TERM": "xterm", "COLUMNS": "200"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        # A shell starts jobs in the background with SIGINT ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # a terminal that nobody holds any more
        while when.encode() not in shown:
            shown += os.read(ours, 65536)
        until = time.monotonic() + 60
        while begun is not None and not begun.exists() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
        while data := os.read(ours, 65536):
            shown += data
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    err = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode().replace("\r", "\n"))
    return Done(process.returncode, out.decode(), err)


def test_ctrl_c_while_reading_writes_nothing(tmp_path: Path) -> None:
    """One line, exit status 3."""
    tree = tmp_path / "tree"
    for number in range(400):
        package = tree / f"p{number}"
        package.mkdir(parents=True)
        body = "".join(f"def f{i}(x):\n    return f{i + 1}(x) + len(x)\n" for i in range(150))
        (package / "__init__.py").write_text(body)
    out = tmp_path / "out"
    done = _interrupted(
        ["run", str(BRIEF), "--root", str(tree), "--out", str(out)], tmp_path / "cwd", "static"
    )
    assert done.status == 3, done
    assert done.trouble == "tracer: stopped by Ctrl-C; nothing was written"
    assert not out.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cwd", "tree"]


def test_ctrl_c_while_the_target_runs_keeps_what_was_seen(tmp_path: Path) -> None:
    """The bundle is whole, labelled as stopped; exit status 3; no process is left."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "job.py").write_text(
        "import time\n\n\ndef save_forever():\n    while True:\n        step()\n\n\n"
        "def step():\n    time.sleep(0.01)\n\n\n"
        "if __name__ == '__main__':\n"
        f"    open({str(tmp_path / 'begun')!r}, 'w').close()\n    save_forever()\n"
    )
    brief = tmp_path / "brief.md"
    brief.write_text("# B\n\n## Analysis Question\n\nWhat does `save_forever` call?\n")
    out = tmp_path / "out"
    arguments = ["run", str(brief), "--root", str(tree), "--out", str(out), "--workload", "job.py"]
    done = _interrupted(arguments, tmp_path / "cwd", "run w1", tmp_path / "begun")
    assert done.status == 3, done
    evidence = json.loads((out / "evidence.json").read_text())
    assert not evidence["runs"][0]["is_complete"]
    assert "job.py::step" in {edge["callee"] for edge in evidence["edges"]}
    assert "Traceback" not in done.err


def test_a_dry_run_says_how_the_runs_would_be_made(tmp_path: Path, tracer: Tracer) -> None:
    """Interpreter, working folder, limits and environment of each run; nothing is written."""
    done = tracer(
        *("run", BRIEF, "--root", TARGET, "--dry-run", "--out", tmp_path / "out"),
        *("--workload", "scripts/mock_train.py", "--preset", "cpu", "--memory-limit", "1G"),
    )
    assert done.status == 0, done.err
    assert "run w1\n" in done.out
    assert "scripts/mock_train.py\n" in done.out
    assert "memory limit    1 GiB" in done.out
    assert "  CUDA_VISIBLE_DEVICES=''" in done.out.splitlines()
    assert "working folder  a scratch folder" in done.out
    assert not (tmp_path / "out").exists()
