"""What the reports have in common: names, places and groups, shaped from the evidence alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.model.evidence import (
    ArtifactLayout,
    Chain,
    ChainHop,
    EdgeVerdict,
    Evidence,
    LayoutMember,
    ReconciledEdge,
)
from tracer.model.graph import Effect, EffectKind, Guard, GuardKind
from tracer.model.source import (
    MODULE_QUALNAME,
    Anchor,
    Callee,
    Function,
    FunctionId,
    is_function,
    path_of,
    qualname_of,
)
from tracer.report.kinship import by_kin

WRITES = frozenset({EffectKind.FILE_WRITE, EffectKind.ARCHIVE_WRITE, EffectKind.SERIALIZE})
READS = frozenset({EffectKind.FILE_READ, EffectKind.ARCHIVE_READ, EffectKind.DESERIALIZE})
_ARCHIVES = frozenset({EffectKind.ARCHIVE_WRITE, EffectKind.ARCHIVE_READ})
_SERIALISATION = frozenset({EffectKind.SERIALIZE, EffectKind.DESERIALIZE})
STATE = frozenset({EffectKind.STATE_READ, EffectKind.STATE_WRITE, EffectKind.ENVIRONMENT})

_DIRECTLY_ABOVE = 3  # lines from the condition of an early exit to what follows it
_LEAST_LITERAL = 3  # letters and digits that a name with holes must have to mean something

VERDICT_MEANING: Mapping[EdgeVerdict, str] = {
    EdgeVerdict.CONFIRMED: "read in source and seen in a run",
    EdgeVerdict.DYNAMIC_ONLY: "seen in a run, not found by reading",
    EdgeVerdict.NOT_TAKEN: "the caller ran, this call did not happen or went elsewhere",
    EdgeVerdict.NOT_REACHED: "the caller never ran in these workloads",
    EdgeVerdict.UNDECIDED: "the caller ran, and the probe cannot see this callee",
    EdgeVerdict.STAND_INS: "seen only in a run where missing modules were fabricated",
    EdgeVerdict.EXECUTED: "by coverage data its line ran and so did the callee's body; the call "
    "itself was not seen",
    EdgeVerdict.NOT_RUN: "read in source; there is no recording",
}


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


@dataclass(frozen=True, slots=True)
class MemberPair:
    """A member of an artefact, as both sides name it."""

    path: str
    written: tuple[Anchor, ...]
    read: tuple[Anchor, ...]
    content: str
    is_expanded: bool
    tested: tuple[Anchor, ...] = ()  # of `read`, what only asks whether it is there
    also: tuple[str, ...] = ()  # other texts that name it: `{model_name}/params.dill`


@dataclass(frozen=True, slots=True)
class ArtifactPair:
    """An artefact with its write side beside its read side."""

    names: tuple[str, ...]  # as the code writes it, sorted
    writers: tuple[ArtifactLayout, ...]
    readers: tuple[ArtifactLayout, ...]
    members: tuple[MemberPair, ...]
    unknown: tuple[tuple[FunctionId, str], ...]  # what was not followed, and whose it is


@dataclass(frozen=True, slots=True)
class HiddenInput:
    """Something outside the arguments on which a place depends."""

    name: str
    condition: str
    path: str
    line: int


class Names:
    """Short names for functions that stay unique among those shown.

    Args:
        evidence: What is shown.
        least_parts: Dotted parts that a short name has at least, where its function has as many.
            Two, `model_manager.save`, keep a name clear outside the page that shows it.
    """

    def __init__(self, evidence: Evidence, least_parts: int = 2) -> None:
        self._functions = {function.id: function for function in evidence.functions}
        shown = set(self._functions) | _named_functions(evidence)
        self._short = _unique_names({each: self.dotted(each) for each in shown}, least_parts)

    def function(self, function: FunctionId) -> Function | None:
        """The definition, where it stands in the evidence."""
        return self._functions.get(function)

    def dotted(self, callee: Callee) -> str:
        """The whole dotted name; module-level code ends in `<module>`."""
        if not is_function(callee):
            return callee
        known = self._functions.get(callee)
        module = known.module if known else module_of(path_of(callee))
        qualname = qualname_of(callee).replace(".<locals>", "")
        ordinal = callee.partition("::")[2].partition("#")[2]
        return f"{module}.{qualname}" + (f"#{ordinal}" if ordinal else "")

    def short(self, callee: Callee) -> str:
        """The shortest dotted tail that names one function of the evidence; externals whole."""
        if not is_function(callee):
            return callee
        return self._short.get(callee) or self.dotted(callee)

    def place(self, callee: Callee) -> str:
        """`path:line` of the definition; empty for an external, the path alone where unknown."""
        if not is_function(callee):
            return ""
        known = self._functions.get(callee)
        return f"{known.path}:{known.def_line}" if known else path_of(callee)


def module_of(path: str) -> str:
    """The dotted name that a file has when nobody knows better."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_module_level(function: FunctionId) -> bool:
    """Whether the function stands for the code of a module itself."""
    return qualname_of(function) == MODULE_QUALNAME


