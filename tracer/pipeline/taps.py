"""The taps of `tracer trace`: out of options and files into the plan, and what came of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.dynamic.tap_results import NOT_PLACED, tap_results, taps_document
from tracer.dynamic.taps import TapError, parse_tap, with_expectation
from tracer.errors import WorkloadError
from tracer.model.evidence import TapResult
from tracer.model.plan import Tap
from tracer.model.recording import Recording

if TYPE_CHECKING:
    from tracer.dynamic.tap_files import RefusedTap

TAPS_NAME = "taps.json"
TABLE_NAME = "tap_points.md"


@dataclass(frozen=True, slots=True)
class TapRequest:
    """What is to be read, and the rows of files that cannot be."""

    taps: tuple[Tap, ...]
    refused: tuple[RefusedTap, ...] = ()


def tap_request(
    root: Path,
    specs: Sequence[str],
    files: Sequence[Path],
    expectations: Iterable[tuple[str, str]],
    *,
    may_call: bool,
) -> TapRequest:
    """All taps that were asked for, in the order of files and options.

    Raises:
        TapError: One cannot be placed, two have one key, or an expectation is of no tap.
        ExpectationError: An expectation is of no known form.
    """
    taps: list[Tap] = []
    refused: list[RefusedTap] = []
    for file in files:
        # Only here: a reader of Markdown takes long to load, and most runs need none.
        from tracer.dynamic.tap_files import read_tap_file

        found, not_placed = read_tap_file(file, root, may_call=may_call)
        taps += found
        refused += not_placed
    taps += [parse_tap(spec, root, may_call=may_call) for spec in specs]
    by_key: dict[str, Tap] = {}
    for tap in taps:
        if tap.key in by_key:
            raise TapError(f"tap {tap.key}: there are two of this key")
        by_key[tap.key] = tap
    for key, text in expectations:
        if key not in by_key:
            known = ", ".join(by_key) or "none"
            raise TapError(f"--expect {key}: no tap of this key; there are {known}")
        by_key[key] = with_expectation(by_key[key], text)
    return TapRequest(tuple(by_key.values()), tuple(refused))


def check_nothing_is_lost(out: Path) -> None:
    """Refuse to write over an earlier result.

    Raises:
        WorkloadError: There is one.
    """
    for name in (TAPS_NAME, TABLE_NAME):
        if (out / name).exists():
            raise WorkloadError(f"{out / name}: there are taps already")


def write_taps(request: TapRequest, recording: Recording, out: Path) -> None:
    """Write `taps.json` and `tap_points.md`, where anything was to be read."""
    results = [
        *tap_results(request.taps, [recording]),
        *(TapResult(each.tap, NOT_PLACED, detail=each.why) for each in request.refused),
    ]
    if not results:
        return
    # Only here: it takes as long to load as all of `trace`.
    from tracer.report.markdown import render_taps

    text = json.dumps(taps_document(results, recording.taps), indent=1, ensure_ascii=False) + "\n"
    for name, content in ((TAPS_NAME, text), (TABLE_NAME, render_taps(results))):
        try:
            (out / name).write_text(content, encoding="utf-8")
        except OSError as error:
            raise WorkloadError(f"{out / name}: cannot be written: {error.strerror}") from error
