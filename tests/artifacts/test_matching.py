"""A real archive beside what the code says it writes."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tracer.artifacts.inspection import inspect_artifact
from tracer.artifacts.matching import match_layout
from tracer.model.evidence import ArtifactLayout, LayoutMember
from tracer.model.graph import EffectKind
from tracer.model.source import Anchor, function_id

WRITER = function_id("store.py", "save")


def _layout(*members: str, names: tuple[str, ...] = ("{out}/wts.zip",)) -> ArtifactLayout:
    return ArtifactLayout(
        "{base}.zip",
        EffectKind.ARCHIVE_WRITE,
        WRITER,
        Anchor("store.py", 10),
        tuple(LayoutMember(path, (Anchor("store.py", 20 + i),)) for i, path in enumerate(members)),
        names=names,
    )


def _archive(folder: Path, *members: str, name: str = "wts.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, "text")
    return path


def test_agreement_gives_nothing(tmp_path: Path) -> None:
    """Constants, holes, and folder entries of the archive."""
    report = inspect_artifact(_archive(tmp_path, "manifest", "a/", "a/params", "b/params"))
    assert match_layout(report, [_layout("manifest", "{model}/params")]) == ()


def test_both_directions_are_told(tmp_path: Path) -> None:
    """What only the archive has, and what only the code has, with the writing line."""
    report = inspect_artifact(_archive(tmp_path, "manifest", "stray.txt"))
    extra, missing = match_layout(report, [_layout("manifest", "model.h5")])
    assert "`stray.txt`, which no writing code names" in extra.text
    assert "does not hold `model.h5`" in missing.text
    assert missing.anchors == (Anchor("store.py", 21),)


def test_the_layout_of_that_name_is_asked(tmp_path: Path) -> None:
    """Another archive's layout does not excuse a stray member; its name tells them apart."""
    other = _layout("stray.txt", names=("{out}/other.zip",))
    report = inspect_artifact(_archive(tmp_path, "manifest", "stray.txt"))
    assert len(match_layout(report, [_layout("manifest"), other])) == 1
    renamed = inspect_artifact(_archive(tmp_path, "manifest", "stray.txt", name="renamed.zip"))
    assert match_layout(renamed, [_layout("manifest"), other]) == ()


def test_no_writer_no_finding(tmp_path: Path) -> None:
    """Without a layout there is nothing to contradict."""
    assert match_layout(inspect_artifact(_archive(tmp_path, "x")), []) == ()