def hop_place(hop: ChainHop) -> str:
    """`path:line` of the call."""
    return f"{path_of(hop.caller)}:{hop.line}"


def edge_place(edge: ReconciledEdge) -> str:
    """`path:line` of the call."""
    return f"{path_of(edge.caller)}:{edge.line}"


def guards_text(guards: Iterable[Guard], line: int | None = None) -> str:
    """The conditions as one phrase: those around the place, outermost first, then early exits.

    Of early exits those are told that read a hidden input or stand directly above the place; the
    others are counted.

    Args:
        guards: Of the place, outermost first.
        line: Of the place; without it no early exit counts as directly above.
    """
    around: list[str] = []
    exits: list[str] = []
    others = 0
    for guard in guards:
        text = f"{guard.kind} {guard.text}".strip()
        others += guard.earlier
        if not guard.is_early_exit:
            around.append(text)
        elif guard.hidden_inputs or (line is not None and line - guard.line <= _DIRECTLY_ABOVE):
            exits.append(text)
        else:
            others += 1
    noun = "other early exit" if exits else "early exit"
    counted = [f"after {plural(others, noun)}"] if others else []
    return " · ".join([*around, *exits, *counted])


def limit_text(shown: int, total: int, what: str, by: str) -> str:
    """What a limit cut: `12 of 34 chains shown, in order of …`; empty where it cut nothing."""
    return "" if shown >= total else f"{shown} of {total} {what} shown, {by}"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`1 edge`, `3 edges`."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or noun + 's'}"


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

    Relevant is what the question names, function or artefact; then archives before serialised
    data before files; then what was seen to run.
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


def hop_verdicts(evidence: Evidence) -> Callable[[ChainHop], EdgeVerdict]:
    """Says how a hop fared: the strongest of its edges, else what became of the store there."""
    best: dict[tuple[FunctionId, int, Callee], EdgeVerdict] = {}
    stores: dict[tuple[FunctionId, int], EdgeVerdict] = {}
    for edge in evidence.edges:
        key = edge.caller, edge.line, edge.callee
        best[key] = stronger(best.get(key, edge.verdict), edge.verdict)
    for effect, verdict in effects_with_verdicts(evidence):
        place = effect.function, effect.span.line
        stores[place] = stronger(stores.get(place, verdict), verdict)

    def verdict_of(hop: ChainHop) -> EdgeVerdict:
        found = best.get((hop.caller, hop.line, hop.callee))
        return stores.get((hop.caller, hop.line), EdgeVerdict.NOT_RUN) if found is None else found

    return verdict_of


def effects_with_verdicts(evidence: Evidence) -> tuple[tuple[Effect, EdgeVerdict], ...]:
    """Every effect with what became of it; `not run` where the bundle does not say."""
    known = evidence.effect_verdicts
    if len(known) != len(evidence.effects):
        return tuple((effect, EdgeVerdict.NOT_RUN) for effect in evidence.effects)
    return tuple(zip(evidence.effects, known, strict=True))


def is_seen(verdict: EdgeVerdict) -> bool:
    """Whether a run saw it."""
    return verdict in (EdgeVerdict.CONFIRMED, EdgeVerdict.DYNAMIC_ONLY, EdgeVerdict.STAND_INS)


def named_functions(evidence: Evidence) -> frozenset[FunctionId]:
    """The functions that the question names, by the whole or by the end of their dotted name."""
    wanted = [mention.split(".") for mention in evidence.brief.mentions]
    found = set()
    for function in evidence.functions:
        if function.is_holder:
            continue
        parts = function.dotted.split(".")
        if any(parts[-len(mention) :] == mention for mention in wanted):
            found.add(function.id)
    return frozenset(found)


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

    def key(trunk: Trunk) -> tuple[int, int, int, int]:
        steps = {trunk.entry, *(hop.callee for hop in trunk.hops)}
        kinds = {sink.effect for sink in trunk.sinks}
        points = 4 * (trunk.owner in named)
        points += 4 * (trunk.owner in layouts)
        points += 4 * bool(steps & named)
        points += 3 * bool(kinds & _ARCHIVES) or 2 * bool(kinds & _SERIALISATION)
        strength = _STRENGTH.index(trunk.verdict)
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


