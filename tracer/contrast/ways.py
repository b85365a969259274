"""Under which conditions control comes to a place of the core, calls that lead there included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracer.model.graph import CallGraph, Guard, GuardKind, Raise, Resolution
from tracer.model.source import FunctionId, is_function
from tracer.static.texts.scopes import Link

JOINED = " · "  # between the conditions of one early exit
_CUT = "…"
_ENCLOSING = frozenset({GuardKind.IF, GuardKind.ELSE, GuardKind.WHILE, GuardKind.FOR}) | {
    GuardKind.EXCEPT,
    GuardKind.CASE,
}

HeldGuard = tuple[FunctionId, Guard]
"""A guard with the function in which it stands: its names are locals of that one."""

Sites = Mapping[FunctionId, tuple[Resolution, ...]]
"""Of each function of the core, the call sites of the core that lead to it."""


class Exits:
    """Which early exits raise; the others decide what runs behind them."""

    def __init__(self, raises: Sequence[Raise]) -> None:
        self._raised: dict[FunctionId, list[tuple[Guard, ...]]] = {}
        for each in raises:
            if not each.is_unreachable:
                self._raised.setdefault(each.function, []).append(each.guards)

    def deciding(self, function: FunctionId, guards: Sequence[Guard]) -> tuple[HeldGuard, ...]:
        """The guards without those that only raise."""
        return tuple(
            (function, guard)
            for guard in guards
            if guard.kind in _ENCLOSING or not self._raises(function, guard)
        )

    def _raises(self, function: FunctionId, guard: Guard) -> bool:
        if guard.kind is GuardKind.ASSERT:
            return True
        parts = len(guard.text.split(JOINED))
        for held in self._raised.get(function, ()):
            behind = [at for at, each in enumerate(held) if each.line == guard.line]
            if behind and (guard.text.endswith(_CUT) or len(held) - behind[0] == parts):
                return True
        return False


def condition_text(guard: Guard) -> str:
    """The guard as a reader wants it: `if x is None`, `for each in names`."""
    if guard.kind is GuardKind.ELSE:
        return f"unless {guard.text}"
    if guard.is_early_exit:
        parts = guard.text.split(JOINED)
        return f"{guard.kind} {' and '.join(part.removeprefix('if ') for part in parts)}"
    return f"{guard.kind} {guard.text}"


def sites_within(graph: CallGraph, core: Sequence[FunctionId]) -> Sites:
    """The call sites of the core that lead to each function of the core."""
    members = frozenset(core)
    found: dict[FunctionId, list[Resolution]] = {}
    for resolution in graph.resolutions:
        if resolution.site.caller in members and not resolution.site.is_unreachable:
            for callee in resolution.callees:
                if is_function(callee) and callee in members:
                    found.setdefault(callee, []).append(resolution)
    return {function: tuple(sites) for function, sites in found.items()}


def conditions_of_ways(
    entries: Sequence[FunctionId], core: Sequence[FunctionId], sites: Sites, exits: Exits
) -> Mapping[FunctionId, tuple[HeldGuard, ...]]:
    """The conditions that all known calls of a function of the core share, from its entry point."""
    ways: dict[FunctionId, tuple[HeldGuard, ...]] = dict.fromkeys(entries, ())
    for function in core:  # nearest first, so that callers are known before those they call
        if function in ways:
            continue
        calls = [each.site for each in sites.get(function, ()) if each.site.caller != function]
        known = [
            (*ways[site.caller], *exits.deciding(site.caller, site.guards))
            for site in calls
            if site.caller in ways
        ]
        # A caller further away than the function itself: nobody knows what that way asks for.
        shared = known[0] if known and len(known) == len(calls) else ()
        for other in known[1:]:
            shared = tuple(held for held in shared if held in other)
        ways[function] = shared
    return ways


def only_links(entries: Sequence[FunctionId], sites: Sites) -> Mapping[FunctionId, Link]:
    """Of each function of the core that one call site of it alone leads to: that call."""
    links: dict[FunctionId, Link] = {}
    for function, found in sites.items():
        if function in entries or len(found) != 1:
            continue
        site = found[0].site
        end = (site.span.end_line, site.span.end_column)
        links[function] = Link(site.caller, site.span.line, end, function)
    return links
