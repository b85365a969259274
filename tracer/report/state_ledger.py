"""Which line changed which key, for the reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracer.model.evidence import ChangedKey, EdgeVerdict, Evidence, Run, StateChange
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import path_of
from tracer.report.counted import plural
from tracer.report.quoting import PLAIN, Style, clipped
from tracer.report.strength import effects_with_verdicts

_VALUE_CHARACTERS = 48
_KEYS_SHOWN = 8
_CALLERS_SHOWN = 3
_FIRST_KEYS = 3


def ledger_text(evidence: Evidence, run: Run) -> list[str]:
    """All changes of one run as lines of plain text, by object, in order."""
    changes = [each for each in evidence.state_changes if each.workload == run.workload.name]
    lines: list[str] = []
    told: set[str] = set()
    for subject, found in by_subject(changes):
        told.add(subject)
        lines.append(f"State {PLAIN.code(subject)}: {counted(found)}")
        lines += [f"  {change_phrase(each, PLAIN)}" for each in found]
    for watched in run.watched:
        if not watched.how:
            lines.append(f"Not watched: {PLAIN.code(watched.name)}: {PLAIN.text(watched.why)}")
        elif watched.name.replace(":", ".") not in told and not watched.name.startswith("__main__"):
            lines.append(f"State {PLAIN.code(watched.name)}: no change ({watched.how})")
    return lines


def by_subject(changes: Iterable[StateChange]) -> list[tuple[str, list[StateChange]]]:
    """The changes of each object, the objects by their first change."""
    found: dict[str, list[StateChange]] = {}
    for change in changes:
        found.setdefault(change.subject, []).append(change)
    return list(found.items())


def counted(changes: Sequence[StateChange]) -> str:
    """`21 changes at 3 lines, exact`."""
    times, lines = sum(each.times for each in changes), len({each.anchor for each in changes})
    hows = ", ".join(dict.fromkeys(each.how for each in changes))
    return f"{plural(times, 'change')} at {plural(lines, 'line')}, {hows}"


def change_phrase(change: StateChange, style: Style) -> str:
    """One line: where, in what, from where, and which keys became what."""
    parts = [place(change, style)]
    if change.anchor is not None:
        parts.append(style.code(change.anchor.symbol))
    if change.writer:
        parts.append(f"by {style.code(change.writer)}")
    if change.callers:
        parts.append(f"from {callers(change, style)}")
    if change.verdict is EdgeVerdict.DYNAMIC_ONLY:
        parts.append("(dynamic only)")
    return f"{' '.join(parts)}: {keys(change, style)}"


def change_in_short(change: StateChange, style: Style) -> str:
    """Where, and the first keys."""
    named = [each for each in change.keys if each.key]
    shown = ", ".join(style.code(clipped(each.key, 24)) for each in named[:_FIRST_KEYS])
    more = len(named) - _FIRST_KEYS
    told = f"{place(change, style)} {shown}".rstrip()
    return told + (f" +{more}" if more > 0 else "")


def place(change: StateChange, style: Style) -> str:
    """The line, or the lines among which it was."""
    if change.anchor is None:
        return "outside the namespace"
    last = f"-{change.until - 1}" if change.until - 1 > change.anchor.line else ""
    return style.code(f"{change.anchor.path}:{change.anchor.line}{last}")


def callers(change: StateChange, style: Style) -> str:
    """The lines that called, as many as are of use."""
    shown = [style.code(f"{each.path}:{each.line}") for each in change.callers[:_CALLERS_SHOWN]]
    more = len(change.callers) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def keys(change: StateChange, style: Style) -> str:
    """What became of each key."""
    shown = [_key(each, style) for each in change.keys[:_KEYS_SHOWN]]
    more = len(change.keys) - len(shown)
    return "; ".join(shown) + (f"; and {plural(more, 'more key')}" if more > 0 else "")


def _key(changed: ChangedKey, style: Style) -> str:
    name = style.code(clipped(changed.key, _VALUE_CHARACTERS)) if changed.key else changed.change
    old, new = (
        style.code(clipped(text, _VALUE_CHARACTERS)) if text else ""
        for text in (changed.old, changed.new)
    )
    if old and new:
        told = f"{name} {old} → {new}"
    elif new:
        told = f"{name} = {new}"
    else:
        told = f"{name} gone, was {old}" if changed.key else f"{name}, was {old}"
    return told + (f" ×{changed.times}" if changed.times > 1 else "")


def writes_without_change(evidence: Evidence) -> list[tuple[Effect, str]]:
    """Writes to watched objects that were read in the sources, and that no run was seen to make."""
    watched = {change.subject for change in evidence.state_changes}
    for run in evidence.runs:
        watched.update(each.name.replace(":", ".") for each in run.watched if each.how)
    quiet = []
    for effect, verdict in effects_with_verdicts(evidence):
        if effect.kind is not EffectKind.STATE_WRITE or effect.subject not in watched:
            continue
        if not any(_is_at(change, effect) for change in evidence.state_changes):
            ran = verdict is EdgeVerdict.CONFIRMED
            quiet.append((effect, "ran, and changed nothing" if ran else str(verdict)))
    return quiet


def _is_at(change: StateChange, effect: Effect) -> bool:
    if change.subject != effect.subject or change.anchor is None:
        return False
    path, span = path_of(effect.function), effect.span
    return any(
        anchor.path == path and span.line <= last and anchor.line <= span.end_line
        for anchor, last in (
            (change.anchor, max(change.anchor.line, change.until - 1)),
            *((caller, caller.line) for caller in change.callers),
        )
    )
