"""Conditions as phrases, and what they depend on besides arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracer.model.evidence import Evidence
from tracer.model.graph import Guard, GuardKind
from tracer.model.source import FunctionId, path_of
from tracer.report.counted import plural

_DIRECTLY_ABOVE = 3  # lines from the condition of an early exit to what follows it


@dataclass(frozen=True, slots=True)
class HiddenInput:
    """Something outside the arguments on which a place depends."""

    name: str
    condition: str
    path: str
    line: int


def guards_text(guards: Iterable[Guard], line: int | None = None) -> str:
    """The conditions as one phrase: those around the place, outermost first, then early exits.

    Of early exits those are told that read a hidden input or stand directly above the place; the
    others are counted.

    Args:
        guards: Of the place, outermost first.
        line: Of the place; without it no early exit counts as directly above.
    """
    around: list[str] = []
    exits: list[str] = []
    others = 0
    for guard in guards:
        text = f"{guard.kind} {guard.text}".strip()
        others += guard.earlier
        if not guard.is_early_exit:
            around.append(text)
        elif guard.hidden_inputs or (line is not None and line - guard.line <= _DIRECTLY_ABOVE):
            exits.append(text)
        else:
            others += 1
    noun = "other early exit" if exits else "early exit"
    counted = [f"after {plural(others, noun)}"] if others else []
    return " · ".join([*around, *exits, *counted])


def hidden_inputs(evidence: Evidence) -> tuple[HiddenInput, ...]:
    """What guards of the answer depend on besides arguments, sorted by place.

    What a caller from elsewhere asserts, a test say, is its claim about the answer.
    """
    found = set()
    acting = {effect.function for effect in evidence.effects}
    owned: list[tuple[FunctionId, tuple[Guard, ...]]] = [
        *((edge.caller, edge.guards) for edge in evidence.edges if not edge.is_unreachable),
        *((effect.function, effect.guards) for effect in evidence.effects),
    ]
    for function, guards in owned:
        for guard in guards:
            if guard.kind is GuardKind.ASSERT and function not in acting:
                continue
            for name in guard.hidden_inputs:
                found.add((path_of(function), guard.line, name, guard.text))
    return tuple(HiddenInput(name, text, path, line) for path, line, name, text in sorted(found))
