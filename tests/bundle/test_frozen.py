"""A bundle of an earlier version is read as one of today; one of a later version is refused."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tracer.bundle.codec import decode
from tracer.bundle.recordings import RECORDING_NAME, decode_recording, encode_recording
from tracer.bundle.store import EVIDENCE_NAME, VERIFICATION_NAME, read_evidence
from tracer.cli.main import main
from tracer.errors import LogFormatError
from tracer.model.evidence import EdgeVerdict
from tracer.model.verification import Verification
from tracer.pipeline.render import report_files

FROZEN = Path(__file__).resolve().parents[1] / "frozen" / "bundle-1.zip"


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """The folder with `bundle` and `tree`."""
    with zipfile.ZipFile(FROZEN) as archive:
        archive.extractall(tmp_path / "frozen")
    return tmp_path / "frozen"


# Told as confirmed then, for the `__exit__` of the `with` around it: the verifier says so today.
_WRONG_THEN = ("shop/store.py::save", "zipfile.ZipFile.writestr", 14)


def test_it_is_verified(frozen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Against its manifest alone, and against its tree: all but the one claim that never held."""
    assert main(["verify", str(frozen / "bundle"), "--bundle-only"]) == 0
    assert main(["verify", str(frozen / "bundle"), "--root", str(frozen / "tree")]) == 1
    told = capsys.readouterr().out
    assert "1 of 59 judged claims do not hold" in told
    assert "save → zipfile.ZipFile.writestr at shop/store.py:14" in told


def test_its_page_is_found(frozen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a browser."""
    assert main(["view", str(frozen / "bundle"), "--print"]) == 0
    page = Path(capsys.readouterr().out.strip().removeprefix("file://"))
    assert page.name == "index.html"
    assert page.is_file()


def test_it_is_compared(frozen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With itself, and with a bundle of today made of its own recording."""
    old = frozen / "bundle"
    assert main(["diff", str(old), str(old)]) == 0
    brief = tmp_path / "brief.yaml"
    brief.write_text("question: How does the shop save and load `cart.zip`?\n")
    new = tmp_path / "new"
    arguments = ["--root", str(frozen / "tree"), "--out", str(new), "--flat", "--quiet"]
    assert main(["run", str(brief), *arguments, "--recording", str(old / "trace" / "w1")]) == 0
    edges = {
        (edge.caller, edge.callee, edge.line): edge.verdict for edge in read_evidence(new).edges
    }
    before = read_evidence(old).edges
    assert before
    for edge in before:
        place = edge.caller, edge.callee, edge.line
        wanted = EdgeVerdict.NOT_TAKEN if place == _WRONG_THEN else edge.verdict
        assert edges[place] == wanted, place
    capsys.readouterr()
    assert main(["diff", str(old), str(new), "--json"]) in (0, 1)
    assert json.loads(capsys.readouterr().out)["data"]


def test_its_reports_can_be_made_again(frozen: Path) -> None:
    """By today's templates, from the bundle alone."""
    folder = frozen / "bundle"
    evidence = read_evidence(folder)
    text = (folder / VERIFICATION_NAME).read_text("utf-8")
    verification = decode(text, Verification, name=VERIFICATION_NAME)
    recording = decode_recording(folder / "trace" / "w1" / RECORDING_NAME)
    files = report_files(evidence, verification, [recording], {})
    assert "`store.save`" in files["summary.md"]
    assert "10 confirmed" in files["summary.md"]
    assert "sell.py" in files["callgraph/dynamic.txt"]
    assert files["callgraph/index.html"].lower().startswith("<!doctype html>")


@pytest.mark.parametrize("command", [["verify", "--bundle-only"], ["diff"], ["view", "--print"]])
def test_evidence_of_a_later_version_is_refused(
    frozen: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line that says what helps; `view` alone needs nothing of it but the page."""
    place = frozen / "bundle" / EVIDENCE_NAME
    document = json.loads(place.read_text("utf-8"))
    place.write_text(json.dumps({**document, "schema": "tracer/evidence/2"}))
    old = shutil.copytree(frozen / "bundle", frozen / "other")
    bundles = [str(frozen / "bundle"), *([str(old)] if command == ["diff"] else [])]
    status = main([command[0], *bundles, *command[1:]])
    told = capsys.readouterr()
    if command[0] == "view":
        assert status == 0
        return
    if command[0] == "verify" and status == 1:  # its digest differs, which is told
        assert "evidence.json" in told.out
        return
    assert status == 2
    line = told.err.strip().splitlines()[-1]
    assert "Traceback" not in told.err
    assert "made by a newer tracer (schema tracer/evidence/2; this one reads tracer/ev" in line
    assert line.endswith("update callchain-tracer")


def test_the_head_of_a_recording_is_the_same_on_every_version(frozen: Path) -> None:
    """No clock, no name, and no operating system, which `gzip` told up to Python 3.12."""
    place = frozen / "bundle" / "trace" / "w1" / RECORDING_NAME
    written = encode_recording(decode_recording(place))
    assert written[:10] == bytes.fromhex("1f8b08000000000002ff")
    place.write_bytes(written)
    assert encode_recording(decode_recording(place)) == written


def test_a_recording_of_a_later_version_is_refused(frozen: Path) -> None:
    """Likewise."""
    place = frozen / "bundle" / "trace" / "w1" / RECORDING_NAME
    lines = gzip.decompress(place.read_bytes()).decode()
    later = lines.replace('"tracer/recording/1"', '"tracer/recording/10"', 1)
    place.write_bytes(gzip.compress(later.encode()))
    with pytest.raises(LogFormatError, match="made by a newer tracer"):
        decode_recording(place)
