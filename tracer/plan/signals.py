"""Why a function may be where the answer starts: one weight for each reason, all of them shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracer.model.brief import Brief, BriefAnchor
from tracer.model.evidence import NAME_SHARES, AnchorVerdict, CheckedAnchor, Signal
from tracer.model.graph import CallGraph, Effect
from tracer.model.source import Function, FunctionId, FunctionKind
from tracer.paths import GraphView, forward_cone
from tracer.plan.exports import exported_names
from tracer.plan.names import Named, class_like_words, find_named, name_stems, stems_of
from tracer.plan.places import Places, places_of
from tracer.plan.relevance import Relevance
from tracer.plan.strings import file_names, find_spellings
from tracer.static.sources import SourceTree

NAMED = 10.0
HINTED = 6.0
ANCHORED_SYMBOL = 6.0
CLASS_NAMED = 5.0
CLASS_HINTED = 4.0
SPELLED = 4.0
KEY_READ = 4.0
MODULE_NAMED = 3.0
ANCHORED_LINES = 3.0
ANCHORED_FILE = 2.0
NEAR_ANCHOR = 1.0
SPELLED_WITHIN = 2.0
_WORD_SHARED = 0.75
_MOST_WORDS = 3
_MOST_FOR_SINKS = 5.0


@dataclass(frozen=True, slots=True)
class Clues:
    """What the brief points at, before anything is ranked."""

    signals: Mapping[FunctionId, tuple[Signal, ...]]  # sorted by function
    named: tuple[FunctionId, ...]  # bear a name of the question, in the order of the question
    hinted: tuple[FunctionId, ...]  # bear the name of a hint, or of an anchor's symbol
    methods: tuple[FunctionId, ...]  # of a named or hinted class
    anchored: tuple[FunctionId, ...]  # stand within a code anchor
    near: tuple[FunctionId, ...]  # stand in the file of a code anchor, but not in its lines
    spelling: tuple[FunctionId, ...]  # spell a file name of the question, or read its key
    modules: tuple[tuple[str, tuple[FunctionId, ...]], ...]  # named modules and their functions
    classes: tuple[tuple[str, tuple[FunctionId, ...]], ...]  # of the question, and their methods
    unknown_names: tuple[str, ...]  # names of the question that nothing in the tree bears

    @property
    def core(self) -> tuple[FunctionId, ...]:
        """All that the brief points at by name, place or spelling, sorted."""
        by_module = (function for _, functions in self.modules for function in functions)
        return tuple(
            sorted(
                {
                    *self.named,
                    *self.hinted,
                    *self.methods,
                    *self.anchored,
                    *self.spelling,
                    *by_module,
                }
            )
        )


def find_clues(
    brief: Brief,
    graph: CallGraph,
    tree: SourceTree,
    anchors: Sequence[CheckedAnchor],
    relevance: Relevance,
) -> Clues:
    """Look up whatever the question, the hints and the code anchors name."""
    places = places_of(graph.functions)
    collected = _Collected({}, [], [], [], [])
    modules: list[tuple[str, tuple[FunctionId, ...]]] = []
    classes: list[tuple[str, tuple[FunctionId, ...]]] = []
    files = file_names(
        (*brief.mentions, *brief.scope_hints), (suffix for suffix, _ in relevance.words.suffixes)
    )
    names = tuple(dict.fromkeys((*brief.mentions, *class_like_words(brief.question))))
    unknown: list[str] = []
    exports = exported_names((*names, *brief.scope_hints), graph, tree)
    for item in find_named((name for name in names if name not in files), graph, exports):
        collected.add_named(item, "question", NAMED, CLASS_NAMED)
        if item.module_functions:
            modules.append((item.name, item.module_functions))
        if item.is_class:
            classes.append((item.name, item.class_methods))
        if not item.is_found and item.name in brief.mentions:
            unknown.append(item.name)
    for item in find_named(brief.scope_hints, graph, exports):
        collected.add_named(item, "hints", HINTED, CLASS_HINTED)
    anchored = _anchored(anchors, graph, places, collected)
    near = _near(anchors, places, collected, frozenset(anchored))
    literals = tuple(dict.fromkeys((*files, *(name for name in unknown if len(name) > 3))))
    spelled: dict[FunctionId, None] = {}
    production = [file for file in tree.files if _is_production(file.path, relevance)]
    for found in find_spellings(literals, production, places) if literals else ():
        spelled[found.function] = None
        if found.text in unknown:
            unknown.remove(found.text)
        if found.key_of:
            reason, weight = f"reads '{found.text}', the key of '{found.key_of}'", KEY_READ
        elif found.is_whole:
            reason, weight = f"string '{found.text}'", SPELLED
        else:
            reason, weight = f"a string holds '{found.text}'", SPELLED_WITHIN
        collected.add(found.function, reason, weight)
    return Clues(
        signals={function: tuple(found) for function, found in sorted(collected.signals.items())},
        named=tuple(dict.fromkeys(collected.named)),
        hinted=tuple(dict.fromkeys(f for f in collected.hinted if f not in collected.named)),
        methods=tuple(sorted(set(collected.methods))),
        anchored=anchored,
        near=near,
        spelling=tuple(spelled),
        modules=tuple(modules),
        classes=tuple(classes),
        unknown_names=tuple(unknown),
    )


def asked_stems(brief: Brief, relevance: Relevance) -> frozenset[str]:
    """The words of question and hints that may tell something, without their endings."""
    stop = frozenset().union(*(name_stems(word) for word in relevance.words.stop))
    return name_stems(" ".join((brief.question, *brief.scope_hints))) - stop


def word_signal(function: Function, asked: frozenset[str]) -> Signal | None:
    """A weak signal: words that the function's name shares with the question."""
    if function.kind is FunctionKind.MODULE:
        own = stems_of(function.module)
    else:
        own = stems_of(f"{function.module.rpartition('.')[2]} {function.qualname}")
    shared = sorted(own[stem] for stem in asked & own.keys())
    if not shared:
        return None
    return Signal(f"{NAME_SHARES}{', '.join(shared)}", _WORD_SHARED * min(len(shared), _MOST_WORDS))


