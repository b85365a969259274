"""What readers of archives hand on to the reader of their members."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from tracer.artifacts.limits import Budget
from tracer.model.artifact import ArtifactMember

Inspect = Callable[[BinaryIO, int, str, Budget, int], Iterator[ArtifactMember]]
"""Reads a member: its bytes, their count, its path, what is left, in how many archives it lies."""


def archive_kind(names: list[str], plain: str, budget: Budget) -> str:
    """What an archive is called by its members; `plain` where they tell nothing."""
    return next((form.kind for form in budget.table.archives if form.fits(names)), plain)


def name_refusal(name: str) -> str:
    """Why a member of this name is not unpacked; empty where nothing speaks against the name."""
    if "\0" in name:
        return "a null byte in the name"
    if name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
        return "an absolute path"
    if ".." in name.replace("\\", "/").split("/"):
        return "a path out of the archive"
    return ""


def is_too_deep(depth: int, budget: Budget) -> tuple[str, ...]:
    """The gap, where an archive lies in too many others to be opened."""
    if depth < budget.limits.nesting:
        return ()
    return (f"nested more than {budget.limits.nesting} archives deep",)
