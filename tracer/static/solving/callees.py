"""What a place may run, and how it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracer.model.graph import SiteKind, Tier
from tracer.model.source import Callee, ExternalId
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Ref
from tracer.static.solving.terms import Edge
from tracer.static.values import Open, Rank

WIDEST_GUESS = 8
PROPERTY = SiteKind.PROPERTY.value
GUESSES = (Tier.FLOW, Tier.DUCK, Tier.NAME)  # by phase


@dataclass(frozen=True, slots=True)
class Callees:
    """What a place may run, and how it was found."""

    ids: tuple[Callee, ...]
    functions: tuple[tuple[Ref, bool], ...]  # of the tree; whether the first parameter is bound
    rank: Rank
    open: Open | None
    through: tuple[tuple[Callee, str], ...] = ()  # callees that a function outside calls
    guess: Tier | None = None  # where they are guessed
    is_wide: bool = False  # every class that the receiver may have, and too many to tell much
    is_declared: bool = False  # nothing but a declaration says what class the receiver is of

    @property
    def tier(self) -> Tier:
        """How they were found, as the model says it."""
        return self.guess or self.rank.tier


@dataclass(frozen=True, slots=True)
class ImplicitCall:
    """A place where something runs that nobody calls by a call expression."""

    ref: Ref
    kind: SiteKind
    span: int
    callees: Callees


def callees_made(
    solver: Solver, edges: Mapping[Any, Edge], rank: Rank, reason: Open | None
) -> Callees:
    """The callees that edges lead to, in canonical order."""
    ids: dict[Callee, None] = {}
    functions: list[tuple[Ref, bool]] = []
    through: list[tuple[Callee, str]] = []
    for target, edge in edges.items():
        if isinstance(target, str):
            callee: Callee = ExternalId(target)
        else:
            callee = solver.program.id(target)
            functions.append((target, edge.is_bound))
        ids[callee] = None
        if edge.through:
            through.append((callee, edge.through))
    return Callees(
        tuple(sorted(ids)), tuple(sorted(functions)), rank, reason, tuple(sorted(through))
    )
