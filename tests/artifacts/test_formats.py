"""One honest file of each format: what is told of it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import dill
import h5py
import numpy
import pytest
import zstandard

from tracer.artifacts.inspection import inspect_artifact
from tracer.model.artifact import ArtifactMember, HeldValue
from tracer.report.artifact import render_artifact


def _only(path: Path) -> ArtifactMember:
    (member,) = inspect_artifact(path).members
    return member


def _held(member: ArtifactMember) -> dict[str, str]:
    return {"/".join(each.path): each.what for each in member.held}


def _text(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def _tensor(storage: str, *shape: int) -> bytes:
    """A tensor as torch pickles it, behind a persistent id."""
    sizes = b"(" + b"".join(b"K" + bytes([size]) for size in shape) + b"t"
    key = b"(" + _text("storage") + f"ctorch\n{storage}\n".encode()
    key += _text("0") + _text("cpu") + b"K\x0ctQ"
    hooks = b"ccollections\nOrderedDict\n)R"
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + key
        + b"K\x00"
        + sizes * 2
        + b"\x89"
        + hooks
        + b"tR"
    )


STATE = (
    b"\x80\x02}("
    + _text("epoch")
    + b"K\x03"
    + _text("state_dict")
    + b"ccollections\nOrderedDict\n)R("
    + _text("layer.weight")
    + _tensor("FloatStorage", 3, 4)
    + _text("layer.steps")
    + b"ctorch._utils\n_rebuild_parameter\n("
    + _tensor("LongStorage")
    + b"\x89ccollections\nOrderedDict\n)RtR"
    + b"u"
    + _text("hyper_parameters")
    + b"}("
    + _text("lr")
    + b"G?PbM\xd2\xf1\xa9\xfcu"
    + b"u."
)
STATE_HELD = {
    "epoch": "int",
    "state_dict": "collections.OrderedDict of 2",
    "state_dict/layer.weight": "tensor 3×4 float32",
    "state_dict/layer.steps": "tensor scalar int64",
    "hyper_parameters": "dict of 1",
    "hyper_parameters/lr": "float",
}


@pytest.mark.parametrize("prefix", ["model/", ""])
def test_torch_archives_have_shapes_and_types(tmp_path: Path, prefix: str) -> None:
    """Tensors lie behind persistent ids; nested keys are those of a Lightning checkpoint."""
    path = tmp_path / "model.ckpt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{prefix}data.pkl", STATE)
        archive.writestr(f"{prefix}data/0", bytes(48))
    report = inspect_artifact(path)
    assert report.kind == "torch"
    assert _held(report.members[0]) == STATE_HELD
    assert "torch.FloatStorage" in report.members[0].globals


def test_torch_files_of_before_1_6(tmp_path: Path) -> None:
    """Five pickles and raw bytes: the fourth is what was saved."""
    parts = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}]
    data = b"".join(pickle.dumps(part, 2) for part in parts)
    data += STATE + pickle.dumps(["0"], 2) + bytes(48)
    path = tmp_path / "model.pt"
    path.write_bytes(data)
    member = _only(path)
    assert _held(member) == STATE_HELD
    assert "torch, before 1.6: pickle 4 of 5 is what was saved" in member.notes
    assert "48 bytes of data after the last pickle" in member.notes
    assert member.not_inspected == ()


def test_torch_tar_files(tmp_path: Path) -> None:
    """The oldest form: a tar with four members."""
    path = tmp_path / "model.pth.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("sys_info", "pickle", "storages", "tensors"):
            info = tarfile.TarInfo(name)
            data = STATE if name == "pickle" else pickle.dumps({}, 2)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    report = inspect_artifact(path)
    assert report.kind == "torch"
    assert _held({m.path: m for m in report.members}["pickle"]) == STATE_HELD


def _wrapper(dtype: str, *shape: int, alignment: bool) -> bytes:
    sizes = b"(" + b"".join(b"K" + bytes([size]) for size in shape) + b"t"
    state = _text("shape") + sizes + _text("dtype")
    state += b"cnumpy\ndtype\n(" + _text(dtype) + b"\x89\x88tR"
    if alignment:
        state += _text("numpy_array_alignment_bytes") + b"K\x10"
    return b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(" + state + b"ub"


@pytest.mark.parametrize("alignment", [False, True])
def test_joblib_arrays_are_passed_by(tmp_path: Path, alignment: bool) -> None:
    """Raw bytes stand in the middle of the pickle; what comes after them is read."""
    data = b"\x80\x04}(" + _text("weights") + _wrapper("f8", 2, 3, alignment=alignment)
    data += (b"\x05" + b"\xff" * 5 if alignment else b"") + b"\xfe" * 48
    objects = numpy.array([{"a": 1}], dtype=object)
    data += _text("objects") + _wrapper("O8", 1, alignment=alignment) + pickle.dumps(objects, 2)
    data += _text("last") + b"K\x01u."
    path = tmp_path / "model.joblib"
    path.write_bytes(data)
    member = _only(path)
    assert _held(member) == {
        "weights": "array 2×3 float64",
        "objects": "array 1 object",
        "last": "int",
    }
    assert member.not_inspected == ()
    path.write_bytes(zlib.compress(data))
    assert inspect_artifact(path).kind == "zlib"
    assert _held(inspect_artifact(path).members[0]) == _held(member)


def test_arrays_in_pickles_have_shapes(tmp_path: Path) -> None:
    """NumPy's own way and dill's; scalars; items of lists that hold something."""
    value = {
        "probe": numpy.zeros((3, 2), "c8"),
        "scale": numpy.float32(2),
        "layers": [{"n": 1}, 5],
        "text": "x",
    }
    for name, data in (("a.pkl", pickle.dumps(value)), ("a.dill", dill.dumps(value))):
        path = tmp_path / name
        path.write_bytes(data)
        assert _held(_only(path)) == {
            "probe": "array 3×2 complex64",
            "scale": "number float32",
            "layers": "list of 2",
            "layers/0": "dict of 1",
            "layers/0/n": "int",
            "text": "text",
        }


@pytest.mark.parametrize(
    ("ending", "pack", "kind"),
    [
        ("gz", gzip.compress, "gzip"),
        ("bz2", bz2.compress, "bzip2"),
        ("xz", lzma.compress, "xz"),
        ("zst", zstandard.compress, "zstandard"),
    ],
)
def test_packed_files_are_looked_into(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes], kind: str
) -> None:
    """The inner file has the name without the ending, and a digest of its own."""
    path = tmp_path / f"a.pkl.{ending}"
    path.write_bytes(pack(pickle.dumps({"a": 1})))
    report = inspect_artifact(path)
    assert (report.kind, report.members[0].path) == (kind, "a.pkl")
    assert report.members[0].keys == ("a",)
    assert report.members[0].sha256 != report.sha256


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the standard library has zstandard")
def test_without_zstandard_the_report_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for h5py."""
    path = tmp_path / "a.pkl.zst"
    path.write_bytes(zstandard.compress(b"1"))
    monkeypatch.setitem(sys.modules, "zstandard", None)
    (gap,) = inspect_artifact(path).members[0].not_inspected
    assert gap.endswith("or: pip install 'callchain-tracer[zstd]'")


