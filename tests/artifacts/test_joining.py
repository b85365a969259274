"""A real archive beside what the code says that it writes and reads."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.artifacts.inspection import inspect_artifact
from tracer.artifacts.joining import join_artifact
from tracer.model.artifact import JoinedArtifact, MatchVerdict
from tracer.model.evidence import ArtifactLayout, LayoutKey, LayoutMember
from tracer.model.graph import EffectKind
from tracer.model.ledger import Ledger, MemberDeed
from tracer.model.recording import Frame, Place
from tracer.model.source import Anchor, function_id

WRITER = function_id("store.py", "save")
READER = function_id("store.py", "load")


def _member(path: str, line: int, **more: object) -> LayoutMember:
    return replace(LayoutMember(path, (Anchor("store.py", line),)), **more)  # type: ignore[arg-type]


def _layout(
    *members: LayoutMember,
    names: tuple[str, ...] = ("{out}/wts.zip",),
    direction: EffectKind = EffectKind.ARCHIVE_WRITE,
    unknown: tuple[str, ...] = (),
) -> ArtifactLayout:
    function = WRITER if direction is EffectKind.ARCHIVE_WRITE else READER
    anchor = Anchor("store.py", 10)
    return ArtifactLayout("{base}.zip", direction, function, anchor, members, unknown, names)


def _key(name: str, line: int, condition: str = "", *, is_tested: bool = False) -> LayoutKey:
    return LayoutKey(name, Anchor("store.py", line), condition, is_tested)


def _archive(folder: Path, *members: str, name: str = "wts.zip", keys: Sequence[str] = ()) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            data = pickle.dumps(dict.fromkeys(keys, 1)) if member.endswith(".pkl") else "text"
            archive.writestr(member, data)
    return path


def _verdicts(joined: JoinedArtifact) -> dict[str, MatchVerdict]:
    return {match.member: match.verdict for match in joined.matches if not match.key}


def _key_verdicts(joined: JoinedArtifact) -> dict[str, MatchVerdict]:
    return {match.key: match.verdict for match in joined.matches if match.key}


def test_agreement_has_a_line_for_each_member(tmp_path: Path) -> None:
    """Constants, holes, and folder entries of the archive."""
    report = inspect_artifact(_archive(tmp_path, "manifest", "a/", "a/params", "b/params"))
    joined = join_artifact(
        report, [_layout(_member("manifest", 20), _member("{model}/params", 21))]
    )
    assert [(match.member, match.written_at) for match in joined.matches] == [
        ("manifest", (Anchor("store.py", 20),)),
        ("a/params", (Anchor("store.py", 21),)),
        ("b/params", (Anchor("store.py", 21),)),
    ]
    assert joined.contradictions == ()


def test_both_directions_contradict(tmp_path: Path) -> None:
    """What only the archive has, and what only the code has, with the writing line."""
    report = inspect_artifact(_archive(tmp_path, "manifest", "stray.txt"))
    joined = join_artifact(report, [_layout(_member("manifest", 20), _member("model.h5", 21))])
    assert _verdicts(joined) == {
        "manifest": MatchVerdict.MATCHED,
        "stray.txt": MatchVerdict.NO_LINE,
        "model.h5": MatchVerdict.NOT_WRITTEN,
    }
    assert joined.contradictions[1].written_at == (Anchor("store.py", 21),)


def test_where_the_layout_is_open_nothing_is_extra(tmp_path: Path) -> None:
    """The control: callers that were not followed change no member."""
    report = inspect_artifact(_archive(tmp_path, "manifest", "stray.txt"))
    manifest = _member("manifest", 20)
    opened = join_artifact(report, [_layout(manifest, unknown=("the keys of `**more`",))])
    assert _verdicts(opened)["stray.txt"] is MatchVerdict.OPEN
    assert "`**more`" in opened.matches[1].reason
    closed = join_artifact(report, [_layout(manifest, unknown=("1 of 2 call sites …",))])
    assert _verdicts(closed)["stray.txt"] is MatchVerdict.NO_LINE


def test_what_a_condition_or_a_hole_decides_is_no_contradiction(tmp_path: Path) -> None:
    """The writer may have left it out; a loop may have had nothing to go through."""
    report = inspect_artifact(_archive(tmp_path, "manifest"))
    layout = _layout(
        _member("manifest", 20),
        _member("model.h5", 21, condition="if `save_h5` (store.py:19)"),
        _member("{name}/params", 22),
    )
    joined = join_artifact(report, [layout])
    assert joined.contradictions == ()
    assert _verdicts(joined)["model.h5"] is MatchVerdict.CONDITIONAL
    assert _verdicts(joined)["{name}/params"] is MatchVerdict.CONDITIONAL
    assert joined.matches[1].reason == "if `save_h5` (store.py:19)"


def test_the_loader_s_expectations_are_told(tmp_path: Path) -> None:
    """A member that is read whatever happens is missed; one that is tested for is not."""
    report = inspect_artifact(_archive(tmp_path, "manifest"))
    tested = _member("old", 32, tested=(Anchor("store.py", 32),))
    loader = _layout(
        _member("manifest", 30),
        _member("params", 31),
        tested,
        direction=EffectKind.ARCHIVE_READ,
    )
    joined = join_artifact(report, [_layout(_member("manifest", 20)), loader])
    assert _verdicts(joined) == {
        "manifest": MatchVerdict.MATCHED,
        "params": MatchVerdict.EXPECTED,
        "old": MatchVerdict.TESTED,
    }
    assert joined.matches[0].read_at == (Anchor("store.py", 30),)
    assert [match.member for match in joined.contradictions] == ["params"]


def test_keys_have_lines_of_their_own(tmp_path: Path) -> None:
    """Each key of a dict: written, extra, missing, under a condition, expected."""
    path = _archive(tmp_path, "params.pkl", keys=("N", "stray"))
    keys = (_key("N", 40), _key("gone", 41), _key("maybe", 42, "`if` at line 41"))
    writer = _layout(_member("params.pkl", 20, keys=keys))
    asked = (_key("N", 50), _key("wanted", 51), _key("perhaps", 52, is_tested=True))
    reader = _layout(_member("params.pkl", 30, keys=asked), direction=EffectKind.ARCHIVE_READ)
    joined = join_artifact(inspect_artifact(path), [writer, reader])
    assert _key_verdicts(joined) == {
        "N": MatchVerdict.MATCHED,
        "stray": MatchVerdict.NO_LINE,
        "gone": MatchVerdict.NOT_WRITTEN,
        "maybe": MatchVerdict.CONDITIONAL,
        "wanted": MatchVerdict.EXPECTED,
        "perhaps": MatchVerdict.TESTED,
    }
    (matched,) = [match for match in joined.matches if match.key == "N"]
    assert matched.written_at == (Anchor("store.py", 40),)
    assert matched.read_at == (Anchor("store.py", 50),)


def test_open_keys_are_counted_and_not_called_extra(tmp_path: Path) -> None:
    """Where other keys may be written, the rest has no line, and that is no contradiction."""
    path = _archive(tmp_path, "params.pkl", keys=("N", "x", "y"))
    member = _member("params.pkl", 20, keys=(_key("N", 40),), keys_open=("`cfg` changes",))
    joined = join_artifact(inspect_artifact(path), [_layout(member)])
    assert joined.contradictions == ()
    assert "2 of 3 keys of `params.pkl` have no line: `cfg` changes" in joined.unknown


def test_keys_that_were_not_all_read_are_not_missed(tmp_path: Path) -> None:
    """A pickle that breaks off may have had the key."""
    path = tmp_path / "wts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("params.pkl", pickle.dumps({"N": 1, "rest": [1, 2, 3]})[:-6])
    keys = (_key("N", 40), _key("gone", 41))
    joined = join_artifact(inspect_artifact(path), [_layout(_member("params.pkl", 20, keys=keys))])
    assert "gone" not in _key_verdicts(joined)
    assert "the keys of `params.pkl` were not all read" in joined.unknown


def test_the_layout_of_that_name_is_asked(tmp_path: Path) -> None:
    """Another archive's layout does not excuse a stray member."""
    other = _layout(_member("stray.txt", 25), names=("{out}/other.zip",))
    report = inspect_artifact(_archive(tmp_path, "manifest", "stray.txt"))
    joined = join_artifact(report, [_layout(_member("manifest", 20)), other])
    assert _verdicts(joined)["stray.txt"] is MatchVerdict.NO_LINE


