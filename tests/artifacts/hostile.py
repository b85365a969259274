"""Files that try to do harm to whoever looks into them, each with what the report says of it.

All are made here. `CASES` is also the table in docs/artefacts.md.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import socket
import stat
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy
import zstandard

SECRET = "words that stand in another file"

Make = Callable[[Path, Path], Path]  # folder, canary -> the file


@dataclass(frozen=True)
class Case:
    """A hostile file."""

    group: str
    name: str
    says: str  # stands in the report
    make: Make


CASES: list[Case] = []


def case(group: str, name: str, says: str) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        CASES.append(Case(group, name, says, make))
        return make

    return add


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _short(text: str) -> bytes:
    return b"\x8c" + bytes([len(text)]) + text.encode()


class _Command:
    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return os.system, (f"touch {self._canary}",)


# Pickles


@case("pickle", "calls `os.system` while loading", "posix.system")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", pickle.dumps({"a": _Command(canary)}))


@case("pickle", "the same, in the second of two pickles", "posix.system")
def _(folder: Path, canary: Path) -> Path:
    data = pickle.dumps({"a": 1}) + pickle.dumps(_Command(canary))
    return _file(folder, "a.dill", data)


@case("pickle", "the same, without a mark, under an innocent name", "no format that is known")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "notes.txt", pickle.dumps(_Command(canary), 0))


@case("pickle", "`STACK_GLOBAL` with both names out of the memo", "posix.system")
def _(folder: Path, canary: Path) -> Path:
    names = _short("posix") + b"\x940" + _short("system") + b"\x940"
    call = b"h\x00h\x01\x93" + _short(f"touch {canary}") + b"\x85R."
    return _file(folder, "a.pkl", b"\x80\x04" + names + call)


@case("pickle", "`STACK_GLOBAL` with a name that is computed", "whose name is computed")
def _(folder: Path, canary: Path) -> Path:
    joined = b"cbuiltins\nstr\n" + _short("system") + b"\x85R"
    call = b"\x93" + _short(f"touch {canary}") + b"\x85R."
    return _file(folder, "a.pkl", b"\x80\x04" + _short("posix") + joined + call)


@case("pickle", "`INST` with arguments", "posix.system")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", f"(S'touch {canary}'\niposix\nsystem\n.".encode())


@case("pickle", "a global by extension code", "a global by extension code 7")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", b"\x80\x02\x82\x07)R.")


@case("pickle", "lists that double, sixty deep", "deeper than 3 keys")
def _(folder: Path, canary: Path) -> Path:
    value: object = {"x": 1}
    for _ in range(60):
        value = [value, value]
    return _file(folder, "a.pkl", pickle.dumps(value))


@case("pickle", "six million opcodes", "more opcodes than are read")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", b"\x80\x04" + b"N0" * 3_000_000 + b"N.")


@case("pickle", "a million marks", "more than 100000 values on the stack")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", b"\x80\x04" + b"(" * 1_000_000 + b".")


@case("pickle", "lists in lists, 90 000 deep", "deeper than 3 keys")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", b"\x80\x04" + b"]" * 90_000 + b"a" * 89_999 + b".")


@case("pickle", "a list that holds itself", "deeper than 3 keys")
def _(folder: Path, canary: Path) -> Path:
    value: list[object] = []
    value.append(value)
    return _file(folder, "a.pkl", pickle.dumps(value))


@case("pickle", "a memo entry at 4 294 967 295", "LONG_BINPUT 1")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", b"\x80\x02Nr\xff\xff\xff\xff.")


@case("pickle", "a text of 2⁶⁰ bytes that are not there", "expected 1152921504606846976 bytes")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", b"\x80\x04\x8d" + struct.pack("<Q", 2**60) + b"ab.")


@case("pickle", "a number of a million digits", "Exceeds the limit")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", b"L" + b"9" * 1_000_000 + b"L\n.")


@case("pickle", "an opcode that takes from an empty stack", "the stack has none")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", b"\x80\x04R.")


@case("pickle", "breaks off", "not inspected: byte ")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", pickle.dumps({"a": list(range(100))})[:-40])


@case("pickle", "keys with control and bidi characters", "\\x1b[31m\\u202egnp")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl", pickle.dumps({"\x1b[31m\u202egnp": 1}))


@case("pickle", "joblib: an array of 2⁶² bytes that are not there", "breaks off")
def _(folder: Path, canary: Path) -> Path:
    dtype = b"cnumpy\ndtype\n" + _short("f8") + b"\x85R"
    shape = b"\x8a\x08" + struct.pack("<q", 2**59) + b"\x85"
    state = b"}(" + _short("shape") + shape + _short("dtype") + dtype + b"u"
    wrapper = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + state + b"b."
    return _file(folder, "a.joblib", b"\x80\x04" + wrapper)


@case("pickle", "joblib: pickles within the data of pickles, fifty deep", "nested too deep")
def _(folder: Path, canary: Path) -> Path:
    dtype = b"cnumpy\ndtype\n" + _short("O8") + b"\x85R"
    state = b"}(" + _short("shape") + b"K\x01\x85" + _short("dtype") + dtype + b"u"
    wrapper = b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + state + b"b"
    return _file(folder, "a.joblib", wrapper * 50 + b"N." * 51)


# Zip archives


def _zip(folder: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _patched(path: Path, signature: bytes, offset: int, value: bytes) -> Path:
    """The file with bytes of its last record of that signature replaced."""
    data = bytearray(path.read_bytes())
    at = data.rindex(signature) + offset
    data[at : at + len(value)] = value
    path.write_bytes(bytes(data))
    return path


@case("zip", "a member `../../evil`", "refused: a path out of the archive")
def _(folder: Path, canary: Path) -> Path:
    return _zip(folder, {"../../evil": b"x"})


@case("zip", "a member `/etc/evil`", "refused: an absolute path")
def _(folder: Path, canary: Path) -> Path:
    return _zip(folder, {"/etc/evil": b"x"})


@case("zip", "a member `C:\\evil`", "refused: an absolute path")
def _(folder: Path, canary: Path) -> Path:
    return _zip(folder, {"C:\\evil": b"x"})


@case("zip", "two members of one name", "refused: 2 members have this name")
def _(folder: Path, canary: Path) -> Path:
    path = _zip(folder, {"params.dill": b"x"})
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("params.dill", b"y")
    return path


@case("zip", "a name with control and bidi characters", "a\\x1b[31m\\u202egnp.exe")
def _(folder: Path, canary: Path) -> Path:
    return _zip(folder, {"a\x1b[31m\u202egnp.exe": b"x"})


@case("zip", "a null byte in a name", "refused: a null byte in the name")
def _(folder: Path, canary: Path) -> Path:
    path = _zip(folder, {"abcd": b"x"})
    data = path.read_bytes().replace(b"abcd", b"a\0cd")
    return _file(folder, "a.zip", data)


@case("zip", "a symbolic link", "refused: a symbolic link")
def _(folder: Path, canary: Path) -> Path:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return path


@case("zip", "a device", "refused: a special file")
def _(folder: Path, canary: Path) -> Path:
    node = zipfile.ZipInfo("node")
    node.external_attr = (stat.S_IFCHR | 0o666) << 16
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(node, "")
    return path


@case("zip", "an encrypted member", "refused: encrypted")
def _(folder: Path, canary: Path) -> Path:
    return _patched(_zip(folder, {"a": b"x"}), b"PK\x01\x02", 8, b"\x01")


@case("zip", "LZMA, whose dictionary may be 4 GiB", "refused: compression method 14")
def _(folder: Path, canary: Path) -> Path:
    return _zip(folder, {"a": b"x" * 100}, zipfile.ZIP_LZMA)


@case("zip", "a compression that nobody knows", "refused: compression method 97")
def _(folder: Path, canary: Path) -> Path:
    return _patched(_zip(folder, {"a": b"x"}), b"PK\x01\x02", 10, b"\x61\x00")


@case("zip", "zeros, a thousand to one", "bytes that unpack to 67108864")
def _(folder: Path, canary: Path) -> Path:
    return _zip(folder, {"zeros": bytes(64 * 1024 * 1024)})


@case("zip", "bzip2, a million to one", "bytes that unpack to 67108864")
def _(folder: Path, canary: Path) -> Path:
    return _zip(folder, {"zeros": bytes(64 * 1024 * 1024)}, zipfile.ZIP_BZIP2)


@case("zip", "two hundred members over the same bytes", "refused: its bytes are those of another")
def _(folder: Path, canary: Path) -> Path:
    path = _zip(folder, {"000": bytes(900_000)})
    data = path.read_bytes()
    at, end = data.rindex(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    entry = data[at:end]
    entries = b"".join(entry.replace(b"000", f"{n:03}".encode(), 1) for n in range(200))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 200, 200, len(entries), at, 0)
    return _file(folder, "a.zip", data[:at] + entries + tail)


def _nested(levels: int, copies: int) -> bytes:
    data = b"bottom"
    for level in range(levels):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(copies):
                archive.writestr(f"{number}.zip" if level else "bottom.txt", data)
                if not level:
                    break
        data = buffer.getvalue()
    return data


@case("zip", "sixty archives in each other, as one that holds itself", "nested more than 4")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.zip", _nested(60, 1))


@case("zip", "forty archives in each of forty, three deep", "members: only ")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.zip", _nested(4, 40))


@case("zip", "a directory that says fewer bytes than there are", "Bad CRC-32")
def _(folder: Path, canary: Path) -> Path:
    path = _zip(folder, {"a": b"x" * 1000})
    return _patched(path, b"PK\x01\x02", 24, struct.pack("<I", 10))


@case("zip", "a directory that says more bytes than there are", "where the directory says")
def _(folder: Path, canary: Path) -> Path:
    path = _zip(folder, {"a": b"x" * 1000})
    return _patched(path, b"PK\x01\x02", 24, struct.pack("<I", 5000))


@case("zip", "an end record that tells of 4 GiB of directory", "zip: a directory of 4026531840")
def _(folder: Path, canary: Path) -> Path:
    path = _zip(folder, {"a": b"x"})
    return _patched(path, b"PK\x05\x06", 12, struct.pack("<I", 0xF0000000))


@case("zip", "other names in the members than in the directory", "in directory")
def _(folder: Path, canary: Path) -> Path:
    path = _zip(folder, {"abcd": b"x"})
    return _file(folder, "a.zip", path.read_bytes().replace(b"abcd", b"efgh", 1))


@case("zip", "breaks off", "zip: ")
def _(folder: Path, canary: Path) -> Path:
    path = _zip(folder, {f"{n}": b"x" * 100 for n in range(20)})
    return _file(folder, "a.zip", path.read_bytes()[:-60])


@case("zip", "a pickle in front of the archive", "a zip archive begins after")
def _(folder: Path, canary: Path) -> Path:
    data = pickle.dumps({"a": 1}) + _zip(folder, {"x": b"y"}).read_bytes()
    return _file(folder, "a.pkl", data)


@case("zip", "30 000 members", "30000 members: only 10000 are listed")
def _(folder: Path, canary: Path) -> Path:
    return _zip(folder, {f"{n}": b"" for n in range(30_000)}, zipfile.ZIP_STORED)


# Tar archives and packed files


def _tar(folder: Path, *infos: tarfile.TarInfo, data: bytes = b"") -> Path:
    path = folder / "a.tar"
    with tarfile.open(path, "w") as archive:
        for info in infos:
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data))
    return path


def _entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@case("tar", "a member `../../evil`", "refused: a path out of the archive")
def _(folder: Path, canary: Path) -> Path:
    return _tar(folder, _entry("../../evil"), data=b"x")


@case("tar", "a member `/etc/evil`", "refused: an absolute path")
def _(folder: Path, canary: Path) -> Path:
    return _tar(folder, _entry("/etc/evil"), data=b"x")


@case("tar", "a symbolic link, and a file through it", "refused: a symbolic link")
def _(folder: Path, canary: Path) -> Path:
    return _tar(folder, _entry("d", tarfile.SYMTYPE, "/tmp"), _entry("d/evil"), data=b"x")


@case("tar", "a hard link", "refused: a hard link")
def _(folder: Path, canary: Path) -> Path:
    return _tar(folder, _entry("passwd", tarfile.LNKTYPE, "/etc/passwd"))


@case("tar", "a device", "refused: a device")
def _(folder: Path, canary: Path) -> Path:
    return _tar(folder, _entry("zero", tarfile.CHRTYPE))


@case("tar", "a FIFO", "refused: a FIFO")
def _(folder: Path, canary: Path) -> Path:
    return _tar(folder, _entry("pipe", tarfile.FIFOTYPE))


@case("tar", "two members of one name", "refused: 2 members have this name")
def _(folder: Path, canary: Path) -> Path:
    return _tar(folder, _entry("a"), _entry("a"), data=b"x")


def _resized(path: Path, size: bytes) -> Path:
    data = bytearray(path.read_bytes())
    data[124:136] = size
    data[148:156] = b" " * 8
    data[148:156] = f"{sum(data[:512]):06o}\0 ".encode()
    path.write_bytes(bytes(data))
    return path


@case("tar", "a size of 8 GiB that is not there", "unexpected end of data")
def _(folder: Path, canary: Path) -> Path:
    return _resized(_tar(folder, _entry("a"), data=b"x"), b"77777777777\0")


@case("tar", "a negative size, which leads round in circles", "tar: ")
def _(folder: Path, canary: Path) -> Path:
    size = b"\xff" * 10 + b"\xfc\x00"  # -1024
    return _resized(_tar(folder, _entry("a"), _entry("b"), data=b"x"), size)


@case("tar", "two thousand extended headers in a row", "tar: ")
def _(folder: Path, canary: Path) -> Path:
    record = b"12 path=abc\n"
    header = _entry("x", tarfile.XHDTYPE)
    header.size = len(record)
    block = header.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0")
    return _file(folder, "a.tar", block * 2_000 + bytes(1024))


@case("tar", "breaks off", "tar: ")
def _(folder: Path, canary: Path) -> Path:
    path = _tar(folder, _entry("a"), _entry("b"), data=b"x" * 600)
    return _file(folder, "a.tar", path.read_bytes()[:2200])


@case("packed", "gzip: zeros, a thousand to one", "that unpack to more than")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl.gz", gzip.compress(gzip.compress(bytes(200_000_000)), 0))


@case("packed", "bzip2: zeros, a million to one", "that unpack to more than")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl.bz2", bz2.compress(bytes(100_000_000)))


@case("packed", "xz: a dictionary of 1.5 GiB", "xz: Memory usage limit exceeded")
def _(folder: Path, canary: Path) -> Path:
    data = bytearray(lzma.compress(b"x" * 100, preset=0))
    # The header of the block: sizes and flags, the filter, its properties, a checksum.
    block = bytearray(data[12:24])
    block[4] = 39
    block[8:12] = struct.pack("<I", zlib.crc32(bytes(block[:8])))
    data[12:24] = block
    return _file(folder, "a.pkl.xz", bytes(data))


@case("packed", "zstandard: zeros, ten thousand to one", "that unpack to more than")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.pkl.zst", zstandard.compress(bytes(100_000_000)))


@case("packed", "zlib: breaks off", "the compressed data breaks off")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.joblib", zlib.compress(os.urandom(1000))[:-300])


@case("packed", "gzip in gzip, thirty deep", "nested more than 4 archives deep")
def _(folder: Path, canary: Path) -> Path:
    data = b"x"
    for _ in range(30):
        data = gzip.compress(data)
    return _file(folder, "a.gz", data)


# Arrays


@case("npy", "a header that is a call", "the header is no literal")
def _(folder: Path, canary: Path) -> Path:
    text = f"__import__('pathlib').Path({str(canary)!r}).touch()".encode()
    return _file(folder, "a.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text)


@case("npy", "a header of 4 GiB", "a header of 4294967295 bytes")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}")


@case("npy", "a header of nine thousand brackets", "the header is no literal")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", 9000) + b"[" * 9000)


@case("npy", "objects, which are a pickle that runs a command", "posix.system")
def _(folder: Path, canary: Path) -> Path:
    numpy.save(folder / "a.npy", numpy.array([_Command(canary)], dtype=object))
    return folder / "a.npy"


# HDF5


def _hdf5(folder: Path, fill: Callable[[h5py.File], None]) -> Path:
    path = folder / "a.h5"
    with h5py.File(path, "w") as file:
        fill(file)
    return path


def _secret(folder: Path) -> str:
    return str(_file(folder, "secret.bin", SECRET.encode()))


@case("hdf5", "a dataset whose data lies in another file", "its data lies in another file")
def _(folder: Path, canary: Path) -> Path:
    place = [(_secret(folder), 0, h5py.h5f.UNLIMITED)]
    return _hdf5(folder, lambda f: f.create_dataset("leak", (16,), dtype="u1", external=place))


@case("hdf5", "an external link", "an external link to `/x` in `other.h5`")
def _(folder: Path, canary: Path) -> Path:
    return _hdf5(folder, lambda f: f.__setitem__("out", h5py.ExternalLink("other.h5", "/x")))


@case("hdf5", "a soft link to nowhere", "a soft link to `/nowhere`")
def _(folder: Path, canary: Path) -> Path:
    return _hdf5(folder, lambda f: f.__setitem__("soft", h5py.SoftLink("/nowhere")))


@case("hdf5", "a virtual dataset over another file", "a virtual dataset over `d` in `other.h5`")
def _(folder: Path, canary: Path) -> Path:
    layout = h5py.VirtualLayout((4,), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "d", (4,))
    return _hdf5(folder, lambda f: f.create_virtual_dataset("v", layout))


@case("hdf5", "a group that holds itself", "the same object again")
def _(folder: Path, canary: Path) -> Path:
    return _hdf5(folder, lambda f: f.create_group("a").__setitem__("again", f["a"]))


@case("hdf5", "seven thousand groups", "links: the rest is not listed")
def _(folder: Path, canary: Path) -> Path:
    def fill(file: h5py.File) -> None:
        for number in range(7_000):
            file.create_group(str(number))

    return _hdf5(folder, fill)


@case("hdf5", "breaks off", "HDF5: OSError")
def _(folder: Path, canary: Path) -> Path:
    path = _hdf5(folder, lambda f: f.create_dataset("a", data=numpy.zeros(1000)))
    return _file(folder, "a.h5", path.read_bytes()[:1500])


@case("hdf5", "the mark, then noise", "HDF5: OSError")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.h5", b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 20)


# Configurations, Keras, safetensors


@case("text", "JSON: a hundred thousand brackets", "no JSON: nested too deep")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.json", b"[" * 100_000)


@case("text", "JSON of 5 MB", "JSON of more than 4194304 bytes")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.json", json.dumps(["x" * 100] * 50_000).encode())


@case("text", "JSON: a key that stands twice", "keys that stand twice: a")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.json", b'{"a": 1, "a": 2}')


@case("text", "JSON: a number of 100 000 digits", "Exceeds the limit")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.json", b'{"a": ' + b"9" * 100_000 + b"}")


@case("text", "YAML: aliases that multiply", "aliases: not followed")
def _(folder: Path, canary: Path) -> Path:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    return _file(folder, "a.yaml", "\n".join(lines).encode())


@case("text", "YAML: a tag that calls `os.system`", "a loader that is not a safe one")
def _(folder: Path, canary: Path) -> Path:
    text = f'a: !!python/object/apply:os.system ["touch {canary}"]'
    return _file(folder, "a.yaml", text.encode())


@case("text", "YAML: fifty thousand brackets", "nested more than 100 deep")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.yaml", b"[" * 50_000)


@case("text", "TOML: fifty thousand brackets", "no TOML: nested too deep")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.toml", b"a = " + b"[" * 50_000)


@case("text", "Keras: a Lambda layer", "a Lambda layer: loading runs code")
def _(folder: Path, canary: Path) -> Path:
    config = {"class_name": "Lambda", "config": {"function": f"open({str(canary)!r}, 'w')"}}
    members = {"metadata.json": b"{}", "config.json": json.dumps(config).encode()}
    return _zip(folder, members)


@case("text", "safetensors: a header of 2⁶⁰ bytes", "a header of 1152921504606846976 bytes")
def _(folder: Path, canary: Path) -> Path:
    return _file(folder, "a.safetensors", struct.pack("<Q", 2**60) + b"{}")


# Folders


@case("folder", "a link to a file outside", "a link: not opened")
def _(folder: Path, canary: Path) -> Path:
    (folder / "saved").mkdir()
    (folder / "saved" / "model.h5").symlink_to(_secret(folder))
    return folder / "saved"


@case("folder", "a link to the folder above", "a link: not opened")
def _(folder: Path, canary: Path) -> Path:
    (folder / "saved").mkdir()
    (folder / "saved" / "again").symlink_to(folder)
    return folder / "saved"


@case("folder", "a FIFO that nobody writes to", "a FIFO: not opened")
def _(folder: Path, canary: Path) -> Path:
    (folder / "saved").mkdir()
    os.mkfifo(folder / "saved" / "pipe")
    return folder / "saved"


@case("folder", "a socket", "a socket: not opened")
def _(folder: Path, canary: Path) -> Path:
    (folder / "saved").mkdir()
    before = Path.cwd()
    os.chdir(folder / "saved")  # a socket's path may have a hundred bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("s")
    finally:
        os.chdir(before)
    return folder / "saved"


@case("file", "a FIFO", "expected a file or folder, found: a FIFO")
def _(folder: Path, canary: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


@case("file", "`/dev/zero`", "expected a file or folder, found: a device")
def _(folder: Path, canary: Path) -> Path:
    return Path("/dev/zero")
