"""From a brief and a call graph to the answer's part of it, and on to the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracer import __version__
from tracer.artifacts.joining import contradictions_of, join_artifact
from tracer.dynamic.tap_results import tap_results
from tracer.model.artifact import JoinedArtifact, LeftArtifacts
from tracer.model.brief import Brief, QuestionShape
from tracer.model.evidence import (
    EVIDENCE_SCHEMA,
    WEAKEST_FIRST,
    ArtifactLayout,
    Chain,
    ChainHop,
    CheckedAnchor,
    EdgeVerdict,
    Evidence,
    Finding,
    OpenSite,
    PathAnswer,
    ReconciledEdge,
    Run,
    TapResult,
    Totals,
    TreeState,
    Unknown,
)
from tracer.model.flow import ValueFlow
from tracer.model.graph import CallGraph, Effect, SiteKind
from tracer.model.parting import Contrasted
from tracer.model.plan import Tap, Workload
from tracer.model.recording import Recording
from tracer.model.source import Callee, Function, FunctionId, is_function
from tracer.pipeline.left import for_evidence
from tracer.pipeline.reading import Reading
from tracer.plan.flow_taps import tapped_flows
from tracer.plan.goal_taps import tapped_goals
from tracer.plan.partings import contrast_sides
from tracer.plan.questions import question_paths
from tracer.plan.scope import Scope, choose_scope
from tracer.plan.taps import propose_taps
from tracer.plan.values import question_values
from tracer.plan.workloads import rank_workloads
from tracer.reconcile.edges import reconcile
from tracer.reconcile.effects import join_effects
from tracer.reconcile.findings import find_surprises
from tracer.reconcile.other_copies import OtherCopy, other_copies
from tracer.reconcile.runs import summarise_run
from tracer.reconcile.seen_paths import with_seen_calls
from tracer.reconcile.state_ledger import state_ledger
from tracer.reconcile.unknowns import find_unknowns
from tracer.static.call_graph import deep_recursion
from tracer.static.flows.index import FlowIndex
from tracer.static.layouts import artifact_layouts, compare_layouts
from tracer.static.source_view import view_sites
from tracer.tables.words import load_words
from tracer.verify.brief_anchors import check_brief_anchors
from tracer.verify.ledgers import check_ledgers
from tracer.verify.reading import Reading as VerifierReading
from tracer.verify.texts import function_texts


@dataclass(frozen=True, slots=True)
class Answer:
    """What reading alone says to a brief."""

    brief: Brief
    anchors: tuple[CheckedAnchor, ...]
    scope: Scope
    paths: tuple[PathAnswer, ...]
    layouts: tuple[ArtifactLayout, ...]
    taps: tuple[Tap, ...]
    workloads: tuple[Workload, ...]
    flows: tuple[ValueFlow, ...] = ()
    contrasted: Contrasted | None = None


def follows_values(brief: Brief) -> bool:
    """Whether the answer needs the solution, besides the graph."""
    return brief.shape is not QuestionShape.INVENTORY


def answer_brief(brief: Brief, reading: Reading) -> Answer:
    """Answer a brief as far as the sources go."""
    anchors = check_brief_anchors(brief.anchors, reading.tree.root, reading.tree)
    scope = choose_scope(brief, reading.graph, reading.tree, anchors)
    followed = _follow(brief, scope, reading)
    flows, flow_taps = tapped_flows(followed.flows, reading.graph, reading.tree)
    goal_taps = tapped_goals(followed.contrasted, reading.graph, reading.tree)
    return Answer(
        brief=brief,
        anchors=anchors,
        scope=scope,
        paths=question_paths(brief, scope, reading.graph),
        layouts=artifact_layouts(reading.tree, reading.graph, scope.functions),
        taps=(*goal_taps, *flow_taps, *propose_taps(scope, reading.graph, reading.tree)),
        workloads=rank_workloads(reading.graph, scope, reading.tree, brief),
        flows=flows,
        contrasted=followed.contrasted,
    )


@dataclass(frozen=True, slots=True)
class _Followed:
    """What only the solution could tell."""

    flows: tuple[ValueFlow, ...] = ()
    contrasted: Contrasted | None = None


def _follow(brief: Brief, scope: Scope, reading: Reading) -> _Followed:
    """The values on their way and the two sides, as the question has them; then the solution may
    go."""
    solution, graph = reading.solution, reading.graph
    if solution is None:
        return _Followed()
    words = load_words()
    flows: tuple[ValueFlow, ...] = ()
    contrasted = None
    if brief.shape is QuestionShape.VALUE_FLOW or reading.flows.topics_of(brief.question):
        flows = question_values(brief, scope, graph, solution, reading.flows, words)
    if brief.shape is QuestionShape.DIVERGENCE:
        with deep_recursion():
            contrasted = contrast_sides(brief, scope, graph, FlowIndex(solution), words)
    solution.forget()
    return _Followed(flows, contrasted)


def assemble(
    answer: Answer,
    reading: Reading,
    tree: TreeState,
    recordings: Sequence[Recording],
    why_no_run: str,
    left: Mapping[str, LeftArtifacts] | None = None,
    own_taps: Sequence[TapResult] = (),
) -> Evidence:
    """Join the answer with what ran.

    Args:
        answer: What reading alone says.
        reading: The whole tree and its graph.
        tree: Its state before and after the runs.
        recordings: In the bundle's order.
        why_no_run: Why there is none, where there is none.
        left: By workload: what the runs left in their scratch folders.
        own_taps: Of recordings that were made elsewhere, with taps that nobody proposed here.
    """
    graph = reading.graph
    wanted = frozenset(answer.scope.functions)
    effects = tuple(
        effect
        for effect in graph.effects
        if effect.function in wanted and not effect.is_unreachable
    )
    reconciled = reconcile(graph, recordings, wanted, effects)
    paths = with_seen_calls(answer.paths, graph, reconciled.edges)
    shown = _shown_edges(reconciled.edges, effects, answer.scope)
    edges = _with_reasons(shown, reading)
    known = graph.function_index()
    touched = {hop.function for flow in answer.flows for hop in flow.hops}
    if answer.contrasted is not None:
        touched.update(filter(is_function, answer.contrasted.callees))
    functions = _functions_of(wanted | touched, edges, known)
    open_sites = _open_sites(graph, wanted)
    changes = state_ledger(graph, recordings)
    runs = tuple(summarise_run(recording) for recording in recordings)
    artifacts = _join_left(left or {}, runs, answer.layouts)
    surprises = find_surprises(
        graph,
        edges,
        effects,
        paths,
        tree,
        answer.scope.chains,
        answer.scope.named,
        (*compare_layouts(answer.layouts), *_artifact_findings(artifacts, runs)),
        answer.brief.mentions,
        wanted,
        changes,
        answer.contrasted,
    )
    copies = other_copies(graph, recordings)
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        tool_version=__version__,
        brief=answer.brief,
        tree=tree,
        totals=_totals(
            reading,
            sum(not function.is_holder for function in functions),
            len(edges),
            len(reconciled.edges),
            answer.scope,
            copies,
        ),
        brief_anchors=answer.anchors,
        candidates=answer.scope.candidates,
        entry_points=answer.scope.entry_points,
        functions=functions,
        edges=edges,
        open_sites=open_sites,
        effects=effects,
        chains=_with_verdicts(answer.scope.chains, edges, effects, reconciled.effect_verdicts),
        paths=paths,
        layouts=answer.layouts,
        taps=(*own_taps, *tap_results(answer.taps, recordings)),
        runs=runs,
        findings=surprises,
        unknowns=(
            *find_unknowns(
                graph,
                edges,
                open_sites,
                answer.anchors,
                answer.layouts,
                recordings,
                answer.workloads,
                why_no_run,
                copies,
            ),
            *_not_looked_into(left or {}),
        ),
        workload_candidates=answer.workloads,
        why_no_run="" if recordings else why_no_run,
        effect_verdicts=reconciled.effect_verdicts,
        raises=tuple(each for each in graph.raises if each.function in wanted),
        state_changes=changes,
        flows=answer.flows,
        contrasted=answer.contrasted,
        seen_effects=join_effects(graph, recordings, wanted, effects, reading.table.canonical),
        texts=function_texts(wanted, VerifierReading(reading.tree)),
        ledgers=check_ledgers(
            answer.brief,
            reading.tree,
            graph,
            wanted,
            {key for effect in effects for key in effect.keys},
            recordings,
        ),
        artifacts=tuple(map(for_evidence, artifacts)),
    )


def _join_left(
    left: Mapping[str, LeftArtifacts], runs: Sequence[Run], layouts: Sequence[ArtifactLayout]
) -> tuple[JoinedArtifact, ...]:
    """What each run left, beside the code and beside what the run was seen to write."""
    return tuple(
        join_artifact(
            artifact.report,
            layouts,
            (run.ledger,),
            workload=run.workload.name,
            path=artifact.path,
        )
        for run in runs
        for artifact in left.get(run.workload.name, LeftArtifacts()).files
    )


def _not_looked_into(left: Mapping[str, LeftArtifacts]) -> tuple[Unknown, ...]:
    return tuple(
        Unknown(
            f"what run {name} left: {reason}",
            "a bound on what is looked into after a run",
            "run with --cwd DIR, and `tracer inspect` what is in it",
        )
        for name, files in left.items()
        for reason in files.not_inspected
    )


def _artifact_findings(
    artifacts: Sequence[JoinedArtifact], runs: Sequence[Run]
) -> tuple[Finding, ...]:
    """Where what is there and the code cannot both be right; stand-ins write what they like."""
    real = {run.workload.name for run in runs if run.stand_ins is None}
    return tuple(
        finding
        for artifact in artifacts
        if artifact.workload in real
        for finding in contradictions_of(artifact)
    )


def _shown_edges(
    edges: Sequence[ReconciledEdge], effects: Sequence[Effect], scope: Scope
) -> tuple[ReconciledEdge, ...]:
    """The edges that answer something.

    Out of the answer's functions: calls of project functions, and of externals that do something to
    the world; calls of `len` and `os.path.join` answer no question. Into them from elsewhere: only
    where the callee is what the question is about, or who calls a getter would fill the page. An
    import is an edge of the answer where the imported module's own code is part of it.
    """
    wanted = frozenset(scope.functions)
    asked: set[Callee] = {*scope.named, *scope.entry_points}
    asked.update(hop.callee for chain in scope.chains for hop in chain.hops[:-1])
    sinks = {(effect.function, effect.span) for effect in effects}

    def is_shown(edge: ReconciledEdge) -> bool:
        if not is_function(edge.callee):
            return (edge.caller, edge.span) in sinks
        if edge.caller not in wanted:
            return edge.callee in asked and edge.kind is not SiteKind.IMPORT
        return edge.kind is not SiteKind.IMPORT or edge.callee in wanted

    return tuple(edge for edge in edges if is_shown(edge))


def _with_reasons(edges: Sequence[ReconciledEdge], reading: Reading) -> tuple[ReconciledEdge, ...]:
    """Each edge with its "why": the comment at the call site, else the callee's own summary."""
    known = reading.graph.function_index()
    sites = {
        (edge.caller.partition("::")[0], edge.span)
        for edge in edges
        if edge.span is not None and edge.kind is not SiteKind.IMPORT
    }
    views = view_sites(reading.tree, [(path, span) for path, span in sites if span is not None])
    explained: list[ReconciledEdge] = []
    for edge in edges:
        view = views.get((edge.caller.partition("::")[0], edge.span)) if edge.span else None
        why = view.comment if view else ""
        if not why and is_function(edge.callee) and (callee := known.get(edge.callee)):
            why = callee.summary
        explained.append(replace(edge, why=why))
    return tuple(explained)


