"""`tracer inspect` as a user has it: exit statuses, options, JSON."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Tracer

CODE = """\
import pickle
import zipfile


def save(folder):
    with zipfile.ZipFile(folder + "/wts.zip", "w") as archive:
        archive.writestr("manifest.pkl", pickle.dumps({"version": 1}))
        archive.writestr("weights.bin", b"1234")


def load(folder):
    with zipfile.ZipFile(folder + "/wts.zip") as archive:
        return archive.read("weights.bin")


save("out")
load("out")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "store.py").write_text(CODE)
    return folder


def _archive(folder: Path, *names: str) -> Path:
    path = folder / "wts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, pickle.dumps({"version": 1}) if "pkl" in name else b"1234")
    return path


def test_agreement_is_status_0(tracer: Tracer, root: Path, tmp_path: Path) -> None:
    """Each member with the lines that write and read it."""
    done = tracer("inspect", _archive(tmp_path, "manifest.pkl", "weights.bin"), "--root", root)
    assert done.status == 0, done.out
    assert "weights.bin: written at store.py:8; read at store.py:13" in done.out
    assert "written by store.py:6" in done.out


def test_a_contradiction_is_status_1(tracer: Tracer, root: Path, tmp_path: Path) -> None:
    """What the code writes and the loader expects is not there; what is there nobody writes."""
    path = _archive(tmp_path, "manifest.pkl", "stray")
    done = tracer("inspect", path, "--root", root, "--json", "--quiet")
    assert done.status == 1
    answer = json.loads(done.out)
    assert not answer["ok"]
    verdicts = {(m["member"], m["verdict"]) for m in answer["data"]["matches"] if not m["key"]}
    assert verdicts == {
        ("manifest.pkl", "matched"),
        ("stray", "no line known"),
        ("weights.bin", "not in the file"),
        ("weights.bin", "expected, not in the file"),
    }


def test_without_code_nothing_is_compared(tracer: Tracer, tmp_path: Path) -> None:
    """The control: the same file, and no tree."""
    done = tracer("inspect", _archive(tmp_path, "manifest.pkl", "stray"))
    assert done.status == 0
    assert "Beside the code" not in done.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--root", "nowhere"], "nowhere"),
        (["--bundle", "nowhere"], "nowhere"),
        (["--brief", "brief.md"], "--root"),
        (["--formats", "none.toml"], "none.toml"),
    ],
)
def test_bad_input_is_status_2(
    tracer: Tracer, tmp_path: Path, arguments: list[str], told: str
) -> None:
    """One clear line."""
    done = tracer("inspect", _archive(tmp_path, "manifest.pkl"), *arguments)
    assert done.status == 2
    assert told in done.trouble


def test_a_table_of_one_s_own(tracer: Tracer, tmp_path: Path) -> None:
    """`--formats` says what a function makes that ours does not know."""
    path = tmp_path / "a.pkl"
    path.write_bytes(b"\x80\x02}X\x01\x00\x00\x00acmine\nframe\n(K\x02K\x03\x86tRs.")
    table = tmp_path / "mine.toml"
    table.write_text('[made."mine.frame"]\nkind = "frame"\nshape = "args.1"\n')
    assert "mine.frame" in tracer("inspect", path).out
    table.write_text('[made."mine.frame"]\nkind = "frame"\nshape = "args.0"\n')
    path.write_bytes(b"\x80\x02}X\x01\x00\x00\x00acmine\nframe\nK\x02K\x03\x86\x85Rs.")
    assert "frame 2×3" in tracer("inspect", path, "--formats", table).out
