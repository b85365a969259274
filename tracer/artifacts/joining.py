"""A real artefact beside the code that writes and reads it: each member and key with its line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tracer.artifacts.choosing import candidates, is_certain, open_reasons
from tracer.artifacts.patterns import fits, has_hole
from tracer.model.artifact import (
    ArtifactMatch,
    ArtifactMember,
    ArtifactReport,
    JoinedArtifact,
    MatchVerdict,
)
from tracer.model.evidence import ArtifactLayout, Finding, FindingKind, LayoutKey, LayoutMember
from tracer.model.graph import EffectKind
from tracer.model.ledger import Ledger
from tracer.model.recording import Place
from tracer.model.source import Anchor, AnchorKind

_DICTS = ("group", "dict", "collections.OrderedDict", "collections.defaultdict")
_CUTS = ("keys: the rest", "byte ", "opcodes", "HDF5", "after the last pickle")  # of gaps
_KEYED = ("pickle", "json", "yaml", "toml", "hdf5")  # kinds whose outermost dict is listed whole
_WRITTEN = (EffectKind.ARCHIVE_WRITE, EffectKind.FILE_WRITE)
_READ = (EffectKind.ARCHIVE_READ, EffectKind.FILE_READ)
_TOLD = {
    MatchVerdict.NO_LINE: "in the file, and no line is known that writes it",
    MatchVerdict.NOT_WRITTEN: "written by the code, and not in the file",
    MatchVerdict.EXPECTED: "expected by the loader, and not in the file",
}
_MOST_NAMED = 12
_SAVED = ("data.pkl", "pickle")  # where archives of torch keep the object that was saved
_NESTED = "!/"


def join_artifact(
    report: ArtifactReport,
    layouts: Sequence[ArtifactLayout],
    ledgers: Sequence[Ledger] = (),
    *,
    workload: str = "",
    path: str = "",
) -> JoinedArtifact:
    """Match members and keys with the lines that write and read them.

    Args:
        layouts: What the code writes and expects, by reading.
        ledgers: What runs were seen to write into archives of this name.
        workload: The run that left the artefact, where one did.
        path: Where it left it.
    """
    real = members_of(report)
    is_kept_apart = is_archive(report)
    writers = candidates(report.name, real, layouts, EffectKind.ARCHIVE_WRITE)
    readers = candidates(report.name, real, layouts, EffectKind.ARCHIVE_READ)
    if not is_kept_apart or not (writers or readers):
        # `torch.save` and `model.save` write an archive, and the code knows it as one file.
        holding = _holding(report.name, layouts, _WRITTEN)
        asking = _holding(report.name, layouts, _READ)
        if not is_kept_apart or holding or asking:
            writers, readers, is_kept_apart = holding, asking, False
            real = {report.name: _as_one(report)}
    join = _Join(report, real, writers, readers, _seen(report.name, path, ledgers), is_kept_apart)
    matches = tuple(join.matches())
    return JoinedArtifact(
        report,
        tuple(sorted({layout.anchor for layout in writers})),
        tuple(sorted({layout.anchor for layout in readers})),
        matches,
        tuple(dict.fromkeys(join.unknown)),
        workload,
        path,
    )


def members_of(report: ArtifactReport) -> dict[str, ArtifactMember]:
    """The members by path, folders and what lies in archives within left out."""
    return {
        member.path: member
        for member in report.members
        if _NESTED not in member.path and member.kind != "folder"
    }


def is_archive(report: ArtifactReport) -> bool:
    """Whether a file has members of its own, and is no single thing under its own name."""
    return set(members_of(report)) != {report.name}


def contradictions_of(joined: JoinedArtifact) -> Iterable[Finding]:
    """One finding for each kind of contradiction, with the lines that it rests on."""
    for verdict in MatchVerdict:
        found = [match for match in joined.contradictions if match.verdict is verdict]
        if not found:
            continue
        named = [f"{each.member}[{each.key!r}]" if each.key else each.member for each in found]
        shown = ", ".join(f"`{name}`" for name in named[:_MOST_NAMED])
        if len(named) > _MOST_NAMED:
            shown += f" and {len(named) - _MOST_NAMED} more"
        anchors = sorted({a for each in found for a in (*each.written_at, *each.read_at)})
        text = f"`{joined.path or joined.report.name}`: {shown}: {_TOLD[verdict]}"
        whose = anchors or joined.writers
        yield Finding(FindingKind.CONTRADICTION, text, tuple(whose))


class _Join:
    """One artefact, the layouts that it may be of, and what is said of its members."""

    def __init__(
        self,
        report: ArtifactReport,
        real: dict[str, ArtifactMember],
        writers: Sequence[ArtifactLayout],
        readers: Sequence[ArtifactLayout],
        seen: dict[str, tuple[Anchor, ...]],
        is_archive: bool,
    ) -> None:
        self._report = report
        self._real = real
        self._writers = writers
        self._readers = readers
        self._seen = seen
        self._is_archive = is_archive
        self.unknown: list[str] = []

    def matches(self) -> Iterable[ArtifactMatch]:
        what = "an archive" if self._is_archive else "a file"
        for layouts, deed in ((self._writers, "writes"), (self._readers, "reads")):
            if not layouts:
                self.unknown.append(
                    f"no code is known that {deed} {what} of the name `{self._report.name}`"
                    + (", or with these members" if self._is_archive else "")
                )
        for member in self._real.values():
            yield from self._there(member)
        if self._is_archive and not self._report.not_inspected:
            yield from self._missing()
        elif self._is_archive:
            self.unknown.append("the archive was not read whole, so nothing is called missing")

    def _there(self, member: ArtifactMember) -> Iterable[ArtifactMatch]:
        written = _of(self._writers, member.path)
        read = _of(self._readers, member.path)
        written_at = _anchors(written)
        seen_at = self._seen.get(member.path, ())
        reasons = open_reasons(self._writers)
        verdict, reason = MatchVerdict.MATCHED, ""
        if not written and not seen_at:
            is_open = not self._writers or bool(reasons)
            verdict = MatchVerdict.OPEN if is_open else MatchVerdict.NO_LINE
            reason = "; ".join(reasons[:3]) if self._writers else "no writer is known"
        read_at = _anchors(read)
        yield ArtifactMatch(member.path, verdict, "", written_at, read_at, seen_at, reason)
        if member.kind in _KEYED:
            yield from self._keys(member, written, read)

    def _keys(
        self, member: ArtifactMember, written: list[LayoutMember], read: list[LayoutMember]
    ) -> Iterable[ArtifactMatch]:
        wrote = [key for each in written for key in each.keys]
        asked = [key for each in read for key in each.keys]
        reasons = list(dict.fromkeys(reason for each in written for reason in each.keys_open))
        if not wrote and not asked:
            if written and reasons and member.keys:
                text = f"the keys of `{member.path}`: {'; '.join(reasons[:3])}"
                self.unknown.append(text)
            return
        is_cut = any(word in gap for gap in member.not_inspected for word in _CUTS)
        is_whole = member.top in _DICTS and not is_cut
        is_open = bool(reasons) or not wrote
        left_over = 0
        there = _names(member)
        for name in there:
            own = [key for key in wrote if key.name == name]
            wanted = _key_anchors(key for key in asked if key.name == name)
            if own:
                at = _key_anchors(own)
                yield ArtifactMatch(member.path, MatchVerdict.MATCHED, name, at, wanted)
            elif is_open:
                left_over += 1
                if wanted:
                    why = "; ".join(reasons[:3]) or "the keys that are written are not known"
                    yield ArtifactMatch(
                        member.path, MatchVerdict.OPEN, name, (), wanted, reason=why
                    )
            else:
                yield ArtifactMatch(member.path, MatchVerdict.NO_LINE, name, (), wanted)
        if left_over:
            why = "; ".join(reasons[:3]) or "the keys that are written are not known"
            count = f"{left_over} of {len(there)} keys"
            self.unknown.append(f"{count} of `{member.path}` have no line: {why}")
        if is_whole:
            yield from _missing_keys(member, there, wrote, reasons, asked)
        else:
            self.unknown.append(f"the keys of `{member.path}` were not all read")

    def _missing(self) -> Iterable[ArtifactMatch]:
        for layout_member in _members(self._writers):
            if self._is_there(layout_member):
                continue
            certain = is_certain(layout_member)
            verdict = MatchVerdict.NOT_WRITTEN if certain else MatchVerdict.CONDITIONAL
            at = layout_member.anchors
            yield ArtifactMatch(
                layout_member.path, verdict, written_at=at, reason=_why(layout_member)
            )
        for layout_member in _members(self._readers):
            if self._is_there(layout_member):
                continue
            certain = is_certain(layout_member)
            verdict = MatchVerdict.EXPECTED if certain else MatchVerdict.TESTED
            at = layout_member.anchors
            yield ArtifactMatch(layout_member.path, verdict, read_at=at, reason=_why(layout_member))

    def _is_there(self, layout_member: LayoutMember) -> bool:
        path = layout_member.path
        return path.endswith("/") or any(fits(path, real) for real in self._real)


def _names(member: ArtifactMember) -> tuple[str, ...]:
    """The keys of the outermost value; of an HDF5 file its own attributes, too."""
    marks = tuple(
        each.path[0] for each in member.held if len(each.path) == 1 and each.path[0][:1] == "@"
    )
    return (*member.keys, *marks) if member.kind == "hdf5" else member.keys


def _missing_keys(
    member: ArtifactMember,
    there: tuple[str, ...],
    wrote: list[LayoutKey],
    reasons: list[str],
    asked: list[LayoutKey],
) -> Iterable[ArtifactMatch]:
    """Keys that the code has and the file has not; what may have been removed again is left out."""
    names = list(dict.fromkeys(key.name for key in wrote if key.name not in there))
    for name in names:
        own = [key for key in wrote if key.name == name]
        condition = own[0].condition if all(key.condition for key in own) else ""
        if not condition and reasons:
            condition = "; ".join(reasons[:2])
        verdict = MatchVerdict.CONDITIONAL if condition else MatchVerdict.NOT_WRITTEN
        at = _key_anchors(own)
        yield ArtifactMatch(member.path, verdict, name, at, reason=condition)
    names = list(dict.fromkeys(key.name for key in asked if key.name not in there))
    for name in names:
        own = [key for key in asked if key.name == name]
        is_certain_key = any(not key.condition and not key.is_tested for key in own)
        verdict = MatchVerdict.EXPECTED if is_certain_key else MatchVerdict.TESTED
        reason = "" if is_certain_key else own[0].condition
        at = _key_anchors(own)
        yield ArtifactMatch(member.path, verdict, name, (), at, reason=reason)


def _as_one(report: ArtifactReport) -> ArtifactMember:
    """An artefact that the code writes by one call, with the keys of what was saved."""
    for member in report.members:
        if member.path == report.name or member.path.rpartition("/")[2] in _SAVED:
            return replace(member, path=report.name)
    return ArtifactMember(report.name, report.kind, report.size, report.sha256)


def _holding(
    name: str, layouts: Sequence[ArtifactLayout], kinds: tuple[EffectKind, ...]
) -> list[ArtifactLayout]:
    """The layouts of folders that name a file so."""
    return [
        layout
        for layout in layouts
        if layout.direction in kinds
        and any(fits(each.path.rpartition("/")[2], name) for each in layout.members)
    ]


def _of(layouts: Sequence[ArtifactLayout], path: str) -> list[LayoutMember]:
    return [
        member
        for member in _members(layouts)
        if not member.path.endswith("/") and fits(member.path, path)
    ]


def _members(layouts: Sequence[ArtifactLayout]) -> list[LayoutMember]:
    return list(dict.fromkeys(member for layout in layouts for member in layout.members))


def _anchors(members: Iterable[LayoutMember]) -> tuple[Anchor, ...]:
    return tuple(sorted({anchor for member in members for anchor in member.anchors}))


def _key_anchors(keys: Iterable[LayoutKey]) -> tuple[Anchor, ...]:
    return tuple(sorted({key.anchor for key in keys}))


def _why(member: LayoutMember) -> str:
    if member.condition:
        return member.condition
    if has_hole(member.path):
        return "its name is made while the program runs"
    if member.anchors and len(member.tested) == len(member.anchors):
        return "tested for"
    return ""


def _seen(name: str, path: str, ledgers: Sequence[Ledger]) -> dict[str, tuple[Anchor, ...]]:
    """By member: the lines that runs saw writing it into this archive, or one of its name.

    A file that is no archive is its own member.
    """
    found: dict[str, set[Anchor]] = {}

    def is_it(where: str) -> bool:
        return where == path if path else where.rpartition("/")[2] == name

    def add(member: str, place: Place | None) -> None:
        if place is not None:
            frame = place.frame
            anchor = Anchor(frame.path, place.line, symbol=frame.qualname, kind=AnchorKind.CALL)
            found.setdefault(member, set()).add(anchor)

    for ledger in ledgers:
        for deed in ledger.members:
            if deed.deed == "wrote" and is_it(deed.archive):
                add(deed.member, deed.source_place or deed.place)
        for file in ledger.files:
            if file.deed in ("wrote", "moved") and is_it(file.path):
                add(name, file.source_place or file.place)
    return {member: tuple(sorted(anchors)) for member, anchors in found.items()}
