"""Where an agent may look and write: below the root, and below the folder of bundles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tracer.bundle.store import bundle_folders
from tracer.errors import RequestError

_MOST_CHARACTERS = 1024
_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)*")


@dataclass(frozen=True, slots=True)
class Places:
    """The two folders of a server; both absolute, without links."""

    root: Path  # what is analysed; nothing is written there
    out: Path  # where bundles are written and found; it need not be there yet

    def file(self, path: str) -> Path:
        """A file of the tree, by its path relative to the root.

        Raises:
            RequestError: It is not there, is hidden, or lies outside, by itself or through a link.
        """
        found = _below(self.root, path, "the root")
        if not found.is_file():
            raise RequestError(f"{path}: expected a file below the root, found none")
        return found

    def bundle(self, name: str) -> Path:
        """A bundle, by the name that `run_brief` gave it. Raises as `file`."""
        found = _below(self.out, name, "the folder of bundles")
        if not found.is_dir():
            known = ", ".join(self.bundles()[-5:]) or "none yet"
            raise RequestError(f"{name}: expected the name of a bundle; there are {known}")
        return found

    def bundles(self) -> list[str]:
        """The names of all bundles, sorted; bundles of `run_brief` sort by time within a brief."""
        if not self.out.is_dir():
            return []
        folders = bundle_folders(self.out)
        return [folder.relative_to(self.out).as_posix() for folder in folders]

    def new_bundle(self, name: str) -> Path:
        """Where a bundle of this name is to go.

        Raises:
            RequestError: It is no plain name, or leads outside.
        """
        if not _NAME.fullmatch(name):
            raise RequestError(f"{name}: expected a name of letters, digits, `-`, `_` and `/`")
        return _below(self.out, name, "the folder of bundles")

    def name_of(self, bundle: Path) -> str:
        """The name by which an agent finds a bundle again."""
        return bundle.resolve().relative_to(self.out).as_posix()


def _below(base: Path, path: str, called: str) -> Path:
    if not path or len(path) > _MOST_CHARACTERS or "\0" in path:
        raise RequestError(f"expected a path relative to {called}, found {path[:40]!r}")
    pure = PurePosixPath(path.replace("\\", "/"))
    if pure.is_absolute() or path.startswith("~") or path[1:2] == ":" or ".." in pure.parts:
        raise RequestError(f"{path}: expected a path relative to {called}, without `..`")
    if any(part.startswith(".") for part in pure.parts):
        raise RequestError(f"{path}: hidden files and folders are not read")
    try:
        found = (base / pure).resolve()
    except (OSError, RuntimeError) as error:  # a loop of links
        raise RequestError(f"{path}: expected a path below {called}: {error}") from error
    if not found.is_relative_to(base):
        raise RequestError(f"{path}: leads out of {called} through a link")
    return found
