"""Names, shapes and links of HDF5 files, where h5py is installed.

Data and values of attributes are never read, links and external storage never followed: either
makes HDF5 open other files (CVE-2026-1669 is of that class). A process of its own reads the file.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tracer.artifacts.limits import Budget
from tracer.artifacts.texts import printable
from tracer.model.artifact import HeldValue

MAGIC = b"\x89HDF\r\n\x1a\n"
_READER = Path(__file__).with_name("hdf5_reader.py")
_OUTPUT_BYTES = 8 * 1024 * 1024


@dataclass(slots=True)
class HierarchyContents:
    """The outline of one HDF5 file."""

    keys: list[str] = field(default_factory=list)  # of the root group
    held: list[HeldValue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_inspected: list[str] = field(default_factory=list)


def read_hierarchy(stream: BinaryIO, budget: Budget) -> HierarchyContents:
    """Outline the file; without h5py that is the one thing said."""
    contents = HierarchyContents()
    if budget.hierarchies_left <= 0:
        most = budget.limits.hierarchies
        contents.not_inspected.append(f"HDF5: more than {most} such files: not read")
        return contents
    budget.hierarchies_left -= 1
    with tempfile.TemporaryFile() as output:
        trouble = _run(stream, output, budget)
        output.seek(0)
        is_whole = _take(output.read(_OUTPUT_BYTES), contents, budget)
    if not is_whole:
        reason = trouble or "what it wrote breaks off"
        contents.not_inspected.append(f"HDF5: the library did not come to an end: {reason}")
    return contents


def _run(stream: BinaryIO, output: BinaryIO, budget: Budget) -> str:
    """Run the reader; why it did not end well, or nothing."""
    limits = budget.limits
    numbers = (limits.hierarchy_memory, int(limits.hierarchy_s), limits.objects, limits.keys)
    command = [sys.executable, "-P", str(_READER), *map(str, numbers)]
    with _as_file(stream) as file:
        file.seek(0)
        try:
            ended = subprocess.run(
                command,
                stdin=file,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=limits.hierarchy_s + 10,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"not done after {limits.hierarchy_s + 10:g} s"
        except OSError as error:
            return f"its process did not start: {error.strerror}"
    if ended.returncode < 0:
        return f"ended by {signal.Signals(-ended.returncode).name}"
    return f"exit status {ended.returncode}" if ended.returncode else ""


def _as_file(stream: BinaryIO) -> BinaryIO:
    """The bytes as a file that another process can be given; a new one has no name."""
    try:
        return os.fdopen(os.dup(stream.fileno()), "rb")
    except OSError:  # in memory
        pass
    file = tempfile.TemporaryFile()  # noqa: SIM115
    stream.seek(0)
    shutil.copyfileobj(stream, file)
    file.flush()
    return file


def _take(output: bytes, contents: HierarchyContents, budget: Budget) -> bool:
    """Read the facts; whether they come to an end."""
    limits = budget.limits
    for line in output.splitlines():
        try:
            kind, *texts = json.loads(line)
        except ValueError:
            return False
        shown = [printable(text, 400) for text in texts]
        if kind == "end":
            return True
        if kind == "key":
            contents.keys.append(shown[0])
        elif kind == "note":
            contents.notes.append(shown[0])
        elif kind == "gap":
            contents.not_inspected.append(shown[0])
        elif len(contents.held) < limits.held:
            *path, what = shown
            names = tuple(part for part in path[0].split("/") if part)
            if kind == "attribute":
                names = (*names, f"@{path[1]}")
            contents.held.append(HeldValue(names, what))
        elif len(contents.held) == limits.held:
            contents.held.append(HeldValue(("…",), ""))
            contents.not_inspected.append(f"more than {limits.held} names: the rest is not listed")
    return False
