"""How sinks are reached: chains that share a way, the best way to each, first calls on the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.model.evidence import NAME_SHARES, WEAKEST_FIRST, Chain, ChainHop, EdgeVerdict, Evidence
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import Callee, FunctionId, is_function, path_of
from tracer.report.artifact_pairs import artifact_pairs, names_same
from tracer.report.effect_groups import ARCHIVES, SERIALISATION
from tracer.report.names import named_functions
from tracer.report.strength import effects_with_verdicts, hop_verdicts, is_seen, weaker


@dataclass(frozen=True, slots=True)
class Sink:
    """Where a chain ends."""

    callee: Callee
    path: str
    line: int
    effect: EffectKind | None
    verdict: EdgeVerdict
    operation: str = ""  # of the effect there, where it says more than the callee
    subject: str = ""
    payload: str = ""  # what goes in, as written


@dataclass(frozen=True, slots=True)
class Trunk:
    """Chains that differ in nothing but where they end."""

    hops: tuple[
        ChainHop, ...
    ]  # between functions of the tree; empty: the entry point has the sinks
    entry: FunctionId
    sinks: tuple[Sink, ...]
    verdict: EdgeVerdict  # the weakest of its chains

    @property
    def owner(self) -> FunctionId:
        """The function that holds the sinks."""
        last = self.hops[-1].callee if self.hops else self.entry
        assert is_function(last)
        return last


@dataclass(frozen=True, slots=True)
class Way:
    """How a function with sinks is reached: the best way, and from where else.

    A way of which a run saw only the end begins where the run begins; who else leads there stands
    among the other entries.
    """

    trunk: Trunk  # with the sinks of all ways; its verdict is that of its hops
    other_ways: int
    other_entries: tuple[FunctionId, ...]  # entry points of the other ways, in order, each once


@dataclass(frozen=True, slots=True)
class Stage:
    """A direct call of an entry point that leads to sinks."""

    entry: FunctionId
    callee: Callee
    line: int
    verdict: EdgeVerdict
    effects: tuple[tuple[str, int], ...]  # (effect kind, chains that end in it), sorted


def trunks(evidence: Evidence) -> tuple[Trunk, ...]:
    """Chains grouped by their way through the tree, in the order of their first chain."""
    effects = _effects_by_place(evidence)
    verdict_of = hop_verdicts(evidence)
    told = {id(effect): verdict for effect, verdict in effects_with_verdicts(evidence)}
    grouped: dict[tuple[FunctionId, tuple[ChainHop, ...]], list[Sink]] = defaultdict(list)
    weakest: dict[tuple[FunctionId, tuple[ChainHop, ...]], EdgeVerdict] = {}
    for chain in evidence.chains:
        if not chain.hops:
            continue
        hops = chain.hops if is_function(chain.hops[-1].callee) else chain.hops[:-1]
        key = chain.hops[0].caller, hops
        for sink in _sinks(chain, effects, verdict_of, told):
            if sink not in grouped[key]:
                grouped[key].append(sink)
        weakest[key] = weaker(weakest.get(key, chain.verdict), chain.verdict)
    return tuple(
        Trunk(hops, entry, tuple(sinks), weakest[entry, hops])
        for (entry, hops), sinks in grouped.items()
    )


def side(trunk_list: Iterable[Trunk], kinds: frozenset[EffectKind]) -> tuple[Trunk, ...]:
    """The trunks with only their sinks of these kinds; those without any are left out."""
    kept = []
    for trunk in trunk_list:
        sinks = tuple(sink for sink in trunk.sinks if sink.effect in kinds)
        if sinks:
            kept.append(Trunk(trunk.hops, trunk.entry, sinks, trunk.verdict))
    return tuple(kept)


def ways(evidence: Evidence, kinds: frozenset[EffectKind] | None = None) -> tuple[Way, ...]:
    """One way for each function with such sinks, the most relevant first.

    Relevant is what the question names, function or artefact; then what the question has a word
    of, and what reads or writes the other side of an artefact; then archives before serialised data
    before files; then what was seen to run.
    """
    found = trunks(evidence) if kinds is None else side(trunks(evidence), kinds)
    verdict_of = hop_verdicts(evidence)
    seen = [_from_where_seen(trunk, verdict_of) for trunk in found] if evidence.runs else found
    start = {id(shown): trunk.entry for shown, trunk in zip(seen, found, strict=True)}
    relevance = _relevance(evidence)
    owners: dict[FunctionId, list[Trunk]] = defaultdict(list)
    for trunk in sorted(
        seen,
        key=lambda trunk: (
            *relevance(trunk)[:2],
            trunk.entry != start[id(trunk)],
            relevance(trunk),
        ),
    ):
        owners[trunk.owner].append(trunk)
    answer = []
    for same_owner in owners.values():
        best = same_owner[0]
        sinks = tuple(dict.fromkeys(sink for trunk in same_owner for sink in trunk.sinks))
        entries = dict.fromkeys(
            start[id(trunk)] for trunk in same_owner if start[id(trunk)] != best.entry
        )
        is_whole = start[id(best)] == best.entry
        merged = Trunk(best.hops, best.entry, sinks, best.verdict)
        answer.append(Way(merged, len(same_owner) - is_whole, tuple(entries)))
    return tuple(answer)


def _from_where_seen(trunk: Trunk, verdict_of: Callable[[ChainHop], EdgeVerdict]) -> Trunk:
    """The trunk with the verdict of its hops; only its end where a run saw only that."""
    verdicts = [verdict_of(hop) for hop in trunk.hops]
    if not any(is_seen(sink.verdict) for sink in trunk.sinks):
        return trunk
    first = len(verdicts)
    while first and is_seen(verdicts[first - 1]):
        first -= 1
    entry = trunk.hops[first].caller if first < len(verdicts) else trunk.owner
    verdict = EdgeVerdict.CONFIRMED
    for each in verdicts[first:]:
        verdict = weaker(verdict, each)
    return Trunk(trunk.hops[first:], entry, trunk.sinks, verdict)


def _relevance(evidence: Evidence) -> Callable[[Trunk], tuple[int, int, int, int]]:
    """A sort key, least first: relevance, verdict, length, rank of the entry point."""
    mentions = evidence.brief.mentions
    named = named_functions(evidence)
    rank = {entry: place for place, entry in enumerate(evidence.entry_points)}
    layouts = {
        layout.function
        for layout in evidence.layouts
        if any(names_same(layout.artifact, mention) for mention in mentions)
    }
    worded = {
        candidate.function
        for candidate in evidence.candidates
        if any(signal.name.startswith(NAME_SHARES) for signal in candidate.signals)
    }
    paired = {
        layout.function
        for pair in artifact_pairs(evidence)
        if pair.writers and pair.readers
        for layout in (*pair.writers, *pair.readers)
    }

    def key(trunk: Trunk) -> tuple[int, int, int, int]:
        steps = {trunk.entry, *(hop.callee for hop in trunk.hops)}
        kinds = {sink.effect for sink in trunk.sinks}
        points = 4 * (trunk.owner in named)
        points += 4 * (trunk.owner in layouts)
        points += 4 * bool(steps & named)
        points += 2 * (trunk.owner in worded)
        points += 2 * (trunk.owner in paired)
        points += 3 * bool(kinds & ARCHIVES) or 2 * bool(kinds & SERIALISATION)
        strength = WEAKEST_FIRST.index(trunk.verdict)
        return -points, -strength, len(trunk.hops), rank.get(trunk.entry, len(rank))

    return key


def stages(evidence: Evidence) -> tuple[Stage, ...]:
    """The first hops of all chains, by entry point and line."""
    firsts: dict[ChainHop, Counter[str]] = defaultdict(Counter)
    for chain in evidence.chains:
        if chain.hops:
            firsts[chain.hops[0]][str(chain.effect or "call")] += 1
    verdicts = {(edge.caller, edge.line, edge.callee): edge.verdict for edge in evidence.edges}
    position = {entry: index for index, entry in enumerate(evidence.entry_points)}
    found = [
        Stage(
            hop.caller,
            hop.callee,
            hop.line,
            verdicts.get((hop.caller, hop.line, hop.callee), EdgeVerdict.NOT_RUN),
            tuple(sorted(counts.items())),
        )
        for hop, counts in firsts.items()
    ]
    return tuple(
        sorted(
            found,
            key=lambda stage: (
                position.get(stage.entry, len(position)),
                stage.entry,
                stage.line,
                stage.callee,
            ),
        )
    )


def effect_target(effect: Effect) -> str:
    """What the effect touches, with its keys."""
    keys = ", ".join(effect.keys)
    if effect.subject and keys:
        return f"{effect.subject} [{keys}]"
    return effect.subject or keys


def _effects_by_place(evidence: Evidence) -> Mapping[tuple[FunctionId, int], Sequence[Effect]]:
    found: dict[tuple[FunctionId, int], list[Effect]] = defaultdict(list)
    for effect in evidence.effects:
        found[effect.function, effect.span.line].append(effect)
    return found


def _sinks(
    chain: Chain,
    effects: Mapping[tuple[FunctionId, int], Sequence[Effect]],
    verdict_of: Callable[[ChainHop], EdgeVerdict],
    told: Mapping[int, EdgeVerdict],
) -> Iterable[Sink]:
    """The places where a chain ends, each with its own verdict: how one got there is the chain's.

    Args:
        told: What became of each effect, by the identity of its value.
    """
    last = chain.hops[-1]
    if not is_function(last.callee):
        at_line = [
            effect
            for effect in effects.get((last.caller, last.line), ())
            if effect.kind is chain.effect
        ]
        best = next((effect for effect in at_line if effect.operation == last.callee), None)
        effect = best or next(iter(at_line), None)
        yield Sink(
            last.callee,
            path_of(last.caller),
            last.line,
            chain.effect,
            verdict_of(last),
            effect.operation if effect else "",
            effect_target(effect) if effect else "",
            effect.payload if effect else "",
        )
        return
    owned = sorted(
        (
            effect
            for (function, _), there in effects.items()
            if function == last.callee
            for effect in there
            if effect.kind is chain.effect
        ),
        key=lambda effect: (effect.span, effect.operation),
    )
    for effect in owned:
        yield Sink(
            last.callee,
            path_of(last.callee),
            effect.span.line,
            effect.kind,
            told[id(effect)],
            effect.operation,
            effect_target(effect),
            effect.payload,
        )
    if not owned:
        place = path_of(last.caller), last.line
        yield Sink(last.callee, *place, chain.effect, verdict_of(last))
