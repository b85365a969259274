"""Whether the ledgers that a brief names refer to its answer yet."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tracer.model.brief import Brief
from tracer.model.evidence import LedgerState
from tracer.model.source import Anchor, AnchorKind
from tracer.static.sources import SourceTree
from tracer.verify.places import quote
from tracer.verify.reading import Reading

_MOST_PLACES = 3
_PLACEHOLDER = re.compile(r"<[^<>]*>|\{[^{}]*\}")


def check_ledgers(brief: Brief, tree: SourceTree) -> tuple[LedgerState, ...]:
    """Look each ledger up, for the folder of the answer and for the initiative's name.

    A ledger outside the root, or that is no text, is not read, and says so.
    """
    reading = Reading(tree)
    folder = _known_part(brief.output_folder)
    states: list[LedgerState] = []
    for path in brief.ledgers:
        inside = not path.startswith(("/", "~")) and ".." not in PurePosixPath(path).parts
        lines = reading.lines(path.removeprefix("./")) if inside else None
        if lines is None:
            why = "it does not stand below the root as a text"
            states.append(LedgerState(path, is_read=False, detail=why))
            continue
        states.append(
            LedgerState(
                path,
                refers=_places(path, lines, folder),
                mentions=_places(path, lines, brief.initiative_id),
                looked_for=tuple(each for each in (folder, brief.initiative_id) if each),
            )
        )
    return tuple(states)


def _known_part(folder: str) -> str:
    """The folder's path up to what a run fills in: `plans/x/<timestamp>/y` is `plans/x`."""
    return _PLACEHOLDER.split(folder, maxsplit=1)[0].strip("/")


def _places(path: str, lines: tuple[str, ...], wanted: str) -> tuple[Anchor, ...]:
    if not wanted:
        return ()
    found = [number for number, line in enumerate(lines, start=1) if wanted in line]
    return tuple(
        Anchor(path, number, kind=AnchorKind.DOCUMENT, quote=quote(lines, (number, number)))
        for number in found[:_MOST_PLACES]
    )
