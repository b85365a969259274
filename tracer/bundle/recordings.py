"""Recordings in a bundle: the normalised value, one JSON object a line, gzipped without a clock.

The probe's raw log names paths of the machine it ran on; a bundle keeps what the log says in the
words of the model, so that it reads the same everywhere.
"""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tracer.bundle.codec import is_newer
from tracer.errors import LogFormatError
from tracer.model.recording import Recording

RECORDING_NAME = "recording.jsonl.gz"
RECORDING_SCHEMA = "tracer/recording/1"

# Fields that hold many records: each record gets a line of its own.
_MANY = (
    "calls",
    "externals",
    "lines",
    "exceptions",
    "opened",
    "effects",
    "taps",
    "tree",
    "state_writes",
)


def encode_recording(recording: Recording) -> bytes:
    """A header line with the scalar fields, then one line per record, in the order of the model."""
    data: dict[str, Any] = TypeAdapter(Recording).dump_python(recording, mode="json")
    header = {"schema": RECORDING_SCHEMA}
    header.update({name: value for name, value in data.items() if name not in _MANY})
    lines = [header, *({name: item} for name in _MANY for item in data[name])]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    # Not `gzip.compress`: from Python 3.13 on it writes another byte for the operating system.
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", fileobj=packed, mtime=0) as file:
        file.write(text.encode())
    return packed.getvalue()


def decode_recording(path: Path) -> Recording:
    """Read what `encode_recording` wrote.

    Raises:
        LogFormatError: It is not such a file, or of another schema version.
    """
    try:
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        header = json.loads(lines[0])
    except (OSError, EOFError, UnicodeDecodeError, ValueError, IndexError) as error:
        raise LogFormatError(f"{path}: expected a gzipped recording: {error}") from error
    if isinstance(header, dict) and is_newer(header.get("schema"), RECORDING_SCHEMA):
        raise LogFormatError(
            f"{path}: made by a newer tracer (schema {header['schema']}; this one reads "
            f"{RECORDING_SCHEMA}): update callchain-tracer"
        )
    if not isinstance(header, dict) or header.pop("schema", None) != RECORDING_SCHEMA:
        raise LogFormatError(f"{path}: expected schema {RECORDING_SCHEMA!r}")
    many: dict[str, list[Any]] = {name: [] for name in _MANY}
    try:
        for line in lines[1:]:
            for name, item in json.loads(line).items():
                many[name].append(item)
        known = {field.name for field in fields(Recording)}
        values = {name: value for name, value in header.items() if name in known}
        return TypeAdapter(Recording).validate_python({**values, **many})
    except (ValueError, KeyError, AttributeError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise LogFormatError(f"{path}: not a recording of this version: {first}") from error
