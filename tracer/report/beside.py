"""What the answer's functions do though no chain of the answer ends there.

A question that asks for one side (`who reads …`) has chains to that side alone, and a function that
is no entry point and below none has no chain. That must not read as if nothing stood there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container

from tracer.model.evidence import EdgeVerdict, Evidence
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import FunctionId
from tracer.report.names import Names
from tracer.report.quoting import Style
from tracer.report.strength import effects_with_verdicts

_OPERATIONS_SHOWN = 3


def beside_lines(
    evidence: Evidence,
    kinds: Container[EffectKind],
    told: Collection[FunctionId],
    names: Names,
    style: Style,
) -> tuple[str, ...]:
    """One line for each function that has such effects of its own, entry points first.

    Args:
        told: Functions that are left out.
    """
    found: dict[FunctionId, list[tuple[Effect, EdgeVerdict]]] = defaultdict(list)
    for effect, verdict in effects_with_verdicts(evidence):
        is_alive = not effect.is_auxiliary and not effect.is_unreachable
        if effect.kind in kinds and is_alive and effect.function not in told:
            found[effect.function].append((effect, verdict))
    rank = {entry: place for place, entry in enumerate(evidence.entry_points)}
    ordered = sorted(found, key=lambda function: (rank.get(function, len(rank)), function))
    lines = []
    for function in ordered:
        effects = dict.fromkeys(
            f"line {effect.span.line} {style.code(effect.operation)} ({verdict})"
            for effect, verdict in sorted(found[function], key=lambda each: each[0].span)
        )
        hidden = len(effects) - _OPERATIONS_SHOWN
        more = f" and {hidden} more" if hidden > 0 else ""
        owner = f"{style.code(names.short(function))} {style.code(names.place(function))}"
        lines.append(f"{owner}: {', '.join(list(effects)[:_OPERATIONS_SHOWN])}{more}")
    return tuple(lines)
