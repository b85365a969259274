"""The part of an answer that a reader wants first: the ways to what the question names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tracer.model.evidence import ArtifactLayout, EdgeVerdict, Evidence, PathAnswer, ReconciledEdge
from tracer.model.graph import Effect, EffectKind, SiteKind
from tracer.model.source import Callee, FunctionId, is_function, path_of
from tracer.report.artifact_pairs import (
    ArtifactPair,
    artifact_pairs,
    is_one,
    names_same,
    pair_layouts,
)
from tracer.report.components import folder_and_name
from tracer.report.effect_groups import READS, STATE, WRITES
from tracer.report.names import named_functions
from tracer.report.strength import effects_with_verdicts, hop_verdicts, weaker
from tracer.report.ways import Sink, Trunk, Way, ways


@dataclass(frozen=True, slots=True)
class Lead:
    """One way through the tree, and what the functions on it do at its end."""

    trunk: Trunk  # its sinks are those of the last function
    holders: tuple[tuple[FunctionId, tuple[Sink, ...]], ...]  # in the order of the way, by line
    other_ways: int
    other_entries: tuple[FunctionId, ...]
    verdicts: tuple[EdgeVerdict, ...] = ()  # of each hop

    def verdict_at(self, step: Callee) -> EdgeVerdict:
        """How far the way was seen up to a function on it: the weakest of the hops before."""
        if not self.verdicts:
            return self.trunk.verdict
        verdict = EdgeVerdict.CONFIRMED
        for hop, each in zip(self.trunk.hops, self.verdicts, strict=True):
            if hop.caller == step:
                break
            verdict = weaker(verdict, each)
        return verdict

    @property
    def steps(self) -> tuple[Callee, ...]:
        """Every function on the way."""
        return (self.trunk.entry, *(hop.callee for hop in self.trunk.hops))


@dataclass(frozen=True, slots=True)
class Contrast:
    """A module that the question names: what its own code does, and what else its package does."""

    module: str
    effects: tuple[tuple[Effect, EdgeVerdict], ...]
    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class Leads:
    """The answer in the order in which it is read."""

    writes: tuple[Lead, ...]
    reads: tuple[Lead, ...]
    others: tuple[Lead, ...]
    contrasts: tuple[Contrast, ...]

    @property
    def first(self) -> tuple[Lead, ...]:
        """The best of each side."""
        found = (*self.writes[:1], *self.reads[:1])
        return found or self.others[:1]

    @property
    def steps(self) -> tuple[FunctionId, ...]:
        """The functions of the tree on the best ways, in order, each once."""
        steps = [step for lead in self.first for step in lead.steps]
        return tuple(dict.fromkeys(step for step in steps if is_function(step)))


def find_leads(evidence: Evidence) -> Leads:
    """The ways of the answer, those of one route together, the most relevant first."""
    modules = _named_modules(evidence)
    named = named_functions(evidence)

    def is_aside(lead: Lead) -> bool:
        folder = path_of(lead.holders[-1][0]).rpartition("/")[0]
        return not named & set(lead.steps) and any(
            f"{folder}/".startswith(f"{other}/") for other in modules.values() if other
        )

    writes, reads, others = (
        _joined(ways(evidence, kinds), evidence)
        for kinds in (WRITES, READS, frozenset(EffectKind) - WRITES - READS)
    )
    if not any(not is_aside(lead) for lead in (*writes, *reads)):
        modules = {}  # the question is about nothing else
    aside = [lead for lead in (*writes, *reads) if is_aside(lead)]
    contrasts = [
        Contrast(
            module,
            tuple(_of_module(evidence, module)),
            tuple(
                lead
                for lead in aside
                if f"{path_of(lead.holders[-1][0])}".startswith(f"{folder}/" if folder else "")
            ),
        )
        for module, folder in modules.items()
    ]
    return Leads(
        tuple(lead for lead in writes if lead not in aside),
        tuple(lead for lead in reads if lead not in aside),
        others,
        tuple(contrasts),
    )


def lead_artifact(evidence: Evidence, leads: Leads) -> ArtifactPair | None:
    """What the best ways write beside what they read; None where they name no member."""
    on_way = set(leads.steps)
    layouts = [layout for layout in evidence.layouts if layout.function in on_way]
    asked = [layout for layout in layouts if _is_asked(layout, evidence)]
    if found := asked or layouts:
        named = named_functions(evidence)
        first = min(found, key=lambda each: each.function not in named)
        chosen = [
            each
            for each in found
            if each == first or names_same(each.artifact, first.artifact) or is_one(each, first)
        ]
        # The other side may lie on another way than the best one.
        if len({each.direction in WRITES for each in chosen}) < 2:
            pair = next(p for p in artifact_pairs(evidence) if first in (*p.writers, *p.readers))
            others = pair.readers if first.direction in WRITES else pair.writers
            chosen = [each for each in evidence.layouts if each in chosen or each in others]
        return pair_layouts(chosen)
    pairs = artifact_pairs(evidence)
    return pairs[0] if pairs else None


def artifact_names(layouts: Iterable[ArtifactLayout]) -> tuple[str, ...]:
    """The names that callers give, without folders; each once, in order."""
    names = (name for layout in layouts for name in layout.names)
    return tuple(dict.fromkeys(folder_and_name(name)[1] for name in names))


def state_on_the_way(evidence: Evidence, leads: Leads) -> tuple[tuple[Effect, EdgeVerdict], ...]:
    """State that the functions of the best ways touch, in the order of the ways."""
    rank = {step: place for place, step in enumerate(leads.steps)}
    found = [
        (effect, verdict)
        for effect, verdict in effects_with_verdicts(evidence)
        if effect.function in rank and effect.kind in STATE and not effect.is_unreachable
    ]
    return tuple(sorted(found, key=lambda item: (rank[item[0].function], item[0].span)))


def is_of_config(effect: Effect) -> bool:
    """Whether a piece of state is asked for by name; all of it at once is a snapshot."""
    is_named = bool(effect.keys) or effect.operation == effect.subject
    return effect.kind is EffectKind.ENVIRONMENT or (
        effect.kind is EffectKind.STATE_READ and is_named
    )


def other_callers(
    evidence: Evidence, leads: Leads
) -> tuple[tuple[FunctionId, tuple[ReconciledEdge, ...]], ...]:
    """For each function that the question names: its calls from outside the best ways."""
    taken = {hop for lead in leads.first for hop in lead.trunk.hops}
    shown = {(hop.caller, hop.line) for hop in taken}
    wanted = named_functions(evidence)
    calls: dict[FunctionId, list[ReconciledEdge]] = defaultdict(list)
    for edge in evidence.edges:
        if not is_function(edge.callee) or edge.callee not in wanted:
            continue
        if edge.kind is not SiteKind.IMPORT and (edge.caller, edge.line) not in shown:
            calls[edge.callee].append(edge)
    order = [step for step in leads.steps if step in calls]
    order += sorted(set(calls) - set(order))
    return tuple((function, tuple(calls[function])) for function in order)


def asked_paths(evidence: Evidence, leads: Leads) -> tuple[PathAnswer, ...]:
    """What does not lead where one would think: those about the best ways first.

    Those that a call of a fitting name may lead on come last: nothing speaks against them.
    """
    near = set(leads.steps)
    denied = [answer for answer in evidence.paths if not answer.is_path]
    return tuple(
        sorted(
            denied,
            key=lambda each: (bool(each.fitting), each.target not in near, each.source in near),
        )
    )


def stage_edges(evidence: Evidence, leads: Leads) -> tuple[ReconciledEdge, ...]:
    """Calls of the best ways' entry points that lead to what the answer speaks of, by line."""
    callers: dict[Callee, set[FunctionId]] = defaultdict(set)
    for edge in evidence.edges:
        if edge.kind is not SiteKind.IMPORT:
            callers[edge.callee].add(edge.caller)
    spoken: set[Callee] = {
        effect.function for effect in evidence.effects if effect.kind is not EffectKind.STATE_READ
    }
    spoken |= {*leads.steps, *named_functions(evidence)}
    waiting = list(spoken)
    while waiting:
        more = callers[waiting.pop()] - spoken
        spoken |= more
        waiting.extend(more)
    entries = dict.fromkeys(lead.trunk.entry for lead in leads.first)
    ordered = sorted(evidence.edges, key=lambda edge: (edge.line, edge.callee))
    return tuple(
        edge
        for entry in entries
        for edge in ordered
        if edge.caller == entry
        and is_function(edge.callee)
        and edge.callee in spoken
        and edge.kind is not SiteKind.IMPORT
    )


