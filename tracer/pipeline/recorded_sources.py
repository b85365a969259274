"""Of which sources a recording was made: lines of other sources would confirm what never ran."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tracer.errors import WorkloadError
from tracer.model.recording import Recording
from tracer.static.sources import SourceTree

SOURCES_NAME = "sources.json"
_SCHEMA = "tracer/sources/1"
_UNTOLD = "The recording does not say of which sources it was made."
_MOST_NAMED = 3


def encode_sources(tree: SourceTree, recording: Recording | None = None) -> str:
    """The digest of each file; of those alone that ran, where a recording is given."""
    ran = None if recording is None else {lines.frame.path for lines in recording.lines}
    files = {file.path: file.sha256 for file in tree.files if ran is None or file.path in ran}
    return json.dumps({"schema": _SCHEMA, "files": files}, indent=1) + "\n"


def check_sources(recording: Recording, folder: Path, tree: SourceTree) -> Recording:
    """The recording, fit to be joined with a tree.

    A file that ran must be what it was. One that the recording merely had beside it may have
    changed, and where the recording tells nothing of its sources, that is one thing it cannot see.

    Raises:
        WorkloadError: A file that ran has changed since, or `sources.json` has another form.
    """
    kept = (folder if folder.is_dir() else folder.parent) / SOURCES_NAME
    try:
        recorded = read_sources(kept)
    except FileNotFoundError:
        return replace(recording, cannot_see=(*recording.cannot_see, _UNTOLD))
    now = {file.path: file.sha256 for file in tree.files}
    ran = {lines.frame.path for lines in recording.lines}
    changed = sorted(path for path in ran & recorded.keys() if now.get(path) != recorded[path])
    if changed:
        more = f" and {len(changed) - _MOST_NAMED} more" if len(changed) > _MOST_NAMED else ""
        raise WorkloadError(
            f"{folder}: recorded of other sources: {', '.join(changed[:_MOST_NAMED])}{more} "
            "changed since; record again, or give the --root that it was made of"
        )
    return recording


def read_sources(path: Path) -> Mapping[str, str]:
    """The digests by path of a `sources.json`.

    Raises:
        FileNotFoundError: There is none.
        WorkloadError: It cannot be read, or has another form.
    """
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise WorkloadError(f"{path}: cannot be read: {error}") from error
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, dict) or document.get("schema") != _SCHEMA:
        raise WorkloadError(f"{path}: expected {_SCHEMA}")
    return files
