"""The same graph drawn by others: pyvis as it comes, and cytoscape.js with positions given."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tracer.report.page_graph import PageGraph

MOST_PYVIS = 3_000  # its builder looks at all nodes for each edge

_CYTOSCAPE = """<!doctype html><meta charset="utf-8">
<style>html,body,#graph{height:100%%;margin:0}</style>
<div id="graph"></div><script>%s</script><script>
const graph = %s;
const cy = cytoscape({container: document.getElementById('graph'), elements: graph,
  layout: {name: 'preset'}, textureOnViewport: false,
  style: [{selector: 'node', style: {label: 'data(label)', shape: 'round-rectangle', width: 120,
    height: 40, 'text-valign': 'center', 'background-color': '#fff', 'border-width': 1}},
    {selector: 'edge', style: {width: 1.5, 'curve-style': 'bezier',
      'target-arrow-shape': 'triangle'}}]});
cy.one('render', () => performance.mark('painted'));
window.refocus = (id) => new Promise((done) => {
  const start = performance.now();
  const node = cy.getElementById(id);
  const near = node.union(node.outgoers()).union(node.outgoers().outgoers()).union(node.incomers());
  cy.batch(() => { cy.elements().style('display', 'none'); near.style('display', 'element'); });
  cy.one('render', () => done(performance.now() - start));
  cy.fit(near, 20);
});
</script>
"""


def pyvis_page(graph: PageGraph) -> str:
    """What `Network().add_node(..)`, `add_edge(..)` and `generate_html()` give without options."""
    from pyvis.network import Network

    network = Network(directed=True, cdn_resources="in_line")
    for number, node in enumerate(graph.nodes):
        network.add_node(number, label=node.short)
    for link in graph.links:
        network.add_edge(link.caller, link.callee)
    page: str = network.generate_html()
    # It keeps its network to itself; the one word added tells when it came to rest.
    return page.replace(
        "return network;",
        "network.once('stabilized', () => performance.mark('painted')); return network;",
    )


def cytoscape_library() -> str | None:
    """The text of cytoscape.min.js as npm gives it; None where it gives nothing."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(
                [npm, "pack", "--silent", "cytoscape@3"],
                cwd=folder,
                check=True,
                capture_output=True,
                timeout=120,
            )
        except (subprocess.SubprocessError, OSError):
            return None
        for archive in Path(folder).glob("cytoscape-*.tgz"):
            with tarfile.open(archive) as tar:
                member = tar.extractfile("package/dist/cytoscape.min.js")
                return member.read().decode() if member else None
    return None


def cytoscape_page(graph: PageGraph, library: str) -> str:
    """Every node at the place that our layers give it, since its own layouts take far longer."""
    elements: list[dict[str, object]] = [
        {
            "data": {"id": str(number), "label": node.short},
            "position": {"x": graph.ranks[number].layer * 220, "y": graph.ranks[number].order * 60},
        }
        for number, node in enumerate(graph.nodes)
    ]
    elements += [
        {"data": {"id": f"e{n}", "source": str(link.caller), "target": str(link.callee)}}
        for n, link in enumerate(graph.links)
    ]
    data = json.dumps(elements).replace("<", "\\u003c")
    return _CYTOSCAPE % (library, data)
