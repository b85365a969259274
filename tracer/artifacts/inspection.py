"""What an artefact holds, read as bytes.

Kinds are told by content, names decide only where the content has no mark of its own. Nothing is
unpacked to disk, but for an unnamed file that hands an inner HDF5 file to the process that reads
it; nothing that an artefact names is imported, called or run. No verdict is given: a report says
what is there, and what was not looked at.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from tracer.artifacts.folders import folder_members, folder_names, open_regular
from tracer.artifacts.limits import Budget, InspectionLimits
from tracer.artifacts.members import inspect_stream
from tracer.artifacts.texts import printable
from tracer.errors import SourceError
from tracer.model.artifact import INSPECTION_SCHEMA, ArtifactMember, ArtifactReport
from tracer.tables.formats import FormatsTable, load_formats


def inspect_artifact(
    path: Path, limits: InspectionLimits | None = None, table: FormatsTable | None = None
) -> ArtifactReport:
    """Inspect a file, or all files of a folder.

    Returns:
        Members of an archive are named without the archive; those of an archive in it, and of a
        folder's archive, as `inner.zip!/member`.

    Raises:
        SourceError: There is no such file or folder, or it cannot be read.
    """
    budget = Budget(limits or InspectionLimits(), table or load_formats())
    name = printable(path.name or path.resolve().name)
    if path.is_dir():
        return _inspect_folder(path, name, budget)
    opened = open_regular(path, follow=True)
    if isinstance(opened, str):
        raise SourceError(f"{path}: expected a file or folder, found: {opened}")
    try:
        with opened as file:
            size = os.fstat(file.fileno()).st_size
            found = list(inspect_stream(file, size, name, budget, 0))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
    return _report(name, found, budget)


def _inspect_folder(path: Path, name: str, budget: Budget) -> ArtifactReport:
    names = folder_names(path, budget)
    tops = [each for each in names if "/" not in each]
    kind = next((form.kind for form in budget.table.folders if form.fits(tops)), "folder")
    try:
        members = tuple(folder_members(path, names, budget, inspect_stream))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
    size = sum(member.size for member in members if "!/" not in member.path)
    return ArtifactReport(
        INSPECTION_SCHEMA, name, kind, size, "", members, not_inspected=tuple(budget.gaps)
    )


def _report(name: str, found: list[ArtifactMember], budget: Budget) -> ArtifactReport:
    """A file that holds others is the artefact; any other file is its own only member."""
    first, *inner = found
    if first.top != "archive" and not inner and first.kind not in ("zip", "tar"):
        return ArtifactReport(
            INSPECTION_SCHEMA,
            name,
            first.kind,
            first.size,
            first.sha256,
            (first,),
            not_inspected=tuple(budget.gaps),
        )
    prefix = f"{first.path}!/"
    members = tuple(replace(each, path=each.path.removeprefix(prefix)) for each in inner)
    own = () if first.top in ("archive", "") else (first,)
    return ArtifactReport(
        INSPECTION_SCHEMA,
        name,
        first.kind,
        first.size,
        first.sha256,
        (*own, *members),
        first.notes,
        (*first.not_inspected, *budget.gaps),
    )
