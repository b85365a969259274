"""The first view: what the page draws before it has read anything else of itself."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tracer.model.evidence import Evidence
from tracer.report.layout import place
from tracer.report.page_graph import PageGraph, PageLink
from tracer.report.quoting import visible
from tracer.report.strength import VERDICT_MEANING

# Everything that vis-network would otherwise decide by itself.
_OPTIONS: dict[str, Any] = {
    "autoResize": True,
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {"hover": True, "multiselect": False, "keyboard": {"enabled": False}},
    "edges": {
        "smooth": {"type": "cubicBezier", "forceDirection": "horizontal", "roundness": 0.45},
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.55}},
        "selectionWidth": 1,
        "hoverWidth": 1,
    },
    "nodes": {"borderWidth": 1, "chosen": False},
}


def first_network(evidence: Evidence, graph: PageGraph) -> Any:
    """The first view as a pyvis network: only what is in focus, since its builder is quadratic.

    Boxes and lines carry what a canvas needs to draw them, so that nobody waits for the rest.
    Functions outside without an effect are left out, as the page does until a reader asks for them.
    """
    from pyvis.network import Network  # pulls IPython: only where a page is made

    network = Network(directed=True, cdn_resources="in_line")
    network.options = _OPTIONS
    shown = [each for each in graph.first if graph.nodes[each].kind != "external"]
    placement = place(shown, graph.ranks, graph.sizes, graph.pairs())
    open_sites: Counter[str] = Counter(site.caller for site in evidence.open_sites)
    for number in shown:
        node = graph.nodes[number]
        x, y = placement.boxes[number]
        width, height = graph.sizes[number]
        network.add_node(
            number,
            label=visible(node.label),
            shape="custom",
            x=x,
            y=y,
            width=width,
            height=height,
            kind=node.kind,
            owner=visible(node.owner),
            detail=visible(node.detail),
            open=open_sites[node.key],
            isEntry=number in graph.entries,
        )
    for number, link in enumerate(graph.links):
        if link.caller in placement.boxes and link.callee in placement.boxes:
            network.add_edge(
                link.caller,
                link.callee,
                id=number,
                way=placement.ways.get((link.caller, link.callee), ()),
                verdict=_verdict(link),
                isMay=_is_may(link),
            )
    return network


def first_note(graph: PageGraph, has_chains: bool) -> str:
    """The sentence above the first view."""
    what = "Entry points and chains" if has_chains else "Entry points and what they call first"
    return visible(f"{what}: {graph.first_cut}." if graph.first_cut else f"{what}.")


def legend(evidence: Evidence, graph: PageGraph) -> dict[str, Any]:
    """What occurs anywhere in the graph, and so stands in the legend of every view."""
    return {
        "verdicts": sorted({_verdict(link) for link in graph.links}),
        "kinds": sorted({node.kind for node in graph.nodes}),
        "meanings": {str(verdict): text for verdict, text in VERDICT_MEANING.items()},
        "hasEntries": bool(graph.entries),
        "hasMay": any(map(_is_may, graph.links)),
        "hasOpen": bool(evidence.open_sites),
    }


def _verdict(link: PageLink) -> str:
    return str(link.verdict or "effect")


def _is_may(link: PageLink) -> bool:
    return bool(link.edges) and all(edge.tier and not edge.is_exact for edge in link.edges)
