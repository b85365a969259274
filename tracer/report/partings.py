"""Two paths side by side, in lines: outcome, ways, arguments, conditions."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.graph import Guard
from tracer.model.parting import (
    ArgumentPair,
    Contrasted,
    DecidingCondition,
    Parting,
    PartingOutcome,
    PathSide,
    SideHop,
    Touchpoint,
)
from tracer.model.source import FunctionId, path_of
from tracer.report.counted import plural
from tracer.report.names import Names
from tracer.report.quoting import Style, clipped

_ARGUMENT_CHARACTERS = 40


def outcome_line(parting: Parting, names: Names, style: Style) -> str:
    """What becomes of the premise, first of all."""
    goal = f"{style.code(names.short(parting.goal))} {style.code(names.place(parting.goal))}"
    at = ", ".join(style.code(str(place)) for place in parting.places[:2])
    why = f" ({style.text(parting.why)}{f' at {at}' if at else ''})"
    match parting.outcome:
        case PartingOutcome.BOTH:
            ends = [_last_call(side, style) for side in (parting.a, parting.b)]
            head = "premise not supported: " if parting.is_premise else ""
            return f"{head}both paths reach {goal}{why}, {ends[0]} and {ends[1]}"
        case PartingOutcome.NEITHER:
            counts = [plural(side.open_sites, "open site") for side in (parting.a, parting.b)]
            return f"neither path reaches {goal}{why}: A with {counts[0]}, B with {counts[1]} left"
    missing, name = (
        (parting.b, "B") if parting.outcome is PartingOutcome.ONLY_A else (parting.a, "A")
    )
    other = "A" if name == "B" else "B"
    return (
        f"only {other} reaches {goal}{why}; {name} does not, with "
        f"{plural(missing.open_sites, 'open site')} on its way"
    )


def side_line(name: str, side: PathSide, shared: int, names: Names, style: Style) -> str:
    """`A “the CLI run”: main → build → run, calls at …`: its own part, what both share folded."""
    own = side.hops[: len(side.hops) - shared] if shared else side.hops
    way = [side.entry, *(hop.callee for hop in own)]
    text = " → ".join(style.code(names.short(step)) for step in way)
    places = ", ".join(style.code(f"{path_of(hop.caller)}:{hop.line}") for hop in own)
    at = f", calls at {places}" if places else f" {style.code(names.place(side.entry))}"
    folded = f", then {plural(shared, 'call')} that both make" if shared else ""
    head = f"{name} “{style.text(clipped(side.words, 60))}”"
    return f"{head}: {text}{at}{folded} · {style.text(side.why)}"


def guard_lines(parting: Parting, names: Names, style: Style) -> tuple[str, ...]:
    """The conditions that only one side stands under, with what they depend on."""
    lines = []
    for name, side in (("A", parting.a), ("B", parting.b)):
        own = side.hops[: len(side.hops) - len(parting.shared)] if parting.shared else side.hops
        told = [_condition(hop.caller, guard, names, style) for hop, guard in _guards(own)]
        lines.append(
            f"{name} stands under {'; '.join(told)}"
            if told
            else f"{name} stands under no condition on its own part of the way"
        )
    common = [_condition(hop.caller, guard, names, style) for hop, guard in _guards(parting.shared)]
    if common:
        lines.append(f"both stand under {'; '.join(common)}")
    return tuple(lines)


def argument_line(parting: Parting, names: Names, style: Style) -> str:
    """What the calls by which both come together are given, those that differ."""
    if parting.meets_in is None or not parting.arguments:
        return ""
    return f"into {style.code(names.short(parting.meets_in))}: " + pairs_text(
        parting.arguments, style
    )


def pairs_text(pairs: Sequence[ArgumentPair], style: Style) -> str:
    """`speed: A ‘2’, B not given; 3 written alike`."""
    parts = [
        f"{style.code(pair.parameter)}: A {_given(pair.a, style)}, B {_given(pair.b, style)}"
        for pair in pairs
        if not pair.is_same
    ]
    same = sum(pair.is_same for pair in pairs)
    if same:
        parts.append(f"{same} written alike")
    return "; ".join(parts) or "no argument"


def touch_line(touch: Touchpoint, names: Names, style: Style) -> str:
    """Something that both sides call, with what each gives it."""
    return (
        f"{style.code(names.short(touch.callee))}: A {style.code(str(touch.a))}, "
        f"B {style.code(str(touch.b))}: {pairs_text(touch.arguments, style)}"
    )


def condition_line(found: DecidingCondition, names: Names, style: Style) -> str:
    """A condition that speaks of what the question speaks of, and the calls under it."""
    calls = ", ".join(f"{style.code(each.symbol)} line {each.line}" for each in found.decides[:4])
    words = ", ".join(f"“{word}…”" for word in found.words)
    head = _condition(found.function, found.guard, names, style)
    return f"{head} decides {calls} (shares {words} with the question)"


def contrast_lines_of(
    found: Contrasted, names: Names, style: Style, most_conditions: int = 4
) -> tuple[str, ...]:
    """The contrast for the summary, most telling first."""
    lines: list[str] = []
    for parting in found.partings[:1]:
        lines.append(outcome_line(parting, names, style))
        shared = len(parting.shared)
        lines.append(side_line("A", parting.a, shared, names, style))
        lines.append(side_line("B", parting.b, shared, names, style))
        if argued := argument_line(parting, names, style):
            lines.append(f"arguments {argued}")
        lines += guard_lines(parting, names, style)
    told = {parting.meets_in for parting in found.partings[:1]}
    differing = [
        touch
        for touch in found.touchpoints
        if touch.callee not in told and any(not pair.is_same for pair in touch.arguments)
    ]
    lines += [f"both call {touch_line(touch, names, style)}" for touch in differing[:2]]
    lines += [condition_line(each, names, style) for each in found.conditions[:most_conditions]]
    lines += [f"not known: {style.text(text)}" for text in found.unknown]
    lines += [outcome_line(parting, names, style) for parting in found.partings[1:]]
    return tuple(lines)


def _last_call(side: PathSide, style: Style) -> str:
    if not side.hops:
        return "as it is the goal itself"
    hop = side.hops[-1]
    return f"at {style.code(f'{path_of(hop.caller)}:{hop.line}')}"


def _guards(hops: Sequence[SideHop]) -> list[tuple[SideHop, Guard]]:
    """Conditions around the calls; of early exits before them those that read hidden inputs."""
    return [
        (hop, guard)
        for hop in hops
        for guard in hop.guards
        if guard.hidden_inputs or not guard.is_early_exit
    ]


def _condition(function: FunctionId, guard: Guard, names: Names, style: Style) -> str:
    place = style.code(f"{path_of(function)}:{guard.line}")
    hidden = ", ".join(style.code(name) for name in guard.hidden_inputs)
    depends = f", which depends on {hidden}" if hidden else ""
    return f"{style.code(f'{guard.kind} {guard.text}')} {place}{depends}"


def _given(text: str, style: Style) -> str:
    return style.code(clipped(text, _ARGUMENT_CHARACTERS)) if text else "not given"
