"""Which layouts of one name are of one artefact: a name with holes is everybody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from tracer.model.evidence import ArtifactLayout, ReconciledEdge
from tracer.model.source import FunctionId, is_function, path_of


def by_kin(
    writers: Sequence[ArtifactLayout],
    readers: Sequence[ArtifactLayout],
    edges: Iterable[ReconciledEdge],
) -> list[list[ArtifactLayout]]:
    """Writers that have to do with each other, with the readers that are theirs.

    Writers are kin in one file, or where one function calls both, or one the other. A reader
    belongs to the kin that it has most in common with: the file, a caller, the package, members.

    Returns:
        One group where there are not two kins; groups in the order of their first writer.
    """
    if len(writers) < 2:
        return [[*writers, *readers]]
    callers: defaultdict[str, set[FunctionId]] = defaultdict(set)
    for edge in edges:
        if is_function(edge.callee):
            callers[edge.callee].add(edge.caller)

    def are_close(one: ArtifactLayout, other: ArtifactLayout) -> bool:
        mine, theirs = callers[one.function], callers[other.function]
        is_call = one.function in theirs or other.function in mine
        return one.function == other.function or is_call or bool(mine & theirs)

    kins: list[list[ArtifactLayout]] = []
    for writer in writers:
        joined = [
            kin
            for kin in kins
            if any(_path(each) == _path(writer) or are_close(each, writer) for each in kin)
        ]
        kins = [kin for kin in kins if kin not in joined]
        kins.append([*(each for kin in joined for each in kin), writer])
    kins.sort(key=lambda kin: writers.index(kin[0]))
    groups = [list(kin) for kin in kins]
    for reader in readers:
        nearness = [_nearness(reader, kin, are_close) for kin in kins]
        groups[nearness.index(max(nearness))].append(reader)
    return groups


def _nearness(
    reader: ArtifactLayout,
    kin: Sequence[ArtifactLayout],
    are_close: Callable[[ArtifactLayout, ArtifactLayout], bool],
) -> tuple[bool, bool, bool, int]:
    written = {member.path for writer in kin for member in writer.members}
    return (
        any(_path(writer) == _path(reader) for writer in kin),
        any(are_close(writer, reader) for writer in kin),
        any(_package(writer) == _package(reader) for writer in kin),
        sum(member.path in written for member in reader.members),
    )


def _path(layout: ArtifactLayout) -> str:
    return path_of(layout.function)


def _package(layout: ArtifactLayout) -> str:
    return _path(layout).partition("/")[0]