def _functions_of(
    wanted: frozenset[FunctionId],
    edges: Sequence[ReconciledEdge],
    index: Mapping[FunctionId, Function],
) -> tuple[Function, ...]:
    ids = set(wanted)
    for edge in edges:
        ids.add(edge.caller)
        if is_function(edge.callee):
            ids.add(edge.callee)
    return tuple(index[function] for function in sorted(ids) if function in index)


def _open_sites(graph: CallGraph, wanted: frozenset[FunctionId]) -> tuple[OpenSite, ...]:
    return tuple(
        OpenSite(
            resolution.site.caller,
            resolution.site.span.line,
            resolution.site.text,
            resolution.open_reason,
            resolution.open_detail,
        )
        for resolution in graph.resolutions
        if resolution.open_reason is not None
        and resolution.is_open
        and resolution.site.caller in wanted
        and not resolution.site.is_unreachable
    )


def _with_verdicts(
    chains: Sequence[Chain],
    edges: Sequence[ReconciledEdge],
    effects: Sequence[Effect],
    effect_verdicts: Sequence[EdgeVerdict],
) -> tuple[Chain, ...]:
    """Each chain is as strong as its weakest hop, a hop as its strongest site.

    The last hop may be a store, which is no edge: there the effect's own verdict counts.
    """
    rank = {verdict: position for position, verdict in enumerate(WEAKEST_FIRST)}
    best: dict[tuple[FunctionId, str, int], int] = {}
    stores: dict[tuple[FunctionId, int], int] = {}
    for edge in edges:
        key = (edge.caller, edge.callee, edge.line)
        best[key] = max(best.get(key, 0), rank[edge.verdict])
    for effect, verdict in zip(effects, effect_verdicts, strict=True):
        place = (effect.function, effect.span.line)
        stores[place] = max(stores.get(place, 0), rank[verdict])

    def strength(hop: ChainHop) -> int:
        found = best.get((hop.caller, hop.callee, hop.line))
        return stores.get((hop.caller, hop.line), 0) if found is None else found

    return tuple(
        replace(chain, verdict=WEAKEST_FIRST[min(map(strength, chain.hops), default=0)])
        for chain in chains
    )


def _totals(
    reading: Reading,
    functions: int,
    edges: int,
    all_edges: int,
    scope: Scope,
    copies: Sequence[OtherCopy],
) -> Totals:
    graph = reading.graph
    hidden = all_edges - edges
    limits = [*(copy.told for copy in copies), *scope.limits]
    if hidden:
        limits.append(
            f"{edges} of {all_edges} edges that touch the answer shown: calls to outside functions "
            "without a known effect, imports, and calls from elsewhere to what the question does "
            "not name are left out"
        )
    return Totals(
        files=len(graph.files),
        lines=sum(file.lines for file in graph.files),
        functions=sum(not function.is_holder for function in graph.functions),
        call_sites=len(graph.resolutions),
        open_sites=sum(
            resolution.is_open and not resolution.site.is_unreachable
            for resolution in graph.resolutions
        ),
        effects=sum(not effect.is_unreachable for effect in graph.effects),
        shown_functions=functions,
        shown_edges=edges,
        limits=tuple(limits),
    )