def sink_signal(
    function: FunctionId,
    view: GraphView,
    effects: Mapping[FunctionId, tuple[Effect, ...]],
    relevance: Relevance,
) -> Signal | None:
    """How many effects that answer the question a function leads to."""
    count, weight = 0, 0.0
    for reached in forward_cone(view, (function,)):
        for effect in effects.get(reached, ()):
            found = relevance.weight(effect)
            count += found > 0
            weight += found
    if not count:
        return None
    return Signal(
        f"reaches {count} relevant effect{'s' * (count > 1)}",
        round(min(_MOST_FOR_SINKS, math.log2(1 + weight)), 2),
    )


@dataclass(frozen=True, slots=True)
class _Collected:
    signals: dict[FunctionId, list[Signal]]
    named: list[FunctionId]
    hinted: list[FunctionId]
    methods: list[FunctionId]
    classes: list[str]

    def add(self, function: FunctionId, reason: str, weight: float) -> None:
        signals = self.signals.setdefault(function, [])
        if all(signal.name != reason for signal in signals):
            signals.append(Signal(reason, weight))

    def add_named(self, item: Named, where: str, weight: float, class_weight: float) -> None:
        count = len(item.functions)
        for function in item.functions:
            one_of = f", one of {count} of that name" if count > 1 else ""
            # A name that many bear says little about each of them.
            shared = weight / math.sqrt(count) if count > 2 else weight
            self.add(function, f"`{item.name}` in the {where}{one_of}", round(shared, 2))
        for method in item.class_methods:
            self.add(method, f"its class `{item.name}` is in the {where}", class_weight)
        for function in item.module_functions:
            self.add(function, f"its module `{item.name}` is in the {where}", MODULE_NAMED)
        (self.named if where == "question" else self.hinted).extend(item.functions)
        self.methods.extend(item.class_methods)


def _anchored(
    anchors: Sequence[CheckedAnchor], graph: CallGraph, places: Places, collected: _Collected
) -> tuple[FunctionId, ...]:
    """Functions in the places that the brief gives; one that is missing points at nothing."""
    found: dict[FunctionId, None] = {}
    for anchor in _there(anchors, places):
        if anchor.symbol:
            for item in find_named((f"{anchor.path}::{anchor.symbol}",), graph):
                for function in (*item.functions, *item.class_methods):
                    found[function] = None
                    collected.add(function, f"anchor `{anchor.text}`", ANCHORED_SYMBOL)
                collected.hinted.extend(item.functions)
            continue
        weight = ANCHORED_FILE if anchor.line is None else ANCHORED_LINES
        for function in places.between(anchor.path, anchor.line, anchor.end_line):
            found[function] = None
            collected.add(function, f"stands in `{anchor.text}`", weight)
    return tuple(found)


def _there(anchors: Sequence[CheckedAnchor], places: Places) -> Iterator[BriefAnchor]:
    for checked in anchors:
        if checked.verdict is not AnchorVerdict.MISSING and checked.anchor.path in places.by_path:
            yield checked.anchor


def _near(
    anchors: Sequence[CheckedAnchor],
    places: Places,
    collected: _Collected,
    anchored: frozenset[FunctionId],
) -> tuple[FunctionId, ...]:
    """Lines drift: what stands elsewhere in the file of an anchor is worth a look."""
    found: dict[FunctionId, None] = {}
    for anchor in _there(anchors, places):
        for function in places.between(anchor.path, None, None):
            if function not in anchored:
                found[function] = None
                collected.add(function, f"its file is that of `{anchor.text}`", NEAR_ANCHOR)
    return tuple(found)


def _is_production(path: str, relevance: Relevance) -> bool:
    role = relevance.words.folder_role(path)
    return role is None or role.role not in ("tests", "archived", "vendored")
