"""What calls and stores do to the world: files, archives, and state that outlasts them."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.graph import Effect, EffectKind, SiteKind
from tracer.static.effects.context import EffectReading
from tracer.static.effects.external import effects_of_site
from tracer.static.effects.passing import constant_argument, effects_through_calls
from tracer.static.effects.reads import (
    effects_of_attributes,
    effects_of_reads,
    rebound_names,
    rebound_place,
)
from tracer.static.effects.stores import effects_of_access
from tracer.static.excerpts import Excerpts
from tracer.static.solver import Solution
from tracer.static.summary import Expr, Site
from tracer.static.values import Ref
from tracer.tables.effects import EffectTable
from tracer.tables.words import load_words


class EffectReader:
    """Reads effects off a solved program."""

    def __init__(
        self, solution: Solution, table: EffectTable, excerpts: Sequence[Excerpts | None]
    ) -> None:
        self._reading = EffectReading(solution, table, excerpts)
        self._program = solution.program
        self._solution = solution
        self.places = self._reading.places
        self.keyed = self._reading.keyed
        self.written: frozenset[str] = frozenset()
        self._rebound: frozenset[str] = frozenset()
        self._words = load_words()

    def read(self) -> list[tuple[Ref, int, Effect]]:
        """All effects, in no order, each with its scope and the number of its guard there.

        Reads of state are told only of objects that something writes: a table of constants that
        is looked up is no state.
        """
        found: list[tuple[Ref, int, Effect]] = []
        for ref in self._program.refs():
            for number, site in enumerate(self._program.scope(ref).sites):
                callees = self._solution.callees.get((ref, number))
                if callees is not None and site.kind in (SiteKind.CALL, SiteKind.WITH):
                    found.extend(
                        (ref, site.guard, effect)
                        for effect in effects_of_site(self._reading, ref, site, callees)
                    )
            for access in self._program.scope(ref).accesses:
                found.extend(
                    (ref, access.guard, effect)
                    for effect in effects_of_access(self._reading, ref, access)
                )
        attributes = frozenset(
            name.rpartition(".")[2] for name in self._reading.table.acting_attributes
        )
        for ref in self._program.refs():
            found.extend(
                (ref, guard, effect)
                for guard, effect in effects_of_attributes(self._reading, ref, attributes)
            )
        found.extend(effects_through_calls(self._reading))
        self._rebound = rebound_names(effect for ref, _, effect in found if not self._is_test(ref))
        for ref in self._program.refs() if self._rebound else ():
            reads = effects_of_reads(self._reading, ref, self._rebound)
            found.extend((ref, guard, effect) for guard, effect in reads)
        self.written = frozenset(
            effect.subject for _, _, effect in found if effect.kind is EffectKind.STATE_WRITE
        )
        return [
            (ref, guard, effect)
            for ref, guard, effect in found
            if effect.kind is not EffectKind.STATE_READ or effect.subject in self.written
        ]

    def variable(self, ref: Ref, expr: Expr) -> str | None:
        """The variable of another module that an expression reads, where somebody rebinds it."""
        return rebound_place(self._reading, ref, expr, self._rebound)

    def _is_test(self, ref: Ref) -> bool:
        # What only tests set is a constant that they patch.
        role = self._words.folder_role(self._program.paths[ref[0]])
        return role is not None and role.role == "tests"

    def constant_argument(
        self, site: Site, function: Ref, is_bound: bool, parameter: int
    ) -> str | None:
        """The constant string that a call passes for a parameter."""
        return constant_argument(self._reading, site, function, is_bound, parameter)
