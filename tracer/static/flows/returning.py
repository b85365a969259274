"""Back to the callers of what returns the value."""

from __future__ import annotations

from tracer.model.flow import HopKind, Sureness
from tracer.static.flows.trail import Carrier, Trail
from tracer.static.values import Ref

MOST_CALLERS = 8


def give_back_all(trail: Trail, ref: Ref, line: int, carrier: Carrier) -> None:
    """Tell of a `return`, and let the calls that are known give the value."""
    if ref in trail.returned or not trail.index.is_function(ref):
        return
    trail.returned.add(ref)
    hop = trail.hop(HopKind.RETURNED, ref, line, "", carrier)
    trail.told["returned", ref] = hop
    sites = trail.entered.get(ref)
    if sites is None:
        known = trail.index.callers.get(ref, ())
        sites = [(r, s) for r, s, _ in known if trail.is_wanted(trail.program.id(r))]
        if len(sites) > MOST_CALLERS:
            trail.miss(
                f"callers of `{trail.program.flat(ref).qualname}` beyond the first {MOST_CALLERS}",
                len(sites) - MOST_CALLERS,
            )
    for site in sites[:MOST_CALLERS]:
        give_back(trail, ref, site)


def give_back(trail: Trail, function: Ref, site: tuple[Ref, int]) -> None:
    """Let one call give what its function returned."""
    ref, number = site
    trail.lead_on(ref)
    hop = trail.told["returned", function]
    sites = trail.entered.get(function, ())
    sureness = Sureness.MAY if len(sites) > 1 else Sureness.SURE
    # Kept beside the call's own node, whose number may not be known yet.
    trail.carriers.setdefault((ref, ~number), Carrier(hop, sureness))
    trail.queue_up(ref)
