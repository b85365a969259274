"""What every step of the choice of functions looks at: signals, scores, what lies below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracer.model.evidence import Signal
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import Function, FunctionId, FunctionKind, is_function
from tracer.paths import GraphView, forward_cone
from tracer.plan.relevance import Relevance
from tracer.plan.signals import Clues, sink_signal, word_signal

MOST_CANDIDATES = 20
_MOST_WORD_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """What every step of the choice looks at."""

    view: GraphView
    index: Mapping[FunctionId, Function]
    effects: Mapping[FunctionId, tuple[Effect, ...]]
    relevance: Relevance
    clues: Clues
    asked: frozenset[str]  # stems of the question's words
    namespaces: tuple[str, ...] = ()  # that the brief gives

    def is_production(self, function: FunctionId) -> bool:
        """Whether a function is code that the project ships, runs, or shows."""
        role = self.relevance.folder_role(function)
        return role is None or role.role not in ("tests", "archived", "vendored")

    def is_listed(self, function: FunctionId) -> bool:
        """Lambdas and class bodies are parts of what holds them."""
        known = self.index.get(function)
        return known is not None and known.kind not in (
            FunctionKind.LAMBDA,
            FunctionKind.CLASS_BODY,
        )

    def production(self, functions: Iterable[FunctionId]) -> tuple[FunctionId, ...]:
        """Those that are shipped and listed."""
        return tuple(f for f in functions if self.is_production(f) and self.is_listed(f))

    def callers(self, function: FunctionId) -> tuple[FunctionId, ...]:
        """Who calls a function."""
        return tuple(hop.caller for hop in self.view.callers.get(function, ()))

    def callees(self, function: FunctionId) -> tuple[FunctionId, ...]:
        """The functions of the tree that a function calls."""
        hops = self.view.callees.get(function, ())
        return tuple(hop.callee for hop in hops if is_function(hop.callee))


@dataclass(frozen=True, slots=True)
class Roles:
    """Why each selected function was selected, and what was passed over."""

    of: Mapping[FunctionId, str]  # in the order of selection
    goals: tuple[FunctionId, ...]  # what the question is about, in its order
    asked: tuple[FunctionId, ...]  # those that the brief names, and those that call them
    drivers: tuple[FunctionId, ...]  # all of them, best first; only the first are selected
    extra: Mapping[FunctionId, tuple[Signal, ...]]  # signals that come from the position


def word_candidates(choice: Choice) -> tuple[FunctionId, ...]:
    """Functions whose name shares most words with the question."""
    found: list[tuple[float, FunctionId]] = []
    for function in choice.index.values():
        if choice.is_listed(function.id) and (signal := word_signal(function, choice.asked)):
            role = choice.relevance.folder_role(function.id)
            found.append((-signal.weight - (role.weight if role else 0), function.id))
    return tuple(function for _, function in sorted(found)[:_MOST_WORD_CANDIDATES])


def signals_of(choice: Choice, function: FunctionId, extra: Iterable[Signal]) -> tuple[Signal, ...]:
    """All signals of a function, strongest first."""
    found = [*choice.clues.signals.get(function, ()), *extra]
    shared = word_signal(choice.index[function], choice.asked)
    if shared is not None:
        found.append(shared)
    reach = sink_signal(function, choice.view, choice.effects, choice.relevance)
    if reach is not None:
        found.append(reach)
    role = choice.relevance.folder_role(function)
    if role is not None:
        found.append(Signal(f"stands among {role.role}", role.weight))
    return tuple(sorted(found, key=lambda signal: (-signal.weight, signal.name)))


def score_of(signals: Iterable[Signal]) -> float:
    """How much a function bears on the question, by its signals."""
    return round(sum(signal.weight for signal in signals), 2)


def side_of(choice: Choice, function: FunctionId) -> str:
    """Words for what a function leads to: writing, reading, or both."""
    kinds = kinds_below(choice, function)
    produces = bool(kinds & choice.relevance.words.produce)
    consumes = bool(kinds & choice.relevance.words.consume)
    match produces, consumes:
        case True, True:
            return "; leads to writing and reading"
        case True, False:
            return "; leads to writing"
        case False, True:
            return "; leads to reading"
        case _:
            return ""


def kinds_below(choice: Choice, function: FunctionId) -> frozenset[EffectKind]:
    """The kinds of effects that bear on the question, in and below a function."""
    return frozenset(
        effect.kind
        for reached in forward_cone(choice.view, (function,))
        for effect in choice.effects.get(reached, ())
        if choice.relevance.weight(effect) > 0
    )
