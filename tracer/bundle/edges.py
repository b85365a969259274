"""The edges of a bundle alone: reading the whole of it takes longer than an answer may."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.bundle.place import EVIDENCE_NAME
from tracer.errors import BundleError
from tracer.model.schemas import EVIDENCE_SCHEMA

_EDGES_SCHEMA = "tracer/edges/1"


@dataclass(frozen=True, slots=True)
class JudgedEdge:
    """An edge of the answer, with its verdict."""

    caller: str
    callee: str
    line: int
    verdict: str
    calls: int
    cause: str
    through: str
    span: tuple[int, int, int] | None  # line, column and end line, where columns are known
    text: str


@dataclass(frozen=True, slots=True)
class RecordedEdge:
    """A call that one run saw, in the answer or not; places are (path, qualname, line of `def`)."""

    caller: tuple[str, str, int]
    callee: tuple[str, str, int]
    lines: tuple[int, ...]
    calls: int
    through: str
    is_under_stand_ins: bool


@dataclass(frozen=True, slots=True)
class BundleEdges:
    """What a bundle tells of edges, and of which sources."""

    sources: str  # digest of what was analysed; empty in bundles that do not tell
    judged: tuple[JudgedEdge, ...]
    recorded: tuple[RecordedEdge, ...]
    texts: tuple[tuple[str, str], ...]  # function and digest of its own lines
    extents: Mapping[str, tuple[int, int]]  # first line and last line of each function
    workloads: tuple[str, ...]


def read_bundle_edges(folder: Path) -> BundleEdges:
    """Read them.

    Args:
        folder: Of the bundle itself.

    Raises:
        BundleError: It is no bundle, or of another schema version.
    """
    evidence = _read(folder / EVIDENCE_NAME, EVIDENCE_SCHEMA)
    recorded: list[RecordedEdge] = []
    for file in sorted((folder / "trace").glob("*/edges.json")):
        data = _read(file, _EDGES_SCHEMA)
        try:
            recorded.extend(_recorded(data))
        except (KeyError, TypeError, AttributeError) as error:
            raise BundleError(f"{file}: an edge has another form: {error!r}") from error
    try:
        return BundleEdges(
            sources=str(evidence["tree"].get("sources", "")),
            judged=tuple(_judged(edge) for edge in evidence["edges"]),
            recorded=tuple(recorded),
            texts=tuple((t["function"], t["sha256"]) for t in evidence.get("texts", ())),
            extents={
                function["id"]: (int(function["first_line"]), int(function["end_line"]))
                for function in evidence["functions"]
            },
            workloads=tuple(str(run["workload"]["name"]) for run in evidence["runs"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"{folder}: evidence.json has another form: {error!r}") from error


def _read(file: Path, schema: str) -> dict[str, Any]:
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise BundleError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BundleError(f"{file}: expected JSON: {error}") from error
    found = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(data, dict) or found != schema:
        raise BundleError(f"{file}: expected schema {schema!r}, found {found!r}")
    return data


def _judged(edge: dict[str, Any]) -> JudgedEdge:
    span = edge.get("span")
    return JudgedEdge(
        edge["caller"],
        edge["callee"],
        int(edge["line"]),
        edge["verdict"],
        0 if edge.get("is_at_least") else int(edge.get("calls", 0)),
        edge.get("cause", ""),
        edge.get("through") or "",
        (int(span["line"]), int(span["column"]), int(span["end_line"])) if span else None,
        edge.get("text", ""),
    )


def _recorded(data: dict[str, Any]) -> Iterator[RecordedEdge]:
    for edge in data["edges"]:
        caller, callee = edge["caller"], edge["callee"]
        yield RecordedEdge(
            (caller["path"], caller["qualname"], int(caller["line"])),
            (callee["path"], callee["qualname"], int(callee["line"])),
            tuple(edge["call_lines"]),
            int(edge["count"]),
            edge.get("through") or "",
            bool(data.get("stand_ins")),
        )
