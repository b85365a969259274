"""The ways of values: where each ends, told as one chain, and every hop as a row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tracer.model.flow import FlowHop, HopKind, Sureness, ValueFlow
from tracer.model.source import is_function, path_of
from tracer.report.counted import plural
from tracer.report.names import Names
from tracer.report.quoting import Style, clipped

ENDS = (
    HopKind.LOST,
    HopKind.ARRIVES,
    HopKind.SHADOWED,
    HopKind.OVERWRITTEN,
    HopKind.DROPPED,
    HopKind.LEAVES,
    HopKind.COMPARED,
    HopKind.CHANGED,
)
"""What a reader asks for, the most telling first."""

NO_ARRIVAL = "none arrives where it is made use of"
_HOPS_SHOWN = 30
_LAST_HOPS = 3  # shown behind those that are folded

SURENESS_MEANING = {
    Sureness.SURE: "by names, definitions and classes alone",
    Sureness.MAY: "one of several bindings, callees or callers",
    Sureness.BY_NAME: "the class of the object is not known; the name of method or attribute fits",
    Sureness.UNKNOWN: "through code that was not read: whether the value goes on is not known",
}


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One hop for a table."""

    id: str  # `v1.3`: the third hop of the first value, as in `evidence.json`
    after: str  # the hop that it follows
    hop: FlowHop


def flow_rows(flow: ValueFlow, number: int, most: int) -> list[FlowRow]:
    """The hops, numbered from 1: those on the ways to the first ends, then the others in order."""
    wanted: dict[int, None] = {}
    for hop in ends_of(flow):
        place = flow.hops.index(hop)
        while place >= 0 and len(wanted) < most:
            wanted[place] = None
            place = flow.hops[place].follows
    for place in range(len(flow.hops)):
        if len(wanted) < most:
            wanted[place] = None
    return [
        FlowRow(
            f"v{number}.{place + 1}",
            f"v{number}.{flow.hops[place].follows + 1}" if flow.hops[place].follows >= 0 else "",
            flow.hops[place],
        )
        for place in sorted(wanted)
    ]


def first_end(flow: ValueFlow) -> int | None:
    """The position of the end that tells most; else of the last hop of the longest way."""
    order = _order(flow)
    ranked = [
        (order.index(hop.kind), _depth(flow, place), place)
        for place, hop in enumerate(flow.hops)
        if hop.kind in ENDS
    ]
    if ranked:
        return min(ranked)[2]
    depths = [(-_depth(flow, place), place) for place in range(len(flow.hops))]
    return min(depths)[1] if depths else None


def ends_of(flow: ValueFlow) -> list[FlowHop]:
    """Where its ways end, the most telling first."""
    order = _order(flow)
    found = [hop for hop in flow.hops if hop.kind in ENDS]
    return sorted(found, key=lambda hop: order.index(hop.kind))


def _order(flow: ValueFlow) -> list[HopKind]:
    """What the topic asks for comes first."""
    return list(dict.fromkeys((*flow.asked_ends, *ENDS)))


def way_to(flow: ValueFlow, place: int) -> list[FlowHop]:
    """The hops from the start to one of them."""
    way: list[FlowHop] = []
    while place >= 0:
        way.append(flow.hops[place])
        place = flow.hops[place].follows
    return way[::-1]


def ends_text(flow: ValueFlow) -> str:
    """`1 lost, 2 dropped`: how the ways of a value end."""
    counts = Counter(hop.kind for hop in flow.hops)
    told = [f"{counts[kind]} {kind}" for kind in ENDS if counts[kind]]
    if flow.has_aim and not counts[HopKind.ARRIVES]:
        told.append(NO_ARRIVAL if not flow.limits else f"{NO_ARRIVAL}, as far as it was followed")
    return ", ".join(told) or "no way is seen to end"


def crossings(flow: ValueFlow) -> list[str]:
    """Where its ways go from one file into another: `gradients.py:7 → model/image.py`."""
    found: dict[str, None] = {}
    for hop in flow.hops:
        before = flow.hops[hop.follows] if hop.follows >= 0 else None
        here = path_of(hop.function)
        if hop.kind is HopKind.PASSED and hop.callee and is_function(hop.callee):
            if path_of(hop.callee) != here:
                found[f"{here}:{hop.line} → {path_of(hop.callee)}"] = None
        elif before is not None and before.kind is not HopKind.PASSED:
            there = path_of(before.function)
            if there != here:
                found[f"{there}:{before.line} → {here}"] = None
    return list(found)


