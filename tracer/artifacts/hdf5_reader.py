"""Runs as a process of its own: outlines the HDF5 file on standard input, one JSON line a fact.

The library that reads HDF5 is written in C and was not made for hostile files. Here it can take
neither the caller's memory nor its time with it, and once it is loaded it can open nothing: a link
or storage that lies in another file cannot be followed, whatever the library does.

Only the standard library and h5py: nothing else of ours is imported.
"""

from __future__ import annotations

import codecs
import json
import sys
from typing import Any

_OUTPUT_BYTES = 32 * 1024 * 1024
NO_LIBRARY = "HDF5: needs h5py: pip install 'callchain-tracer[hdf5]'"


def main(memory: int, seconds: int, objects: int, names: int) -> None:
    """Write what the file holds to standard output.

    Each line is a list: `key NAME`, `dataset PATH WHAT`, `attribute PATH NAME WHAT`, `note TEXT`,
    `gap TEXT`; the last is `end`.
    """
    try:
        import h5py
    except ImportError:
        _tell("gap", NO_LIBRARY)
        _tell("end")
        return
    for encoding in ("ascii", "latin-1", "utf-8"):
        codecs.lookup(encoding)  # loads what the library needs for texts, while files can be opened
    _limit(memory, seconds)
    try:
        with h5py.File(sys.stdin.buffer, "r") as file:
            for number, name in enumerate(file):
                if number >= names:
                    _tell("gap", f"more than {names} keys: the rest is not listed")
                    break
                _tell("key", name)
            _walk(h5py, file, objects, names)
    except Exception as error:  # whatever the library says of a damaged file
        _tell("gap", f"HDF5: {type(error).__name__}: {error}")
    _tell("end")


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # no such limits on this system
        return
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _OUTPUT_BYTES),
        # Standard streams stay open; no file can be opened any more.
        (resource.RLIMIT_NOFILE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (wanted, wanted))


def _walk(h5py: Any, root: Any, objects: int, names: int) -> None:
    waiting: list[tuple[str, Any]] = [("/", root)]  # the next one last
    seen: set[object] = set()
    told = 0
    while waiting:
        path, item = waiting.pop()
        key = h5py.h5o.get_info(item.id).addr
        if key in seen:
            _tell("note", f"{path}: the same object again")
            continue
        seen.add(key)
        if len(seen) > objects:
            _tell("gap", f"more than {objects} groups and datasets: the rest is not listed")
            return
        if isinstance(item, h5py.Dataset):
            _dataset(path, item)
        elif isinstance(item, h5py.Group):
            if item is not root:
                _tell("group", path, f"group of {len(item)}")
        else:
            _tell("group", path, f"a {type(item).__name__.lower()}")
        told += _attributes(h5py, path, item, names)
        if isinstance(item, h5py.Group):
            waiting += reversed(_members(h5py, path, item, objects))
        if told > objects:
            _tell("gap", f"more than {objects} attributes: the rest is not listed")
            return


def _members(h5py: Any, path: str, group: Any, objects: int) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name in group:
        below = f"{path.rstrip('/')}/{name}"
        if len(found) > objects:
            _tell("gap", f"{path}: more than {objects} links: the rest is not listed")
            break
        try:
            link = group.get(name, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                _tell("gap", f"{below}: an external link to `{link.path}` in `{link.filename}`")
            elif isinstance(link, h5py.SoftLink):
                _tell("gap", f"{below}: a soft link to `{link.path}`")
            else:
                found.append((below, group[name]))
        except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
            _tell("gap", f"{below}: {error}")
    return found


def _dataset(path: str, item: Any) -> None:
    _tell("dataset", path, f"dataset {_shape(item.shape)} {_dtype(item)}")
    for name, offset, size in item.external or ():
        extent = "to its end" if size in (2**64 - 1, -1) else f"{size} bytes"
        _tell("gap", f"{path}: its data lies in another file, `{name}` from {offset} {extent}")
    if item.is_virtual:
        for source in item.virtual_sources():
            where = f"`{source.dset_name}` in `{source.file_name}`"
            _tell("gap", f"{path}: a virtual dataset over {where}")


def _attributes(h5py: Any, path: str, item: Any, names: int) -> int:
    count = 0
    for name in item.attrs:
        count += 1
        if count > names:
            _tell("gap", f"{path}: more than {names} attributes: the rest is not listed")
            break
        try:
            attribute = item.attrs.get_id(name)  # describes it and does not read it
            what = f"attribute {_shape(attribute.shape)} {_dtype(attribute)}"
        except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
            what = f"attribute ({error})"
        _tell("attribute", path, name, what)
    return count


def _shape(shape: Any) -> str:
    return "empty" if shape is None else "×".join(map(str, shape)) or "scalar"


def _dtype(item: Any) -> str:
    import h5py

    if h5py.check_string_dtype(item.dtype) is not None:
        return "text"
    if h5py.check_vlen_dtype(item.dtype) is not None:
        return f"ragged {h5py.check_vlen_dtype(item.dtype)}"
    if h5py.check_ref_dtype(item.dtype) is not None:
        return "reference"
    return str(item.dtype)


def _tell(*fact: str) -> None:
    sys.stdout.write(json.dumps([str(each)[:1_000] for each in fact]) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]))