_STRENGTH = (
    EdgeVerdict.NOT_RUN,
    EdgeVerdict.NOT_REACHED,
    EdgeVerdict.NOT_TAKEN,
    EdgeVerdict.UNDECIDED,
    EdgeVerdict.STAND_INS,
    EdgeVerdict.EXECUTED,
    EdgeVerdict.DYNAMIC_ONLY,
    EdgeVerdict.CONFIRMED,
)


def weaker(one: EdgeVerdict, other: EdgeVerdict) -> EdgeVerdict:
    """The verdict that promises less."""
    return min(one, other, key=_STRENGTH.index)


def stronger(one: EdgeVerdict, other: EdgeVerdict) -> EdgeVerdict:
    """The verdict that promises more."""
    return max(one, other, key=_STRENGTH.index)


def artifact_pairs(evidence: Evidence) -> tuple[ArtifactPair, ...]:
    """Layouts of both sides, joined where they are shown to be one.

    Those that the question names come first, then those with both sides.

    Names that are equal up to their holes prove little (`{path}` is everybody's), so that both
    sides must also share a member, or one side name none while the artefact's own name says enough.
    Writers that have nothing to do with each other keep artefacts of their own.
    """
    groups: list[list[ArtifactLayout]] = []
    for layout in evidence.layouts:
        joined = [group for group in groups if any(_is_one(layout, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(other for group in joined for other in group), layout])
    pairs = [
        pair_layouts(kin)
        for group in groups
        for kin in by_kin(
            [layout for layout in group if layout.direction in WRITES],
            [layout for layout in group if layout.direction not in WRITES],
            evidence.edges,
        )
    ]
    return tuple(
        sorted(
            pairs,
            key=lambda pair: (
                not _is_named(pair, evidence.brief.mentions),
                not (pair.writers and pair.readers),
                -len(pair.members),
                pair.names,
            ),
        )
    )


def _is_named(pair: ArtifactPair, mentions: Iterable[str]) -> bool:
    return any(names_same(name, mention) for name in pair.names for mention in mentions)


def hidden_inputs(evidence: Evidence) -> tuple[HiddenInput, ...]:
    """What guards of the answer depend on besides arguments, sorted by place.

    What a caller from elsewhere asserts, a test say, is its claim about the answer.
    """
    found = set()
    acting = {effect.function for effect in evidence.effects}
    owned: list[tuple[FunctionId, tuple[Guard, ...]]] = [
        *((edge.caller, edge.guards) for edge in evidence.edges if not edge.is_unreachable),
        *((effect.function, effect.guards) for effect in evidence.effects),
    ]
    for function, guards in owned:
        for guard in guards:
            if guard.kind is GuardKind.ASSERT and function not in acting:
                continue
            for name in guard.hidden_inputs:
                found.add((path_of(function), guard.line, name, guard.text))
    return tuple(HiddenInput(name, text, path, line) for path, line, name, text in sorted(found))


def verdict_counts(edges: Iterable[ReconciledEdge]) -> str:
    """`21 confirmed, 9 not reached`, in the order of the verdicts' definition."""
    counts = Counter(edge.verdict for edge in edges)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in EdgeVerdict if counts[verdict])


def effect_target(effect: Effect) -> str:
    """What the effect touches, with its keys."""
    keys = ", ".join(effect.keys)
    if effect.subject and keys:
        return f"{effect.subject} [{keys}]"
    return effect.subject or keys


def _named_functions(evidence: Evidence) -> set[FunctionId]:
    named: set[FunctionId] = set(evidence.entry_points)
    named.update(candidate.function for candidate in evidence.candidates)
    named.update(effect.function for effect in evidence.effects)
    named.update(site.caller for site in evidence.open_sites)
    named.update(layout.function for layout in evidence.layouts)
    named.update(hop.function for flow in evidence.flows for hop in flow.hops)
    callees: list[Callee] = [edge.callee for edge in evidence.edges]
    callees += [hop.callee for flow in evidence.flows for hop in flow.hops if hop.callee]
    callees += evidence.contrasted.callees if evidence.contrasted else ()
    for edge in evidence.edges:
        named.add(edge.caller)
    for answer in evidence.paths:
        named.add(answer.source)
        named.update(answer.sibling_callers)
        callees.append(answer.target)
    for hops in [
        *(chain.hops for chain in evidence.chains),
        *(answer.hops for answer in evidence.paths),
    ]:
        for hop in hops:
            named.add(hop.caller)
            callees.append(hop.callee)
    named.update(callee for callee in callees if is_function(callee))
    return named


