"""Ways that a bundle holds itself, beside its word that there is none."""

from __future__ import annotations

from collections import deque

from tracer.model.evidence import EdgeVerdict, Evidence, PathAnswer
from tracer.model.graph import Tier
from tracer.model.source import Callee, FunctionId, is_function, qualname_of
from tracer.model.verification import Ground
from tracer.verify.direct import STRENGTH
from tracer.verify.edges import EdgeChecker
from tracer.verify.ran import Ran
from tracer.verify.syntax import Definition

_Hop = tuple[FunctionId, Callee, int]
_FIRM = (Ground.RUN, Ground.SYNTAX, Ground.TEXT)


class Ways:
    """The edges, chains and runs of a bundle, asked for a way from one function to another."""

    def __init__(self, evidence: Evidence, edges: EdgeChecker, ran: Ran) -> None:
        self._edges = edges
        self._ran = ran
        self._out: dict[FunctionId, list[_Hop]] = {}
        hops = {
            (edge.caller, edge.callee, edge.line)
            for edge in evidence.edges
            # Neither guesses by name nor what stand-ins made happen: no path is answered by these.
            if edge.tier is not Tier.NAME and not edge.is_unreachable
            if edge.was_read or edge.verdict is EdgeVerdict.DYNAMIC_ONLY
        }
        hops |= {(h.caller, h.callee, h.line) for chain in evidence.chains for h in chain.hops}
        for hop in sorted(hops):
            self._out.setdefault(hop[0], []).append(hop)

    def contradiction(
        self, path: PathAnswer, source: Definition, target: Definition | str
    ) -> tuple[Ground, str] | None:
        """What says that there is a way after all: a run, else edges that hold by themselves, else
        edges on the solver's word, which contradicts itself then."""
        way: tuple[str, ...] = ()
        if isinstance(target, Definition) and not self._ran.moved([source, target]):
            way = self._ran.way(source, target)
        if way:
            return Ground.RUN, f"a run went there: {' → '.join(way)}"
        for firm in (True, False):
            hops = self._way(path.source, path.target, is_firm=firm)
            if hops:
                names = [_short(hops[0][0]), *(_short(callee) for _, callee, _ in hops)]
                weakest = max((self._ground(hop) for hop in hops), key=lambda g: STRENGTH[g])
                return weakest, f"edges of the bundle lead there: {' → '.join(names)}"
        return None

    def _way(self, source: FunctionId, target: Callee, *, is_firm: bool) -> list[_Hop]:
        came: dict[Callee, _Hop | None] = {source: None}
        queue: deque[FunctionId] = deque([source])
        while queue:
            for hop in self._out.get(queue.popleft(), ()):
                callee = hop[1]
                if callee in came or not self._edges.hop(*hop).verdict.holds:
                    continue
                if is_firm and self._ground(hop) not in _FIRM:
                    continue
                came[callee] = hop
                if callee == target:
                    return _back(hop, came)
                if is_function(callee):
                    queue.append(callee)
        return []

    def _ground(self, hop: _Hop) -> Ground:
        return self._edges.hop(*hop).ground or Ground.SOLVER


def _back(last: _Hop, came: dict[Callee, _Hop | None]) -> list[_Hop]:
    way = [last]
    while (before := came[way[-1][0]]) is not None:
        way.append(before)
    return way[::-1]


def _short(callee: Callee) -> str:
    return qualname_of(callee) if is_function(callee) else callee
