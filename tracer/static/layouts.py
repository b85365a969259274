"""What the code puts into archives and folders, what it expects of them, and whether both agree."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from tracer.model.evidence import ArtifactLayout, Finding, FindingKind, LayoutMember
from tracer.model.graph import CallGraph, EffectKind
from tracer.model.source import Anchor, FunctionId, path_of, qualname_of
from tracer.static.archives.calls import may_open, opening_callers
from tracer.static.archives.context import TESTED
from tracer.static.archives.reader import LayoutReader
from tracer.static.sources import SourceTree


class LayoutSearch:
    """Layouts in one tree, kind by kind: what nobody asks for is not followed."""

    def __init__(
        self, tree: SourceTree, graph: CallGraph, functions: Collection[FunctionId]
    ) -> None:
        self._functions = sorted(functions)
        self._texts = {source.path: source.text for source in tree.files}
        self._graph = graph
        self._reader = LayoutReader(tree, graph, frozenset(functions))

    def archives(self, *, with_arrays: bool = True) -> tuple[ArtifactLayout, ...]:
        """Those of archives; those of `.npz` files, whose members are arrays, too or not.

        Only files are parsed that hold such a call, by their text or by the graph.
        """
        callers = opening_callers(self._graph, with_arrays=with_arrays)
        opening = {
            path for path, text in self._texts.items() if may_open(text, with_arrays=with_arrays)
        }
        return _by_place(
            layout
            for function in self._functions
            if function in callers or path_of(function) in opening
            for layout in self._reader.archives(function, with_arrays=with_arrays)
        )

    def every(self) -> tuple[ArtifactLayout, ...]:
        """Those of archives and of folders, sorted by place.

        What is read of folders is shown where the answer's functions write it: any other file that
        somebody reads is no artefact of the code's.
        """
        archives = self.archives()
        taken = {
            anchor for layout in archives for member in layout.members for anchor in member.anchors
        }
        folders = [
            layout
            for function in self._functions
            for layout in self._reader.folders(function, taken)
        ]
        written = [
            file
            for function in self._functions
            for file in self._reader.written_files(function, taken)
        ]
        read = [
            layout
            for function in self._functions
            for layout in self._reader.folders_read(function, taken, written)
        ]
        return _by_place([*archives, *folders, *read])


def _by_place(layouts: Iterable[ArtifactLayout]) -> tuple[ArtifactLayout, ...]:
    return tuple(
        sorted(layouts, key=lambda each: (each.anchor, each.direction, each.artifact, each.names))
    )


def artifact_layouts(
    tree: SourceTree, graph: CallGraph, functions: Collection[FunctionId]
) -> tuple[ArtifactLayout, ...]:
    """What the functions write into archives and folders, and what they read from these.

    Args:
        functions: Those of the answer. Calls out of them are followed wherever they lead; calls
            into them only from the answer, where it holds any.

    Returns:
        Sorted by place. An archive that callers make in different shapes has one layout for each
        shape. Plain files stand in a layout of their folder. What could not be followed stands in
        `unknown`.
    """
    return LayoutSearch(tree, graph, functions).every()


def compare_layouts(layouts: Sequence[ArtifactLayout]) -> tuple[Finding, ...]:
    """Where writers and readers of an archive of one name do not fit together.

    Archives are paired by their names, holes standing for anything; folders are not compared. A
    gap on one side is no contradiction: members that the other side may well hold are left out.

    Returns:
        Names that fit only by default (hidden input), members that are read or tested for and
        never written, members that are written and never read.
    """
    findings: list[Finding] = []
    readers = [layout for layout in layouts if layout.direction is EffectKind.ARCHIVE_READ]
    writers = [layout for layout in layouts if layout.direction is EffectKind.ARCHIVE_WRITE]
    for writer in writers:
        partners = [reader for reader in readers if _common_names(writer, reader)]
        findings += [finding for reader in partners for finding in _by_default(writer, reader)]
        if partners and all(_is_whole(reader) for reader in partners):
            findings += _unread(writer, partners)
    for reader in readers:
        partners = [writer for writer in writers if _common_names(writer, reader)]
        if partners and all(_is_whole(writer) for writer in partners):
            findings += _unwritten(reader, partners)
    return tuple(dict.fromkeys(findings))


_HOLE = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_CALL_SITES = "call sites"


def _by_default(writer: ArtifactLayout, reader: ArtifactLayout) -> Iterable[Finding]:
    """One side's name hangs on a default that the other side does not ask for."""
    for one, other, verb in ((writer, reader, "reads"), (reader, writer, "writes")):
        for sentence in one.hidden_inputs:
            if sentence in other.hidden_inputs:
                continue
            name = " | ".join(_common_names(writer, reader))
            fixed = ", ".join(f"`{at.symbol}` ({at})" for at in other.named_at)
            through = f" for {fixed}" if fixed else ""
            yield Finding(
                FindingKind.HIDDEN_INPUT,
                f"{sentence}; `{qualname_of(other.function)}` {verb} `{name}`{through} whatever"
                " that value is, so another one breaks the pair",
                (one.anchor, other.anchor),
            )


