"""`tracer diff`: what was given on either side, read and compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tracer.bundle.manifest import MANIFEST_NAME
from tracer.bundle.recordings import RECORDING_NAME, decode_recording
from tracer.bundle.store import EVIDENCE_NAME, bundle_folders, read_evidence
from tracer.compare.bundles import compare_bundles
from tracer.compare.runs import GuardsOf, RunSide, compare_runs
from tracer.dynamic.edges import EDGES_SCHEMA, edges_document
from tracer.dynamic.log.files import LOG_NAME
from tracer.dynamic.recording import read_recording
from tracer.errors import BundleError, LogFormatError, TracerError, WorkloadError
from tracer.model.difference import BundleDifference, Difference
from tracer.model.recording import Frame, Recording, TapReading
from tracer.model.source import path_of, qualname_of
from tracer.pipeline.recorded_sources import SOURCES_NAME, read_sources

EDGES_NAME = "edges.json"


def diff(a: Path, b: Path, *, rtol: float, atol: float) -> Difference:
    """The differences of two bundles, two folders of `trace`, or two `edges.json`.

    Of two bundles the evidence is compared first. Bundles of several runs are compared run by run,
    by name.

    Raises:
        TracerError: One of them is none of these, or there is nothing that both have.
    """
    bundles = _bundles(a, b)
    runs_a, runs_b = _runs(a), _runs(b)
    if len(runs_a) == len(runs_b) == 1:
        pairs = [(*runs_a.values(), *runs_b.values())]
    else:
        pairs = [(runs_a[name], runs_b[name]) for name in runs_a if name in runs_b]
    if not pairs and bundles is None:
        raise BundleError(
            f"{a} and {b}: expected runs of the same names, "
            f"found {', '.join(runs_a) or 'none'} and {', '.join(runs_b) or 'none'}"
        )
    alone = [*(runs_a.keys() - runs_b.keys()), *(runs_b.keys() - runs_a.keys())]
    found = [compare_runs(*pair, rtol=rtol, atol=atol) for pair in pairs]
    if found and alone and len(pairs) < max(len(runs_a), len(runs_b)):
        note = f"runs of one bundle alone: {', '.join(sorted(alone))}"
        found[0] = replace(found[0], notes=(*found[0].notes, note))
    return Difference(bundles, tuple(found))


def _bundles(a: Path, b: Path) -> BundleDifference | None:
    """What their evidence differs in; None where not both sides are bundles."""
    if _is_recording(a) or _is_recording(b):
        return None
    folders = _bundle(a), _bundle(b)
    if not all((folder / EVIDENCE_NAME).is_file() for folder in folders):
        return None
    evidence_a, evidence_b = (read_evidence(folder) for folder in folders)
    return compare_bundles(str(a), evidence_a, str(b), evidence_b)


def _is_recording(place: Path) -> bool:
    """Whether it is a run by itself, and no bundle."""
    if not place.is_dir():
        return True
    return any((place / name).is_file() for name in (LOG_NAME, LOG_NAME + ".gz", EDGES_NAME))


def _runs(place: Path) -> dict[str, RunSide]:
    if place.is_file():
        return {"": _of_file(place)}
    if not place.is_dir():
        raise BundleError(f"{place}: expected a bundle, a folder of `trace` or an {EDGES_NAME}")
    if _is_recording(place):
        return {"": _of_folder(place, str(place))}
    bundle = _bundle(place)
    folders = sorted(file.parent for file in (bundle / "trace").glob(f"*/{EDGES_NAME}"))
    guards = _guards(bundle)
    return {
        folder.name: replace(
            _of_folder(folder, f"{place} {folder.name}" if len(folders) > 1 else str(place)),
            guards_of=guards,
        )
        for folder in folders
    }


def _bundle(place: Path) -> Path:
    found = [each for each in bundle_folders(place) if (each / MANIFEST_NAME).is_file()]
    if len(found) != 1:
        raise BundleError(
            f"{place}: expected a bundle, or a folder of `trace` with {LOG_NAME} or {EDGES_NAME}; "
            f"found {len(found) or 'no'} {MANIFEST_NAME} below it"
        )
    return found[0]


def _of_file(file: Path) -> RunSide:
    if file.suffix == ".json":
        edges = _edges(file)
        return RunSide(str(file), edges, None, _readings(edges, file), _sources(file.parent))
    recording = decode_recording(file) if file.name == RECORDING_NAME else read_recording(file)
    return _of_recording(recording, str(file), file.parent, edges_document(recording))


def _of_folder(folder: Path, name: str) -> RunSide:
    recording = _recording(folder)
    if recording is None:
        return replace(_of_file(folder / EDGES_NAME), name=name)
    if (folder / EDGES_NAME).is_file():
        edges = _edges(folder / EDGES_NAME)
    else:  # the recorder was killed before it could write them
        edges = edges_document(recording)
    return _of_recording(recording, name, folder, edges)


def _recording(folder: Path) -> Recording | None:
    kept = folder / RECORDING_NAME
    if kept.is_file():
        try:
            return decode_recording(kept)
        except LogFormatError:
            return read_recording(kept)  # a log that somebody packed
    return read_recording(folder) if (folder / LOG_NAME).is_file() else None


def _of_recording(
    recording: Recording, name: str, folder: Path, edges: Mapping[str, Any]
) -> RunSide:
    lists = _in_working_folder({**_lists_of(recording), **edges}, recording.workload.cwd)
    return RunSide(name, lists, recording, recording.taps, _sources(folder))


def _in_working_folder(value: Any, cwd: str | None) -> Any:
    """The same with paths below the folder that the program ran in: each run may have its own."""
    if not cwd or cwd == ".":
        return value
    if isinstance(value, str):
        return "<cwd>" + value[len(cwd) :] if value == cwd or value.startswith(cwd + "/") else value
    if isinstance(value, dict):
        return {name: _in_working_folder(each, cwd) for name, each in value.items()}
    if isinstance(value, list):
        return [_in_working_folder(each, cwd) for each in value]
    return value


def _lists_of(recording: Recording) -> dict[str, list[dict[str, Any]]]:
    """What `edges.json` does not list."""
    return {
        "exceptions": [
            {
                "function": asdict(raised.frame),
                "type": raised.type_name,
                "line": raised.line,
                "times": raised.times,
            }
            for raised in recording.exceptions
        ],
        "opened_files": [
            {
                "path": opened.path,
                "mode": opened.mode,
                "caller": asdict(opened.caller) if opened.caller else None,
                "line": opened.line,
                "times": opened.times,
            }
            for opened in recording.opened
        ],
    }


def _edges(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise BundleError(f"{file}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{file}: expected JSON: {error}") from error
    if not isinstance(data, dict) or data.get("schema") != EDGES_SCHEMA:
        raise BundleError(f"{file}: expected schema {EDGES_SCHEMA!r}")
    for kind in ("edges", "roots"):
        listed = data.get(kind)
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise BundleError(f"{file}: expected a list `{kind}` of objects")
    return data


def _readings(edges: Mapping[str, Any], file: Path) -> tuple[TapReading, ...]:
    try:
        return tuple(
            TapReading(
                key=str(tap["key"]),
                hits=int(tap["hits"]),
                values=tuple(map(str, tap["values"])),
                error=str(tap["error"]),
                counts=tuple(map(int, tap["counts"])),
                others=int(tap["others"]),
                last=str(tap["last"]),
                runs=tuple((str(value), int(times)) for value, times in tap["runs"]),
                failures=int(tap["failures"]),
            )
            for tap in edges.get("taps") or ()
            if "hits" in tap
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"{file}: expected taps of schema {EDGES_SCHEMA!r}: {error}") from error


def _sources(folder: Path) -> Mapping[str, str]:
    if not (folder / SOURCES_NAME).is_file():
        return {}
    try:
        return read_sources(folder / SOURCES_NAME)
    except WorkloadError:
        return {}


def _guards(bundle: Path) -> GuardsOf:
    """The guards of call sites, as the bundle's own reading of the sources has them."""
    if not (bundle / EVIDENCE_NAME).is_file():
        return lambda frame, line: ()
    try:
        edges = read_evidence(bundle).edges
    except TracerError:  # of another version: the runs can be compared all the same
        return lambda frame, line: ()
    by_place = {
        (path_of(edge.caller), qualname_of(edge.caller), edge.line): tuple(
            f"{guard.kind} {guard.text} (line {guard.line})" for guard in edge.guards
        )
        for edge in edges
    }

    def guards_of(frame: Frame, line: int) -> tuple[str, ...]:
        return by_place.get((frame.path, frame.qualname, line), ())

    return guards_of
