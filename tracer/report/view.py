"""What the reports have in common: names, places and groups, shaped from the evidence alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.model.evidence import (
    ArtifactLayout,
    Chain,
    ChainHop,
    EdgeVerdict,
    Evidence,
    ReconciledEdge,
)
from tracer.model.graph import Effect, EffectKind, Guard
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

WRITES = frozenset({EffectKind.FILE_WRITE, EffectKind.ARCHIVE_WRITE, EffectKind.SERIALIZE})
READS = frozenset({EffectKind.FILE_READ, EffectKind.ARCHIVE_READ, EffectKind.DESERIALIZE})
STATE = frozenset({EffectKind.STATE_READ, EffectKind.STATE_WRITE, EffectKind.ENVIRONMENT})

VERDICT_MEANING: Mapping[EdgeVerdict, str] = {
    EdgeVerdict.CONFIRMED: "read in source and seen in a run",
    EdgeVerdict.DYNAMIC_ONLY: "seen in a run, not found by reading",
    EdgeVerdict.NOT_TAKEN: "the caller ran, this call did not happen or went elsewhere",
    EdgeVerdict.NOT_REACHED: "the caller never ran in these workloads",
    EdgeVerdict.UNDECIDED: "the caller ran, and the probe cannot see this callee",
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


@dataclass(frozen=True, slots=True)
class ArtifactPair:
    """An artefact with its write side beside its read side."""

    names: tuple[str, ...]  # as the code writes it, sorted
    writers: tuple[ArtifactLayout, ...]
    readers: tuple[ArtifactLayout, ...]
    members: tuple[MemberPair, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HiddenInput:
    """Something outside the arguments on which a place depends."""

    name: str
    condition: str
    path: str
    line: int


class Names:
    """Short names for functions that stay unique among those shown."""

    def __init__(self, evidence: Evidence) -> None:
        self._functions = {function.id: function for function in evidence.functions}
        shown = set(self._functions) | _named_functions(evidence)
        self._short = _unique_names({each: self.dotted(each) for each in shown})

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


def guards_text(guards: Iterable[Guard]) -> str:
    """The conditions as one phrase, outermost first."""
    return " · ".join(f"{guard.kind} {guard.text}".strip() for guard in guards)


def limit_text(shown: int, total: int, what: str, by: str) -> str:
    """What a limit cut: `12 of 34 chains shown, in order of …`; empty where it cut nothing."""
    return "" if shown >= total else f"{shown} of {total} {what} shown, {by}"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`1 edge`, `3 edges`."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or noun + 's'}"


def trunks(evidence: Evidence) -> tuple[Trunk, ...]:
    """Chains grouped by their way through the tree, in the order of their first chain."""
    effects = _effects_by_place(evidence)
    grouped: dict[tuple[FunctionId, tuple[ChainHop, ...]], list[Sink]] = defaultdict(list)
    weakest: dict[tuple[FunctionId, tuple[ChainHop, ...]], EdgeVerdict] = {}
    for chain in evidence.chains:
        if not chain.hops:
            continue
        hops = chain.hops if is_function(chain.hops[-1].callee) else chain.hops[:-1]
        key = chain.hops[0].caller, hops
        for sink in _sinks(chain, effects):
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
    """Layouts of both sides, joined where the artefact has the same name up to its holes."""
    grouped: dict[str, list[ArtifactLayout]] = defaultdict(list)
    for layout in evidence.layouts:
        grouped[_without_holes(layout.artifact)].append(layout)
    return tuple(_pair(grouped[key]) for key in sorted(grouped))


def hidden_inputs(evidence: Evidence) -> tuple[HiddenInput, ...]:
    """What guards of the answer depend on besides arguments, sorted by place."""
    found = set()
    owned: list[tuple[FunctionId, tuple[Guard, ...]]] = [
        *((edge.caller, edge.guards) for edge in evidence.edges),
        *((effect.function, effect.guards) for effect in evidence.effects),
    ]
    for function, guards in owned:
        for guard in guards:
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
    callees: list[Callee] = [edge.callee for edge in evidence.edges]
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


def _unique_names(dotted: Mapping[FunctionId, str]) -> dict[FunctionId, str]:
    """Dotted tails, lengthened until no two functions share one.

    Module-level code always shows its module: `<module>` alone says nothing.
    """
    parts = {function: _parts(name) for function, name in dotted.items()}
    wanted = {function: min(len(parts[function]), _least_parts(function)) for function in parts}
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


def _least_parts(function: FunctionId) -> int:
    if is_module_level(function):
        return 2
    return 1 + qualname_of(function).replace(".<locals>", "").count(".")


def _effects_by_place(evidence: Evidence) -> Mapping[tuple[FunctionId, int], Sequence[Effect]]:
    found: dict[tuple[FunctionId, int], list[Effect]] = defaultdict(list)
    for effect in evidence.effects:
        found[effect.function, effect.span.line].append(effect)
    return found


def _sinks(
    chain: Chain, effects: Mapping[tuple[FunctionId, int], Sequence[Effect]]
) -> Iterable[Sink]:
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
            chain.verdict,
            effect.operation if effect else "",
            effect_target(effect) if effect else "",
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
            chain.verdict,
            effect.operation,
            effect_target(effect),
        )
    if not owned:
        yield Sink(last.callee, path_of(last.caller), last.line, chain.effect, chain.verdict)


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


def _pair(layouts: Sequence[ArtifactLayout]) -> ArtifactPair:
    writers = tuple(layout for layout in layouts if layout.direction in WRITES)
    readers = tuple(layout for layout in layouts if layout.direction not in WRITES)
    paths: dict[str, str] = {}
    written: dict[str, set[Anchor]] = defaultdict(set)
    read: dict[str, set[Anchor]] = defaultdict(set)
    contents: dict[str, list[str]] = defaultdict(list)
    expanded: set[str] = set()
    for layout in (*writers, *readers):
        for member in layout.members:
            key = _without_holes(member.path)
            paths.setdefault(key, member.path)
            (written if layout in writers else read)[key].update(member.anchors)
            if member.content and member.content not in contents[key]:
                contents[key].append(member.content)
            if member.is_expanded:
                expanded.add(key)
    members = tuple(
        MemberPair(
            paths[key],
            tuple(sorted(written[key])),
            tuple(sorted(read[key])),
            " / ".join(contents[key]),
            key in expanded,
        )
        for key in sorted(paths)
    )
    return ArtifactPair(
        tuple(sorted({layout.artifact for layout in layouts})),
        writers,
        readers,
        members,
        tuple(dict.fromkeys(text for layout in layouts for text in layout.unknown)),
    )
