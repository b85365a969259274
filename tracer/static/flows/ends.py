"""Where a way ends: names that nothing reads, and results that nothing takes."""

from __future__ import annotations

from tracer.model.flow import HopKind
from tracer.static.flat import unpack_span
from tracer.static.flows.reads import is_read
from tracer.static.flows.trail import Trail


def tell_ends(
    trail: Trail,
) -> None:
    """Names that nothing reads, and results that nothing takes."""
    for (ref, number), carrier in sorted(trail.held.items()):
        if not trail.index.is_function(ref):
            continue
        scope = trail.program.flat(ref)
        name, _, _, line = scope.bindings[number]
        if (
            not name.isidentifier()
            or name.startswith("_")
            or is_read(trail.index, ref, number, name)
        ):
            continue
        later = [
            each
            for each in trail.program.bindings(ref, name)
            if each > number and scope.bindings[each][3] > line
        ]
        hop = trail.hops[carrier.hop]
        if hop.kind in (HopKind.STORED, HopKind.DROPPED):
            continue
        if later:
            end = scope.bindings[later[0]][3]
            text = f"`{name}` is bound anew before anything read it"
            trail.hop(HopKind.OVERWRITTEN, ref, end, "", carrier, text)
        else:
            text = f"nothing reads `{name}` behind this line"
            trail.hop(HopKind.DROPPED, ref, line or scope.def_line, "", carrier, text)
    for (ref, node), carrier in sorted(trail.carriers.items()):
        if node >= 0:
            continue
        result = trail.index.call_node(ref, ~node)
        if result is not None and result not in trail.index.used(ref):
            line = unpack_span(trail.program.flat(ref).sites[~node][1]).line
            text = f"nothing takes what `{trail.program.site_text(ref, ~node)}` gives"
            trail.hop(HopKind.DROPPED, ref, line, "", carrier, text)
