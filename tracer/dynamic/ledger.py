"""Which line wrote which file and which archive member: an account of a run's effects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tracer.dynamic.effects import MAKING, MOVING, OPEN, READING, REMOVING, WRITING
from tracer.model.graph import EffectKind
from tracer.model.ledger import FileDeed, Ledger, MemberDeed
from tracer.model.recording import ObservedEffect, Place, Recording

EFFECTS_NAME = "effects.json"
EFFECTS_SCHEMA = "tracer/effects/1"
_ARCHIVES = (EffectKind.ARCHIVE_READ, EffectKind.ARCHIVE_WRITE)
_SURE = ("made", "moved", "removed")  # where one of these is told of a path, it says all


def make_ledger(effects: Sequence[ObservedEffect]) -> Ledger:
    """The account of a run's effects.

    Args:
        effects: Of one recording, in order.

    Returns:
        A deed of several calls, each within the other, is told once: with the outermost call that
        is known, and the path or member that the innermost names. So is one that the same line does
        to the same file again and again, and the opening of a file that the same function then
        writes or reads by a call that is known. Files of Python itself, sources, `/dev/null` and
        what is only in memory are left out.
    """
    tree = _Tree(effects)
    return Ledger(tuple(_members(tree)), tuple(_folded(_files(tree))))


def effects_document(recording: Recording) -> dict[str, Any]:
    """All effects and their account in the form of schema `tracer/effects/1`."""
    ledger = make_ledger(recording.effects)
    return {
        "schema": EFFECTS_SCHEMA,
        "complete": recording.is_complete,
        "why_incomplete": recording.why_incomplete or None,
        "backend": recording.backend,
        "cut": recording.effects_cut,
        "cannot_see": list(recording.cannot_see),
        "effects": [_effect(effect) for effect in recording.effects],
        "members": [
            _deed(deed, archive=deed.archive, member=deed.member) for deed in ledger.members
        ],
        "files": [{**_deed(deed, path=deed.path), "times": deed.times} for deed in ledger.files],
    }


class _Tree:
    """Effects with those that they led to."""

    def __init__(self, effects: Sequence[ObservedEffect]) -> None:
        self.effects = effects
        self.by_number = {effect.number: effect for effect in effects}
        self.inner: defaultdict[int, list[ObservedEffect]] = defaultdict(list)
        for effect in effects:
            if effect.within in self.by_number:
                self.inner[effect.within].append(effect)

    def around(self, effect: ObservedEffect) -> list[ObservedEffect]:
        """The effect itself, then those around it, the outermost last."""
        found = [effect]
        while (outer := self.by_number.get(found[-1].within)) is not None:
            found.append(outer)
        return found

    def writer(self, number: int) -> ObservedEffect | None:
        """Who wrote something, in the words of the outermost call about the same thing."""
        writer = self.by_number.get(number)
        return None if writer is None else self.around(writer)[-1]

    def below(self, effect: ObservedEffect) -> Iterable[ObservedEffect]:
        for each in self.inner[effect.number]:
            yield each
            yield from self.below(each)


def _members(tree: _Tree) -> Iterable[MemberDeed]:
    for effect in tree.effects:
        if effect.kind not in _ARCHIVES or not effect.keys or not _is_file(effect):
            continue
        deeper = [each for each in tree.below(effect) if each.kind == effect.kind and each.keys]
        if any(each.file == effect.file for each in deeper):
            continue
        around = [
            each for each in tree.around(effect) if each is effect or each.file == effect.file
        ]
        fed = next((each for each in around if each.made_by), None)
        is_written = effect.kind == EffectKind.ARCHIVE_WRITE
        writer = tree.writer(fed.made_by) if fed is not None else None
        source = fed.payload if fed is not None and is_written else ""
        outermost = tree.around(effect)[-1]
        for key in effect.keys:
            yield MemberDeed(
                number=effect.number,
                deed="wrote" if is_written else "read",
                archive=effect.subject,
                member=key,
                operation=outermost.operation,
                place=_place(effect),
                through=_through(outermost),
                source=source,
                source_place=None if writer is None else _place(writer),
                source_operation="" if writer is None else writer.operation,
            )


def _files(tree: _Tree) -> list[tuple[int, FileDeed]]:
    """What was done to which file of the run, in order."""
    found: list[tuple[int, FileDeed]] = []
    for top in tree.effects:
        if top.within in tree.by_number:
            continue
        deeds: dict[tuple[int, str], ObservedEffect] = {}
        for effect in (top, *tree.below(top)):
            deed = _deed_of(effect)
            if deed:
                deeds.setdefault((effect.file, deed), effect)
        sure = {file for file, deed in deeds if deed in _SURE}
        for (file, deed), effect in deeds.items():
            if deed not in _SURE and file in sure:
                continue
            writer = tree.writer(effect.made_by)
            is_fed = deed == "wrote" and writer is not None
            if is_fed and effect.keys:  # a member, of which the other account tells
                writer, is_fed = None, False
            told = FileDeed(
                number=effect.number,
                deed=deed,
                path=effect.subject,
                operation=top.operation,
                place=_place(effect),
                through=_through(top),
                source=effect.origin or (effect.payload if deed == "moved" or is_fed else ""),
                source_place=None if writer is None else _place(writer),
                source_operation="" if writer is None else writer.operation,
            )
            found.append((file, told))
    return sorted(found, key=lambda pair: pair[1].number)


def _deed_of(effect: ObservedEffect) -> str:
    """What an effect does to the file that it touches; empty where it touches none."""
    if not _is_file(effect):
        return ""
    if effect.operation in REMOVING:
        return "removed"
    if effect.operation in MAKING:
        return "made"
    if effect.operation in MOVING:
        return "moved"
    if effect.kind in WRITING:
        return "wrote"
    return "read" if effect.kind in READING else ""


def _folded(deeds: Iterable[tuple[int, FileDeed]]) -> Iterable[FileDeed]:
    """Deeds of one line to one file, with no other to it in between, as one."""
    found: list[FileDeed | None] = []
    latest: dict[int, int] = {}  # by file: the position of what was done to it last
    for file, deed in deeds:
        position = latest.get(file)
        before = None if position is None else found[position]
        if position is not None and before is not None and _is_again(before, deed):
            found[position] = replace(before, times=before.times + 1)
            continue
        if position is not None and before is not None and _is_opening_for(before, deed):
            found[position] = None
        latest[file] = len(found)
        found.append(deed)
    return [deed for deed in found if deed is not None]


def _is_again(before: FileDeed, deed: FileDeed) -> bool:
    same = replace(deed, number=before.number, times=before.times)
    return same == before


def _is_opening_for(before: FileDeed, deed: FileDeed) -> bool:
    """`with open(p, "wb") as f: dump(x, f)`: the second is the deed."""
    return (
        before.operation == OPEN
        and deed.operation != OPEN
        and before.deed == deed.deed
        and before.place is not None
        and deed.place is not None
        and before.place.frame == deed.place.frame
    )


def _is_file(effect: ObservedEffect) -> bool:
    path = effect.subject
    return (
        effect.file > 0
        and not path.startswith(("<python>/", "<memory>", "/dev/null"))
        and not path.endswith((".py", ".pyc"))
    )


def _place(effect: ObservedEffect) -> Place | None:
    return effect.chain[0] if effect.chain else None


def _through(effect: ObservedEffect) -> str:
    """The outside function between, where it is not the operation itself under another name."""
    last = effect.through.removesuffix(".__init__").removesuffix(".__new__").rpartition(".")[2]
    return "" if last == effect.operation.rpartition(".")[2] else effect.through


def _effect(effect: ObservedEffect) -> dict[str, Any]:
    """One effect; what is empty is left out, but for the first four."""
    shown: dict[str, Any] = {
        "number": effect.number,
        "kind": effect.kind,
        "operation": effect.operation,
        "chain": [_where(place) for place in effect.chain],
        "subject": effect.subject,
        "payload": effect.payload,
        "keys": list(effect.keys),
        "part": effect.part,
        "mode": effect.mode,
        "through": effect.through,
        "within": effect.within,
        "made_by": effect.made_by,
        "origin": effect.origin,
        "times": effect.times,
        "heard_by": effect.heard_by,
    }
    always = ("number", "kind", "operation", "chain", "times", "heard_by")
    return {name: value for name, value in shown.items() if value or name in always}


def _deed(deed: FileDeed | MemberDeed, **named: str) -> dict[str, Any]:
    source = None
    if deed.source or deed.source_place is not None:
        source = {
            "path": deed.source or None,
            "by": _where(deed.source_place),
            "operation": deed.source_operation or None,
        }
    return {
        "effect": deed.number,
        "deed": deed.deed,
        **named,
        "by": _where(deed.place),
        "operation": deed.operation,
        "through": deed.through or None,
        "from": source,
    }


def _where(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    frame = place.frame
    return {
        "path": frame.path,
        "module": frame.module,
        "qualname": frame.qualname,
        "line": place.line,
    }
