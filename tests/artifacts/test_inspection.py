"""Archives and their members, valid and hostile."""

from __future__ import annotations

import dataclasses
import io
import json
import pickle
import stat
import zipfile
from pathlib import Path

import dill
import numpy
import pytest

from tracer.artifacts.inspection import inspect_artifact
from tracer.artifacts.limits import InspectionLimits
from tracer.errors import SourceError
from tracer.model.artifact import ArtifactMember, ArtifactReport, HeldValue


def _members(report: ArtifactReport) -> dict[str, ArtifactMember]:
    return {member.path: member for member in report.members}


def _zip(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_zip_of_dills_gives_keys_and_digests(tmp_path: Path) -> None:
    """Members come in the order of the archive, each with size, digest and top-level keys."""
    manifest = dill.dumps({"models": ["a", "b"], "version": "1.0"})
    parameters = dill.dumps({"N": 64, "gridsize": 2, "scale": lambda value: value * 2})
    path = _zip(tmp_path / "wts.h5.zip", {"manifest.dill": manifest, "a/params.dill": parameters})
    report = inspect_artifact(path)
    assert (report.name, report.kind) == ("wts.h5.zip", "zip")
    assert [member.path for member in report.members] == ["manifest.dill", "a/params.dill"]
    first, second = report.members
    assert (first.kind, first.top, first.keys) == ("pickle", "dict", ("models", "version"))
    assert first.size == len(manifest)
    assert len(first.sha256) == 64
    assert second.keys == ("N", "gridsize", "scale")
    assert "dill._dill._create_function" in second.globals
    assert report.not_inspected == ()


def test_a_report_is_json(tmp_path: Path) -> None:
    """`dataclasses.asdict` gives what JSON can hold, and twice the same."""
    path = _zip(tmp_path / "a.zip", {"x.pkl": pickle.dumps({(1, "a"): {1, 2}})})
    texts = [
        json.dumps(dataclasses.asdict(inspect_artifact(path)), sort_keys=True) for _ in range(2)
    ]
    assert texts[0] == texts[1]


def test_numpy_headers_are_read_and_objects_are_told(tmp_path: Path) -> None:
    """Shape and type of each array; an object array is a pickle and is outlined as one."""
    path = tmp_path / "data.npz"
    numpy.savez(
        path,
        probe=numpy.zeros((3, 4), dtype="complex64"),
        names=numpy.array([{"a": Path("x")}, None], dtype=object),
    )
    report = inspect_artifact(path)
    found = _members(report)
    assert report.kind == "npz"
    assert found["probe.npy"].notes == ("3×4 complex64",)
    assert any(name.startswith("pathlib") for name in found["names.npy"].globals)
    assert any("pickle" in note for note in found["names.npy"].notes)


def test_a_header_that_is_no_literal_is_not_evaluated(tmp_path: Path) -> None:
    """A call in an `.npy` header is a gap, never a call."""
    canary = tmp_path / "ran"
    text = f"__import__('pathlib').Path({str(canary)!r}).touch()".encode()
    data = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text
    path = tmp_path / "evil.npy"
    path.write_bytes(data)
    (member,) = inspect_artifact(path).members
    assert member.not_inspected == ("the header is no literal",)
    assert not canary.exists()


def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path) -> None:
    """Absolute names, `..`, drive letters: listed, never unpacked."""
    names = ["../evil", "a/../../evil", "/etc/evil", "C:\\evil", "..\\evil", "fine..txt"]
    report = inspect_artifact(_zip(tmp_path / "slip.zip", dict.fromkeys(names, b"data")))
    refused = {m.path for m in report.members if any("refused" in g for g in m.not_inspected)}
    assert refused == set(names) - {"fine..txt"}
    assert not any(member.sha256 for member in report.members if member.path in refused)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_names_are_refused(tmp_path: Path) -> None:
    """Two readers may take two different ones, so neither is read."""
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("params.dill", pickle.dumps({"a": 1}))
        archive.writestr("params.dill", pickle.dumps({"b": 1}))
    report = inspect_artifact(path)
    assert [member.not_inspected for member in report.members] == [
        ("refused: 2 members have this name",)
    ] * 2


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A member that unpacks to a thousand times its size is refused, and the total is bounded."""
    path = _zip(tmp_path / "bomb.zip", {"zeros": bytes(8 * 1024 * 1024), "small": b"text"})
    limits = InspectionLimits(ratio=100)
    found = _members(inspect_artifact(path, limits))
    assert "unpack to" in found["zeros"].not_inspected[0]
    assert found["small"].not_inspected == ("no format that is known",)
    total = _members(inspect_artifact(path, InspectionLimits(ratio=10**9, total_bytes=1000)))
    assert "in all" in total["zeros"].not_inspected[0]


def test_nesting_is_bounded(tmp_path: Path) -> None:
    """Archives in archives are read to a depth; below, the report says that it stopped."""
    data = b"bottom"
    for level in range(8):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(f"level{level}.zip" if level else "bottom.txt", data)
        data = buffer.getvalue()
    path = tmp_path / "deep.zip"
    path.write_bytes(data)
    report = inspect_artifact(path, InspectionLimits(nesting=3))
    assert report.members[-1].not_inspected == ("nested more than 3 archives deep",)
    assert [member.path.count("!/") for member in report.members] == [0, 1, 2]


def test_links_and_encrypted_members_are_refused(tmp_path: Path) -> None:
    """A symbolic link in a zip is a member with a mode, and is not followed."""
    path = tmp_path / "link.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("secret", "text")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1  # the directory entry of the second member says: encrypted
    path.write_bytes(bytes(data))
    found = _members(inspect_artifact(path))
    assert found["link"].not_inspected == ("refused: a symbolic link",)
    assert found["secret"].not_inspected == ("refused: encrypted",)


def test_a_damaged_archive_is_a_gap(tmp_path: Path) -> None:
    """A wrong checksum or a cut file is told, with what could be read."""
    path = _zip(tmp_path / "a.zip", {"x": b"some text" * 100}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(bytes(data))
    (member,) = inspect_artifact(path).members
    assert "CRC" in member.not_inspected[0]


def test_what_stands_before_an_archive_is_told(tmp_path: Path) -> None:
    """A file may be a pickle to one reader and a zip to another."""
    path = _zip(tmp_path / "plain.zip", {"x": b"text"})
    both = tmp_path / "both.zip"
    both.write_bytes(pickle.dumps({"a": 1}) + path.read_bytes())
    report = inspect_artifact(both)
    assert [(member.path, member.kind) for member in report.members] == [
        ("both.zip", "pickle"),
        ("x", "other"),
    ]
    assert "a zip archive begins after" in report.notes[-1]
    assert inspect_artifact(path).not_inspected == ()
    assert inspect_artifact(path).notes == ()


def test_keras_archives_name_their_classes(tmp_path: Path) -> None:
    """`config.json` gives class names; a Lambda layer is code in the file."""
    config = {
        "class_name": "Functional",
        "module": "keras",
        "config": {"layers": [{"module": "keras.layers", "class_name": "Lambda"}]},
    }
    path = _zip(
        tmp_path / "model.keras",
        {
            "metadata.json": b'{"keras_version": "3.8.0"}',
            "config.json": json.dumps(config).encode(),
        },
    )
    report = inspect_artifact(path)
    found = _members(report)
    assert report.kind == "keras"
    assert found["metadata.json"].keys == ("keras_version",)
    assert found["config.json"].notes[0] == "classes: keras.Functional, keras.layers.Lambda"
    assert "Lambda" in found["config.json"].notes[1]


def test_torch_archives_are_outlined_behind_persistent_ids(tmp_path: Path) -> None:
    """Keys of a state dict, although its tensors are persistent objects."""

    class Tensor:
        pass

    class StatePickler(pickle.Pickler):
        def persistent_id(self, obj: object) -> object:
            return ("storage", "0") if isinstance(obj, Tensor) else None

    buffer = io.BytesIO()
    StatePickler(buffer, 2).dump({"layer.weight": Tensor(), "layer.bias": Tensor()})
    path = _zip(tmp_path / "model.pt", {"model/data.pkl": buffer.getvalue(), "model/data/0": b"\1"})
    report = inspect_artifact(path)
    assert report.kind == "torch"
    assert _members(report)["model/data.pkl"].keys == ("layer.weight", "layer.bias")


def test_hdf5_names_and_links_without_reading_data(tmp_path: Path) -> None:
    """Attributes and shapes are named; external links and storage are told and not followed."""
    h5py = pytest.importorskip("h5py")
    outside = tmp_path / "outside.bin"
    outside.write_bytes(b"top secret words")
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["intensity_scale"] = 1.0
        file.create_dataset("weights", data=numpy.zeros((2, 3)))
        file.create_dataset(
            "leak", (16,), dtype="uint8", external=[(str(outside), 0, h5py.h5f.UNLIMITED)]
        )
        file["elsewhere"] = h5py.ExternalLink("other.h5", "/x")
    (member,) = inspect_artifact(path).members
    assert member.keys == ("elsewhere", "leak", "weights")
    assert HeldValue(("@intensity_scale",), "attribute scalar float64") in member.held
    assert HeldValue(("weights",), "dataset 2×3 float64") in member.held
    assert any("external link" in gap for gap in member.not_inspected)
    assert any("another file" in gap for gap in member.not_inspected)
    assert "secret words" not in repr(member)


def test_without_h5py_the_report_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HDF5 is an optional extra: absent, the reason stands in the report."""
    path = tmp_path / "model.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    (tmp_path / "h5py.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (member,) = inspect_artifact(path).members
    assert member.not_inspected == ("HDF5: needs h5py: pip install 'callchain-tracer[hdf5]'",)


