"""What a run leaves in its scratch folder is inspected before the folder goes, and joined."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from tracer.brief.question import question_brief
from tracer.bundle.left import ARTIFACTS_NAME, decode_left, encode_left
from tracer.bundle.store import read_evidence
from tracer.errors import BundleError
from tracer.model.artifact import JoinedArtifact, LeftArtifacts, MatchVerdict
from tracer.model.evidence import Evidence, FindingKind
from tracer.pipeline.left import inspect_left
from tracer.pipeline.run import BundleRequest, make_bundle
from tracer.pipeline.workloads import RunRequest

STORE = """
    import pickle
    import zipfile


    def save(path, names):
        with zipfile.ZipFile(path + ".zip", "w") as archive:
            archive.writestr("manifest.pkl", pickle.dumps({"version": 1}))
            for name in names:
                archive.writestr(f"{name}/params.pkl", pickle.dumps({"N": 64}))


    def load(path):
        with zipfile.ZipFile(path + ".zip") as archive:
            with archive.open("manifest.pkl") as file:
                manifest = pickle.load(file)
            with archive.open("weights.bin") as file:
                return manifest["version"], file.read()
"""
SCRIPT = """
    import os
    import store

    os.makedirs("out")
    store.save("out/bundle", ["a", "b"])
    try:
        store.load("out/bundle")
    except KeyError:
        pass
    with open("notes.txt", "w") as file:
        file.write("done")
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    (root / "store.py").write_text(textwrap.dedent(STORE))
    (root / "script.py").write_text(textwrap.dedent(SCRIPT))
    request = BundleRequest(
        root, tmp_path_factory.mktemp("out") / "bundle", runs=RunRequest(workloads=("script.py",))
    )
    question = "How does store.save write bundle.zip, and what does store.load read?"
    result = make_bundle(question_brief(question), request)
    assert result.folder is not None
    return result.folder


@pytest.fixture(scope="module")
def evidence(bundle: Path) -> Evidence:
    return read_evidence(bundle)


def _archive(evidence: Evidence) -> JoinedArtifact:
    (found,) = [each for each in evidence.artifacts if each.path == "<scratch>/out/bundle.zip"]
    return found


def test_members_stand_beside_reading_and_running(evidence: Evidence) -> None:
    """Each member: the line that was read, and the line that the run saw."""
    matches = {match.member: match for match in _archive(evidence).matches if not match.key}
    manifest = matches["manifest.pkl"]
    assert manifest.verdict is MatchVerdict.MATCHED
    assert [anchor.line for anchor in manifest.written_at] == [8]
    assert [anchor.line for anchor in manifest.seen_at] == [8]
    assert [anchor.line for anchor in matches["b/params.pkl"].written_at] == [10]
    assert _archive(evidence).workload == "w1"


def test_what_the_loader_misses_is_a_finding(evidence: Evidence) -> None:
    """The loader reads a member that nobody writes."""
    matches = {match.member: match for match in _archive(evidence).matches}
    assert matches["weights.bin"].verdict is MatchVerdict.EXPECTED
    texts = [each.text for each in evidence.findings if each.kind is FindingKind.CONTRADICTION]
    assert any("`weights.bin`: expected by the loader, and not in the file" in t for t in texts)


def test_the_bundle_keeps_the_whole_reports(bundle: Path, evidence: Evidence) -> None:
    """With digests, which the evidence leaves out: they differ from run to run."""
    kept = decode_left(bundle / "trace" / "w1" / ARTIFACTS_NAME)
    assert [each.path for each in kept.files] == ["<scratch>/notes.txt", "<scratch>/out/bundle.zip"]
    assert all(len(each.report.sha256) == 64 for each in kept.files)
    assert not any(each.report.sha256 for each in evidence.artifacts)
    volatile = json.loads((bundle / "manifest.json").read_text())["volatile"]
    assert f"trace/w1/{ARTIFACTS_NAME}" in volatile
    text = (bundle / "callchain" / "static.md").read_text("utf-8")
    assert "What the files hold that runs left" in text and "`weights.bin`" in text


def test_a_recording_brings_along_what_its_run_left(
    bundle: Path, evidence: Evidence, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Joined again from the bundle, without a run: the same."""
    root = tmp_path
    (root / "store.py").write_text(textwrap.dedent(STORE))
    (root / "script.py").write_text(textwrap.dedent(SCRIPT))
    runs = RunRequest(recordings=(bundle / "trace" / "w1",))
    out = tmp_path_factory.mktemp("again") / "bundle"
    result = make_bundle(evidence.brief, BundleRequest(root, out, runs=runs))
    assert result.evidence.artifacts == evidence.artifacts


def test_links_and_too_many_files_are_told(tmp_path: Path) -> None:
    """The first two hundred by path; a link is not followed."""
    for number in range(205):
        (tmp_path / f"{number:03}.json").write_text("{}")
    (tmp_path / "link").symlink_to("/etc/passwd")
    left = inspect_left(tmp_path)
    assert len(left.files) == 200
    assert left.not_inspected == ("200 of 205 files that the run left were looked into",)


def test_written_then_read_is_the_same(tmp_path: Path) -> None:
    """The control: another file in its place is one clear line."""
    (tmp_path / "a.json").write_text('{"a": [1]}')
    left = inspect_left(tmp_path)
    path = tmp_path / ARTIFACTS_NAME
    path.write_text(encode_left(left), "utf-8")
    assert decode_left(path) == left
    assert decode_left(tmp_path / "none.json") == LeftArtifacts()
    for text in ("[]", '{"schema": "tracer/other/1"}', "no", '{"schema": "tracer/artifacts/1", "x'):
        path.write_text(text)
        with pytest.raises(BundleError, match=r"artifacts\.json"):
            decode_left(path)