def test_a_packed_tar_gives_its_members(tmp_path: Path) -> None:
    """Of an archive in a packed file, too."""
    path = tmp_path / "models.tgz"
    (tmp_path / "a.json").write_text('{"k": 1}')
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tmp_path / "a.json", "models/a.json")
    report = inspect_artifact(path)
    members = {member.path: member for member in report.members}
    assert members["models.tar"].kind == "tar"
    assert members["models.tar!/models/a.json"].keys == ("k",)


def test_safetensors_headers(tmp_path: Path) -> None:
    """Names, shapes and types; the data is not read."""
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "w": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]},
        }
    ).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(12))
    member = _only(path)
    assert member.kind == "safetensors"
    assert _held(member) == {"__metadata__": "dict of 1", "w": "tensor 2×3 BF16"}


def test_configurations_have_their_keys(tmp_path: Path) -> None:
    """YAML, TOML and JSON alike; values are not shown."""
    texts = {
        "a.yaml": "model:\n  layers: [1, {size: 2}]\n  name: secret\nseed: 7\n",
        "a.json": '{"model": {"layers": [1, {"size": 2}], "name": "secret"}, "seed": 7}',
        "a.toml": 'seed = 7\n[model]\nname = "secret"\nlayers = [1, {size = 2}]\n',
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text)
        member = _only(path)
        assert member.kind == name.partition(".")[2]
        assert set(member.keys) == {"model", "seed"}
        assert ("model", "layers") in {each.path for each in member.held}
        assert "secret" not in render_artifact(inspect_artifact(path))


def test_saved_models_are_known_by_their_files(tmp_path: Path) -> None:
    """What a folder is called, and why its graph is not read."""
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"\x08\x01")
    report = inspect_artifact(tmp_path / "saved")
    assert report.kind == "TensorFlow SavedModel"
    assert "protocol buffer" in report.members[0].not_inspected[0]
    (tmp_path / "logged").mkdir()
    (tmp_path / "logged" / "MLmodel").write_text("flavors:\n  sklearn: {}\n")
    report = inspect_artifact(tmp_path / "logged")
    assert report.kind == "MLflow model"
    assert report.members[0].held == (
        HeldValue(("flavors",), "dict"),
        HeldValue(("flavors", "sklearn"), "dict"),
    )


def test_hdf5_inside_a_keras_archive(tmp_path: Path) -> None:
    """Groups, datasets and attributes in the order of the file, attributes behind their owner."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["version"] = "1"
        file.create_dataset("layers/dense/kernel", data=numpy.zeros((2, 2), "f4")).attrs["u"] = 1
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", buffer.getvalue())
    member = inspect_artifact(path).members[-1]
    assert list(_held(member).items()) == [
        ("@version", "attribute scalar text"),
        ("layers", "group of 1"),
        ("layers/dense", "group of 1"),
        ("layers/dense/kernel", "dataset 2×2 float32"),
        ("layers/dense/kernel/@u", "attribute scalar int64"),
    ]


def test_the_report_says_what_no_inspection_reads(tmp_path: Path) -> None:
    """Even where nothing was cut off."""
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps({"a": 1}))
    last = render_artifact(inspect_artifact(path)).splitlines()[-1]
    assert last == "Not looked at: values of pickles; what loading the file would do."
