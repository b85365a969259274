"""`callchain/diagram.mmd`: the chains as a Mermaid flowchart."""

from __future__ import annotations

import hashlib

from tracer.model.evidence import EdgeVerdict, Evidence
from tracer.model.graph import EffectKind
from tracer.model.source import Callee, is_function
from tracer.report.counted import limit_text
from tracer.report.effect_groups import READS, STATE, WRITES
from tracer.report.names import Names
from tracer.report.quoting import clipped, mermaid_label
from tracer.report.strength import stronger

_EDGES_SHOWN = 80
_LABEL_CHARACTERS = 60
_ARROWS = {
    EdgeVerdict.CONFIRMED: "==>",
    EdgeVerdict.DYNAMIC_ONLY: "==>",
    EdgeVerdict.NOT_TAKEN: "-.->",
    EdgeVerdict.NOT_REACHED: "-.->",
    EdgeVerdict.UNDECIDED: "-->",
    EdgeVerdict.STAND_INS: "-->",
    EdgeVerdict.EXECUTED: "-->",
    EdgeVerdict.NOT_RUN: "-->",
}
_STYLES = {
    "entry": "stroke-width:3px",
    "outside": "stroke-dasharray:4 3",
}


def render_diagram(evidence: Evidence) -> str:
    """Edges of the chains, each once, labelled with line and verdict; ids depend on names alone."""
    names = Names(evidence)
    lines: dict[tuple[Callee, Callee], list[int]] = {}
    for hop in (hop for chain in evidence.chains for hop in chain.hops):
        found = lines.setdefault((hop.caller, hop.callee), [])
        if hop.line not in found:
            found.append(hop.line)
    shown = dict(list(lines.items())[:_EDGES_SHOWN])
    verdicts = _verdicts(evidence)
    effects = {
        chain.hops[-1].callee: chain.effect
        for chain in evidence.chains
        if chain.hops and chain.effect
    }
    nodes: dict[Callee, None] = dict.fromkeys(evidence.entry_points)
    for caller, callee in shown:
        nodes.setdefault(caller)
        nodes.setdefault(callee)
    text = ["flowchart LR"]
    if cut := limit_text(len(shown), len(lines), "edges", "in the order of the chains"):
        text.append(f"    %% {cut}")
    if not shown:
        text.append("    %% no chain from an entry point to a sink stands in the evidence")
    for node in nodes:
        label = mermaid_label(clipped(names.short(node), _LABEL_CHARACTERS))
        text.append(f"    {_id(node)}{_shaped(label, effects.get(node), is_function(node))}")
    for (caller, callee), at in shown.items():
        verdict = verdicts.get((caller, callee), EdgeVerdict.NOT_RUN)
        places = ", ".join(map(str, sorted(at)))
        label = mermaid_label(f"{places} {verdict}")
        text.append(f'    {_id(caller)} {_ARROWS[verdict]}|"{label}"| {_id(callee)}')
    entries = [_id(entry) for entry in evidence.entry_points]
    outside = [_id(node) for node in nodes if not is_function(node)]
    for name, members in (("entry", entries), ("outside", outside)):
        if members:
            text.append(f"    classDef {name} {_STYLES[name]}")
            text.append(f"    class {','.join(members)} {name}")
    return "\n".join(text) + "\n"


def _verdicts(evidence: Evidence) -> dict[tuple[Callee, Callee], EdgeVerdict]:
    verdicts: dict[tuple[Callee, Callee], EdgeVerdict] = {}
    for edge in evidence.edges:
        key = edge.caller, edge.callee
        verdicts[key] = stronger(verdicts.get(key, edge.verdict), edge.verdict)
    return verdicts


def _id(callee: Callee) -> str:
    return "n" + hashlib.sha256(callee.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _shaped(label: str, effect: EffectKind | None, is_inside: bool) -> str:
    if effect in STATE:
        return '{{"' + label + '"}}'
    if effect in WRITES | READS and not is_inside:
        return '[("' + label + '")]'
    return '["' + label + '"]' if is_inside else '(["' + label + '"])'
