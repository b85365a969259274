"""What B lacks, and what reading cannot decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracer.contrast.facts import owner
from tracer.contrast.side import Side
from tracer.model.contrast import Fact, Hook, OpenQuestion, Role, Row, RowVerdict
from tracer.model.graph import EffectKind, Resolution
from tracer.model.source import Anchor, FunctionId, is_function, path_of
from tracer.plan.names import name_stems
from tracer.tables.touchpoints import Touchpoints

_MOST_NAMED = 3


def hooks_of(rows: Sequence[Row], table: Touchpoints) -> tuple[Hook, ...]:
    """What A has at a touchpoint and B has not: whole facts, and keys or names of a set."""
    wanted = {point.name for point in table.points if point.is_hook}
    found: dict[tuple[str, str], Hook] = {}

    def add(hook: Hook) -> None:
        known = found.get((hook.touchpoint, hook.text))
        anchors = (*known.anchors, *hook.anchors) if known else hook.anchors
        found[hook.touchpoint, hook.text] = replace(hook, anchors=tuple(dict.fromkeys(anchors)))

    for row in rows:
        if row.touchpoint not in wanted:
            continue
        role = "" if row.role is Role.BOTH else f" at {row.role}"
        if row.verdict is RowVerdict.ONLY_A:
            (fact,) = row.a
            text = f"{row.touchpoint}{role}: B has no counterpart of A's {fact.text}"
            add(Hook(text, row.touchpoint, fact.anchors))
        elif row.verdict is RowVerdict.DIFFERS:
            (a,), (b,) = row.a, row.b
            for name, missing in _missing(a, b):
                listed = ", ".join(f"`{part}`" for part in missing)
                text = f"{row.touchpoint}{role}: B lacks {name} {listed}, which A has"
                add(Hook(text, row.touchpoint, (*a.anchors, *b.anchors)))
    return tuple(found.values())


def questions_of(a: Side, b: Side, rows: Sequence[Row]) -> tuple[OpenQuestion, ...]:
    """What stays open, each with the run that would decide it at the least cost."""
    found: list[OpenQuestion] = []
    for row in rows:
        if row.verdict is RowVerdict.UNKNOWN and (row.a or row.b):
            role = "" if row.role is Role.BOTH else f" at {row.role}"
            subject = f" of `{row.subject}`" if row.subject else ""
            anchors = tuple(
                dict.fromkeys(anchor for fact in (*row.a, *row.b) for anchor in fact.anchors[:1])
            )
            text = f"{row.touchpoint}{role}{subject}: {row.why}"
            found.append(OpenQuestion(text, anchors, _runs(a, b, row)))
    for name, side in (("A", a), ("B", b)):
        found += _of_layouts(name, side)
        found += _of_sites(name, side)
    return tuple(found)


def open_sites(side: Side) -> tuple[Resolution, ...]:
    """Call sites of the core whose callees are not all known."""
    core = frozenset(side.core)
    return tuple(
        resolution
        for resolution in side.graph.resolutions
        if resolution.site.caller in core
        and resolution.is_open
        and not resolution.site.is_unreachable
    )


def _missing(a: Fact, b: Fact) -> list[tuple[str, tuple[str, ...]]]:
    others = {trait.name: trait for trait in b.traits}
    found = []
    for trait in a.traits:
        other = others.get(trait.name)
        if trait.name.startswith("keys") and trait.parts and other is not None:
            missing = tuple(part for part in trait.parts if part not in other.parts)
            if missing:
                found.append((trait.name, missing))
    return found


def _of_layouts(name: str, side: Side) -> list[OpenQuestion]:
    reasons: dict[str, list[Anchor]] = {}
    for layout in side.layouts:
        for reason in layout.unknown:
            # Callers that were left out on purpose change no member of what was followed.
            if "call sites" not in reason:
                reasons.setdefault(reason, []).append(layout.anchor)
    return [
        OpenQuestion(
            f"{name}: what an artefact holds is not known in full: {reason}",
            side.quotes.all_of(anchors),
            f"{_run(side, Role.BOTH)}, then `tracer inspect` of the file that it wrote",
        )
        for reason, anchors in reasons.items()
    ]


def _of_sites(name: str, side: Side) -> list[OpenQuestion]:
    sites = open_sites(side)
    if not sites:
        return []
    shown = [
        f"`{each.site.text}` ({each.open_detail or each.open_reason})"
        for each in sites[:_MOST_NAMED]
    ]
    more = len(sites) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more else "")
    count = "one call" if len(sites) == 1 else f"{len(sites)} calls"
    text = f"{name}: whom {count} of the core may run is not known in full: {listed}"
    anchors = side.quotes.all_of(each.site.anchor for each in sites)
    return [OpenQuestion(text, anchors, _run(side, Role.BOTH))]


def _runs(a: Side, b: Side, row: Row) -> str:
    """One run of each side, with the state watched that the row is about."""
    watched = row.subject if row.subject and _is_state(row.subject, a, b) else ""
    return f"A: {_run(a, row.role, watched)}; B: {_run(b, row.role, watched)}"


def _is_state(subject: str, *sides: Side) -> bool:
    return any(
        effect.kind is EffectKind.STATE_WRITE and effect.subject == subject
        for side in sides
        for effect in side.effects
    )


def _run(side: Side, role: Role, watched: str = "") -> str:
    """The command that runs an entry point at the least cost: a test that calls it, if there is.

    Of several tests the one whose name shares most words with what it calls.
    """
    watch = ""
    if watched:
        module, _, name = watched.rpartition(".")
        watch = f" --watch {module}:{name}" if module else ""
    entries = [entry for entry in side.entries if side.role(entry) is role] or side.entries
    tests = {
        resolution.site.caller: len(name_stems(owner(entry)) & name_stems(_last(resolution)))
        for entry in entries
        for resolution in side.callers.get(entry, ())
        if side.is_test(resolution.site.caller) and _last(resolution).startswith("test")
    }
    if tests:
        best = min(tests, key=lambda caller: (-tests[caller], caller))
        return f"`tracer trace{watch} -- -m pytest {_node(best)}`"
    names = ", ".join(f"`{owner(entry)}`" for entry in entries)
    return f"`tracer trace{watch} -- SCRIPT` of a program that calls {names}"


def _last(resolution: Resolution) -> str:
    return owner(resolution.site.caller).rpartition(".")[2]


def _node(function: FunctionId) -> str:
    """The test as pytest names it."""
    assert is_function(function)
    return f"{path_of(function)}::{owner(function).replace('.', '::')}"