def test_folders_and_single_files(tmp_path: Path) -> None:
    """A folder's files are its members, sorted; a file is its own only member."""
    (tmp_path / "model" / "variables").mkdir(parents=True)
    (tmp_path / "model" / "saved_model.pb").write_bytes(b"\x08\x01")
    (tmp_path / "model" / "variables" / "index").write_bytes(b"")
    report = inspect_artifact(tmp_path / "model")
    assert [m.path for m in report.members] == ["saved_model.pb", "variables/index"]
    assert report.members[1].kind == "empty"
    single = tmp_path / "single.dill"
    single.write_bytes(dill.dumps([1, 2, 3]))
    report = inspect_artifact(single)
    assert (report.kind, report.members[0].top) == ("pickle", "list")


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    """A missing file is the user's mistake."""
    with pytest.raises(SourceError, match=r"nothing\.zip: expected a file or folder"):
        inspect_artifact(tmp_path / "nothing.zip")


def test_names_cannot_draw_on_the_terminal(tmp_path: Path) -> None:
    """Control and bidi characters in member names and keys are escaped."""
    name = "a\x1b[31m\u202egnp.exe"
    path = _zip(tmp_path / "a.zip", {name: pickle.dumps({"k\x07": 1})})
    (member,) = inspect_artifact(path).members
    assert member.path == "a\\x1b[31m\\u202egnp.exe"
    assert member.keys == ("k\\x07",)
