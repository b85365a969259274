"""`tracer inspect`: what an artefact holds, and which lines are known to have put it there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.artifacts.choosing import candidates
from tracer.artifacts.inspection import inspect_artifact
from tracer.artifacts.joining import is_archive, join_artifact, members_of
from tracer.brief.read import read_brief
from tracer.bundle.store import find_bundle, read_evidence
from tracer.model.artifact import ArtifactReport, JoinedArtifact
from tracer.model.evidence import ArtifactLayout
from tracer.model.graph import EffectKind
from tracer.model.ledger import Ledger
from tracer.pipeline.answer import answer_brief
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import Reading, read_sources
from tracer.static.layouts import LayoutSearch
from tracer.tables.formats import load_formats

_TOUCHING = frozenset(
    {EffectKind.ARCHIVE_READ, EffectKind.ARCHIVE_WRITE, EffectKind.SERIALIZE}
    | {EffectKind.DESERIALIZE, EffectKind.FILE_WRITE}
)


@dataclass(frozen=True, slots=True)
class InspectRequest:
    """What to look into, and which code to put beside it."""

    file: Path
    root: Path | None = None  # None: the bundle's own account, or no code at all
    brief: Path | None = None  # whose answer's functions alone are asked
    bundle: Path | None = None  # whose layouts and recordings are asked
    formats: tuple[Path, ...] = ()
    tables: tuple[Path, ...] = ()

    @property
    def has_code(self) -> bool:
        """Whether there is code to put beside the artefact."""
        return self.root is not None or self.bundle is not None


def inspect(request: InspectRequest, progress: Progress | None = None) -> JoinedArtifact:
    """Look into an artefact; where code is given, match its members and keys with lines.

    Raises:
        TracerError: The artefact, the tree, the brief or the bundle cannot be read.
    """
    clock = StageClock(progress or Silent())
    report = inspect_artifact(request.file, table=load_formats(request.formats))
    if not request.has_code:
        return JoinedArtifact(report, (), (), ())
    layouts: tuple[ArtifactLayout, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    if request.bundle is not None:
        evidence = read_evidence(find_bundle(request.bundle))
        layouts = evidence.layouts
        ledgers = tuple(run.ledger for run in evidence.runs)
    if request.root is None or (request.bundle is not None and request.brief is None):
        return join_artifact(report, layouts, ledgers)
    reading = read_sources(request.root, request.tables, clock)
    with clock.stage("layouts") as result:
        if request.brief is not None:
            found = answer_brief(read_brief(request.brief), reading).layouts
        else:
            found = _layouts_for(report, reading)
        result.append(f"{len(found)} layouts")
    return join_artifact(report, (*layouts, *found), ledgers)


def _layouts_for(report: ArtifactReport, reading: Reading) -> tuple[ArtifactLayout, ...]:
    """The layouts that an artefact can be of; all of them, where its name and members tell of none.

    Most of a tree's time goes into what reads arrays and writes plain files: an archive without
    arrays that some code names, or whose members some code writes, is joined without those.
    """
    functions = {
        effect.function
        for effect in reading.graph.effects
        if effect.kind in _TOUCHING and not effect.is_unreachable
    }
    search = LayoutSearch(reading.tree, reading.graph, functions)
    names = members_of(report)
    archives = search.archives(with_arrays=any(name.endswith(".npy") for name in names))
    is_known = any(
        candidates(report.name, names, archives, kind)
        for kind in (EffectKind.ARCHIVE_WRITE, EffectKind.ARCHIVE_READ)
    )
    return archives if is_known and is_archive(report) else search.every()
