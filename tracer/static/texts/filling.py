"""Filling holes with what loops and callers give."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from tracer.model.source import FunctionId
from tracer.static.texts.context import Frame, TextEvaluation
from tracer.static.texts.elements import elements_of, projected
from tracer.static.texts.names import parameter_values
from tracer.static.texts.patterns import Hole, HoleKind, Pattern
from tracer.static.texts.values import Values, as_text


def expand_pattern(
    evaluation: TextEvaluation, pattern: Pattern, kinds: Iterable[HoleKind]
) -> tuple[Pattern, ...]:
    """The patterns that come of filling holes of these kinds, again and again."""
    wanted = frozenset(kinds)
    done: list[Pattern] = []
    waiting = [(pattern, 0)]
    while waiting:
        current, depth = waiting.pop(0)
        filled = _filled(evaluation, current, wanted) if depth < evaluation.limits.calls else None
        if filled is None:
            done.append(current)
        elif len(done) + len(waiting) + len(filled) > evaluation.limits.expansions:
            return (pattern,)
        else:
            waiting.extend((each, depth + 1) for each in filled)
    return tuple(sorted(set(done), key=Pattern.sort_key))


def choices_for(
    evaluation: TextEvaluation, group: list[Hole]
) -> list[Mapping[Hole, Pattern]] | None:
    """The joint values of holes that one loop or one call binds; None where not all known."""
    if group[0].kind is HoleKind.LOOP:
        rows = _loop_rows(evaluation, group)
    else:
        rows = _caller_rows(evaluation, group)
    if not rows:
        return None
    choices: list[Mapping[Hole, Pattern]] = []
    for row in rows:
        columns = [
            [text for value in values if (text := as_text(value)) is not None] for values in row
        ]
        if not all(columns):
            return None
        choices += [dict(zip(group, texts, strict=True)) for texts in itertools.product(*columns)]
        if len(choices) > evaluation.limits.expansions:
            return None
    return choices


def _filled(
    evaluation: TextEvaluation, pattern: Pattern, wanted: frozenset[HoleKind]
) -> list[Pattern] | None:
    for hole in pattern.holes:
        if hole.kind not in wanted:
            continue
        group = [other for other in pattern.holes if _group(other) == _group(hole)]
        choices = choices_for(evaluation, group)
        if choices is not None:
            return [pattern.substitute(choice) for choice in choices]
    return None


def _loop_rows(evaluation: TextEvaluation, group: list[Hole]) -> list[list[Values]] | None:
    expression, frame, _ = evaluation.loops[group[0]]
    elements = elements_of(evaluation, expression, frame)
    if elements is None:
        return None
    rows = []
    for element in elements:
        row = [projected(element, evaluation.loops[hole][2]) for hole in group]
        if any(values is None for values in row):
            return None
        rows.append([values for values in row if values is not None])
    return rows


def _caller_rows(evaluation: TextEvaluation, group: list[Hole]) -> list[list[Values]] | None:
    function = FunctionId(group[0].frame)
    rows = []
    for link in evaluation.scopes.shipped_callers(function):
        frame = Frame(function, (link,))
        row = [parameter_values(evaluation, hole.name, frame) for hole in group]
        if any(_is_same_hole(values, hole) for values, hole in zip(row, group, strict=True)):
            continue  # a recursive call that hands the parameter on
        rows.append(row)
    return rows


def _group(hole: Hole) -> tuple[object, ...]:
    """Holes with one group are bound together."""
    if hole.kind is HoleKind.PARAMETER:
        return hole.kind, hole.frame
    return hole.kind, hole.path, hole.line, hole.column, hole.frame


def _is_same_hole(values: Values, hole: Hole) -> bool:
    return len(values) == 1 and isinstance(values[0], Pattern) and values[0].bare_hole == hole
