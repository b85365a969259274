"""Which line changed which key: what watched objects told, joined with what reading says of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tracer.model.evidence import ChangedKey, EdgeVerdict, Finding, FindingKind, StateChange
from tracer.model.graph import CallGraph, Effect, EffectKind
from tracer.model.recording import Place, Recording, StateWrite
from tracer.model.source import MODULE_QUALNAME, Anchor, Callee, path_of

_KEYS_SHOWN = 4


def state_ledger(graph: CallGraph, recordings: Sequence[Recording]) -> tuple[StateChange, ...]:
    """One item for each run, object and line that changed it, by run and first change.

    A change is confirmed where the static graph has a write to the object at that line, or at the
    line of a caller that handed the object over; else it is dynamic only.
    """
    written: defaultdict[str, list[Effect]] = defaultdict(list)
    for effect in graph.effects:
        if effect.kind is EffectKind.STATE_WRITE:
            written[effect.subject].append(effect)
    modules = {file.path: file.module for file in graph.files}
    called_at = _called_at(graph, recordings)
    changes: list[StateChange] = []
    for recording in recordings:
        script = recording.workload.argv[0] if recording.workload.argv else ""
        main = modules.get(script, "__main__")
        found: defaultdict[tuple[str, Place | None], list[StateWrite]] = defaultdict(list)
        for write in recording.state_writes:
            if write.change not in ("initial", "same"):
                at = write.chain[0] if write.chain else None
                place = None if at is None else Place(at.frame, at.line)
                found[write.object, place].append(write)
        for (name, place), writes in found.items():
            module, _, inner = name.partition(":")
            subject = f"{main if module == '__main__' else module}.{inner}"
            verdict = _verdict(writes, written[subject], called_at)
            if recording.stand_ins is not None and verdict is EdgeVerdict.CONFIRMED:
                verdict = EdgeVerdict.STAND_INS
            changes.append(_change(subject, place, writes, verdict, recording.workload.name))
    return tuple(changes)


def unread_changes(changes: Iterable[StateChange]) -> Iterable[Finding]:
    """One finding for each line that changed an object, and of which reading knows nothing."""
    for change in changes:
        if change.verdict is EdgeVerdict.DYNAMIC_ONLY and change.anchor is not None:
            yield Finding(
                FindingKind.DYNAMIC_ONLY,
                f"`{change.subject}` changed {change.times}× in `{change.anchor.symbol}`"
                f"{_listed(change)}: no write to it was read there",
                (change.anchor,),
            )


def _listed(change: StateChange) -> str:
    keys = [f"`{each.key}`" for each in change.keys if each.key]
    if not keys:
        return ""
    more = ", …" if len(keys) > _KEYS_SHOWN else ""
    return f" ({', '.join(keys[:_KEYS_SHOWN])}{more})"


def _verdict(
    writes: Sequence[StateWrite],
    effects: Sequence[Effect],
    called_at: Mapping[tuple[str, int], set[Callee]],
) -> EdgeVerdict:
    for write in writes:
        for place in write.chain:
            path, first = place.frame.path, place.line
            last, called = first, set[Callee]()
            if place is write.chain[0]:  # below it runs only what lies outside the namespace
                last = max(first, write.until - 1)
                called.update(*(called_at[path, at] for at in range(first, last + 1)))
            for effect in effects:
                is_here = path_of(effect.function) == path
                is_here = is_here and effect.span.line <= last and first <= effect.span.end_line
                if is_here or effect.function in called:
                    return EdgeVerdict.CONFIRMED
        is_in_module = write.chain and write.chain[0].frame.qualname == MODULE_QUALNAME
        if write.change == "bound" and is_in_module:
            return EdgeVerdict.CONFIRMED  # the definition, or the import that leads to it
    return EdgeVerdict.DYNAMIC_ONLY


def _called_at(
    graph: CallGraph, recordings: Sequence[Recording]
) -> Mapping[tuple[str, int], set[Callee]]:
    """The callees at each line that changed something."""
    paths = {
        place.frame.path
        for recording in recordings
        for write in recording.state_writes
        for place in write.chain
    }
    found: defaultdict[tuple[str, int], set[Callee]] = defaultdict(set)
    for resolution in graph.resolutions:
        site = resolution.site
        if site.path in paths:
            for line in range(site.span.line, site.span.end_line + 1):
                found[site.path, line].update(resolution.callees)
    return found


def _change(
    subject: str,
    place: Place | None,
    writes: Sequence[StateWrite],
    verdict: EdgeVerdict,
    workload: str,
) -> StateChange:
    keys: dict[str, ChangedKey] = {}
    for write in writes:
        before = keys.get(write.key)
        keys[write.key] = ChangedKey(
            key=write.key,
            change=before.change if before else write.change,
            old=before.old if before else write.old,
            new=write.new,
            times=write.times + (before.times if before else 0),
        )
    first = min(writes, key=lambda write: write.order)
    callers = {_anchor(each): None for write in writes for each in write.chain[1:]}
    return StateChange(
        subject=subject,
        anchor=None if place is None else _anchor(place),
        callers=tuple(callers),
        keys=tuple(keys.values()),
        times=sum(write.times for write in writes),
        order=first.order,
        how=first.how,
        verdict=verdict,
        workload=workload,
        writer=first.writer,
        until=first.until,
    )


def _anchor(place: Place) -> Anchor:
    return Anchor(place.frame.path, place.line, symbol=place.frame.qualname)
