"""What a reader would not expect: hidden inputs, state changes, dead ends, disagreements.

Every finding is derived from values with anchors; none is a matter of taste.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from tracer.model.evidence import (
    Chain,
    DynamicOrigin,
    Finding,
    FindingKind,
    PathAnswer,
    ReconciledEdge,
    StateChange,
    TreeState,
)
from tracer.model.graph import (
    CallGraph,
    CallSite,
    Effect,
    EffectKind,
    Resolution,
    SiteKind,
)
from tracer.model.parting import Contrasted, PartingOutcome
from tracer.model.source import (
    Anchor,
    FunctionId,
    FunctionKind,
    is_function,
    path_of,
    qualname_of,
)
from tracer.reconcile.conditions import hidden_inputs
from tracer.reconcile.dead_code import dead_code
from tracer.reconcile.state_changes import saved_state, state_changes
from tracer.reconcile.state_ledger import unread_changes

_BY_THE_LANGUAGE = frozenset(
    {
        DynamicOrigin.IMPORT,
        DynamicOrigin.CLASS_BODY,
        DynamicOrigin.RESUME,
        DynamicOrigin.IMPLICIT,
    }
)
"""What explains a call without a word of the project's."""

_MADE = frozenset({EffectKind.STATE_WRITE, EffectKind.MODEL_BUILD, EffectKind.FILE_WRITE})


def find_surprises(
    graph: CallGraph,
    edges: Sequence[ReconciledEdge],
    effects: Sequence[Effect],
    paths: Sequence[PathAnswer],
    tree: TreeState,
    chains: Sequence[Chain] = (),
    named: Collection[FunctionId] = (),
    compared: Sequence[Finding] = (),
    mentions: Collection[str] = (),
    functions: Collection[FunctionId] = (),
    changes: Sequence[StateChange] = (),
    contrasted: Contrasted | None = None,
) -> tuple[Finding, ...]:
    """All findings of the answer, the nearest to it first.

    Args:
        graph: The whole static graph, for files that could not be read, and for counts: what the
            answer shows is less.
        edges: Of the answer, with verdicts.
        effects: Of the answer.
        paths: The questions of reachability that the brief implies, answered.
        tree: Its state before and after the run.
        chains: From entry points to sinks: what is near.
        named: The functions that the question is about; without any, every chain is near.
        compared: Findings of the comparison of what is written with what is read.
        mentions: The names in the question: what speaks of them comes before its like.
        functions: Of the answer.
        changes: Of watched objects, in the runs.
        contrasted: The two sides of the question, where it has two.
    """
    core, _ = _near(chains, frozenset(named))
    findings = [
        *_tree_changed(tree),
        *_premises(contrasted),
        *compared,
        *_no_path(sorted(paths, key=lambda path: (path.target not in core, path.source in core))),
        *_import_effects(graph, core, effects),
        *dead_code(graph, functions),
        *state_changes(graph, effects, functions, changes),
        *saved_state(graph, effects, functions, chains),
        *hidden_inputs(graph, edges, effects),
        *_source_problems(graph),
        *_dynamic_only(edges),
        *unread_changes(changes),
    ]
    return rank_findings(findings, chains, named, frozenset(compared), mentions)