def test_a_renamed_archive_is_known_by_its_members(tmp_path: Path) -> None:
    """All that a layout surely writes is there; one member alone says too little."""
    report = inspect_artifact(_archive(tmp_path, "manifest", "params", name="renamed.zip"))
    both = _layout(_member("manifest", 20), _member("params", 21))
    assert join_artifact(report, [both]).writers == (Anchor("store.py", 10),)
    one = join_artifact(report, [_layout(_member("manifest", 20))])
    assert one.writers == () and one.contradictions == ()
    assert "no code is known that writes" in one.unknown[0]


def test_without_code_nothing_contradicts(tmp_path: Path) -> None:
    """Unknown stays unknown."""
    joined = join_artifact(inspect_artifact(_archive(tmp_path, "x")), [])
    assert _verdicts(joined) == {"x": MatchVerdict.OPEN}
    assert joined.contradictions == ()


def test_a_run_that_saw_the_writer_counts(tmp_path: Path) -> None:
    """A member that reading does not know, and a recording does, has a line."""
    place = Place(Frame("store.py", "store", "save", 1), 44)
    deed = MemberDeed(1, "wrote", "<scratch>/wts.zip", "stray", "zipfile.ZipFile.write", place)
    report = inspect_artifact(_archive(tmp_path, "stray"))
    joined = join_artifact(report, [], [Ledger((deed,))])
    assert _verdicts(joined) == {"stray": MatchVerdict.MATCHED}
    assert joined.matches[0].seen_at[0].line == 44
    other = join_artifact(report, [], [Ledger((replace(deed, archive="<scratch>/b.zip"),))])
    assert _verdicts(other) == {"stray": MatchVerdict.OPEN}


