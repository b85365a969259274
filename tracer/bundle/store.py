"""A bundle on disk: written beside, then renamed, so that nothing half written is ever seen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from tracer.bundle.codec import decode
from tracer.bundle.manifest import MANIFEST_NAME, make_manifest
from tracer.errors import BundleError
from tracer.model.evidence import Evidence
from tracer.model.verification import Verification

EVIDENCE_NAME = "evidence.json"
VERIFICATION_NAME = "verification.json"


def check_output_folder(out: Path, *, force: bool) -> None:
    """Refuse an output folder that would lose something.

    Raises:
        BundleError: It is not empty and `force` is not given, or it is no folder.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise BundleError(f"{out}: expected a folder to write the bundle to, found a file")
    if not force and any(out.iterdir()):
        raise BundleError(f"{out}: expected an empty folder; --force replaces it as a whole")
    if force and any(out.iterdir()) and not _is_replaceable(out):
        raise BundleError(
            f"{out}: --force replaces a bundle as a whole, and this folder is not one: "
            f"there is no {MANIFEST_NAME} below it"
        )


def write_bundle(files: Mapping[str, bytes], out: Path, *, folder: str, force: bool) -> Path:
    """Write all files and the manifest, atomically; return the bundle's folder.

    Args:
        files: POSIX paths relative to the bundle.
        out: The output folder; an existing one is replaced only with `force`, as a whole.
        folder: Where in it the bundle lies, POSIX; empty for the output folder itself.

    Raises:
        BundleError: The folder is not empty, leads out of `out`, or cannot be written.
    """
    check_output_folder(out, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.parent / f".{out.name}.{os.urandom(4).hex()}.partial"
    try:
        bundle = beside / _checked(folder)
        for path in sorted(files):
            _write(bundle, path, files[path])
        _write(bundle, MANIFEST_NAME, make_manifest(files).encode())
        _replace(beside, out)
    except OSError as error:
        raise BundleError(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return out / folder


def find_bundle(folder: Path) -> Path:
    """The folder itself if it is a bundle, else the one bundle below it.

    Raises:
        BundleError: There is none, or there are several.
    """
    if not folder.is_dir():
        raise BundleError(f"{folder}: expected a bundle, found no folder of that name")
    if (folder / MANIFEST_NAME).is_file():
        return folder
    found = sorted(path.parent for path in folder.rglob(MANIFEST_NAME))
    if len(found) == 1:
        return found[0]
    count = "none" if not found else f"{len(found)}"
    raise BundleError(f"{folder}: expected one bundle with {MANIFEST_NAME}, found {count}")


def read_evidence(folder: Path) -> Evidence:
    """The evidence of a bundle.

    Raises:
        BundleError: There is none, or it has another form.
    """
    return decode(_read(folder / EVIDENCE_NAME), Evidence, name=str(folder / EVIDENCE_NAME))


def read_verification(folder: Path) -> Verification:
    """What the verifier said when the bundle was made.

    Raises:
        BundleError: There is none, or it has another form.
    """
    path = folder / VERIFICATION_NAME
    return decode(_read(path), Verification, name=str(path))


def _is_replaceable(out: Path) -> bool:
    return any(out.rglob(MANIFEST_NAME))


def _checked(path: str) -> PurePosixPath:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        raise BundleError(f"{path}: expected a path inside the output folder")
    return pure


def _write(folder: Path, path: str, data: bytes) -> None:
    target = folder / _checked(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _replace(beside: Path, out: Path) -> None:
    """Move the new folder into place; the old one is gone only when the new one stands."""
    if not out.exists():
        beside.rename(out)
        return
    aside = out.parent / f".{out.name}.{os.urandom(4).hex()}.old"
    out.rename(aside)
    try:
        beside.rename(out)
    except OSError:
        aside.rename(out)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise BundleError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BundleError(f"{path}: expected UTF-8") from error
