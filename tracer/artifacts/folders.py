"""Files of a folder, sorted; links are named and not followed, special files not opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tracer.artifacts.limits import Budget
from tracer.artifacts.streams import Inspect
from tracer.artifacts.texts import printable
from tracer.model.artifact import ArtifactMember

_KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def folder_names(root: Path, budget: Budget) -> list[str]:
    """What lies below the folder, folders themselves left out, links to folders not."""
    names: list[str] = []
    trouble: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=trouble.append):
        relative = Path(folder).relative_to(root)
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        names += [(relative / name).as_posix() for name in (*files, *links)]
        if len(names) > budget.members_left:
            left = budget.members_left
            budget.gaps.append(f"more than {left} files: the rest was not read")
            names = sorted(names)[:left]
            break
    for error in trouble:
        name = printable(os.path.relpath(str(error.filename), root))
        budget.gaps.append(f"{name}: {error.strerror}")
    return sorted(names)


def folder_members(
    root: Path, names: list[str], budget: Budget, inspect: Inspect
) -> Iterator[ArtifactMember]:
    """Each file, and what is inside."""
    budget.members_left -= len(names)
    for name in names:
        shown = printable(name, 1_000)
        opened = open_regular(root / name, follow=False)
        if isinstance(opened, str):
            yield ArtifactMember(shown, "other", 0, not_inspected=(f"{opened}: not opened",))
            continue
        with opened as file:
            size = os.fstat(file.fileno()).st_size
            if reason := budget.refusal(size):
                yield ArtifactMember(shown, "other", size, not_inspected=(reason,))
                continue
            budget.bytes_left -= size
            yield from inspect(file, size, shown, budget, 0)


def open_regular(path: Path, *, follow: bool) -> BinaryIO | str:
    """A regular file, open for reading; or what it is instead.

    A FIFO that somebody puts in its place meanwhile does not hold us up either.
    """
    try:
        if (kind := _special(path, follow=follow)) is not None:
            return kind
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        flags |= getattr(os, "O_CLOEXEC", 0) | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
        file = os.fdopen(os.open(path, flags), "rb")
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        return "a special file"
    return file


def _special(path: Path, *, follow: bool) -> str | None:
    mode = (path.stat() if follow else path.lstat()).st_mode
    if stat.S_ISREG(mode):
        return None
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "no regular file")
