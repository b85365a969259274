"""What is known of files of libraries, read from a table that a user can extend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tracer.errors import TableError
from tracer.tables.toml import read_toml

_OWN_TABLE = Path(__file__).with_name("formats.toml")


@dataclass(frozen=True, slots=True)
class Made:
    """What a function or class in a pickle makes, and where the pickle says more of it."""

    kind: str = ""
    shape: str = ""  # paths: `args.2`, `state.shape`
    dtype: str = ""
    same_as: str = ""
    class_at: str = ""
    text_at: str = ""
    data_follows: str = ""

    def __post_init__(self) -> None:
        if not (self.kind or self.same_as or self.class_at):
            raise ValueError("made: give kind, same_as or class_at")


@dataclass(frozen=True, slots=True)
class Parts:
    """Several pickles in one file, of which one is what was saved."""

    name: str
    magic: int
    value: int
    pickles: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What archives or folders with such members are called."""

    kind: str
    members: tuple[str, ...] = ()  # all of them are there
    every: str = ""  # all that is there

    def fits(self, names: Sequence[str]) -> bool:
        """Whether these are the members of one."""
        if self.every and not (names and all(fnmatchcase(name, self.every) for name in names)):
            return False
        return all(any(fnmatchcase(name, form) for name in names) for form in self.members)


@dataclass(frozen=True, slots=True)
class FormatsTable:
    """The whole table."""

    made: Mapping[str, Made]  # by dotted name
    dtypes: Mapping[str, str]
    parts: tuple[Parts, ...]
    archives: tuple[Shape, ...]
    folders: tuple[Shape, ...]
    opaque: tuple[tuple[str, str], ...]  # form of a name, and why it is not looked into
    holds_code: frozenset[str]

    def why_opaque(self, name: str) -> str:
        """Why a file of this name is not looked into; empty where nothing is known."""
        return next((why for form, why in self.opaque if fnmatchcase(name, form)), "")


def load_formats(extra: Sequence[Path] = ()) -> FormatsTable:
    """Read our table and the user's, which come first.

    Raises:
        TableError: A file cannot be read, or does not have the table's form.
    """
    made: dict[str, Made] = {}
    dtypes: dict[str, str] = {}
    parts: list[Parts] = []
    archives: list[Shape] = []
    folders: list[Shape] = []
    opaque: list[tuple[str, str]] = []
    holds_code: set[str] = set()
    for path in (*reversed(extra), _OWN_TABLE):
        read = read_toml(path, "formats")
        try:
            taken = {name: Made(**entry) for name, entry in read.pop("made", {}).items()}
            made = {**taken, **made}
            dtypes = {**_texts(read.pop("dtypes", {})), **dtypes}
            parts += [Parts(**entry) for entry in read.pop("parts", [])]
            archives += [_shape(entry) for entry in read.pop("archives", [])]
            folders += [_shape(entry) for entry in read.pop("folders", [])]
            for entry in read.pop("opaque", []):
                opaque += [(str(name), str(entry["why"])) for name in entry["names"]]
            holds_code.update(read.pop("configurations", {}).get("holds_code", ()))
            if read:
                raise ValueError(f"unknown table {next(iter(read))}")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TableError(
                f"{path}: expected the form of formats.toml, found: {error}"
            ) from error
    return FormatsTable(
        made,
        dtypes,
        tuple(parts),
        tuple(archives),
        tuple(folders),
        tuple(opaque),
        frozenset(holds_code),
    )


def _shape(entry: Mapping[str, Any]) -> Shape:
    shape = Shape(
        str(entry["kind"]), tuple(map(str, entry.get("members", ()))), str(entry.get("every", ""))
    )
    if not (shape.members or shape.every) or set(entry) - {"kind", "members", "every"}:
        raise ValueError(f"{shape.kind}: expected members or every")
    return shape


def _texts(entries: Mapping[str, object]) -> dict[str, str]:
    for name, value in entries.items():
        if not isinstance(value, str):
            raise ValueError(f"{name}: expected a text")
    return {name: str(value) for name, value in entries.items()}
