"""Two paths side by side: where they part, where they meet, and what decides between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracer.model.graph import Guard
from tracer.model.source import Anchor, Callee, FunctionId


class PartingOutcome(StrEnum):
    """What becomes of the premise that one path does what the other does not."""

    BOTH = "both reach it"  # the premise is not supported by the calls
    ONLY_A = "only A reaches it"
    ONLY_B = "only B reaches it"
    NEITHER = "neither reaches it"


@dataclass(frozen=True, slots=True)
class SideHop:
    """A call on the way of one side."""

    caller: FunctionId
    callee: Callee
    line: int
    guards: tuple[Guard, ...] = ()  # around the call, outermost first


@dataclass(frozen=True, slots=True)
class PathSide:
    """One of the two that the question sets against each other."""

    words: str  # of the question: `the supervisor CLI run`
    entry: FunctionId
    why: str  # why this function stands for it
    hops: tuple[SideHop, ...] = ()  # the shortest way to the goal; empty: none, or it is the goal
    open_sites: int = 0  # unresolved sites among all that the entry leads to


@dataclass(frozen=True, slots=True)
class ArgumentPair:
    """What both sides give for one parameter, as written."""

    parameter: str
    a: str  # empty: not given
    b: str

    @property
    def is_same(self) -> bool:
        """Whether both are written alike; what they stand for may differ all the same."""
        return self.a == self.b


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """Something that both sides call, with what each gives it."""

    callee: Callee
    a: Anchor
    b: Anchor
    arguments: tuple[ArgumentPair, ...] = ()


@dataclass(frozen=True, slots=True)
class Parting:
    """The ways of two sides to one goal."""

    goal: FunctionId
    why: str  # why this is the goal
    a: PathSide
    b: PathSide
    outcome: PartingOutcome
    meets_in: FunctionId | None = None  # the first function of the part that both share
    shared: tuple[SideHop, ...] = ()  # from there to the goal, the same for both
    arguments: tuple[ArgumentPair, ...] = ()  # of the calls by which each side comes there
    places: tuple[Anchor, ...] = ()  # within the goal: where what the question names stands
    is_premise: bool = False  # the question takes for granted that one side does not come there


@dataclass(frozen=True, slots=True)
class DecidingCondition:
    """A condition near the answer that speaks of what the question speaks of."""

    function: FunctionId
    guard: Guard
    words: tuple[str, ...]  # that it shares with the question
    decides: tuple[Anchor, ...] = ()  # calls that stand under it


@dataclass(frozen=True, slots=True)
class Contrasted:
    """All that was found of the two sides of a question."""

    partings: tuple[Parting, ...] = ()
    touchpoints: tuple[Touchpoint, ...] = ()  # those that differ first
    only_a: tuple[Anchor, ...] = ()  # what the entry of A alone calls itself; symbol: the callee
    only_b: tuple[Anchor, ...] = ()
    conditions: tuple[DecidingCondition, ...] = ()
    unknown: tuple[str, ...] = ()  # what of the question could not be made out

    @property
    def callees(self) -> tuple[Callee, ...]:
        """All functions that it speaks of, each once."""
        found: list[Callee] = [touch.callee for touch in self.touchpoints]
        found += [condition.function for condition in self.conditions]
        for parting in self.partings:
            found += [parting.goal, parting.a.entry, parting.b.entry]
            for hop in (*parting.a.hops, *parting.b.hops):
                found += [hop.caller, hop.callee]
        return tuple(dict.fromkeys(found))
