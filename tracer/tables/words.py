"""The words by which a question is understood, read from a table that a user can extend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from tracer.errors import TableError
from tracer.model.brief import QuestionShape
from tracer.model.graph import EffectKind
from tracer.tables.toml import read_toml

_OWN_TABLE = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True)
class Topic:
    """Words of a question, and the effects that answer it."""

    name: str
    words: tuple[str, ...]
    effects: tuple[EffectKind, ...]


@dataclass(frozen=True, slots=True)
class FolderRole:
    """Code that is not what a project ships, by the names of its folders and files."""

    role: str
    names: tuple[str, ...]
    files: tuple[str, ...]  # shell patterns of file names
    weight: float  # added to the score of a candidate; negative


@dataclass(frozen=True, slots=True)
class EntryRole:
    """Functions that a question means by a word: the command line, the tests."""

    name: str
    words: tuple[str, ...]
    names: tuple[str, ...]  # shell patterns of function names
    files: tuple[str, ...] = ()  # shell patterns of file names; empty: by the folder's role
    folder: str = ""  # the role of the folder where they stand; empty: what the project ships


@dataclass(frozen=True, slots=True)
class Words:
    """The whole table."""

    headings: tuple[tuple[str, tuple[str, ...]], ...]  # (section, words), first match wins
    fields: tuple[tuple[str, tuple[str, ...]], ...]  # (field, names)
    shapes: tuple[tuple[QuestionShape, tuple[tuple[str, float], ...]], ...]
    topics: tuple[Topic, ...]
    suffixes: tuple[tuple[str, tuple[EffectKind, ...]], ...]  # without the dot
    weights: tuple[tuple[EffectKind, float], ...]
    produce: frozenset[EffectKind]
    consume: frozenset[EffectKind]
    produce_words: tuple[str, ...]
    consume_words: tuple[str, ...]
    both_words: tuple[str, ...]
    folders: tuple[FolderRole, ...]
    cheap: frozenset[str]
    dear: frozenset[str]
    stop: frozenset[str]
    opposing: tuple[str, ...] = ()  # set one side of a question against the other
    entry_roles: tuple[EntryRole, ...] = ()
    missing: tuple[str, ...] = ()  # say that one side does not do what the other does

    @property
    def sides(self) -> frozenset[EffectKind]:
        """The effects that belong to one side of an inventory."""
        return self.produce | self.consume

    def weight(self, kind: EffectKind) -> float:
        """How much an effect of this kind tells; 1 where the table is silent."""
        return dict(self.weights).get(kind, 1.0)

    def folder_role(self, path: str) -> FolderRole | None:
        """What kind of code a file is, where it is not what the project ships."""
        *folders, name = path.split("/")
        for role in self.folders:
            if any(folder in role.names for folder in folders):
                return role
            if any(fnmatchcase(name, pattern) for pattern in role.files):
                return role
        return None

    def ships(self, path: str) -> bool:
        """Whether a file is code that the project ships, by all of its folders."""
        *folders, name = path.split("/")
        return not any(
            any(folder in role.names for folder in folders)
            or any(fnmatchcase(name, pattern) for pattern in role.files)
            for role in self.folders
        )

    def is_kept_away(self, path: str) -> bool:
        """Whether a file lies where nobody runs it any more, or was brought from elsewhere."""
        folders = path.split("/")[:-1]
        return any(
            role.role in ("archived", "vendored", "reports and plans")
            and any(folder in role.names for folder in folders)
            for role in self.folders
        )

    def field(self, name: str) -> str | None:
        """The field that a brief means by a name; spaces, `_` and `-` are one."""
        wanted = _normal(name)
        for field, names in self.fields:
            if wanted in names:
                return field
        return None

    def section(self, heading: str) -> str | None:
        """The section that a heading opens."""
        for section, words in self.headings:
            if any(word_matches(word, heading) for word in words):
                return section
        return None


def load_words(extra: Sequence[Path] = ()) -> Words:
    """Read our table and the user's, whose lists are added to ours.

    Raises:
        TableError: A file cannot be read, or does not have the table's form.
    """
    merged = read_toml(_OWN_TABLE, "words")
    for path in extra:
        merged = _merged(merged, read_toml(path, "words"))
    source = extra[-1] if extra else _OWN_TABLE
    try:
        return _words(merged)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TableError(f"{source}: expected the form of words.toml, found: {error}") from error


def word_matches(word: str, text: str) -> bool:
    """Whether a table word stands in a text; `save*` also finds `saved`."""
    return _pattern(word).search(text) is not None


def any_word_matches(words: Iterable[str], text: str) -> bool:
    """Whether one of the table words stands in a text."""
    return any(word_matches(word, text) for word in words)


@cache
def _pattern(word: str) -> re.Pattern[str]:
    body = r"[\s_-]+".join(re.escape(part) for part in word.rstrip("*").split())
    end = "" if word.endswith("*") else r"(?![A-Za-z0-9])"
    return re.compile(rf"(?<![A-Za-z0-9]){body}{end}", re.IGNORECASE)


def _normal(name: str) -> str:
    return " ".join(re.split(r"[\s_-]+", name.strip().lower()))


def _merged(base: Any, addition: Any) -> Any:
    """Tables are joined by key, lists are added up, plain values are replaced."""
    if isinstance(base, dict) and isinstance(addition, dict):
        joined = {key: _merged(base[key], addition[key]) for key in base.keys() & addition.keys()}
        return {key: joined.get(key, value) for key, value in {**base, **addition}.items()}
    if isinstance(base, list) and isinstance(addition, list):
        return base + addition
    return addition


def _words(table: Mapping[str, Any]) -> Words:
    shapes: dict[QuestionShape, dict[str, float]] = {}
    for row in table["shapes"]:
        weights = shapes.setdefault(QuestionShape(row["shape"]), {})
        weights.update({str(word): float(weight) for word, weight in row["weights"].items()})
    return Words(
        headings=_rows(table["headings"]),
        fields=_rows(table["fields"]),
        shapes=tuple((shape, tuple(weights.items())) for shape, weights in shapes.items()),
        topics=tuple(
            Topic(str(row["name"]), _strings(row["words"]), _kinds(row["effects"]))
            for row in table["topics"]
        ),
        suffixes=tuple((suffix, _kinds(kinds)) for suffix, kinds in table["suffixes"].items()),
        weights=tuple((EffectKind(kind), float(w)) for kind, w in table["weights"].items()),
        produce=frozenset(_kinds(table["sides"]["produce"])),
        consume=frozenset(_kinds(table["sides"]["consume"])),
        produce_words=_strings(table["sides"]["produce_words"]),
        consume_words=_strings(table["sides"]["consume_words"]),
        both_words=_strings(table["sides"].get("both_words", ())),
        folders=tuple(
            FolderRole(
                str(row["role"]),
                _strings(row["names"]),
                _strings(row["files"]),
                float(row["weight"]),
            )
            for row in table["folders"]
        ),
        cheap=frozenset(_strings(table["workloads"]["cheap"])),
        dear=frozenset(_strings(table["workloads"]["dear"])),
        stop=frozenset(_strings(table["stop"]["words"])),
        opposing=_strings(table["opposing"]["words"]),
        missing=_strings(table["opposing"]["missing"]),
        entry_roles=tuple(
            EntryRole(
                str(row["name"]),
                _strings(row["words"]),
                _strings(row["names"]),
                _strings(row.get("files", [])),
                str(row.get("folder", "")),
            )
            for row in table["entries"]
        ),
    )


def _rows(table: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((str(name), _strings(words)) for name, words in table.items())


def _strings(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{values!r} is not a list of strings")
    return tuple(values)


def _kinds(values: Any) -> tuple[EffectKind, ...]:
    return tuple(EffectKind(value) for value in _strings(values))
