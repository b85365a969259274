"""The page of a static graph alone: no question, no run, every function that was read."""

from __future__ import annotations

from collections import Counter

from tracer import __version__
from tracer.model.brief import Brief, QuestionShape
from tracer.model.evidence import EVIDENCE_SCHEMA, Evidence, OpenSite, Totals, TreeState
from tracer.model.graph import CallGraph
from tracer.model.source import FunctionId, is_function
from tracer.reconcile.edges import reconcile
from tracer.report.html import render_page
from tracer.static.sources import SourceTree

_STARTS = 8


def graph_page(graph: CallGraph, tree: SourceTree) -> str:
    """A page that opens on the functions that nobody in the graph calls and that call most."""
    texts = {file.path: file.text for file in tree.files}
    shown = {function.path for function in graph.functions}
    return render_page(
        evidence_of_graph(graph, tree),
        sources={path: text for path, text in texts.items() if path in shown},
    )


def evidence_of_graph(graph: CallGraph, tree: SourceTree) -> Evidence:
    """What a bundle would hold if everything were the answer; each edge is `not run`."""
    functions = [function for function in graph.functions if not function.is_holder]
    ids = frozenset(function.id for function in functions)
    effects = tuple(effect for effect in graph.effects if not effect.is_unreachable)
    joined = reconcile(graph, (), ids, effects)
    known = graph.function_index()
    ends = {edge.caller for edge in joined.edges}
    ends |= {edge.callee for edge in joined.edges if is_function(edge.callee)}
    open_sites = tuple(
        OpenSite(
            each.site.caller,
            each.site.span.line,
            each.site.text,
            each.open_reason,
            each.open_detail,
        )
        for each in graph.resolutions
        if each.open_reason is not None and each.is_open
    )
    name = tree.root.name
    starts = _starts(graph)
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        tool_version=__version__,
        brief=Brief(f"The call graph of {name}, as read.", QuestionShape.INVENTORY),
        tree=TreeState(name, tree.digest, tree.digest, sources=tree.digest),
        totals=Totals(
            len(graph.files),
            sum(file.lines for file in graph.files),
            len(functions),
            len(graph.resolutions),
            len(open_sites),
            len(effects),
            len(functions),
            len(joined.edges),
            graph.limits,
        ),
        brief_anchors=(),
        candidates=(),
        entry_points=starts,
        functions=tuple(known[each] for each in sorted(ids | ends) if each in known),
        edges=joined.edges,
        open_sites=open_sites,
        effects=effects,
        chains=(),
        paths=(),
        layouts=(),
        taps=(),
        runs=(),
        findings=(),
        unknowns=(),
        why_no_run="a call graph is read, nothing is run; `tracer run` with a brief does",
        effect_verdicts=joined.effect_verdicts,
    )


def _starts(graph: CallGraph) -> tuple[FunctionId, ...]:
    """Uncalled functions, those with most callees first; a module's own code only imports."""
    called = {
        callee
        for resolution in graph.resolutions
        for callee in resolution.callees
        if is_function(callee) and callee != resolution.site.caller
    }
    callees: Counter[FunctionId] = Counter(
        resolution.site.caller
        for resolution in graph.resolutions
        if any(is_function(callee) for callee in resolution.callees)
    )
    holders = {function.id for function in graph.functions if function.is_holder}
    found = [each for each in callees if each not in called and each not in holders]
    return tuple(sorted(found, key=lambda each: (-callees[each], each))[:_STARTS])
