"""Taps that a joined recording was asked to read, and that the answer did not propose."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracer.dynamic.tap_results import asked_of, tap_results
from tracer.dynamic.taps import TapError, parse_tap
from tracer.model.evidence import TapResult
from tracer.model.plan import Tap
from tracer.model.recording import Recording

_DESCRIBED_IN = ("taps.json", "edges.json")  # of `tracer trace`; of a bundle's run


def own_taps(
    recording: Recording, folder: Path, others: Collection[Tap], root: Path
) -> tuple[tuple[TapResult, ...], tuple[str, ...]]:
    """What came of them, and why the others cannot be shown.

    The recording knows what was read where; its purpose and what was expected stand beside it.

    Args:
        folder: Where the recording lies, or its file.
        others: The taps of the answer, and those of recordings before this one: a tap of theirs is
            none of its own, and a key of theirs is told with the run's name in front.
        root: The tree that holds the places.
    """
    asked = {(tap.key, asked_of(tap)) for tap in others}
    keys = {tap.key for tap in others}
    described = _described(folder if folder.is_dir() else folder.parent)
    name = recording.workload.name
    found: list[TapResult] = []
    missed: list[str] = []
    for key, place in recording.asked_taps or ():
        if (key, place) in asked:
            continue
        try:
            tap = parse_tap(f"{key}={place}", root, may_call=True)
        except TapError as error:
            missed.append(f"what it read at its own tap {key} ({place}): {error}")
            continue
        (result,) = tap_results([_with_words(tap, described.get((key, place), {}))], [recording])
        purpose = "; ".join(filter(None, (result.tap.purpose, f"asked for in run {name}")))
        shown = f"{name}:{key}" if key in keys else key
        found.append(replace(result, tap=replace(result.tap, key=shown, purpose=purpose)))
    return tuple(found), tuple(missed)


def _with_words(tap: Tap, told: Mapping[str, Any]) -> Tap:
    purpose, expected, unit = (
        str(told.get(name) or "") for name in ("purpose", "expected", "unit")
    )
    return replace(tap, purpose=purpose, expected=expected, unit=unit)


def _described(folder: Path) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The descriptions by key and place, of the first file that has some."""
    for name in _DESCRIBED_IN:
        try:
            document = json.loads((folder / name).read_bytes())
        except (OSError, ValueError):
            continue  # nobody's duty: without it the readings stand alone
        rows: Sequence[Any] = document.get("taps") or () if isinstance(document, dict) else ()
        found: dict[tuple[str, str], Mapping[str, Any]] = {
            (row["key"], f"{row['expression']}@{_place_of(row)}"): row
            for row in rows
            if isinstance(row, dict) and row.keys() >= {"key", "expression", "path", "line"}
        }
        if found:
            return found
    return {}


def _place_of(row: Mapping[str, Any]) -> str:
    moment = row.get("moment", "after")
    if moment in ("entry", "return"):
        return f"{row['path']}::{row.get('function', '')}:{moment}"
    return f"{row['path']}:{row['line']}" + (":before" if moment == "before" else "")
