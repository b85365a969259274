"""What the places in a bundle's own texts rest on: an item of its evidence, or nothing.

The evidence id of an item is its JSON pointer (RFC 6901) in `evidence.json`: `/edges/12`. A place
of a text rests on the items that hold its path and its line together. Whether the line is right
is judged where the evidence is; here it is whether somebody wrote it who had none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground

_PLACE = re.compile(r"(?P<path>[\w./<>@+-]*\w\.\w+):(?P<lines>\d+(?:[-,]\d+)*)")
_LINES = re.compile(r"\d{1,7}")
_UNESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")  # what Markdown's backslash stands before


class Backing:
    """The items of one evidence, by the places that they hold."""

    def __init__(self, evidence: str, verification: str = "") -> None:
        """Read the texts of `evidence.json` and `verification.json`, of which the card quotes."""
        self._pointers: dict[tuple[str, int], list[str]] = {}
        for prefix, text in (("", evidence), ("verification.json#", verification)):
            for pointer, item in _items(json.loads(text or "{}")):
                for place in dict.fromkeys(_places_of(item, frozenset())):
                    self._pointers.setdefault(place, []).append(prefix + pointer)

    def of(self, path: str, line: int) -> tuple[str, ...]:
        """The evidence ids of a place; none where no item holds it."""
        return tuple(self._pointers.get((path, line), ()))


def places_in(text: str) -> Iterator[tuple[int, str, int]]:
    """Line of the text, path and line of every place that it cites; of ranges both ends."""
    for at, line in enumerate(text.splitlines(), start=1):
        for match in _PLACE.finditer(line):
            for part in _LINES.findall(match["lines"]):
                yield at, match["path"], int(part)


def backing_claims(texts: Mapping[str, str], backing: Backing) -> list[Claim]:
    """One claim for each text of a bundle: every place in it rests on an item of the evidence."""
    claims = []
    for name, text in texts.items():
        found = list(places_in(_UNESCAPE.sub(r"\1", text) if name.endswith(".md") else text))
        bare = [place for place in found if not backing.of(*place[1:])]
        told = f"the {len(found)} places in {name} stand in the evidence"
        if not bare:
            verdict, detail = ClaimVerdict.VERIFIED, ""
        else:
            at, path, line = bare[0]
            verdict = ClaimVerdict.REFUTED
            detail = f"{len(bare)} do not; the first is {path}:{line} in line {at}"
        claims.append(Claim(ClaimKind.DIGEST, told, 0, verdict, Ground.TEXT, detail))
    return claims


def _items(evidence: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in evidence.items():
        if isinstance(value, list):
            for at, item in enumerate(value):
                yield f"/{name}/{at}", item
        else:
            yield f"/{name}", value


def _places_of(item: Any, around: frozenset[str]) -> Iterator[tuple[str, int]]:
    """The places that an item holds: written in its texts, or as lines in fields of their own.

    Args:
        around: The paths that the value speaks of which holds this one.
    """
    if isinstance(item, str):
        for _, path, line in places_in(item):
            yield path, line
    elif isinstance(item, list):
        for value in item:
            yield from _places_of(value, around)
    elif isinstance(item, dict):
        own = frozenset(_paths_of(item))
        beside = (_paths_of(value) for value in item.values() if isinstance(value, dict))
        paths = own or frozenset(path for found in beside for path in found) or around
        for name, value in item.items():
            yield from ((path, line) for path in paths for line in _lines_of(name, value))
            yield from _places_of(value, paths)


def _paths_of(item: Mapping[str, Any]) -> Iterator[str]:
    """The files of a value: its path, and those of the functions that it names."""
    for name, value in item.items():
        if isinstance(value, str) and (name == "path" or "::" in value):
            yield value.partition("::")[0]


def _lines_of(name: str, value: Any) -> Iterator[int]:
    if "line" in name or name == "until":
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, int) and not isinstance(each, bool):
                yield each
