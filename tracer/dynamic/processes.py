"""One recording of a program and of the processes that it started."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any

from tracer.model.recording import ObservedEffect, Process, Recording, TapReading

MAIN = "main"
_COUNTED = ("calls", "order", "by_test")
_MOST_VALUES = 16  # of a tap, as within one process


def sorting_key(name: str) -> tuple[tuple[int, ...], ...]:
    """Processes in the order in which they were started: `2` before `10`, `2` before `2.1`."""
    return tuple(
        tuple(int(number) for number in re.findall(r"\d+", part)) for part in name.split(".")
    )


def join(first: Recording, others: Sequence[tuple[Process, Recording | None]]) -> Recording:
    """Add what other processes did to the recording of the first one.

    Equal calls are one, with the sum of their counts and the names of all processes that made them.
    Orders of first sightings go on from process to process; they do not say which came first in
    time. The program is complete where each recorded process is.

    Args:
        first: Of the process that was run.
        others: In the order of their names; None where a process left no recording.
    """
    recorded = [(process.name, recording) for process, recording in others if recording is not None]
    recordings = [first, *(recording for _, recording in recorded)]
    names = [MAIN, *(name for name, _ in recorded)]
    shifted = list(_shifted(recordings, names))
    joined: dict[str, Any] = {}
    for field in fields(Recording):
        values = [getattr(recording, field.name) for recording in shifted]
        if field.name == "calls":
            joined["calls"] = _calls(values, names)
        elif field.name in _SUMS:
            joined[field.name] = _merged(values, *_SUMS[field.name])
        elif field.name in _ELSE:
            joined[field.name] = _ELSE[field.name](values)
        elif type(values[0]) is tuple and field.name not in _OF_THE_FIRST:
            joined[field.name] = tuple(chain.from_iterable(values))
    broken = [
        f"process {process.name}: {process.why_incomplete}"
        for process, _ in others
        if process.why_incomplete
    ]
    why = first.why_incomplete or "; ".join(broken)
    return replace(
        first,
        **joined,
        is_complete=not why,
        why_incomplete=why,
        processes=tuple(process for process, _ in others),
    )


def _shifted(recordings: Iterable[Recording], names: Iterable[str]) -> Iterable[Recording]:
    """The same recordings, their orders and the places in the tree counted on."""
    order, size, tests, effects, files = 0, 0, 0, 0, 0
    for recording, name in zip(recordings, names, strict=True):
        moved: dict[str, Any] = {
            field.name: tuple(replace(each, order=each.order + order) for each in items)
            for field in fields(Recording)
            if type(items := getattr(recording, field.name)) is tuple
            and items
            and hasattr(items[0], "order")
        }
        if tests:
            moved["calls"] = tuple(
                replace(call, by_test=tuple((test + tests, n) for test, n in call.by_test))
                for call in moved.get("calls", ())
            )
        moved["effects"] = tuple(_effect(each, effects, files) for each in recording.effects)
        moved["tree"] = tuple(
            replace(call, parent=call.parent + size)
            if call.parent >= 0
            else replace(call, process="" if name == MAIN else name)
            for call in recording.tree
        )
        yield replace(recording, **moved)
        order += max(
            (each.order for items in moved.values() for each in items if hasattr(each, "order")),
            default=0,
        )
        size += len(recording.tree)
        tests += len(recording.tests)
        effects += max((each.number for each in recording.effects), default=0)
        files += max((each.file for each in recording.effects), default=0)


def _effect(effect: ObservedEffect, effects: int, files: int) -> ObservedEffect:
    """An effect whose numbers are those of no other process; 0 stays: it is none."""
    return replace(
        effect,
        number=effect.number + effects,
        within=effect.within and effect.within + effects,
        made_by=effect.made_by and effect.made_by + effects,
        file=effect.file and effect.file + files,
    )


def _calls(values: Sequence[Sequence[Any]], names: Sequence[str]) -> tuple[Any, ...]:
    who: dict[Any, list[str]] = {}
    for items, name in zip(values, names, strict=True):
        for call in items:
            who.setdefault(_key(call, _COUNTED), []).append(name)
    merged = _merged(values, "calls", ("by_test",))
    return tuple(
        replace(call, processes=tuple(dict.fromkeys(who[_key(call, _COUNTED)]))) for call in merged
    )


def _key(item: Any, without: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(
        getattr(item, field.name)
        for field in fields(item)
        if field.name not in without and field.name != "processes"
    )


def _merged(
    values: Sequence[Sequence[Any]], count: str, union: tuple[str, ...] = ()
) -> tuple[Any, ...]:
    """Equal items as one: counts added, sets united, the first order kept."""
    found: dict[tuple[Any, ...], Any] = {}
    for item in chain.from_iterable(values):
        key = _key(item, (count, "order", *union))
        known = found.get(key)
        if known is None:
            found[key] = item
            continue
        changes: dict[str, Any] = {count: getattr(known, count) + getattr(item, count)}
        for name in union:
            changes[name] = tuple(sorted({*getattr(known, name), *getattr(item, name)}))
        found[key] = replace(known, **changes)
    return tuple(found.values())


def _taps(values: Sequence[Sequence[TapReading]]) -> tuple[TapReading, ...]:
    found: dict[str, TapReading] = {}
    for reading in chain.from_iterable(values):
        known = found.get(reading.key)
        found[reading.key] = (
            reading
            if known is None
            else replace(
                known,
                hits=known.hits + reading.hits,
                values=tuple(dict.fromkeys((*known.values, *reading.values)))[:_MOST_VALUES],
                error=known.error or reading.error,
            )
        )
    return tuple(found.values())


_SUMS: dict[str, tuple[Any, ...]] = {
    "externals": ("calls",),
    "lines": ("calls", ("lines",)),
    "exceptions": ("times",),
    "opened": ("times",),
}
_ELSE: dict[str, Callable[[Any], Any]] = {
    "taps": _taps,
    "tree_cut": sum,
    "dropped": sum,
    "cannot_see": lambda values: tuple(dict.fromkeys(chain.from_iterable(values))),
}
_OF_THE_FIRST = ("changed_sources", "environment", "namespaces", "presets", "processes")