def _unread(writer: ArtifactLayout, readers: Sequence[ArtifactLayout]) -> Iterable[Finding]:
    members = [
        member
        for member in writer.members
        if not any(
            _fits(member.path, other.path)
            for reader in readers
            for other in reader.members
            if other.content != TESTED
        )
    ]
    if members:
        by = ", ".join(f"`{name}`" for name in sorted({qualname_of(r.function) for r in readers}))
        text = f"{_listed(members)} in `{_name(writer)}`: written, and never read through {by}"
        yield Finding(FindingKind.CONTRADICTION, text, _anchors(members))


def _unwritten(reader: ArtifactLayout, writers: Sequence[ArtifactLayout]) -> Iterable[Finding]:
    missing = [
        member
        for member in reader.members
        if not member.path.endswith("/")
        and not any(_fits(member.path, other.path) for w in writers for other in w.members)
    ]
    tested = [member for member in missing if member.content == TESTED]
    read = [member for member in missing if member.content != TESTED]
    by = ", ".join(f"`{name}`" for name in sorted({qualname_of(w.function) for w in writers}))
    if read:
        text = f"{_listed(read)} in `{_name(reader)}`: read, and never written through {by}"
        yield Finding(FindingKind.CONTRADICTION, text, _anchors(read))
    if tested:
        text = f"{_listed(tested)} in `{_name(reader)}`: tested for, and never written through {by}"
        yield Finding(FindingKind.HIDDEN_INPUT, text, _anchors(tested))


def _is_whole(layout: ArtifactLayout) -> bool:
    """Whether all members are known; callers that were not followed change none of them."""
    gaps = [reason for reason in layout.unknown if _CALL_SITES not in reason]
    return bool(layout.members) and not gaps


def _common_names(one: ArtifactLayout, other: ArtifactLayout) -> list[str]:
    """The last components that both may have, written out; bare holes tell nothing."""
    found = []
    for name in _last_components(one):
        for partner in _last_components(other):
            if _fits(name, partner):
                found.append(partner if "{" in name else name)
    return sorted(set(found))


def _last_components(layout: ArtifactLayout) -> set[str]:
    names = {name.rpartition("/")[2] for name in layout.names or (layout.artifact,)}
    return {name for name in names if re.search(r"\w", _HOLE.sub("", name).rpartition(".")[0])}


def _fits(one: str, other: str) -> bool:
    """Whether two rendered paths may be the same, component by component."""
    ones, others = one.rstrip("/").split("/"), other.rstrip("/").split("/")
    return len(ones) == len(others) and all(
        bool(_expression(a).fullmatch(b) or _expression(b).fullmatch(a))
        for a, b in zip(ones, others, strict=True)
    )


def _expression(component: str) -> re.Pattern[str]:
    pieces, end = [], 0
    for match in _HOLE.finditer(component):
        pieces.append(re.escape(component[end : match.start()]))
        pieces.append(re.escape(match[0]) if match[0] in ("{{", "}}") else ".*")
        end = match.end()
    return re.compile("".join([*pieces, re.escape(component[end:])]), re.DOTALL)


def _name(layout: ArtifactLayout) -> str:
    return " | ".join(sorted(_last_components(layout)))


def _anchors(members: Iterable[LayoutMember]) -> tuple[Anchor, ...]:
    return tuple(sorted({anchor for member in members for anchor in member.anchors}))


def _listed(members: Sequence[LayoutMember], most: int = 12) -> str:
    shown = ", ".join(f"`{member.path}`" for member in members[:most])
    return shown if len(members) <= most else f"{shown} and {len(members) - most} more"
