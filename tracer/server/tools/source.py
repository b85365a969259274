"""`source`: lines of a file, as a quotation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from tracer.errors import RequestError
from tracer.server.answers import answer
from tracer.server.places import Places
from tracer.static.quoting import escape_controls, redact_secrets

_MOST_LINES = 400
_LARGEST_SOURCE = 4 * 1024 * 1024


def serve(places: Places, given: Mapping[str, Any]) -> dict[str, Any]:
    """Lines of a text file, as a quotation."""
    path, first = given["path"], given["first_line"]
    file = places.file(path)
    if file.stat().st_size > _LARGEST_SOURCE:
        raise RequestError(f"{path}: expected a text of at most 4 MiB, found a larger file")
    data = file.read_bytes()
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise RequestError(f"{path}: expected UTF-8 text, found other bytes") from error
    if first > max(len(lines), 1):
        raise RequestError(f"{path}: expected a line up to {len(lines)}, found {first}")
    last = min(given["last_line"] or first + 79, first + _MOST_LINES - 1, len(lines))
    if last < first and lines:
        raise RequestError(f"last_line: expected {first} or more, found {given['last_line']}")
    shown = redact_secrets("\n".join(lines[first - 1 : last]))
    quoted = [
        f"{number}: {escape_controls(line, keep=chr(9))}"
        for number, line in enumerate(shown.split("\n"), start=first)
    ]
    return answer(
        "source",
        {
            "path": path,
            "sha256": hashlib.sha256(data).hexdigest(),
            "total_lines": len(lines),
            "first_line": first,
            "is_quotation": True,
            "lines": quoted if lines else [],
        },
    )


def continued(shown: Mapping[str, Any]) -> list[str]:
    """What to ask for next, after the answer was cut to its size."""
    data = shown["data"]
    after = data["first_line"] + len(data["lines"])
    return [f"the same with first_line {after}"] if after <= data["total_lines"] else []
