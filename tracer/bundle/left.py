"""What a run left, as a file of the bundle beside its recording."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter

from tracer.bundle.codec import dump_json
from tracer.errors import BundleError
from tracer.model.artifact import LeftArtifacts

ARTIFACTS_NAME = "artifacts.json"
ARTIFACTS_SCHEMA = "tracer/artifacts/1"


def encode_left(left: LeftArtifacts) -> str:
    """JSON text with the full reports, digests and sizes included."""
    data = TypeAdapter(LeftArtifacts).dump_python(left, mode="json")
    return dump_json({"schema": ARTIFACTS_SCHEMA, **data})


def decode_left(path: Path) -> LeftArtifacts:
    """Read what `encode_left` wrote; nothing where there is no such file.

    Raises:
        BundleError: It is of another form or schema version.
    """
    if not path.is_file():
        return LeftArtifacts()
    try:
        data = json.loads(path.read_text("utf-8"))
        if data.pop("schema", None) != ARTIFACTS_SCHEMA:
            raise BundleError(f"{path}: expected schema {ARTIFACTS_SCHEMA!r}")
        return TypeAdapter(LeftArtifacts).validate_json(json.dumps(data), strict=True)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        first = " ".join(str(error).split())[:200]
        raise BundleError(f"{path}: expected what a run left: {first}") from error
