"""Which bindings of a name may reach a place: the environment while a scope is read in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Environment = dict[str, tuple[int, ...]]
"""Name to the indices of the bindings that may hold here, sorted; `_UNBOUND` where on some path
nothing was bound yet."""

_UNBOUND = -1


def merged(environments: Sequence[Environment]) -> Environment:
    """What may hold where several paths meet."""
    if len(environments) == 1:
        return environments[0]
    answer: Environment = {}
    for environment in environments:
        answer.update(environment)
    for name in answer:
        found = {environment.get(name, _NEVER) for environment in environments}
        if len(found) > 1:
            answer[name] = tuple(sorted({binding for bindings in found for binding in bindings}))
    return answer


def reaching(
    name: str, environment: Environment, open_loops: Iterable[tuple[int, int]]
) -> tuple[int, ...]:
    """The bindings of the name that may reach here; `~k` for those that loop k makes later.

    Args:
        open_loops: (number, first binding) of the loops around this place, innermost first.
    """
    bindings = environment.get(name, _NEVER)
    markers: list[int] = []
    for number, first_binding in open_loops:
        if bindings[0] >= first_binding:
            break  # Bound in this very round, so nothing of an earlier round is left.
        markers.append(~number)
    return (*markers, *(bindings[1:] if bindings[0] == _UNBOUND else bindings))


_NEVER = (_UNBOUND,)