def test_a_plain_file_is_matched_by_its_name(tmp_path: Path) -> None:
    """A file that a folder's layout names."""
    path = tmp_path / "params.pkl"
    path.write_bytes(pickle.dumps({"N": 1}))
    member = _member("params.pkl", 20, keys=(_key("N", 40), _key("gone", 41)))
    layout = _layout(member, direction=EffectKind.FILE_WRITE)
    joined = join_artifact(inspect_artifact(path), [layout])
    assert _verdicts(joined) == {"params.pkl": MatchVerdict.MATCHED}
    assert _key_verdicts(joined)["gone"] is MatchVerdict.NOT_WRITTEN


def test_an_archive_that_one_call_writes_is_one_file(tmp_path: Path) -> None:
    """`torch.save`: the keys are those of the pickle inside."""
    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", pickle.dumps({"epoch": 1, "stray": 2}))
        archive.writestr("model/data/0", b"1234")
    member = _member("model.pt", 20, keys=(_key("epoch", 40), _key("gone", 41)))
    layout = _layout(member, direction=EffectKind.FILE_WRITE)
    joined = join_artifact(inspect_artifact(path), [layout])
    assert _verdicts(joined) == {"model.pt": MatchVerdict.MATCHED}
    assert _key_verdicts(joined) == {
        "epoch": MatchVerdict.MATCHED,
        "stray": MatchVerdict.NO_LINE,
        "gone": MatchVerdict.NOT_WRITTEN,
    }
    nobody = join_artifact(inspect_artifact(path), [])
    assert set(_verdicts(nobody)) == {"model/data.pkl", "model/data/0"}


def test_names_in_hdf5_files_are_matched(tmp_path: Path) -> None:
    """Datasets of the root, and its attributes behind an `@`."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["scale"] = 1.0
        file["stray"] = 2.0
    keys = (_key("@scale", 40), _key("weights", 41))
    member = _member("model.h5", 20, keys=keys, keys_open=("what else is done",))
    layout = _layout(member, direction=EffectKind.FILE_WRITE)
    joined = join_artifact(inspect_artifact(path), [layout])
    assert _key_verdicts(joined) == {
        "@scale": MatchVerdict.MATCHED,
        "weights": MatchVerdict.CONDITIONAL,
    }
    assert "1 of 2 keys of `model.h5` have no line: what else is done" in joined.unknown
