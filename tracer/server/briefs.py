"""A brief as an agent gives it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracer.errors import BriefError, RequestError
from tracer.server.places import Places


def brief_file(places: Places, given: Mapping[str, Any]) -> tuple[Path, bytes]:
    """The brief's name and bytes: of a file below the root, or as the agent wrote it."""
    if bool(given["brief"]) == bool(given["text"]):
        raise RequestError("expected either brief (a path below the root) or text, one of the two")
    if given["text"]:
        return Path(f"brief.{'yaml' if given['form'] == 'yaml' else 'md'}"), given["text"].encode()
    path = places.file(given["brief"])
    try:
        return path.relative_to(places.root), path.read_bytes()
    except OSError as error:
        raise BriefError(f"{given['brief']}: cannot be read: {error.strerror}") from error
