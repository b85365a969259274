"""Under which conditions a place runs, as seen from the function that makes the archive."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.graph import CallGraph, Guard, GuardKind
from tracer.model.source import Anchor, FunctionId, path_of, qualname_of
from tracer.static.texts.scopes import Link

_Place = tuple[str, int, str]  # path, line, qualname
_Site = tuple[FunctionId, tuple[int, int]]  # the caller, and where the call ends


class Conditions:
    """Looks up guards of effects, and of the calls that lead to them."""

    def __init__(self, graph: CallGraph) -> None:
        self._at: dict[_Place, tuple[Guard, ...]] = {}
        for effect in graph.effects:
            path, name = path_of(effect.function), qualname_of(effect.function)
            self._at[path, effect.span.line, name] = effect.guards
        self._calls: dict[_Site, tuple[Guard, ...]] = {}
        for resolution in graph.resolutions:
            span = resolution.site.span
            place = (resolution.site.caller, (span.end_line, span.end_column))
            self._calls[place] = resolution.site.guards

    def condition(
        self,
        anchor: Anchor,
        links: Sequence[Link],
        archive_in: FunctionId,
        archive_at: Anchor,
        *,
        loops_known: bool,
    ) -> str:
        """What decides whether the line runs where the archive is made; empty: nothing does.

        What decides whether the archive is made at all is no condition of what goes into it.

        Args:
            links: The calls that lead to the line, the outermost first.
            archive_in: The function that makes or opens the archive, at `archive_at`.
            loops_known: What the loops go through was written out, so that they are no condition.
        """
        given = frozenset(self._guards(archive_at))
        inside = [position for position, link in enumerate(links) if link.callee == archive_in]
        for link in links[inside[-1] + 1 if inside else 0 :]:
            guards = self._calls.get((link.caller, link.end), ())
            if text := _deciding(guards, given, path_of(link.caller), loops_known):
                return text
        return _deciding(self._guards(anchor), given, anchor.path, loops_known)

    def _guards(self, anchor: Anchor) -> tuple[Guard, ...]:
        return self._at.get((anchor.path, anchor.line, anchor.symbol), ())


def _deciding(
    guards: tuple[Guard, ...], given: frozenset[Guard], path: str, loops_known: bool
) -> str:
    for guard in guards:
        if guard not in given and not (loops_known and guard.kind is GuardKind.FOR):
            return f"{guard.kind.value} `{guard.text}` ({path}:{guard.line})"
    return ""
