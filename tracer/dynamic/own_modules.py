"""Which top-level modules a tree has, wherever its folders may be put on `sys.path`."""

from __future__ import annotations

import os
from pathlib import Path

_MOST_FOLDERS = 20_000


def own_modules(root: Path) -> set[str]:
    """Names of the packages and modules below a root that lie in no package themselves.

    A module of the tree that cannot be imported, since a folder is missing on the path, must not be
    mistaken for a library that is not installed.
    """
    found: set[str] = set()
    packages: set[str] = set()
    for number, (folder, folders, files) in enumerate(os.walk(root)):
        if number >= _MOST_FOLDERS:
            break
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in ("__pycache__", "node_modules", "site-packages")
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        is_package = "__init__.py" in files
        if is_package:
            packages.add(folder)
        parent, name = os.path.split(folder)
        if parent in packages:
            continue
        if is_package:
            found.add(name)
        else:
            found.update(file[:-3] for file in files if file.endswith(".py"))
    return found
