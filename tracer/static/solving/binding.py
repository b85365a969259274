"""Whether a function can take what a call passes.

A value that does not take the arguments of a call is not called there: the call would raise. That
rules out nobody who stands alone, since what decorators and libraries change of a signature is
not known; among several callees it tells those apart that one register or field holds together.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from tracer.static import flat
from tracer.static.flat import FlatScope, FlatSite
from tracer.static.kinds import AccessKind, ParameterKind
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Ref
from tracer.static.solving.terms import SITE, Edge, Target

_READING = frozenset(("get", "items", "keys", "values", "copy", "setdefault", "update"))


def that_bind(
    solver: Solver, ref: Ref, number: int, site: FlatSite, found: dict[Target, Edge]
) -> dict[Target, Edge]:
    """The callees that can take what a site passes; all of them where none can."""
    functions = [target for target in found if not isinstance(target, str)]
    if site[0] != "call" or len(functions) < 2:
        return found
    keys = _sure_keys(solver, ref, number, site)
    kept = {
        target: edge
        for target, edge in found.items()
        if isinstance(target, str)
        or edge.through
        or _binds(solver.flat(target), edge.is_bound, site, keys)
    }
    return kept if any(not isinstance(target, str) for target in kept) else found


def _binds(scope: FlatScope, is_bound: bool, site: FlatSite, keys: Collection[str]) -> bool:
    if scope.decorators:
        return True  # What is called may be something else.
    kinds = {kind for _, kind, _, _ in scope.parameters}
    positional = [
        parameter
        for parameter in scope.parameters
        if parameter[1] in (ParameterKind.POSITIONAL.value, ParameterKind.POSITIONAL_ONLY.value)
    ]
    named = {
        name
        for name, kind, _, _ in scope.parameters
        if kind in (ParameterKind.POSITIONAL.value, ParameterKind.KEYWORD_ONLY.value)
    }
    passed = [name for name, _, _ in site[4]]
    count = passed.count("") + is_bound
    given = {name for name in passed if name not in ("", "*", "**")} | set(keys)
    if ParameterKind.KEYWORDS.value not in kinds and not given <= named:
        return False
    if ParameterKind.REST.value not in kinds and count > len(positional):
        return False
    if "*" in passed or "**" in passed:
        return True
    wanted = [name for name, _, _, default in positional[count:] if default < 0]
    wanted += [
        name
        for name, kind, _, default in scope.parameters
        if kind == ParameterKind.KEYWORD_ONLY.value and default < 0
    ]
    return given.issuperset(wanted)


def _sure_keys(solver: Solver, ref: Ref, number: int, site: FlatSite) -> frozenset[str]:
    """The keywords that `**kwargs` passes for certain, where it is what the function was given.

    They were put there by a `setdefault` that always runs, and nobody may have taken them out.
    """
    scope = solver.flat(ref)
    code = solver.shared(ref)
    spread = [node for name, node, _ in site[4] if name == "**"]
    found: set[str] = set()
    for node in spread:
        index = _keywords_parameter(code, node)
        if index is None:
            continue
        for earlier, (_, _, callee, _, arguments, guard, is_conditional, is_dead) in enumerate(
            scope.sites[:number]
        ):
            parts = cast(Any, scope.nodes[callee])
            if (
                parts[0] == flat.ATTR
                and parts[2] == "setdefault"
                and code.template.alias[parts[1]] == index
                and arguments
                and not (is_conditional or is_dead)
                and guard < 0
            ):
                key = solver.constant_text(code, arguments[0][1])
                if key is not None and _is_kept(solver, ref, index, key, earlier, number):
                    found.add(key)
    return frozenset(found)


def _keywords_parameter(code: Code, node: int) -> int | None:
    index = code.template.alias[node]
    if cast(Any, code.scope.nodes[index])[0] != flat.PARAMETER:
        return None
    return index if code.scope.parameters[index][1] == ParameterKind.KEYWORDS.value else None


def _is_kept(
    solver: Solver, ref: Ref, index: int, key: str, first: int, last: int, depth: int = 0
) -> bool:
    """Whether nothing takes a key out of a parameter between two sites of a scope."""
    scope, code = solver.flat(ref), solver.shared(ref)
    alias = code.template.alias
    if any(
        access[0] == AccessKind.DELETE_ITEM.value and alias[access[1]] == index
        for access in scope.accesses
    ):
        return False
    for number in range(first + 1, last):
        _, _, callee, _, arguments, *_ = scope.sites[number]
        parts = cast(Any, scope.nodes[callee])
        if parts[0] == flat.ATTR and alias[parts[1]] == index and parts[2] not in _READING:
            taken = solver.constant_text(code, arguments[0][1]) if arguments else None
            if parts[2] != "pop" or taken in (None, key):
                return False
        for place, (name, node, _) in enumerate(arguments):
            if alias[node] != index or name == "**":
                continue
            targets = solver.edges.get((ref, SITE, number), {})
            if depth or name or not targets:
                return False
            for target, edge in targets.items():
                if isinstance(target, str):
                    return False
                at = place + edge.is_bound
                inner = solver.flat(target)
                if at >= len(inner.parameters) or not _is_kept(
                    solver, target, at, key, -1, len(inner.sites), depth + 1
                ):
                    return False
    return True
