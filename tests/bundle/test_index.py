"""The index is what the bundles say; one that cannot be read is told and ends nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.report.conftest import EvidenceMaker
from tracer.bundle.codec import encode
from tracer.bundle.index import read_index
from tracer.bundle.store import (
    EVIDENCE_NAME,
    VERIFICATION_NAME,
    find_bundle,
    free_folder,
    write_bundle,
)
from tracer.model.verification import VERIFICATION_SCHEMA, Verification


def _files() -> dict[str, bytes]:
    verification = Verification(VERIFICATION_SCHEMA, "demo", ())
    return {
        EVIDENCE_NAME: encode(EvidenceMaker().evidence()).encode(),
        VERIFICATION_NAME: encode(verification).encode(),
        "summary.md": b"# one page\n",
    }


def test_bundles_are_found_however_deep(tmp_path: Path) -> None:
    """By their folder below the reports, sorted; what is half written is none."""
    write_bundle(_files(), tmp_path / "b" / "2", folder="deep/er", force=False)
    write_bundle(_files(), tmp_path / "a", folder="", force=False)
    write_bundle(_files(), tmp_path / "b" / ".half.1234.partial", folder="", force=False)
    index = read_index(tmp_path)
    assert [each.name for each in index.bundles] == ["a", "b/2/deep/er"]
    assert index.broken == ()
    assert find_bundle(tmp_path / "b") == tmp_path / "b/2/deep/er"


def test_without_a_folder_there_is_nothing(tmp_path: Path) -> None:
    """A first run has no memory."""
    assert read_index(tmp_path / "nowhere").bundles == ()


def test_the_folder_that_is_about_to_be_replaced_does_not_count(tmp_path: Path) -> None:
    """Control: others do."""
    write_bundle(_files(), tmp_path / "old", folder="in/it", force=False)
    write_bundle(_files(), tmp_path / "other", folder="", force=False)
    index = read_index(tmp_path, without=tmp_path / "old")
    assert [each.name for each in index.bundles] == ["other"]


def _cut(bundle: Path) -> None:
    text = (bundle / EVIDENCE_NAME).read_text()
    (bundle / EVIDENCE_NAME).write_text(text[: len(text) // 2])


def _other_schema(bundle: Path) -> None:
    """Written by another version, so that its manifest is right."""
    data = json.loads((bundle / EVIDENCE_NAME).read_text())
    files = _files() | {EVIDENCE_NAME: json.dumps({**data, "schema": "tracer/evidence/9"}).encode()}
    write_bundle(files, bundle, folder="", force=True)


@pytest.mark.parametrize(
    ("touch", "told"),
    [
        (_cut, "evidence.json is not what the manifest says"),
        (
            lambda bundle: (bundle / "manifest.json").unlink(),
            "expected a bundle with manifest.json",
        ),
        (lambda bundle: (bundle / "manifest.json").write_text("{"), "expected a manifest"),
        (lambda bundle: (bundle / EVIDENCE_NAME).unlink(), "evidence.json is not what"),
        (_other_schema, "made by a newer tracer (schema tracer/evidence/9; this one reads"),
    ],
)
def test_a_broken_bundle_is_told(tmp_path: Path, touch, told: str) -> None:  # type: ignore[no-untyped-def]
    """With the reason, on one line, and the others are read."""
    bad = write_bundle(_files(), tmp_path / "bad", folder="", force=False)
    write_bundle(_files(), tmp_path / "good", folder="", force=False)
    touch(bad)
    index = read_index(tmp_path)
    assert [each.name for each in index.bundles] == ["good"]
    assert [each.name for each in index.broken] == ["bad"]
    assert told in index.broken[0].problem
    assert "\n" not in index.broken[0].problem
    assert str(tmp_path) not in index.broken[0].problem


def test_a_touched_report_is_a_problem_of_a_bundle_that_can_be_read(tmp_path: Path) -> None:
    """Its evidence stands; that somebody wrote into its summary is said."""
    bundle = write_bundle(_files(), tmp_path / "a", folder="", force=False)
    (bundle / "summary.md").write_text("# mine\n")
    (found,) = read_index(tmp_path).bundles
    assert found.problems == ("its files were touched: summary.md is changed",)


def test_two_bundles_for_one_folder_both_stand(tmp_path: Path) -> None:
    """The second goes beside; none is lost and none replaced."""
    first = write_bundle(_files(), tmp_path / "out", folder="in", force=False)
    second = write_bundle(_files(), tmp_path / "out", folder="in", force=False)
    assert (first, second) == (tmp_path / "out/in", tmp_path / "out-2/in")
    assert len(read_index(tmp_path).bundles) == 2
    assert free_folder(tmp_path / "out") == tmp_path / "out-3"
    assert free_folder(tmp_path / "new") == tmp_path / "new"
