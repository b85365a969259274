"""What `open` gives depends on the mode; only a mode that nobody knows leaves it at `typing.IO`."""

import gzip
import io
from pathlib import Path


def read(path: Path, mode, **options):
    with open(path) as text:
        text.read().split()  # calls: ext io.TextIOWrapper.read | ext builtins.str.split
        for line in text:
            line.strip()  # calls: ext builtins.str.strip
    with path.open("rb") as binary:
        binary.read().decode()  # calls: ext io.BufferedReader.read | ext builtins.bytes.decode
    open(path, "r+b", 0).read()  # calls: ext io.FileIO.read
    open(path, mode).read()  # calls: ext typing.IO.read
    open(path, **options).read()  # calls: ext typing.IO.read
    gzip.open(path, "rt").readline().strip()  # calls: ext gzip.open | ext io.TextIOWrapper.readline | ext builtins.str.strip
    gzip.open(path).read()  # calls: ext gzip.open | ext gzip.GzipFile.read


def write(path: Path, again):
    open(path, mode="wb").write(b"")  # calls: ext io.BufferedWriter.write   effects: file.write path | file.write path
    open(path, "a" if again else "w").write("")  # calls: ext io.TextIOWrapper.write
    path.open("w").write("")  # calls: ext pathlib.Path.open | ext io.TextIOWrapper.write   effects: file.write path | file.write path
    held = io.BytesIO()  # calls: ext io.BytesIO   effects: none
    held.write(b"")  # calls: ext io.BytesIO.write   effects: none
    held.getvalue().hex()  # calls: ext io.BytesIO.getvalue | ext builtins.bytes.hex
