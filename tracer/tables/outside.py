"""What libraries put between a program and itself, read from a table that a user can extend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.errors import TableError
from tracer.tables.toml import read_toml

_OWN_TABLE = Path(__file__).with_name("outside.toml")


@dataclass(frozen=True, slots=True)
class GeneratedCode:
    """Code that a library makes at run time, and how it says what it was made of."""

    library: str
    files: tuple[str, ...]  # the names of its files, `*` for any text
    makers: tuple[str, ...] = ()  # only where a function of one of these modules ran it
    found_as: str = ""  # the caller's variable that holds the function made
    made_of: str = ""  # the caller's variable that holds the function that it was made of
    source_map: str = ""  # an attribute of the function made
    prefix: str = ""  # before the name of the function that it was made of
    support: tuple[str, ...] = ()  # functions that no program calls
    runtime: tuple[str, ...] = ()  # beginnings of names that only the code made calls


@dataclass(frozen=True, slots=True)
class OutsideTable:
    """The whole table."""

    code: tuple[GeneratedCode, ...]
    wrappers: Mapping[str, str]  # dotted name -> its variable with the function behind
    later: Mapping[str, tuple[str, ...]]  # dotted name -> its variables with what runs later


def load_outside_table(extra: Sequence[Path] = ()) -> OutsideTable:
    """Read our table and the user's, which come first.

    Raises:
        TableError: A file cannot be read, or does not have the table's form.
    """
    code: list[GeneratedCode] = []
    wrappers: dict[str, str] = {}
    later: dict[str, tuple[str, ...]] = {}
    for path in (*reversed(extra), _OWN_TABLE):
        read = read_toml(path, "what stands between")
        try:
            code += [_code(entry) for entry in read.pop("code", [])]
            given = read.pop("wrappers", {})
            taken = {name: tuple(found) for name, found in read.pop("later", {}).items()}
            if read:
                raise ValueError(f"unknown table {next(iter(read))}")
            if not all(type(name) is str for name in given.values()):
                raise ValueError("a wrapper without the name of a variable")
            wrappers = {**given, **wrappers}
            later = {**taken, **later}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TableError(
                f"{path}: expected the form of outside.toml, found: {error}"
            ) from error
    return OutsideTable(tuple(code), wrappers, later)


def _code(entry: Mapping[str, Any]) -> GeneratedCode:
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }
    made = GeneratedCode(**given)
    if not made.files:
        raise ValueError(f"no files for {made.library}")
    return made