def least_sure(way: list[FlowHop]) -> Sureness:
    """How sure a whole way is."""
    order = list(Sureness)
    return max((hop.sureness for hop in way), key=order.index)


def flow_line(flow: ValueFlow, names: Names, style: Style, most: int | None = None) -> str:
    """The value, its way to the end that tells most, and how sure that is."""
    place = first_end(flow)
    if place is None:
        return f"{style.code(flow.name)}: no hop was found"
    way = way_to(flow, place)
    steps = []
    before = ""
    shown = _folded(way)
    hidden = len(shown) - _HOPS_SHOWN if most is None else len(shown) - most
    for position, hop in enumerate(shown):
        if hidden > 0 and len(shown) - _LAST_HOPS - hidden <= position < len(shown) - _LAST_HOPS:
            if position == len(shown) - _LAST_HOPS - hidden:
                steps.append(f"({plural(hidden, 'hop')} more)")
            before = ""
            continue
        path = path_of(hop.function)
        where = f"{path}:{hop.line}" if path != before else f"line {hop.line}"
        before = path
        steps.append(f"{_said(hop, names, style)} {style.code(where)}")
    sure = least_sure(way)
    return f"{' → '.join(steps)} · {plural(len(way), 'hop')}, {sure}"


def end_line(hop: FlowHop, names: Names, style: Style) -> str:
    """One end: what, where, in which function, and the line."""
    place = style.code(f"{path_of(hop.function)}:{hop.line}")
    owner = style.code(names.short(hop.function))
    is_active = hop.kind in (HopKind.LEAVES, HopKind.ARRIVES)
    verb = f"{hop.kind}" if is_active else f"is {hop.kind}"
    return f"{verb} at {place} in {owner} ({_detail(hop, style)})"


def _folded(way: list[FlowHop]) -> list[FlowHop]:
    """Without hops that say the same place again: a value that is read where it is lost."""
    kept: list[FlowHop] = []
    for hop in way:
        if hop.kind is HopKind.RETURNED and hop is not way[-1]:
            continue
        is_again = kept and (hop.function, hop.line) == (kept[-1].function, kept[-1].line)
        if is_again and kept[-1].kind in (HopKind.READ_BACK, HopKind.RETURNED, HopKind.TRANSFORMED):
            kept[-1] = hop
        else:
            kept.append(hop)
    return kept


def _said(hop: FlowHop, names: Names, style: Style) -> str:
    match hop.kind:
        case HopKind.PASSED:
            callee = names.short(hop.callee) if hop.callee else "?"
            return f"{style.code(f'{callee}({hop.holder})')}"
        case HopKind.START | HopKind.BOUND | HopKind.RENAMED | HopKind.CAPTURED:
            return style.code(hop.holder)
        case HopKind.STORED | HopKind.READ_BACK:
            return style.code(hop.holder)
        case HopKind.TRANSFORMED:
            return style.code(clipped(hop.detail.partition(": ")[0], 40))
        case HopKind.CHANGED:
            return f"changed ({_detail(hop, style)})"
    return f"**{hop.kind.upper()}** ({_detail(hop, style)})"


def _detail(hop: FlowHop, style: Style) -> str:
    """A call as written, and what a table says of it; else the line."""
    call, colon, what = hop.detail.partition(": ")
    if colon and "`" not in call:
        return f"{style.code(clipped(call, 60))}: {style.text(clipped(what, 80))}"
    return style.text(clipped(hop.detail, 110)) if hop.detail else style.code(hop.quote)


def _depth(flow: ValueFlow, place: int) -> int:
    return len(way_to(flow, place))


def wrapped_way(line: str, width: int) -> list[str]:
    """A way on as few lines as hold it, broken between its hops."""
    lines: list[str] = []
    current = ""
    for part in line.split(" → "):
        longer = f"{current} → {part}" if current else part
        if len(longer) > width and current:
            lines.append(f"{current} →")
            current = part
        else:
            current = longer
    return [*lines, current]
