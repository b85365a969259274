"""The bundles below a reports folder: what was answered before.

There is no index file. The index is made of the bundles each time it is asked for, so that loops
that write side by side have nothing to tear; and a bundle appears whole, since it is renamed into
its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.bundle.manifest import check_manifest
from tracer.bundle.store import (
    EVIDENCE_NAME,
    VERIFICATION_NAME,
    bundle_folders,
    read_evidence,
    read_verification,
)
from tracer.errors import BundleError, TracerError
from tracer.model.evidence import Evidence
from tracer.model.verification import Verification

_PROBLEMS_NAMED = 3


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """A bundle that can be read."""

    name: str  # its folder below the reports, POSIX
    folder: Path
    evidence: Evidence
    verification: Verification | None  # None: there is none that can be read
    problems: tuple[str, ...] = ()  # what is wrong with its files, one sentence each


@dataclass(frozen=True, slots=True)
class BrokenBundle:
    """A folder that should be a bundle and cannot be read as one."""

    name: str
    problem: str  # what, where, what was expected


@dataclass(frozen=True, slots=True)
class Index:
    """All bundles, sorted by their folders."""

    bundles: tuple[KeptBundle, ...] = ()
    broken: tuple[BrokenBundle, ...] = ()


def read_index(reports: Path, *, without: Path | None = None) -> Index:
    """Read every bundle below a folder; one that cannot be read is told and ends nothing.

    Args:
        reports: Where bundles lie, however deep; where there is no such folder, there are none.
        without: A folder that does not count, with all below it: it is about to be replaced.
    """
    bundles: list[KeptBundle] = []
    broken: list[BrokenBundle] = []
    for folder in bundle_folders(reports, without=without):
        name = folder.relative_to(reports).as_posix()
        try:
            bundles.append(_read(folder, name))
        except (TracerError, OSError) as error:
            # Somebody else may be replacing it at this moment: that is no trouble of ours.
            text = str(error).replace(str(folder), name)
            broken.append(BrokenBundle(name, " ".join(text.split())))
    return Index(tuple(bundles), tuple(broken))


def _read(folder: Path, name: str) -> KeptBundle:
    mismatches = check_manifest(folder)
    problems = [f"{each.path} is {each.problem}" for each in mismatches]
    if any(each.path == EVIDENCE_NAME for each in mismatches):
        raise BundleError(f"{folder}: {EVIDENCE_NAME} is not what the manifest says")
    evidence = read_evidence(folder)
    verification = None
    try:
        verification = read_verification(folder)
    except BundleError:
        problems.append(f"{VERIFICATION_NAME} cannot be read")
    if len(problems) > _PROBLEMS_NAMED:
        more = len(problems) - _PROBLEMS_NAMED
        problems = [*problems[:_PROBLEMS_NAMED], f"and {more} more of its files"]
    told = (f"its files were touched: {', '.join(problems)}",) if problems else ()
    return KeptBundle(name, folder, evidence, verification, told)
