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
        sites = _on_the_way(trail, ref, sites)
        if len(sites) > MOST_CALLERS:
            trail.miss(
                f"callers of `{trail.program.flat(ref).qualname}` beyond the first {MOST_CALLERS}",
                len(sites) - MOST_CALLERS,
            )
    for site in sites[:MOST_CALLERS]:
        give_back(trail, ref, site)


def _on_the_way(trail: Trail, function: Ref, sites: list[tuple[Ref, int]]) -> list[tuple[Ref, int]]:
    """Of the callers of a function that the start leads to, those that it leads to as well.

    Others call it in other runs: what is given back to them is not this value.
    """
    if trail.led_to is None or function in trail.roots:
        return sites
    led = [site for site in sites if trail.program.id(site[0]) in trail.led_to]
    if led and len(led) < len(sites):
        name = trail.program.flat(function).qualname
        trail.miss(f"callers of `{name}` that its start is not seen to call", len(sites) - len(led))
    return led or sites


def give_back(trail: Trail, function: Ref, site: tuple[Ref, int]) -> None:
    """Let one call give what its function returned."""
    ref, number = site
    if trail.led_to is not None and trail.program.id(ref) not in trail.led_to:
        trail.start_in(ref)
    hop = trail.told["returned", function]
    sites = trail.entered.get(function, ())
    sureness = Sureness.MAY if len(sites) > 1 else Sureness.SURE
    # Kept beside the call's own node, whose number may not be known yet.
    trail.carriers.setdefault((ref, ~number), Carrier(hop, sureness))
    trail.queue_up(ref)
