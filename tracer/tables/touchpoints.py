"""At which points two implementations are compared: our table, then the user's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tracer.errors import TableError
from tracer.model.graph import EffectKind
from tracer.tables.toml import read_toml
from tracer.tables.words import word_matches

_OWN_TABLE = Path(__file__).with_name("touchpoints.toml")
_FIELDS = frozenset(
    {"name", "source", "role", "kinds", "operations", "words", "alike", "reach", "hook"}
)
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])")


class Source(StrEnum):
    """What a touchpoint's rows are made of."""

    CALLERS = "callers"
    PARAMETERS = "parameters"
    INPUTS = "inputs"
    ARTIFACT = "artifact"
    MEMBERS = "members"
    VALUES = "values"
    EFFECTS = "effects"
    BUILDS = "builds"
    RAISES = "raises"
    HANDLERS = "handlers"
    RETURNS = "returns"


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """One point of comparison."""

    name: str
    source: Source
    role: str = ""  # `save`, `load`; empty: both
    kinds: frozenset[EffectKind] = frozenset()
    operations: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    reach: str = "core"  # `near`: what the core calls, and is not core; `all`: all below
    is_hook: bool = True
    are_alike: bool = False  # members: one on either side are the same thing under two names

    def takes_operation(self, operation: str) -> bool:
        """Whether an operation is of this touchpoint; all are where it names none."""
        return not self.operations or any(fnmatchcase(operation, each) for each in self.operations)

    def takes_name(self, *texts: str) -> bool:
        """Whether one of the words stands in one of the names; `customObjects` is two words."""
        parted = [_HUMPS.sub(" ", text) for text in texts]
        return not self.words or any(
            word_matches(word, text) for word in self.words for text in parted
        )


@dataclass(frozen=True, slots=True)
class Touchpoints:
    """The whole table."""

    points: tuple[Touchpoint, ...]
    core: frozenset[EffectKind]
    built: frozenset[str]  # dotted names of base classes

    def of(self, source: Source) -> tuple[Touchpoint, ...]:
        """The touchpoints of one source, in order."""
        return tuple(point for point in self.points if point.source is source)


def load_touchpoints(extra: Sequence[Path] = ()) -> Touchpoints:
    """Read our table and the user's: a touchpoint of one name replaces ours, others come first.

    Raises:
        TableError: A file cannot be read, or does not have the table's form.
    """
    own = _read(_OWN_TABLE)
    points, core, built = own.points, own.core, own.built
    for path in extra:
        more = _read(path)
        replaced = {point.name: point for point in more.points}
        known = {point.name for point in points}
        points = (
            *(point for point in more.points if point.name not in known),
            *(replaced.get(point.name, point) for point in points),
        )
        core, built = core | more.core, built | more.built
    return Touchpoints(points, core, built)


def _read(path: Path) -> Touchpoints:
    table = read_toml(path, "touchpoints")
    unknown = sorted(table.keys() - {"core", "touchpoint", "builds"})
    if unknown:
        raise TableError(f"{path}: unknown {', '.join(unknown)}; expected touchpoint, core, builds")
    rows = table.get("touchpoint", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TableError(f"{path}: expected [[touchpoint]] tables")
    try:
        points = tuple(_point(row, number) for number, row in enumerate(rows, 1))
        core = _kinds(_section(table, "core").get("kinds", []))
        built = frozenset(_texts(_section(table, "builds").get("bases", [])))
    except ValueError as error:
        raise TableError(f"{path}: {error}") from error
    names = [point.name for point in points]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TableError(f"{path}: expected names that stand once, found {', '.join(twice)} twice")
    return Touchpoints(points, core, built)


def _point(row: Mapping[str, Any], number: int) -> Touchpoint:
    name = row.get("name")
    if not isinstance(name, str) or not name:
        raise ValueError(f"touchpoint {number}: expected a name")
    try:
        unknown = sorted(row.keys() - _FIELDS)
        if unknown:
            raise ValueError(f"unknown {', '.join(unknown)}; expected {', '.join(sorted(_FIELDS))}")
        role, reach, hook = row.get("role", ""), row.get("reach", "core"), row.get("hook", True)
        if role not in ("", "save", "load"):
            raise ValueError(f"role {role!r}: expected save or load")
        if reach not in ("core", "near", "all"):
            raise ValueError(f"reach {reach!r}: expected core, near or all")
        alike = row.get("alike", False)
        for field, value in (("hook", hook), ("alike", alike)):
            if not isinstance(value, bool):
                raise ValueError(f"{field} {value!r}: expected true or false")
        source = row.get("source")
        if source not in set(Source):
            raise ValueError(f"source {source!r}: expected one of {', '.join(Source)}")
        return Touchpoint(
            name,
            Source(source),
            role,
            _kinds(row.get("kinds", [])),
            _texts(row.get("operations", [])),
            _texts(row.get("words", [])),
            reach,
            hook,
            alike,
        )
    except ValueError as error:
        raise ValueError(f"touchpoint {name!r}: {error}") from error


def _section(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name, {})
    if not isinstance(found, dict):
        raise ValueError(f"{name}: expected a table")
    return found


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{values!r}: expected a list of texts")
    return tuple(values)


def _kinds(values: Any) -> frozenset[EffectKind]:
    known = {kind.value for kind in EffectKind}
    for value in _texts(values):
        if value not in known:
            raise ValueError(f"kind {value!r}: expected one of {', '.join(sorted(known))}")
    return frozenset(map(EffectKind, values))
