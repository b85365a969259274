"""This machine's paths, made to read the same on any other."""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from tracer.probe.arguments import split_options
from tracer.tables.outside import load_outside_table

_RANDOM_NAME = re.compile(  # as `tempfile` makes them, also to see whether a folder can be used
    r"(?<=/)tmp[a-z0-9_]{8}(?=[/.'\"]|$)|(?<=<tmp>/)[a-z0-9_]{8}(?=[/'\"]|$)"
)
_RANDOM_CHARACTERS = 8  # in the names that `tempfile` makes
_TEXT_LENGTH = re.compile(r"\b(str|bytes) len \d+ (?=b?['\"])")


class PortablePaths:
    """This machine's paths, made to read the same on any other."""

    def __init__(self, header: dict[str, Any], temporary: Iterable[str] = ()) -> None:
        pairs: dict[str, str] = {}
        for folder in _each(tempfile.gettempdir(), header.get("tmp")):
            pairs[folder] = "<tmp>"
        pairs[header["home"]] = "<home>"
        for folder in header["python_folders"]:
            outer = [
                base
                for base in header["python_folders"]
                if folder.startswith(base.rstrip("/") + "/")
            ]
            pairs[folder] = "<python>" + folder.removeprefix(min(outer, key=len, default=folder))
        parted = split_options(header["workload"]["argv"])
        script = parted[1][0] if parted and parted[1] else ""
        roots = (header["root"].rstrip("/") + "/", header["real_root"].rstrip("/") + "/")
        if posixpath.isabs(script) and not script.startswith(roots):
            # A script elsewhere: where it lies is this machine's affair.
            pairs[posixpath.dirname(script)] = "<script>"
        pairs.update(_given_folders(header))
        pairs[header["root"]] = ""
        pairs[header["real_root"]] = ""
        if header["scratch"]:
            pairs[header["scratch"]] = "<scratch>"
        self._pairs = sorted(
            ((folder.rstrip("/"), name) for folder, name in pairs.items() if len(folder) > 1),
            key=lambda pair: (-len(pair[0]), pair),
        )
        self._known: dict[str, str] = {}
        self._hide_names_of(temporary)

    def normal(self, path: str) -> str:
        """A path in its portable form; what names no file stays as it is."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._normal(path)
        return known

    def _hide_names_of(self, temporary: Iterable[str]) -> None:
        """Temporary files and folders of which the run told that it made them, under any prefix."""
        shown = {path: self._normal(path) for path in temporary}
        for path, name in shown.items():
            folder, separator, last = name.rpartition("/")
            stem, dot, suffix = last.rpartition(".") if "." in last[1:] else (last, "", "")
            if len(stem) > _RANDOM_CHARACTERS:
                hidden = stem[:-_RANDOM_CHARACTERS] + "*"
                self._pairs.append((path, f"{folder}{separator}{hidden}{dot}{suffix}"))
        self._pairs.sort(key=lambda pair: (-len(pair[0]), pair))

    def in_text(self, text: str) -> str:
        """A line of text with the paths in it made portable."""
        for folder, name in self._pairs:
            text = text.replace(folder + "/", name + "/" if name else "")
            text = re.sub(re.escape(folder) + r"(?![\w./-])", name or ".", text)
        return _RANDOM_NAME.sub("tmp*", text)

    def in_value(self, value: str) -> str:
        """A summary without the paths of this machine; a text that held one has no length of its
        own any more, since that was the length of the path here."""
        shown = self.in_text(value)
        return value if shown == value else _TEXT_LENGTH.sub(r"\1 ", shown)

    def _normal(self, path: str) -> str:
        path = path.encode("utf-8", "backslashreplace").decode("utf-8").replace("\\\\", "/")
        for folder, name in self._pairs:
            if path == folder:
                return name or "."
            if path.startswith(folder + "/"):
                rest = posixpath.normpath(path[len(folder) + 1 :])
                shown = f"{name}/{rest}" if name else rest
                if not name:
                    return shown
                return _without_random_part(_RANDOM_NAME.sub("tmp*", shown))
        return path


@cache
def _names_of_made_files() -> tuple[str, ...]:
    """What libraries call the files of code that they make, with `*` for what is random."""
    patterns = (pattern for made in load_outside_table().code for pattern in made.files)
    return tuple(pattern[1:] for pattern in patterns if pattern[:1] == "*" and "*" in pattern[1:])


def _without_random_part(path: str) -> str:
    folder, _, name = path.rpartition("/")
    for pattern in _names_of_made_files():
        if fnmatchcase(name, pattern):
            return f"{folder}/{pattern}"
    return path


def _given_folders(header: dict[str, Any]) -> dict[str, str]:
    """Folders that were named for this run only: where it ran, and what its arguments lie in."""
    known = [
        folder for folder in (header["root"], header["real_root"], header["scratch"]) if folder
    ]
    found: dict[str, str] = {}

    def add(folder: str, name: str) -> None:
        is_known = any(f"{folder}/".startswith(f"{each.rstrip('/')}/") for each in known)
        if not is_known and folder.count("/") > 1:  # `/data` may hold anything
            found.setdefault(folder, name)

    add(header.get("cwd", ""), "<cwd>")
    for word in header["workload"]["argv"][1:]:
        path = word.partition("=")[2] if word.startswith("-") else word
        if posixpath.isabs(path):
            number = sum(name.startswith("<given") for name in found.values())
            add(posixpath.dirname(path), f"<given {number + 1}>" if number else "<given>")
    return found


def _each(*folders: str | None) -> Iterable[str]:
    for folder in folders:
        if folder:
            yield folder
            yield str(Path(folder).resolve())