def _is_asked(layout: ArtifactLayout, evidence: Evidence) -> bool:
    names = (layout.artifact, *artifact_names([layout]))
    return any(names_same(name, each) for name in names for each in evidence.brief.mentions)


def _named_modules(evidence: Evidence) -> Mapping[str, str]:
    """Modules that the question names, with the folder of each."""
    folders: dict[str, str] = {}
    modules = {(each.module, each.path) for each in evidence.functions}
    for mention in evidence.brief.mentions:
        for module, path in sorted(modules):
            if module == mention and "." in module:
                folders[module] = path.rpartition("/")[0]
    return folders


def _of_module(evidence: Evidence, module: str) -> Iterable[tuple[Effect, EdgeVerdict]]:
    """What the module does, its writes first, what makes room for them last."""
    inside = {each.id for each in evidence.functions if each.module == module}
    found = []
    for effect, verdict in effects_with_verdicts(evidence):
        if effect.function in inside and effect.kind is not EffectKind.STATE_READ:
            found.append((effect, verdict))
    return sorted(
        found,
        key=lambda item: (
            item[0].is_auxiliary or item[0].kind in READS | {EffectKind.ENVIRONMENT},
            item[0].kind not in WRITES,
            item[0].function,
            item[0].span,
        ),
    )


def _joined(found: Sequence[Way], evidence: Evidence) -> tuple[Lead, ...]:
    """Ways of which one goes through the end of another are one; the better one's start is kept."""
    verdict_of = hop_verdicts(evidence)
    leads: list[Lead] = []
    for way in found:
        owner = way.trunk.owner
        new = Lead(way.trunk, ((owner, way.trunk.sinks),), way.other_ways, way.other_entries)
        for place, lead in enumerate(leads):
            if owner in lead.steps:
                leads[place] = _with_holders(lead, new)
                break
            if lead.trunk.owner in new.steps:
                at = new.steps.index(lead.trunk.owner)
                hops = (*lead.trunk.hops, *way.trunk.hops[at:])
                verdict = EdgeVerdict.CONFIRMED if hops else way.trunk.verdict
                for hop in hops:
                    verdict = weaker(verdict, verdict_of(hop))
                trunk = replace(lead.trunk, hops=hops, sinks=way.trunk.sinks, verdict=verdict)
                leads[place] = _with_holders(replace(lead, trunk=trunk), new)
                break
        else:
            leads.append(new)
    return tuple(
        replace(lead, verdicts=tuple(verdict_of(hop) for hop in lead.trunk.hops)) for lead in leads
    )


def _with_holders(lead: Lead, other: Lead) -> Lead:
    rank = {step: place for place, step in enumerate(lead.steps)}
    holders = dict([*lead.holders, *other.holders])
    ordered = sorted(holders.items(), key=lambda item: rank.get(item[0], len(rank)))
    entries = dict.fromkeys((*lead.other_entries, *other.other_entries))
    entries.pop(lead.trunk.entry, None)
    return replace(
        lead,
        holders=tuple(ordered),
        other_ways=max(lead.other_ways, other.other_ways, len(entries)),
        other_entries=tuple(entries),
    )
