"""The conditions around a place, and what they depend on besides arguments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tracer.model.graph import EffectKind, Guard
from tracer.model.source import is_function
from tracer.static.effects.reader import EffectReader
from tracer.static.kinds import AccessKind
from tracer.static.solver import Solution
from tracer.static.summary import (
    Access,
    Attribute,
    Called,
    Constant,
    Expr,
    GuardSummary,
    Item,
    Name,
)
from tracer.static.values import External, Ref
from tracer.tables.effects import EffectTable

_READS = frozenset((AccessKind.GET_ITEM, AccessKind.CONTAINS))


class GuardReader:
    """Turns the guard summaries of a scope into guards."""

    def __init__(self, solution: Solution, table: EffectTable, effects: EffectReader) -> None:
        self._solution = solution
        self._program = solution.program
        self._table = table
        self._effects = effects

    def of_scope(self, ref: Ref) -> list[tuple[Guard, ...]]:
        """For each guard of the scope, all conditions that must hold, outermost first.

        Of the early exits of a block those that read hidden inputs stand there, and the nearest
        one, which counts the others.
        """
        chains: list[tuple[Guard, ...]] = []
        own: list[Sequence[str]] = []
        for summary in self._program.scope(ref).guards:
            outer = chains[summary.parent] if summary.parent >= 0 else ()
            own.append(self._hidden_inputs(ref, summary))
            joined = [name for number in summary.joined for name in own[number]]
            hidden = _most_specific((*own[-1], *joined))
            guard = Guard(
                summary.kind, summary.text, summary.line, hidden, branch_line=summary.branch_line
            )
            if guard.is_early_exit and outer and outer[-1].is_early_exit:
                last = outer[-1]
                if last.hidden_inputs:
                    # Its own count moves on, so that a block has one count, at its nearest exit.
                    outer = (*outer[:-1], replace(last, earlier=0))
                    guard = replace(guard, earlier=last.earlier)
                else:
                    outer = outer[:-1]
                    guard = replace(guard, earlier=last.earlier + 1)
            chains.append((*outer, guard))
        return chains

    def _hidden_inputs(self, ref: Ref, summary: GuardSummary) -> Sequence[str]:
        scope = self._program.scope(ref)
        found: list[str] = []
        # What is never evaluated, as in `False and …`, decides nothing.
        for number in range(*summary.sites):
            if not scope.sites[number].is_unreachable:
                found.extend(self._of_site(ref, number))
        for access in scope.accesses[slice(*summary.accesses)]:
            if not access.is_unreachable:
                found.extend(self._of_access(ref, access))
        for name in summary.names:
            found.extend(self._of_name(ref, name))
        return found

    def _of_site(self, ref: Ref, number: int) -> list[str]:
        callees = self._solution.callees.get((ref, number))
        if callees is None:
            return []
        site = self._program.scope(ref).sites[number]
        found = [
            str(callee)
            for callee in callees.ids
            if not is_function(callee) and self._table.is_hidden_input(callee)
        ]
        for function, is_bound in callees.functions:
            for access in self._effects.keyed.get(function, ()):
                key = self._effects.constant_argument(site, function, is_bound, access.parameter)
                if access.kind is EffectKind.STATE_READ and access.place in self._effects.written:
                    found.append(f"{access.place}[{key!r}]" if key else access.place)
        if isinstance(site.callee, Attribute):
            place = self._effects.places.of(ref, site.callee.base)
            if place in self._effects.written and site.arguments:
                is_reader = any(callee in self._table.state_readers for callee in callees.ids)
                if is_reader:
                    found.append(_with_key(place, site.arguments[0].value))
        return found

    def _of_access(self, ref: Ref, access: Access) -> list[str]:
        if access.kind not in _READS:
            return []
        found: list[str] = []
        place = self._effects.places.of(ref, access.base)
        if place is not None and place in self._effects.written:
            found.append(_with_key(place, access.key))
        for item in self._solution.evaluator.value(ref, access.base).items:
            if isinstance(item, External) and self._table.is_hidden_input(item.dotted):
                found.append(_with_key(item.dotted, access.key))
        return found

    def _of_name(self, ref: Ref, expr: Expr) -> list[str]:
        """A dotted name in the condition, or a variable that holds the result of a hidden read."""
        if isinstance(expr, Attribute):
            place = self._effects.variable(ref, expr)
            found = [] if place is None else [place]
            for item in self._solution.evaluator.value(ref, expr.base).items:
                if isinstance(item, External):
                    dotted = f"{item.dotted}.{expr.name}"
                    if self._table.is_hidden_input(dotted):
                        found.append(dotted)
            return found
        if not isinstance(expr, Name):
            return []
        bindings = self._program.reaching(ref, expr)
        if len(bindings) != 1:
            return []
        match self._program.scope(ref).bindings[bindings[0]].value:
            case Called(site=number):
                return self._of_site(ref, number)
            case Item(base=base, key=key):
                place = self._effects.places.of(ref, base)
                return [_with_key(place, key)] if place in self._effects.written else []
        return []


def _most_specific(names: Iterable[str]) -> tuple[str, ...]:
    """Without `os.environ` where `os.environ['HOME']` is named."""
    found = sorted(set(names))
    return tuple(name for name in found if not any(other.startswith(f"{name}[") for other in found))


def _with_key(place: str | None, key: Expr) -> str:
    text = key.value if isinstance(key, Constant) and isinstance(key.value, str) else None
    return f"{place}[{text!r}]" if text is not None else str(place)
