"""What an expression may be, as far as calls care."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from tracer.model.graph import OpenReason, Tier

Ref = tuple[int, int]
"""A scope: the index of its file, and its index in the file's summary."""


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module or package of the tree."""

    location: str


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function of the tree; `receiver` is what its first parameter is bound to."""

    ref: Ref
    receiver: Value | None = None


@dataclass(frozen=True, slots=True)
class ClassValue:
    """A class of the tree, or, unless exact, one of its subclasses."""

    ref: Ref
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the tree, or, unless exact, of a subclass."""

    ref: Ref
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class SuperValue:
    """`super()`: what comes after `after` in the order of the receiver's class."""

    after: Ref
    receiver: Value


@dataclass(frozen=True, slots=True)
class External:
    """Something outside the sources, by its import path."""

    dotted: str


@dataclass(frozen=True, slots=True)
class ExternalInstance:
    """An object of a class outside the sources."""

    dotted: str  # of the class
    arguments: tuple[tuple[Value, ...], ...] = ()  # as in `list[X]`
    container: tuple[Ref, int] | None = None  # the display that made it


@dataclass(frozen=True, slots=True)
class ExternalMethod:
    """A method of an object of a class outside the sources."""

    receiver: ExternalInstance
    name: str

    @property
    def dotted(self) -> str:
        return f"{self.receiver.dotted}.{self.name}"


Value = (
    ModuleValue
    | FunctionValue
    | ClassValue
    | Instance
    | SuperValue
    | External
    | ExternalInstance
    | ExternalMethod
)

LARGEST_SET = 24
"""More values than this for one expression tell nothing."""


class Rank(IntEnum):
    """Tiers in order of strength."""

    DEFINITE = 0
    TYPE = 1
    FLOW = 2

    @property
    def tier(self) -> Tier:
        return (Tier.DEFINITE, Tier.TYPE, Tier.FLOW)[self]


@dataclass(frozen=True, slots=True)
class Open:
    """Why a set of values is not all."""

    reason: OpenReason
    detail: str = ""
    origin: str = ""  # where the detail speaks of a step on the way: what it comes from


@dataclass(frozen=True, slots=True)
class Values:
    """What an expression may be. No items and nothing open: never an object, such as `None`."""

    items: tuple[Value, ...] = ()  # each once, in the order found
    rank: Rank = Rank.DEFINITE
    open: Open | None = None

    def at_least(self, rank: Rank) -> Values:
        """The same, found by weaker means."""
        return self if self.rank >= rank else Values(self.items, rank, self.open)


NONE = Values()


def one(value: Value, rank: Rank = Rank.DEFINITE) -> Values:
    return Values((value,), rank)


def unknown(reason: OpenReason, detail: str = "") -> Values:
    return Values((), Rank.DEFINITE, Open(reason, detail))


def union(parts: Iterable[Values]) -> Values:
    """All that any part may be."""
    found = [part for part in parts if part.items or part.open]
    if not found:
        return NONE
    if len(found) == 1:
        return found[0]
    items = tuple(dict.fromkeys(item for part in found for item in part.items))
    reason = next((part.open for part in found if part.open is not None), None)
    rank = max(part.rank for part in found)
    if len(items) > LARGEST_SET:
        reason = Open(OpenReason.TOO_MANY, f"{len(items)} possible values")
        return Values((), rank, reason)
    return Values(items, rank, reason)


def each(values: Values, ask: Callable[[Value], Values]) -> Values:
    """The union of an answer for each item; what was open stays open."""
    answer = union([ask(item) for item in values.items])
    if values.open is not None and answer.open is None:
        answer = Values(answer.items, answer.rank, values.open)
    return answer.at_least(values.rank)


def assigned(values: Values) -> Values:
    """What a variable holds: objects keep their type, functions were followed."""
    if not values.items:
        return values
    if all(isinstance(item, Instance | ExternalInstance) for item in values.items):
        return values.at_least(Rank.TYPE)
    return values.at_least(Rank.FLOW)
