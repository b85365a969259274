"""`callgraph/index.html`: one offline file to browse the answer in.

pyvis builds the first view, our template renders it. pyvis' own template loads from the network,
lays out by force and draws the whole graph; none of that is used.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from markupsafe import Markup

from tracer.model.evidence import Evidence
from tracer.report.names import Names
from tracer.report.page_data import page_data
from tracer.report.page_first import first_network, first_note, legend
from tracer.report.page_graph import page_graph
from tracer.report.phrases import way_phrase
from tracer.report.quoting import PLAIN, visible
from tracer.report.stops import WayVerdicts
from tracer.report.ways import ways

_VIS_NETWORK = "lib/vis-9.1.2/vis-network.min.js"
_NOSCRIPT_CHAINS = 200
_PLAIN_CHARACTERS = 400_000  # more is compressed, for small pages can be read with any tool

# One scope, in this order: what is above may be used below.
_SCRIPTS = (
    "theme", "elements", "shapes", "legend", "framing", "preview", "library",
    "data", "state", "select", "paths", "place", "draw", "graph",
    "answer", "function", "source", "path_pane", "edges", "artefacts", "run",
    "panes", "controls", "mermaid", "settings", "search", "keys", "start",
)  # fmt: skip
_STYLES = ("colours", "frame", "panes", "small")


def render_page(
    evidence: Evidence,
    *,
    sources: Mapping[str, str],
    card: str = "",
    trees: Sequence[str] = (),
) -> str:
    """One HTML file that loads nothing else; equal evidence gives equal bytes.

    Args:
        evidence: What the bundle knows.
        sources: Text of the files that hold the functions, by path; what is missing is said.
        card: The verifier's words.
        trees: The recorded call tree of each run, as text, in their order.
    """
    graph = page_graph(evidence)
    network = first_network(evidence, graph)
    network.templateEnv = _environment(network.template_dir)
    network.path = "page.html.j2"
    environment = network.templateEnv
    data = page_data(evidence, graph, sources, card, trees)
    embedded, is_packed = _embedded(data)
    environment.globals.update(
        title=data["title"],
        question=data["question"],
        card=visible(card),
        data=embedded,
        data_type="text/plain" if is_packed else "application/json",
        note=first_note(graph, bool(data["chains"])),
        legend=legend(evidence, graph),
        style=_joined(environment, "css", _STYLES),
        dark=_verbatim(environment, "page/dark.css"),
        script=_joined(environment, "js", _SCRIPTS),
        vis_network=_verbatim(environment, _VIS_NETWORK),
        chains=_chain_lines(evidence),
        chain_count=len(ways(evidence)),
    )
    page: str = network.generate_html()
    return page


def _environment(template_dir: str) -> Environment:
    return Environment(
        loader=ChoiceLoader(
            [PackageLoader("tracer.report", "templates"), FileSystemLoader(template_dir)]
        ),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _verbatim(environment: Environment, name: str) -> Markup:
    """A file as it stands: minified code is no template, whatever braces it holds."""
    assert environment.loader is not None
    text, _, _ = environment.loader.get_source(environment, name)
    return Markup(text)  # ours and pyvis' own files, not the target's


def _joined(environment: Environment, kind: str, names: Sequence[str]) -> Markup:
    return Markup("\n").join(_verbatim(environment, f"page/{name}.{kind}") for name in names)


def _embedded(data: Mapping[str, Any]) -> tuple[Markup, bool]:
    """JSON inside a script element, and whether it is compressed.

    No `<` in it can end the element or open a comment. What is large is zlib in Base64.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) > _PLAIN_CHARACTERS:
        packed = zlib.compress(text.encode("utf-8", "surrogatepass"), 9)
        return Markup(b64encode(packed).decode()), True
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text), False


def _chain_lines(evidence: Evidence) -> list[str]:
    names = Names(evidence)
    verdicts = WayVerdicts(evidence)
    shown = ways(evidence)[:_NOSCRIPT_CHAINS]
    return [visible(way_phrase(way, verdicts, names, PLAIN)) for way in shown]
