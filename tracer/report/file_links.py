"""Functions that no call joins and a file does: what the one writes, the other reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracer.model.evidence import ArtifactLayout, Evidence, Run
from tracer.model.ledger import FileDeed, MemberDeed
from tracer.model.recording import Place
from tracer.model.source import FunctionId, function_id
from tracer.report.artifact_pairs import ArtifactPair, artifact_pairs
from tracer.report.ledger import where


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file, or a member of an archive, with who wrote what was read of it."""

    writer: FunctionId
    reader: FunctionId
    name: str  # of a run, as the machine had it; else as the code spells it
    written_at: str
    read_at: str
    run: str  # that saw it; empty: by reading alone


def file_links(evidence: Evidence) -> tuple[FileLink, ...]:
    """What runs saw, in their order; then what was read, and that no run saw of these two."""
    known = {(each.path, each.qualname, each.first_line): each.id for each in evidence.functions}
    links: dict[tuple[object, ...], FileLink] = {}
    for run in evidence.runs:
        for link in _seen(run, known):
            links.setdefault((link.written_at, link.read_at, link.name), link)
    ends = {(link.writer, link.reader) for link in links.values()}
    for pair in artifact_pairs(evidence):
        for link in _read(pair):
            if (link.writer, link.reader) not in ends:
                links.setdefault((link.written_at, link.read_at, link.name), link)
    return tuple(links.values())


def links_of(pair: ArtifactPair, links: tuple[FileLink, ...]) -> tuple[FileLink, ...]:
    """Those that runs saw of an artefact.

    A function that writes several artefacts is told apart by the line.
    """
    found = []
    for link in links:
        mine = [each for each in pair.writers if each.function == link.writer]
        if link.run and mine and _is_of(link, mine):
            found.append(link)
    return tuple(found)


def _is_of(link: FileLink, layouts: list[ArtifactLayout]) -> bool:
    places = {
        f"{anchor.path}:{line}"
        for layout in layouts
        for member in layout.members
        for anchor in member.anchors
        for line in range(anchor.line, (anchor.end_line or anchor.line) + 1)
    }
    return link.written_at in places


def _seen(run: Run, known: dict[tuple[str, str, int], FunctionId]) -> Iterator[FileLink]:
    deeds: tuple[FileDeed | MemberDeed, ...] = (*run.ledger.files, *run.ledger.members)
    for deed in deeds:
        if deed.deed != "read" or deed.place is None or deed.source_place is None:
            continue
        name = f"{deed.archive}!{deed.member}" if isinstance(deed, MemberDeed) else deed.path
        writer, reader = _function(deed.source_place, known), _function(deed.place, known)
        if writer == reader:
            continue  # what a function reads of its own: a file on its way into an archive
        yield FileLink(
            writer,
            reader,
            name,
            where(deed.source_place),
            where(deed.place),
            run.workload.name,
        )


def _function(place: Place, known: dict[tuple[str, str, int], FunctionId]) -> FunctionId:
    frame = place.frame
    key = frame.path, frame.qualname, frame.first_line
    return known.get(key) or function_id(frame.path, frame.qualname)


def _read(pair: ArtifactPair) -> Iterator[FileLink]:
    for member in pair.members:
        done = [anchor for anchor in member.read if anchor not in member.tested]
        for writer in pair.writers:
            for reader in pair.readers:
                written = [a for a in member.written if _holds(writer, a.path, a.line)]
                read = [a for a in done if _holds(reader, a.path, a.line)]
                if written and read and writer.function != reader.function:
                    yield FileLink(
                        writer.function,
                        reader.function,
                        f"{writer.artifact}/{member.path}",
                        f"{written[0].path}:{written[0].line}",
                        f"{read[0].path}:{read[0].line}",
                        "",
                    )


def _holds(layout: ArtifactLayout, path: str, line: int) -> bool:
    return any(
        anchor.path == path and anchor.line == line
        for member in layout.members
        for anchor in member.anchors
    )
