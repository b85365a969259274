"""The graph that the page draws: functions, what is outside, state, and the links between them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tracer.model.evidence import EdgeVerdict, Evidence, ReconciledEdge
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import Callee, Function, FunctionId, is_function, path_of
from tracer.report.counted import limit_text
from tracer.report.effect_groups import READS, STATE, WRITES
from tracer.report.layout import Rank, box_size, rank
from tracer.report.names import Names, is_module_level
from tracer.report.page_labels import kinds_text, label_of, middle_cut, outside_label
from tracer.report.quoting import one_line
from tracer.report.strength import stronger
from tracer.report.ways import ways

_FIRST_NODES = 36


@dataclass(frozen=True, slots=True)
class PageNode:
    """A box."""

    key: str  # stable: a function id, a dotted name, or `state:` and a subject
    kind: str  # `function`, `module`, `external`, `file`, `state` or `effect`
    owner: str  # the line above the label: class or module, where the label needs one
    label: str  # one line or two
    detail: str  # the line below
    name: str  # in full
    short: str  # unique among the shown, uncut
    function: Function | None = None
    effects: tuple[str, ...] = ()  # kinds, of what is outside


@dataclass(frozen=True, slots=True)
class PageLink:
    """A line from one box to another: all call sites, or all effects, between the two."""

    caller: int
    callee: int
    verdict: EdgeVerdict | None  # the strongest of the sites; None: an effect without a call
    edges: tuple[ReconciledEdge, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class PageGraph:
    """Boxes and lines; numbers are positions in `nodes`."""

    nodes: tuple[PageNode, ...]
    links: tuple[PageLink, ...]
    index: Mapping[str, int]
    ranks: tuple[Rank, ...]
    sizes: tuple[tuple[int, int], ...]
    entries: tuple[int, ...]
    first: tuple[int, ...]  # what is shown when the page opens
    first_cut: str  # what a limit left out of it

    def pairs(self) -> list[tuple[int, int]]:
        """Caller and callee of each link, in order."""
        return [(link.caller, link.callee) for link in self.links]


def page_graph(evidence: Evidence) -> PageGraph:
    """Draw the evidence: sites between the same two are one line, functions and callees boxes."""
    names = Names(evidence, least_parts=1)  # each box has its file below
    draft = _Draft(evidence, names)
    nodes = tuple(draft.nodes[key] for key in sorted(draft.nodes))
    index = {node.key: number for number, node in enumerate(nodes)}
    links = tuple(_links(draft, index))
    entries = tuple(index[entry] for entry in evidence.entry_points if entry in index)
    pairs = [(link.caller, link.callee) for link in links]
    plain = {number for number, node in enumerate(nodes) if node.kind == "external"}
    first, cut = _first_view(evidence, index, links, entries, plain)
    return PageGraph(
        nodes,
        links,
        index,
        tuple(rank(len(nodes), pairs, entries)),
        tuple(box_size(node.owner, node.label, node.detail) for node in nodes),
        entries,
        first,
        cut,
    )


@dataclass
class _Draft:
    """Boxes and lines while they are collected, by key."""

    evidence: Evidence
    names: Names
    nodes: dict[str, PageNode] = field(default_factory=dict)
    calls: dict[tuple[str, str], list[ReconciledEdge]] = field(
        default_factory=lambda: defaultdict(list)
    )
    touches: dict[tuple[str, str], list[Effect]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for function in self.evidence.functions:
            self._add_function(function.id)
        for entry in self.evidence.entry_points:
            self._add_function(entry)
        outside: dict[str, set[str]] = defaultdict(set)
        called: dict[tuple[str, int], list[ReconciledEdge]] = defaultdict(list)
        for edge in self.evidence.edges:
            if not is_function(edge.callee):
                called[edge.caller, edge.line].append(edge)
        for effect in self.evidence.effects:
            self._add_function(effect.function)
            callee = _callee_of(effect, called[effect.function, effect.span.line])
            if effect.kind in STATE:
                key = f"state:{effect.subject or effect.operation}"
                self.touches[effect.function, key].append(effect)
                self._add_state(key, effect.subject or effect.operation)
            elif callee is not None:
                outside[callee].add(effect.kind)
            else:
                key = f"effect:{effect.operation}"
                self.touches[effect.function, key].append(effect)
                outside[key].add(effect.kind)
        for edge in self.evidence.edges:
            self._add_function(edge.caller)
            self.calls[edge.caller, edge.callee].append(edge)
            if is_function(edge.callee):
                self._add_function(edge.callee)
            else:
                outside.setdefault(edge.callee, set())
        for key, kinds in outside.items():
            self._add_outside(key, kinds)

    def _add_function(self, function: FunctionId) -> None:
        if function in self.nodes:
            return
        known = self.names.function(function)
        kind = "module" if is_module_level(function) else "function"
        line = f":{known.def_line}" if known else ""
        self.nodes[function] = PageNode(
            function,
            kind,
            *label_of(self.names.short(function)),
            middle_cut(path_of(function).rpartition("/")[2] + line),
            self.names.dotted(function),
            one_line(self.names.short(function)),
            known,
        )

    def _add_state(self, key: str, subject: str) -> None:
        self.nodes[key] = PageNode(key, "state", *label_of(subject), "state", subject, subject)

    def _add_outside(self, key: str, kinds: Iterable[str]) -> None:
        name = key.removeprefix("effect:")
        sorted_kinds = tuple(sorted(kinds))
        kind = "external"
        if sorted_kinds:
            touched = {EffectKind(each) for each in sorted_kinds}
            kind = "file" if touched & (WRITES | READS) else "effect"
        detail = kinds_text(sorted_kinds) or "outside the sources"
        self.nodes[key] = PageNode(
            key,
            kind,
            *outside_label(name),
            middle_cut(detail),
            name,
            name,
            effects=sorted_kinds,
        )


def _callee_of(effect: Effect, edges: Sequence[ReconciledEdge]) -> str | None:
    """The callee outside that has the effect, among those of its line; None where none is it."""
    for edge in edges:
        if edge.span == effect.span or edge.callee == effect.operation:
            return edge.callee
    last = effect.operation.rpartition(".")[2]
    return next((edge.callee for edge in edges if edge.callee.rpartition(".")[2] == last), None)


def _links(draft: _Draft, index: Mapping[str, int]) -> Iterable[PageLink]:
    """In order of the caller, then of the first line."""
    found = []
    for (caller, callee), edges in draft.calls.items():
        verdict = edges[0].verdict
        for edge in edges[1:]:
            verdict = stronger(verdict, edge.verdict)
        link = PageLink(index[caller], index[callee], verdict, tuple(edges))
        found.append((link.caller, edges[0].line, link.callee, link))
    for (caller, key), effects in draft.touches.items():
        ordered = tuple(sorted(effects, key=lambda each: (each.span, each.kind)))
        link = PageLink(index[caller], index[key], None, effects=ordered)
        found.append((link.caller, ordered[0].span.line, link.callee, link))
    return [item[-1] for item in sorted(found, key=lambda item: item[:3])]


def _first_view(
    evidence: Evidence,
    index: Mapping[str, int],
    links: Sequence[PageLink],
    entries: Sequence[int],
    plain: Collection[int],
) -> tuple[tuple[int, ...], str]:
    """The most relevant ways to sinks, and the state that they touch.

    Where there are no chains: the nearest callees of the entry points.
    """
    found = ways(evidence)
    if not found:
        starts = list(entries[:_FIRST_NODES]) or [0] * bool(index)
        return tuple(sorted(_nearest(starts, links, plain, _FIRST_NODES))), ""
    chosen: dict[int, None] = {}
    shown = 0
    for way in found:
        steps: list[Callee] = [way.trunk.entry, *(hop.callee for hop in way.trunk.hops)]
        steps += [sink.callee for sink in way.trunk.sinks]
        numbers = [index[step] for step in steps if step in index]
        if len(chosen.keys() | set(numbers)) <= _FIRST_NODES:
            chosen.update(dict.fromkeys(numbers))
            shown += 1
    chosen.update(dict.fromkeys(_state_of(chosen, links, _FIRST_NODES + 4 - len(chosen))))
    notes = [
        limit_text(shown, len(found), "functions with sinks", "the most relevant first"),
        limit_text(len(set(entries) & set(chosen)), len(entries), "entry points", "on their ways"),
    ]
    return tuple(sorted(chosen)), "; ".join(filter(None, notes))


def _state_of(chosen: Iterable[int], links: Sequence[PageLink], room: int) -> list[int]:
    """State that the chosen functions touch, as far as there is room."""
    inside = set(chosen)
    touched = dict.fromkeys(
        link.callee for link in links if link.verdict is None and link.caller in inside
    )
    return [node for node in touched if node not in inside][: max(room, 0)]


def _nearest(
    starts: Sequence[int], links: Sequence[PageLink], plain: Collection[int], most: int
) -> list[int]:
    """Breadth first, without what is outside and has no effect."""
    callees: dict[int, list[int]] = defaultdict(list)
    for link in links:
        if link.callee not in plain:
            callees[link.caller].append(link.callee)
    found = dict.fromkeys(starts)
    queue = deque(starts)
    while queue and len(found) < most:
        for callee in callees[queue.popleft()]:
            if callee not in found and len(found) < most:
                found[callee] = None
                queue.append(callee)
    return list(found)
