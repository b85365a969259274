"""Which taps a reader wants first."""

from __future__ import annotations

from tracer.model.evidence import Evidence, TapResult
from tracer.model.parting import Parting
from tracer.model.plan import Tap
from tracer.model.source import FunctionId, function_id
from tracer.report.leads import Leads


def in_order_of_use(evidence: Evidence, leads: Leads) -> list[TapResult]:
    """Those that tell most first; of those that tell nothing yet, the ones on the answer's ways."""
    followed = (hop.function for flow in evidence.flows for hop in flow.hops)
    partings = evidence.contrasted.partings if evidence.contrasted else ()
    sides = (each for parting in partings for each in _of_both_sides(parting))
    ways = dict.fromkeys((*leads.steps, *followed, *sides))
    rank = {step: place for place, step in enumerate(ways)}

    def owner(tap: Tap) -> FunctionId:
        return function_id(tap.path, tap.function)

    return sorted(
        evidence.taps,
        key=lambda result: (
            result.outcome != "differs",
            not result.hits,
            owner(result.tap) not in rank,
            not result.tap.expected,
            rank.get(owner(result.tap), len(rank)),
        ),
    )


def _of_both_sides(parting: Parting) -> tuple[FunctionId, ...]:
    callers = (hop.caller for side in (parting.a, parting.b) for hop in side.hops)
    return (parting.goal, *callers)
