"""Reads one function's archives and folders out of its syntax and its effects.

The members of an archive that is swept up from a folder are the files that calls write below that
folder, in the function that makes the archive and in all that it calls. Order is not judged: a
file written after the sweep counts too.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from tracer.model.evidence import ArtifactLayout, LayoutMember
from tracer.model.graph import CallGraph, EffectKind
from tracer.model.source import Anchor, FunctionId, path_of
from tracer.static.archives.calls import archive_calls, uses_of
from tracer.static.archives.context import (
    NPZ_READERS,
    NPZ_WRITERS,
    TESTED,
    Access,
    Archive,
    Draft,
    LayoutReading,
    anchor_of,
    argument_of,
)
from tracer.static.archives.folders import READS, WRITES, own_accesses
from tracer.static.archives.given import given_by_callers
from tracer.static.archives.members import members_of, with_defaults
from tracer.static.archives.read import read_folder, read_members, read_use
from tracer.static.archives.read_back import WrittenFile, is_read_back
from tracer.static.archives.written import npz_members, sweep_folder, write_use
from tracer.static.sources import SourceTree
from tracer.static.texts.context import Frame
from tracer.static.texts.patterns import Hole, HoleKind, literal, split_path
from tracer.static.texts.scopes import Link, bind_arguments

_MOST_CALLERS = 12


class LayoutReader:
    """Follows what goes into archives and comes out of them, with one evaluator for a tree."""

    def __init__(
        self, tree: SourceTree, graph: CallGraph, functions: frozenset[FunctionId]
    ) -> None:
        self._reading = LayoutReading(tree, graph, functions)

    def archives(
        self, function: FunctionId, *, with_arrays: bool = True
    ) -> Iterator[ArtifactLayout]:
        """One layout for each archive that the function opens, and for each shape it takes."""
        for archive in list(archive_calls(self._reading, function, with_arrays=with_arrays)):
            frames, left_out = self._frames(function)
            shapes: dict[tuple[tuple[LayoutMember, ...], tuple[str, ...]], ArtifactLayout] = {}
            for frame in frames:
                layout = self._archive_layout(archive, frame)
                key = (layout.members, layout.unknown)
                if key in shapes:
                    layout = replace(
                        layout,
                        names=_sorted_union(shapes[key].names, layout.names),
                        hidden_inputs=_sorted_union(
                            shapes[key].hidden_inputs, layout.hidden_inputs
                        ),
                        named_at=tuple(sorted({*shapes[key].named_at, *layout.named_at})),
                    )
                shapes[key] = layout
            for layout in shapes.values():
                yield replace(layout, unknown=(*layout.unknown, *left_out))

    def written_files(
        self, function: FunctionId, taken: Collection[Anchor]
    ) -> tuple[WrittenFile, ...]:
        """The plain files that the function itself writes."""
        accesses = self._plain_files(function, WRITES, taken)
        return tuple(WrittenFile(function, access.path) for access in accesses)

    def folders(self, function: FunctionId, taken: Collection[Anchor]) -> Iterator[ArtifactLayout]:
        """Layouts of the folders into which the function itself writes plain files."""
        accesses = self._plain_files(function, WRITES, taken)
        yield from self._folder_layouts(function, EffectKind.FILE_WRITE, accesses)

    def folders_read(
        self, function: FunctionId, taken: Collection[Anchor], written: Sequence[WrittenFile]
    ) -> Iterator[ArtifactLayout]:
        """Layouts of the folders from which the function itself reads files that are written."""
        accesses = [
            access
            for access in self._plain_files(function, READS, taken)
            if is_read_back(self._reading, access.path, function, written)
        ]
        if any(access.content != TESTED for access in accesses):
            yield from self._folder_layouts(function, EffectKind.FILE_READ, accesses)

    def _plain_files(
        self, function: FunctionId, kinds: frozenset[EffectKind], taken: Collection[Anchor]
    ) -> list[Access]:
        """Accesses to files that lie in no archive, and not in a temporary folder."""
        archives = {EffectKind.ARCHIVE_WRITE, EffectKind.ARCHIVE_READ}
        found = []
        for access in own_accesses(self._reading, Frame(function), kinds - archives):
            first = access.path.parts[0] if access.path.parts else ""
            is_temporary = isinstance(first, Hole) and first.kind is HoleKind.TEMPORARY
            if access.anchor in taken or is_temporary or access.path.bare_hole is not None:
                continue
            found.append(access)
        return found

    def _folder_layouts(
        self, function: FunctionId, direction: EffectKind, accesses: Iterable[Access]
    ) -> Iterator[ArtifactLayout]:
        found: dict[str, list[Access]] = {}
        for access in accesses:
            folder, _ = split_path(access.path)
            found.setdefault("." if folder is None else folder.render(), []).append(access)
        for artifact, inside in found.items():
            draft = Draft([(split_path(access.path)[1], access) for access in inside])
            nearest = min(access.anchor for access in inside)
            members = members_of(self._reading, draft, function, nearest)
            given = {
                argument
                for access in inside
                if (folder := split_path(access.path)[0]) is not None
                for argument in given_by_callers(self._reading, folder, function)
            }
            yield ArtifactLayout(
                artifact,
                direction,
                function,
                nearest,
                members,
                hidden_inputs=tuple(sorted(draft.hidden)),
                given=tuple(sorted(given, key=lambda each: (each.name, each.anchor, each.text))),
            )

    def _frames(self, function: FunctionId) -> tuple[list[Frame], tuple[str, ...]]:
        """The function under each of its callers, and which callers were left out."""
        links = self._reading.scopes.callers(function)
        shipped = self._reading.scopes.shipped_callers(function) or links
        inside = [link for link in shipped if link.caller in self._reading.answer]
        followed = (inside or list(shipped))[:_MOST_CALLERS]
        frames = [Frame(function, (link,)) for link in followed if self._is_readable(link)]
        count = len(links) - len(frames)
        left_out = (f"{count} of {len(links)} call sites were not followed",) if count else ()
        return frames or [Frame(function)], left_out if frames else ()

    def _is_readable(self, link: Link) -> bool:
        call, node = self._reading.scopes.call(link), self._reading.scopes.node(link.callee)
        module = self._reading.scopes.module(path_of(link.callee))
        if call is None or node is None or module is None:
            return False
        return bind_arguments(call, node, module.parents) is not None

    def _archive_layout(self, archive: Archive, frame: Frame) -> ArtifactLayout:
        function = frame.function
        draft = Draft()
        names = self._reading.names(archive.call, function)
        if "shutil.make_archive" in names:
            root = argument_of(archive.call, 2, "root_dir") or ast.Constant(".")
            sweep_folder(self._reading, root, literal(""), frame, draft)
            if argument_of(archive.call, 3, "base_dir") is not None:
                draft.unknown.append("base_dir of make_archive is not followed")
        elif "shutil.unpack_archive" in names:
            read_folder(self._reading, argument_of(archive.call, 1, "extract_dir"), frame, draft)
        elif names & NPZ_WRITERS:
            npz_members(self._reading, archive.call, frame, draft)
        elif names & NPZ_READERS:
            read_members(self._reading, archive.path, ".npy", frame, draft)
        else:
            self._archive_uses(archive, frame, draft)
        as_written = self._reading.evaluator.texts(archive.path, Frame(function))
        names_here = self._artifact_names(archive, frame, draft)
        members = members_of(self._reading, draft, function, anchor_of(archive.call, function))
        return ArtifactLayout(
            " | ".join(archive.named(pattern).render() for pattern in as_written),
            archive.direction,
            function,
            anchor_of(archive.call, function),
            members,
            tuple(sorted(set(draft.unknown))),
            names_here,
            tuple(sorted(draft.hidden)),
            tuple(self._link_anchor(link) for link in frame.links),
        )

    def _archive_uses(self, archive: Archive, frame: Frame, draft: Draft) -> None:
        uses = list(uses_of(self._reading, archive.call, frame))
        if not uses:
            draft.unknown.append("nothing is done with the archive object here")
        for call, method, where in uses:
            if archive.direction is EffectKind.ARCHIVE_WRITE:
                write_use(self._reading, call, method, where, draft)
            else:
                read_use(self._reading, call, method, where, draft)

    def _artifact_names(self, archive: Archive, frame: Frame, draft: Draft) -> tuple[str, ...]:
        """The names under this caller; a folder in front of a name that is known stays as it is."""
        names: set[str] = set()
        for pattern in self._reading.evaluator.texts(archive.path, frame):
            whole = archive.named(pattern)
            _, name = split_path(whole)
            kinds = {HoleKind.LOOP, HoleKind.PARAMETER}
            is_open = any(hole.kind in kinds for hole in name.holes)
            for each in self._reading.evaluator.expand(whole) if is_open else (whole,):
                filled, inputs = with_defaults(each)
                names.add(filled.render())
                draft.hidden.update(inputs)
        return tuple(sorted(names))

    def _link_anchor(self, link: Link) -> Anchor:
        call = self._reading.scopes.call(link)
        assert call is not None
        return anchor_of(call, link.caller)


def _sorted_union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))
