"""Names, shapes and links of HDF5 files, where h5py is installed.

Datasets are never read and links never followed: external storage and external links make HDF5
open other files (CVE-2026-1669 is of that class).
"""

from __future__ import annotations

import importlib
import io
from dataclasses import dataclass, field
from typing import Any

from tracer.artifacts.report import InspectionLimits, printable

MAGIC = b"\x89HDF\r\n\x1a\n"


@dataclass(slots=True)
class HierarchyContents:
    """The outline of one HDF5 file."""

    keys: list[str] = field(default_factory=list)  # of the root group
    notes: list[str] = field(default_factory=list)
    not_inspected: list[str] = field(default_factory=list)


def read_hierarchy(data: bytes, limits: InspectionLimits) -> HierarchyContents:
    """Outline the file; without h5py that is the one thing said."""
    contents = HierarchyContents()
    try:
        h5py: Any = importlib.import_module("h5py")
    except ImportError:
        contents.not_inspected.append("HDF5: h5py is not installed")
        return contents
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            contents.keys = [printable(name) for name in list(file)[: limits.keys]]
            _walk(h5py, file, contents, limits)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        contents.not_inspected.append(f"HDF5: {printable(str(error))}")
    return contents


def _walk(h5py: Any, root: Any, contents: HierarchyContents, limits: InspectionLimits) -> None:
    waiting: list[tuple[str, Any]] = [("/", root)]
    seen: set[int] = set()
    while waiting:
        path, item = waiting.pop(0)
        address = h5py.h5o.get_info(item.id).addr
        if address in seen:
            continue
        seen.add(address)
        if len(seen) > limits.objects:
            contents.not_inspected.append(f"more than {limits.objects} objects")
            return
        if names := sorted(printable(name) for name in item.attrs):
            contents.notes.append(f"attributes of {path}: {', '.join(names[: limits.keys])}")
        if isinstance(item, h5py.Dataset):
            _describe_dataset(path, item, contents)
        elif isinstance(item, h5py.Group):
            for name in item:
                below = f"{path.rstrip('/')}/{printable(name)}"
                link = item.get(name, getlink=True)
                if isinstance(link, h5py.ExternalLink):
                    target = printable(str(link.filename))
                    contents.not_inspected.append(f"{below}: external link to `{target}`")
                elif isinstance(link, h5py.SoftLink):
                    contents.notes.append(f"{below}: soft link to {printable(str(link.path))}")
                else:
                    waiting.append((below, item[name]))


def _describe_dataset(path: str, item: Any, contents: HierarchyContents) -> None:
    shape = "empty" if item.shape is None else "×".join(map(str, item.shape)) or "scalar"
    contents.notes.append(f"dataset {path}: {shape} {printable(str(item.dtype))}")
    if item.external:
        contents.not_inspected.append(f"{path}: its data lies in another file")
    if item.is_virtual:
        contents.not_inspected.append(f"{path}: a virtual dataset over other files")