def _unique_names(dotted: Mapping[FunctionId, str], least_parts: int) -> dict[FunctionId, str]:
    """Dotted tails, lengthened until no two functions share one.

    Module-level code always shows its module: `<module>` alone says nothing.
    """
    parts = {function: _parts(name) for function, name in dotted.items()}
    wanted = {
        function: min(len(parts[function]), max(least_parts, _own_parts(function)))
        for function in parts
    }
    while True:
        tails: dict[str, list[FunctionId]] = defaultdict(list)
        for function in parts:
            tails[".".join(parts[function][-wanted[function] :])].append(function)
        clashing = [
            function
            for functions in tails.values()
            if len(functions) > 1
            for function in functions
            if wanted[function] < len(parts[function])
        ]
        if not clashing:
            break
        for function in clashing:
            wanted[function] += 1
    names = {function: ".".join(parts[function][-wanted[function] :]) for function in parts}
    times = Counter(names.values())
    return {
        function: name if times[name] == 1 else f"{path_of(function)}::{qualname_of(function)}"
        for function, name in names.items()
    }


def _parts(dotted: str) -> list[str]:
    return dotted.split(".")


def _own_parts(function: FunctionId) -> int:
    if is_module_level(function):
        return 2
    return 1 + qualname_of(function).replace(".<locals>", "").count(".")


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


def _without_holes(text: str) -> str:
    """`{base_path}.zip` and `{path}.zip` are one pattern; braces nest."""
    kept: list[str] = []
    depth = 0
    for character in text:
        if character == "{":
            depth += 1
            if depth == 1:
                kept.append("{}")
        elif character == "}" and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return "".join(kept)


def _is_one(one: ArtifactLayout, other: ArtifactLayout) -> bool:
    pattern = _without_holes(one.artifact)
    if pattern != _without_holes(other.artifact):
        return False
    if any(names_same(mine.path, theirs.path) for mine in one.members for theirs in other.members):
        return True
    return _says_enough(pattern) and not (one.members and other.members)


def _says_enough(pattern: str) -> bool:
    return sum(character.isalnum() for character in pattern) >= _LEAST_LITERAL


def names_same(one: str, other: str) -> bool:
    """Whether two names can be one: a hole stands for one part of a path."""
    patterns = [_without_holes(each) for each in (one, other)]
    if not all(map(_says_enough, patterns)):
        return False
    return any(
        re.fullmatch(re.escape(general).replace(re.escape("{}"), "[^/]+"), special)
        for general, special in (patterns, reversed(patterns))
    )


def pair_layouts(layouts: Sequence[ArtifactLayout]) -> ArtifactPair:
    """Layouts that are one artefact, with what each side names beside the other's."""
    writers = tuple(layout for layout in layouts if layout.direction in WRITES)
    readers = tuple(layout for layout in layouts if layout.direction not in WRITES)
    named = [(member, layout in writers) for layout in layouts for member in layout.members]
    paths = sorted({member.path for member, _ in named})
    # A name with holes is shown at the names that fill them, where there are any.
    filled = {
        path: [other for other in paths if "{" not in other and names_same(path, other)]
        for path in paths
        if "{" in path
    }
    shown = [path for path in paths if not filled.get(path)]
    also = {path: [each for each in filled if path in filled[each]] for path in shown}
    members = []
    for path in shown:
        of_path = [(member, wrote) for member, wrote in named if member.path in (path, *also[path])]
        contents = dict.fromkeys(
            # What a reader calls it says less than what was written, where that is known.
            [member.content for member, wrote in of_path if wrote and member.content]
            or [member.content for member, _ in of_path if member.content]
        )
        members.append(
            MemberPair(
                path,
                _anchors(member for member, wrote in of_path if wrote),
                _anchors(member for member, wrote in of_path if not wrote),
                " / ".join(contents),
                any(member.is_expanded for member, _ in of_path if member.path == path),
                _tested(member for member, wrote in of_path if not wrote),
                tuple(also[path]),
            )
        )
    return ArtifactPair(
        tuple(sorted({layout.artifact for layout in layouts})),
        writers,
        readers,
        tuple(members),
        tuple(
            dict.fromkeys((layout.function, text) for layout in layouts for text in layout.unknown)
        ),
    )


def _tested(members: Iterable[LayoutMember]) -> tuple[Anchor, ...]:
    """Where no member does more than ask; an anchor may do both under two names."""
    found = list(members)
    done = {anchor for member in found for anchor in member.anchors if anchor not in member.tested}
    return tuple(sorted({anchor for member in found for anchor in member.tested} - done))


def _anchors(members: Iterable[LayoutMember]) -> tuple[Anchor, ...]:
    return tuple(sorted({anchor for member in members for anchor in member.anchors}))
