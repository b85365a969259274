"""Taps on what both sides of a divergence come to: the values that the question names there."""

from __future__ import annotations

from tracer.model.graph import CallGraph
from tracer.model.parting import Contrasted, PartingOutcome
from tracer.model.plan import Tap, TapMoment
from tracer.model.source import Anchor, FunctionId
from tracer.plan.statements import syntax_of
from tracer.static.sources import SourceTree

MOST_GOAL_TAPS = 6


def tapped_goals(
    contrasted: Contrasted | None, graph: CallGraph, tree: SourceTree
) -> tuple[Tap, ...]:
    """One tap after each statement that binds a name of the question, the premise's first.

    Where both sides come there, reading decides nothing more, and the values do.
    """
    partings = contrasted.partings if contrasted else ()
    places: dict[Anchor, FunctionId] = {}
    for parting in sorted(partings, key=lambda each: not each.is_premise):
        if parting.outcome is PartingOutcome.NEITHER:
            continue
        for place in parting.places:
            places.setdefault(place, parting.goal)
    known = graph.function_index()
    parsed = syntax_of(tree, frozenset(place.path for place in places))
    taps: list[Tap] = []
    used: dict[str, int] = {}
    for place, goal in places.items():
        syntax, owner = parsed.get(place.path), known.get(goal)
        statement = syntax.statement_at(place.line) if syntax else None
        if statement is None or owner is None or not place.symbol.isidentifier():
            continue
        key = f"side.{owner.qualname.replace('.<locals>', '')}.{place.symbol}"
        used[key] = used.get(key, 0) + 1
        taps.append(
            Tap(
                key + (f".{used[key]}" if used[key] > 1 else ""),
                place.symbol,
                place.path,
                statement.lines[0],
                TapMoment.AFTER,
                owner.qualname,
                statement.lines,
                f"`{place.symbol}` where both sides may come to",
            )
        )
    return tuple(taps[:MOST_GOAL_TAPS])
