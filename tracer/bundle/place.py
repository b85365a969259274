"""Where bundles lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tracer.errors import BundleError

MANIFEST_NAME = "manifest.json"
EVIDENCE_NAME = "evidence.json"


def find_bundle(folder: Path) -> Path:
    """The folder itself if it is a bundle, else the one bundle below it.

    Raises:
        BundleError: There is none, or there are several.
    """
    if not folder.is_dir():
        raise BundleError(f"{folder}: expected a bundle, found no folder of that name")
    if (folder / MANIFEST_NAME).is_file():
        return folder
    found = [place for place in bundle_folders(folder) if (place / MANIFEST_NAME).is_file()]
    if len(found) == 1:
        return found[0]
    told = "none" if not found else f"{len(found)}"
    raise BundleError(f"{folder}: expected one bundle with {MANIFEST_NAME}, found {told}")


def bundle_folders(below: Path, *, without: Path | None = None) -> list[Path]:
    """Folders that hold a manifest or evidence, sorted; hidden ones are half written.

    Args:
        below: Where to look, however deep.
        without: A folder that does not count, with all below it.
    """
    left_out = without.resolve() if without is not None else None
    return sorted(_bundles(below, left_out), key=lambda folder: folder.as_posix())


def _bundles(below: Path, left_out: Path | None) -> Iterator[Path]:
    for folder, folders, names in os.walk(below):
        place = Path(folder)
        if left_out is not None and place.resolve() == left_out:
            folders.clear()
        elif MANIFEST_NAME in names or EVIDENCE_NAME in names:
            folders.clear()
            yield place
        else:
            folders[:] = [name for name in folders if not name.startswith(".")]
