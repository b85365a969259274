"""What the known callers of a function pass for a parameter, as nodes of their scopes."""

from __future__ import annotations

from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Ref
from tracer.static.solving.terms import SITE

Passed = tuple[Ref, int, bool]
"""A scope, a node of it, and whether the argument is an item of that node's objects."""


class PassedArguments:
    """Answers from the edges of the finished solution."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self._callers: dict[Ref, list[tuple[Ref, int, bool]]] | None = None

    def of(self, ref: Ref, index: int) -> list[Passed]:
        """What call sites pass for a parameter, by position or name, or may spread into it."""
        name = self._solver.flat(ref).parameters[index][0]
        found: list[Passed] = []
        for caller, number, is_bound in self._known_callers().get(ref, ()):
            arguments = self._solver.flat(caller).sites[number][4]
            place = index - 1 if is_bound else index
            if place < 0:
                continue
            given = [(node, False) for keyword, node, _ in arguments if keyword == name]
            given = given or _by_position(arguments, place)
            if not given:
                given = [(node, True) for keyword, node, _ in arguments if keyword == "**"]
            found.extend((caller, *one) for one in given)
        return found

    def _known_callers(self) -> dict[Ref, list[tuple[Ref, int, bool]]]:
        if self._callers is None:
            self._callers = {}
            for (caller, what, number), edges in self._solver.edges.items():
                if what != SITE:
                    continue
                for target, edge in edges.items():
                    if not isinstance(target, str) and not edge.through and edge.phase == 0:
                        found = self._callers.setdefault(target, [])
                        found.append((caller, number, edge.is_bound))
        return self._callers


def _by_position(arguments: tuple[tuple[str, int, int], ...], place: int) -> list[tuple[int, bool]]:
    """What stands at a position, or is spread from before it on."""
    at = 0
    for keyword, node, _ in arguments:
        if keyword == "*":
            return [(node, True)]
        if keyword == "":
            if at == place:
                return [(node, False)]
            at += 1
    return []
