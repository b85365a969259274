"""What runs leave in their scratch folders, inspected before these are removed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from tracer.artifacts.inspection import inspect_artifact
from tracer.artifacts.limits import InspectionLimits
from tracer.errors import SourceError
from tracer.model.artifact import ArtifactMember, JoinedArtifact, LeftArtifact, LeftArtifacts
from tracer.tables.formats import load_formats

_SCRATCH = "<scratch>"  # as recordings call the folder
_MOST_FILES = 200
_MOST_HIERARCHIES = 16  # each takes a process
_HIERARCHIES = (".h5", ".hdf5", ".keras")
_LIMITS = InspectionLimits(
    member_bytes=64 * 1024 * 1024, total_bytes=256 * 1024 * 1024, pickle_opcodes=500_000
)


def inspect_left(scratch: Path) -> LeftArtifacts:
    """Inspect the regular files in the folder and below, the first by path.

    Links are not followed. What a bound leaves out is told.
    """
    names = sorted(
        (Path(folder) / name).relative_to(scratch).as_posix()
        for folder, _, files in os.walk(scratch)
        for name in files
        if not (Path(folder) / name).is_symlink()
    )
    table = load_formats()
    left: list[LeftArtifact] = []
    gaps: list[str] = []
    hierarchies = 0
    if len(names) > _MOST_FILES:
        gaps.append(f"{_MOST_FILES} of {len(names)} files that the run left were looked into")
    for name in names[:_MOST_FILES]:
        hierarchies += name.endswith(_HIERARCHIES)
        if name.endswith(_HIERARCHIES) and hierarchies > _MOST_HIERARCHIES:
            gaps.append(f"{name}: more than {_MOST_HIERARCHIES} such files: not looked into")
            continue
        try:
            report = inspect_artifact(scratch / name, _LIMITS, table)
        except SourceError:  # its text names a folder of this machine
            gaps.append(f"{name}: no regular file, or it cannot be read")
            continue
        left.append(LeftArtifact(f"{_SCRATCH}/{name}", report))
    return LeftArtifacts(tuple(left), tuple(gaps))


def for_evidence(joined: JoinedArtifact) -> JoinedArtifact:
    """Without what differs from run to run: digests and sizes stand in `artifacts.json`."""
    report = joined.report
    members = tuple(map(_outline, report.members))
    return replace(joined, report=replace(report, size=0, sha256="", members=members))


def _outline(member: ArtifactMember) -> ArtifactMember:
    return ArtifactMember(
        member.path,
        member.kind,
        0,
        top=member.top,
        keys=member.keys,
        not_inspected=member.not_inspected,
    )
