"""Damaged and random files: whatever the bytes, the answer is a report, in bounded time."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import json
import lzma
import os
import pickle
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracer.artifacts.inspection import inspect_artifact
from tracer.model.artifact import ArtifactReport
from tracer.report.artifact import render_artifact
from tracer.tables.formats import load_formats

TABLE = load_formats()
SECONDS = 5.0  # of processor time, for a few thousand bytes
_VALUE = {"a": [1, 2.5, None], "b": {"c": ("x", b"y")}, "d": numpy.zeros((2, 2))}
_RELAXED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _zipped(method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a/params.pkl", pickle.dumps(_VALUE))
        archive.writestr("config.json", json.dumps({"class_name": "Dense", "n": [1]}))
    return buffer.getvalue()


def _tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("é" * 90 + ".pkl")
        data = pickle.dumps(_VALUE)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _saved(name: str) -> bytes:
    buffer = io.BytesIO()
    if name == "npz":
        numpy.savez(buffer, x=numpy.zeros(3), o=numpy.array([{}], dtype=object))
    else:
        numpy.save(buffer, numpy.array([{"a": 1}], dtype=object))
    return buffer.getvalue()


@functools.cache
def _valid() -> dict[str, bytes]:
    """A file of each kind, by a name that fits it."""
    return {
        "a.pkl": pickle.dumps(_VALUE),
        "old.pkl": pickle.dumps(_VALUE, 0),
        "stored.zip": _zipped(zipfile.ZIP_STORED),
        "deflated.keras": _zipped(zipfile.ZIP_DEFLATED),
        "a.tar": _tarred(),
        "a.pkl.gz": gzip.compress(pickle.dumps(_VALUE), mtime=0),
        "a.pkl.bz2": bz2.compress(pickle.dumps(_VALUE)),
        "a.pkl.xz": lzma.compress(pickle.dumps(_VALUE)),
        "a.pkl.zst": zstandard.compress(pickle.dumps(_VALUE)),
        "a.joblib": zlib.compress(pickle.dumps(_VALUE)),
        "a.npz": _saved("npz"),
        "a.npy": _saved("npy"),
        "a.json": b'{"a": {"b": [1, {"c": null}]}, "class_name": "Lambda"}',
        "a.yaml": b"a: &x {b: [1, *x], c: !!python/none ''}\nd: |\n  text\n",
        "a.toml": b'a.b = 1\n[[c]]\nd = "x"\n',
        "a.safetensors": (len(_HEADER)).to_bytes(8, "little") + _HEADER + bytes(8),
    }


_HEADER = b'{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}'


def _inspected(path: Path) -> ArtifactReport:
    before = sum(os.times()[:4])
    report = inspect_artifact(path, table=TABLE)
    text = render_artifact(report)
    assert sum(os.times()[:4]) - before < SECONDS
    assert all(char.isprintable() or char == "\n" for char in text)
    return report


@pytest.mark.parametrize("name", list(_valid()))
def test_a_whole_file_is_read_whole(name: str, tmp_path: Path) -> None:
    """The control: undamaged, each has a kind and nothing in it breaks off."""
    path = tmp_path / name
    path.write_bytes(_valid()[name])
    report = _inspected(path)
    assert report.kind != "other"
    gaps = [gap for member in report.members for gap in member.not_inspected]
    assert not [gap for gap in (*gaps, *report.not_inspected) if "deeper" not in gap]


@pytest.mark.parametrize("name", list(_valid()))
@_RELAXED
@given(data=st.data())
def test_no_damage_raises(name: str, tmp_path: Path, data: st.DataObject) -> None:
    """Bytes changed, cut off, doubled or put in: a report all the same, and soon."""
    damaged = bytearray(_valid()[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(damaged) - 1, 0)))
        match data.draw(st.sampled_from(["change", "cut", "insert", "repeat"])):
            case "change":
                damaged[at : at + 1] = data.draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del damaged[at : at + data.draw(st.integers(1, 40))]
            case "insert":
                damaged[at:at] = data.draw(st.binary(max_size=8))
            case "repeat":
                damaged[at:at] = damaged[at : at + data.draw(st.integers(1, 60))]
    path = tmp_path / name
    path.write_bytes(bytes(damaged))
    _inspected(path)


@_RELAXED
@given(
    data=st.binary(max_size=400),
    name=st.sampled_from(list(_valid())),
    magic=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x80\x04", b"\x93NUMPY\x01\x00"]),
)
def test_no_noise_raises(tmp_path: Path, data: bytes, name: str, magic: bytes) -> None:
    """Random bytes under any name, with or without a mark."""
    path = tmp_path / name
    path.write_bytes(magic + data)
    _inspected(path)


@settings(parent=_RELAXED, max_examples=8)
@given(data=st.data())
def test_no_damage_to_hdf5_raises(tmp_path: Path, data: st.DataObject) -> None:
    """The library is written in C: where it crashes, the report says so."""
    h5py = pytest.importorskip("h5py")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_group("a/b").attrs["n"] = 1
        file["a/x"] = numpy.zeros((3, 2))
    damaged = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(8, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.h5"
    path.write_bytes(bytes(damaged))
    assert _inspected(path).kind == "hdf5"
