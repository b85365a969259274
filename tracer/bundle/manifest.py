"""The manifest: a SHA-256 of every file, written last.

It proves that a bundle is as it was written, not that it is true: for that the verifier goes back
to the sources.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tracer.bundle.codec import dump_json
from tracer.bundle.place import MANIFEST_NAME as MANIFEST_NAME
from tracer.errors import BundleError

MANIFEST_SCHEMA = "tracer/manifest/1"

# Clock times, and digests of what runs left.
_VOLATILE = re.compile(r"env/|trace/timings\.json$|trace/(?:[^/]+/)?(?:trace|artifacts)\.json$")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A file that is not as the manifest says."""

    path: str
    problem: str  # `missing`, `changed`, `not in the manifest`


def make_manifest(files: Mapping[str, bytes]) -> str:
    """The text of the manifest for these files; volatile ones are those that may differ between
    two runs over the same tree, brief and recording."""
    return dump_json(
        {
            "schema": MANIFEST_SCHEMA,
            "files": {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)},
            "volatile": [path for path in sorted(files) if _VOLATILE.match(path)],
        }
    )


def check_manifest(folder: Path) -> tuple[Mismatch, ...]:
    """Compare a bundle's files with its manifest; empty when all agree.

    Raises:
        BundleError: There is no manifest, or it cannot be read.
    """
    listed = _read_manifest(folder)
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).as_posix() != MANIFEST_NAME
    }
    problems = [Mismatch(path, "not in the manifest") for path in present - listed.keys()]
    for path, digest in listed.items():
        if path not in present:
            problems.append(Mismatch(path, "missing"))
        elif hashlib.sha256((folder / path).read_bytes()).hexdigest() != digest:
            problems.append(Mismatch(path, "changed"))
    return tuple(sorted(problems, key=lambda mismatch: mismatch.path))


def _read_manifest(folder: Path) -> dict[str, str]:
    path = folder / MANIFEST_NAME
    try:
        data = json.loads(path.read_text("utf-8"))
        files = data["files"]
        if data["schema"] != MANIFEST_SCHEMA:
            raise BundleError(f"{path}: expected schema {MANIFEST_SCHEMA}, found {data['schema']}")
    except OSError as error:
        raise BundleError(
            f"{folder}: expected a bundle with {MANIFEST_NAME}, found: {error.strerror}"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path}: expected a manifest, found other JSON or none") from error
    for name in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BundleError(f"{path}: {name!r} leads out of the bundle")
    return {str(name): str(digest) for name, digest in files.items()}
