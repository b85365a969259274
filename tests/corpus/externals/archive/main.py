"""Objects of the standard library keep their type through `with`."""

import os
import tempfile
import zipfile
from pathlib import Path


def pack(base):
    zip_path = f"{base}.zip"
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "a.txt")  # calls: ext os.path.join
        with open(name, "w") as file:  # effects: file.write name
            file.write("x")  # calls: ext io.TextIOWrapper.write   effects: file.write name
        with zipfile.ZipFile(zip_path, "w") as zf:  # effects: archive.write zip_path
            zf.write(name, "a.txt")  # calls: ext zipfile.ZipFile.write   effects: archive.write zip_path [a.txt]
    with zipfile.ZipFile(zip_path) as zf:  # effects: archive.read zip_path
        zf.extractall(base)  # calls: ext zipfile.ZipFile.extractall   effects: archive.read zip_path
    ", ".join(["a"]).upper()  # calls: ext builtins.str.join | ext builtins.str.upper
    return (Path(base) / "x").with_suffix(".y").exists()  # calls: ext pathlib.Path | ext pathlib.Path.with_suffix | ext pathlib.Path.exists


with tempfile.TemporaryDirectory() as where:
    pack(os.path.join(where, "b"))  # calls: pack | ext os.path.join   runs: pack
