"""Files and folders below a root that are no Python sources, as far as documents cite them."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

_LARGEST_TEXT_BYTES = 4 * 1024 * 1024


class OtherFiles:
    """Looks only below the root; each file is read, and the folders are walked, at most once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, tuple[str, ...] | None] = {}
        self._paths: list[str] | None = None

    def is_file(self, path: str) -> bool:
        """Whether a file stands there."""
        return self._is_below(path) and (self._root / path).is_file()

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands there."""
        return self._is_below(path) and (self._root / path).is_dir()

    def lines(self, path: str) -> tuple[str, ...] | None:
        """The lines of a text file; None where there is none that can be read."""
        if path not in self._texts:
            self._texts[path] = self._read_text(path)
        return self._texts[path]

    def named(self, name: str) -> list[str]:
        """Files with this name, sorted; hidden folders are left out, as in `sources`."""
        if self._paths is None:
            self._paths = []
            for folder, folders, names in os.walk(self._root):
                folders[:] = [f for f in folders if not f.startswith(".") and f != "__pycache__"]
                relative = os.path.relpath(folder, self._root).replace(os.sep, "/")
                prefix = "" if relative == "." else f"{relative}/"
                self._paths.extend(f"{prefix}{n}" for n in names if not n.endswith((".py", ".pyc")))
            self._paths.sort()
        return [path for path in self._paths if path.rpartition("/")[2] == name]

    def _is_below(self, path: str) -> bool:
        """A link that leads out of the root leads to what is not part of the tree."""
        return _is_safe(path) and (self._root / path).resolve().is_relative_to(self._root.resolve())

    def _read_text(self, path: str) -> tuple[str, ...] | None:
        if not self.is_file(path):
            return None
        file = self._root / path
        try:
            if file.stat().st_size > _LARGEST_TEXT_BYTES:
                return None
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        return tuple(text.splitlines())


def _is_safe(path: str) -> bool:
    return bool(path) and not path.startswith("/") and ".." not in PurePosixPath(path).parts