def rank_findings(
    findings: Sequence[Finding],
    chains: Sequence[Chain],
    named: Collection[FunctionId],
    compared: Collection[Finding] = (),
    mentions: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What bears on the answer first, by kind; what stands elsewhere, or says it again, later.

    Near are the functions on chains through a named one; nearest those from the named one on.
    """
    core, near = (_places(steps) for steps in _near(chains, frozenset(named)))
    own = _places(frozenset(named))
    written: set[tuple[FindingKind, tuple[Anchor, ...] | None]] = set()
    ranked = []
    for position, finding in enumerate(findings):
        distance = _distance(finding, core, near)
        told = finding.kind, None if finding.kind is FindingKind.NO_PATH else finding.anchors[:1]
        is_again = told[1] != () and told in written
        written.add(told)
        kind = _KINDS.index(finding.kind)
        if finding.kind is FindingKind.HIDDEN_INPUT and finding in compared:
            kind = _KINDS.index(FindingKind.CONTRADICTION)  # of the artefact itself
        is_aside = not any(mention in finding.text for mention in mentions)
        is_elsewhere = not any((a.path, a.symbol) in own for a in finding.anchors)
        is_grave = finding.kind in (FindingKind.TREE_CHANGED, FindingKind.PREMISE)
        bearing = (not is_grave, distance == _FAR, is_again, kind, is_aside)
        key = (*bearing, distance, is_elsewhere, position)
        ranked.append((key, finding))
    return tuple(finding for _, finding in sorted(ranked, key=lambda item: item[0]))


_FAR = 2
_KINDS = (
    FindingKind.TREE_CHANGED,
    FindingKind.PREMISE,
    FindingKind.CONTRADICTION,
    FindingKind.NO_PATH,
    FindingKind.IMPORT_EFFECT,
    FindingKind.UNREACHABLE,
    FindingKind.STATE_CHANGE,
    FindingKind.HIDDEN_INPUT,
    FindingKind.SOURCE_PROBLEM,
    FindingKind.DYNAMIC_ONLY,
)


def _near(
    chains: Sequence[Chain], named: frozenset[FunctionId]
) -> tuple[set[FunctionId], set[FunctionId]]:
    """What stands from a named function on, and with what leads there."""
    core: set[FunctionId] = set(named)
    near: set[FunctionId] = set(named)
    for chain in chains:
        steps = [hop.caller for hop in chain.hops]
        steps += [hop.callee for hop in chain.hops[-1:] if is_function(hop.callee)]
        first = next((place for place, step in enumerate(steps) if step in named), None)
        if not named:
            first = 0
        if first is not None:
            core.update(steps[first:])
            near.update(steps)
    return core, near


def _places(steps: Collection[FunctionId]) -> frozenset[tuple[str, str]]:
    return frozenset((path_of(step), qualname_of(step)) for step in steps)


def _distance(
    finding: Finding, core: frozenset[tuple[str, str]], near: frozenset[tuple[str, str]]
) -> int:
    if finding.kind in (
        FindingKind.TREE_CHANGED,
        FindingKind.PREMISE,
        FindingKind.SOURCE_PROBLEM,
    ):
        return 1
    places = [(anchor.path, anchor.symbol) for anchor in finding.anchors]
    if finding.kind is FindingKind.IMPORT_EFFECT:
        files = {path for path, _ in near}
        return 1 if any(path in files for path, _ in places) else _FAR
    if finding.kind is FindingKind.NO_PATH:
        return 1  # the nearest first by construction
    for distance, known in enumerate((core, near)):
        if any(place in known for place in places):
            return distance
    return _FAR


def _premises(contrasted: Contrasted | None) -> Iterable[Finding]:
    """What one side is said to miss, and comes to as the other does."""
    for parting in contrasted.partings[:1] if contrasted else ():
        is_refuted = parting.is_premise and parting.outcome is PartingOutcome.BOTH
        if is_refuted and parting.meets_in is not None:
            ends = [side.hops[-1] for side in (parting.a, parting.b) if side.hops]
            yield Finding(
                FindingKind.PREMISE,
                f"both `{qualname_of(parting.a.entry)}` and `{qualname_of(parting.b.entry)}` reach "
                f"`{qualname_of(parting.goal)}`, which {parting.why}; they meet in "
                f"`{qualname_of(parting.meets_in)}`. What differs is how they are called: see the "
                "conditions and arguments beside each other",
                (
                    *(replace(place, quote="") for place in parting.places[:2]),
                    *(
                        Anchor(path_of(hop.caller), hop.line, symbol=qualname_of(hop.caller))
                        for hop in ends
                    ),
                ),
            )


def _dynamic_only(edges: Iterable[ReconciledEdge]) -> Iterable[Finding]:
    for edge in edges:
        if edge.was_read:
            continue
        if edge.origin in _BY_THE_LANGUAGE:
            continue
        callee = qualname_of(edge.callee) if is_function(edge.callee) else edge.callee
        yield Finding(
            FindingKind.DYNAMIC_ONLY,
            f"`{qualname_of(edge.caller)}` → `{callee}` ran {edge.calls}×: {edge.cause}",
            (Anchor(path_of(edge.caller), edge.line, symbol=qualname_of(edge.caller)),),
        )


def _source_problems(graph: CallGraph) -> Iterable[Finding]:
    for file in graph.files:
        if file.problem:
            yield Finding(
                FindingKind.SOURCE_PROBLEM,
                f"`{file.path}` stands outside the graph: {file.problem}",
            )


def _tree_changed(tree: TreeState) -> Iterable[Finding]:
    if tree.changed:
        shown = ", ".join(f"`{path}`" for path in tree.changed[:5])
        more = f" and {len(tree.changed) - 5} more" if len(tree.changed) > 5 else ""
        yield Finding(
            FindingKind.TREE_CHANGED,
            f"{len(tree.changed)} file{'s' * (len(tree.changed) > 1)} of the tree differ after "
            f"the run: {shown}{more}",
        )


def _import_effects(
    graph: CallGraph, core: Collection[FunctionId], effects: Iterable[Effect]
) -> Iterable[Finding]:
    """State, models and files that are made because somebody on the way imports a module."""
    modules = {
        function.id: function
        for function in graph.functions
        if function.kind is FunctionKind.MODULE
    }
    imported: dict[FunctionId, CallSite] = {}
    for resolution in graph.resolutions:
        site = resolution.site
        if site.kind is SiteKind.IMPORT and site.caller in core and not site.is_unreachable:
            for callee in resolution.callees:
                if callee in modules and is_function(callee):
                    imported.setdefault(callee, site)
    found: defaultdict[FunctionId, dict[Effect, None]] = defaultdict(dict)
    own = [effect for effect in graph.effects if effect.function in imported]
    for effect in (*effects, *own):
        is_made = effect.kind in _MADE and not (effect.is_auxiliary or effect.is_unreachable)
        if effect.function in modules and is_made:
            found[effect.function][effect] = None
    calls: defaultdict[FunctionId, list[Resolution]] = defaultdict(list)
    for resolution in graph.resolutions:
        site = resolution.site
        is_own = any(is_function(callee) for callee in resolution.callees)
        if site.caller in imported and site.kind is SiteKind.CALL and is_own:
            calls[site.caller].append(resolution)
    for module in sorted({*found, *calls}):
        made = found[module]
        lines: defaultdict[str, list[int]] = defaultdict(list)
        for effect in made:
            says = effect.subject if effect.kind is EffectKind.STATE_WRITE else effect.operation
            lines[f"{effect.kind.value} `{says or effect.operation}`"].append(effect.span.line)
        for resolution in calls[module]:
            lines[f"calls `{resolution.site.text}`"].append(resolution.site.span.line)
        told = [f"{name} line {', '.join(map(str, sorted(set(at))))}" for name, at in lines.items()]
        site_of = imported.get(module)
        who = f" (by `{qualname_of(site_of.caller)}`, {site_of.anchor})" if site_of else ""
        yield Finding(
            FindingKind.IMPORT_EFFECT,
            f"importing `{modules[module].module}`{who}: {'; '.join(told[:4])}"
            + (f" and {len(told) - 4} more" if len(told) > 4 else ""),
            (
                *(effect.anchor for effect in list(made)[:6]),
                *(resolution.site.anchor for resolution in calls[module][:6]),
            ),
        )


def _no_path(paths: Iterable[PathAnswer]) -> Iterable[Finding]:
    for path in paths:
        if path.is_path:
            continue
        target = qualname_of(path.target) if is_function(path.target) else path.target
        text = f"no path `{qualname_of(path.source)}` ⇒ `{target}`"
        if path.fitting:
            text += f" was found; {path.fitting[0]} calls something of that name that is not known"
        if path.sibling_callers:
            owners = ", ".join(f"`{caller}`" for caller in path.sibling_callers)
            text += f": they are siblings, led to from {owners}"
        if path.open_sites:
            text += f" ({path.open_sites} open call sites on the way were not followed)"
        yield Finding(FindingKind.NO_PATH, text, path.siblings)
