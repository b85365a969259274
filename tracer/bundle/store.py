"""A bundle on disk: written beside, then renamed, so that nothing half written is ever seen."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from itertools import count, islice
from pathlib import Path, PurePosixPath

from tracer.bundle.codec import decode
from tracer.bundle.manifest import MANIFEST_NAME, make_manifest
from tracer.bundle.place import EVIDENCE_NAME as EVIDENCE_NAME
from tracer.bundle.place import bundle_folders as bundle_folders
from tracer.bundle.place import find_bundle as find_bundle
from tracer.errors import BundleError
from tracer.model.evidence import Evidence
from tracer.model.verification import Verification

VERIFICATION_NAME = "verification.json"

_ATTEMPTS = 100
# What renaming says of a folder that is not empty; of a file in the way.
_IS_FILLED = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR})


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

    Where somebody else has filled the output folder meanwhile, the bundle goes beside it, to the
    next free `<out>-2`: what was gathered is not lost, and nobody's bundle is touched.

    Args:
        files: POSIX paths relative to the bundle.
        out: The output folder; an existing one is replaced only with `force`, as a whole.
        folder: Where in it the bundle lies, POSIX; empty for the output folder itself.

    Raises:
        BundleError: The folder leads out of `out`, cannot be written, or is to be replaced and is
            no bundle.
    """
    if force:
        check_output_folder(out, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.parent / f".{out.name}.{os.urandom(4).hex()}.partial"
    try:
        bundle = beside / _checked(folder)
        for path in sorted(files):
            _write(bundle, path, files[path])
        _write(bundle, MANIFEST_NAME, make_manifest(files).encode())
        place = _replace(beside, out) if force else _move(beside, out)
    except OSError as error:
        raise BundleError(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return place / folder


def free_folder(out: Path) -> Path:
    """The folder itself, or the first of `<out>-2`, `<out>-3` … that is not there."""
    if not out.exists():
        return out
    return next(place for place in _beside(out) if not place.exists())


def read_evidence(folder: Path) -> Evidence:
    """The evidence of a bundle.

    Raises:
        BundleError: There is none, or it has another form.
    """
    return decode(read_text(folder / EVIDENCE_NAME), Evidence, name=str(folder / EVIDENCE_NAME))


def read_verification(folder: Path) -> Verification:
    """What the verifier said when the bundle was made.

    Raises:
        BundleError: There is none, or it has another form.
    """
    path = folder / VERIFICATION_NAME
    return decode(read_text(path), Verification, name=str(path))


def _is_replaceable(out: Path) -> bool:
    return any((place / MANIFEST_NAME).is_file() for place in bundle_folders(out))


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


def _replace(beside: Path, out: Path) -> Path:
    """Move the new folder into place; the old one is gone only when the new one stands.

    Where somebody else puts a bundle there at the same moment, that one is replaced in turn.
    """
    for _ in range(_ATTEMPTS):
        aside = _set_aside(out)
        try:
            beside.rename(out)
        except OSError as error:
            if error.errno in _IS_FILLED:
                continue
            if aside is not None:
                aside.rename(out)
            raise
        else:
            return out
        finally:
            if aside is not None:
                shutil.rmtree(aside, ignore_errors=True)
    return _move(beside, out)


def _set_aside(out: Path) -> Path | None:
    aside = out.parent / f".{out.name}.{os.urandom(4).hex()}.old"
    try:
        out.rename(aside)
    except FileNotFoundError:  # there was none, or somebody else has moved it at this moment
        return None
    return aside


def _move(beside: Path, out: Path) -> Path:
    """Move the new folder to the first place that is free; an empty folder gives way."""
    for place in (out, *islice(_beside(out), _ATTEMPTS)):
        try:
            beside.rename(place)
        except OSError as error:
            if error.errno not in _IS_FILLED:
                raise
        else:
            return place
    raise OSError(errno.EEXIST, f"{_ATTEMPTS} folders of that name are there")


def _beside(out: Path) -> Iterator[Path]:
    return (out.with_name(f"{out.name}-{number}") for number in count(2))


def read_text(path: Path) -> str:
    """The text of a file of a bundle.

    Raises:
        BundleError: It cannot be read, or is no UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise BundleError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BundleError(f"{path}: expected UTF-8") from error
