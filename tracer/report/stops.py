"""Where a way ends that no run went to its end: the call that was not taken, its place, and why.

A way has one verdict, that of its weakest call. Told alone, it would speak of the first call, too,
which may well have run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.evidence import WEAKEST_FIRST, ChainHop, EdgeVerdict, Evidence
from tracer.model.source import Callee, FunctionId, path_of
from tracer.report.names import Names, hop_place
from tracer.report.quoting import Style, clipped
from tracer.report.strength import hop_verdicts, is_seen, weaker
from tracer.report.ways import Sink, Trunk

_NAME_CHARACTERS = 80
_PLACES_SHOWN = 6
_PASSED = (EdgeVerdict.EXECUTED, EdgeVerdict.UNDECIDED)
"""What neither shows that a call ran nor that it did not."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The first call of a way of which a run shows that it did not happen."""

    seen_to: Callee | None  # the last function up to which each call was seen; None: not even one
    is_confirmed: bool  # each of these was read, too, and seen without stand-ins
    place: str  # `path:line`
    why: str  # a clause; empty where nothing is known
    is_seen_behind: bool = False  # all calls of the way after it were seen, from elsewhere


class WayVerdicts:
    """What became of the ways of an answer; made once for all of them."""

    def __init__(self, evidence: Evidence) -> None:
        self._verdict_of = hop_verdicts(evidence)
        self._causes: dict[tuple[FunctionId, int, Callee | None], str] = {}
        for edge in evidence.edges:
            if edge.verdict is EdgeVerdict.NOT_TAKEN:
                for callee in (edge.callee, None):
                    self._causes.setdefault((edge.caller, edge.line, callee), edge.cause)

    def stop(self, trunk: Trunk) -> Stop | None:
        """Where a way stops; None: no run shows a place."""
        for number, hop in enumerate(trunk.hops):
            verdict = self._verdict_of(hop)
            if verdict is EdgeVerdict.NOT_TAKEN:
                return self._at_hop(trunk.hops, number)
            if not is_seen(verdict) and verdict not in _PASSED:
                return None
        is_taken = any(sink.verdict is not EdgeVerdict.NOT_TAKEN for sink in trunk.sinks)
        if is_taken or not trunk.sinks or not trunk.hops:
            return None  # without calls before them, the verdict of the sinks says it all
        return self._at_sink(trunk, trunk.sinks[0])

    def phrase(self, trunk: Trunk, names: Names, style: Style, otherwise: EdgeVerdict | str) -> str:
        """How far a way was seen, and which call was then not taken, with the reason.

        Args:
            otherwise: What is told where no run shows a place.
        """
        stop = self.stop(trunk)
        if stop is None:
            return f"{otherwise}"
        text = f"{EdgeVerdict.NOT_TAKEN} at {style.code(stop.place)}"
        if stop.why:
            text += f" ({style.text(stop.why)})"
        if stop.seen_to is not None:
            seen_to = style.code(clipped(names.short(stop.seen_to), _NAME_CHARACTERS))
            text = f"{'confirmed' if stop.is_confirmed else 'seen'} to {seen_to}, then {text}"
        return text + ("; the calls behind it ran, from elsewhere" if stop.is_seen_behind else "")

    def whole_phrase(self, trunk: Trunk, names: Names, style: Style) -> str:
        """Of a way with all its ends: where they fared differently, which of them was not seen."""
        way = EdgeVerdict.CONFIRMED
        for hop in trunk.hops:
            way = weaker(way, self._verdict_of(hop))
        if len({sink.verdict for sink in trunk.sinks}) < 2 or not is_seen(way):
            return self.phrase(trunk, names, style, trunk.verdict)
        unseen: dict[EdgeVerdict, dict[str, None]] = {}
        for sink in trunk.sinks:
            if not is_seen(sink.verdict):
                unseen.setdefault(sink.verdict, {})[f"{sink.path}:{sink.line}"] = None
        parts = []
        for verdict in EdgeVerdict:
            if places := [style.code(place) for place in unseen.get(verdict, ())]:
                more = ", …" if len(places) > _PLACES_SHOWN else ""
                parts.append(f"{verdict} at {', '.join(places[:_PLACES_SHOWN])}{more}")
        best = max((sink.verdict for sink in trunk.sinks), key=WEAKEST_FIRST.index)
        return f"{way if trunk.hops else best}{', but ' if parts else ''}{', '.join(parts)}"

    def _at_hop(self, hops: Sequence[ChainHop], number: int) -> Stop:
        hop = hops[number]
        behind = hops[number + 1 :]
        return Stop(
            *self._seen_to(hops[:number]),
            hop_place(hop),
            _reason(self._causes.get((hop.caller, hop.line, hop.callee), "")),
            bool(behind) and all(is_seen(self._verdict_of(each)) for each in behind),
        )

    def _at_sink(self, trunk: Trunk, sink: Sink) -> Stop:
        cause = ""
        if sink.path == path_of(trunk.owner):
            line = trunk.owner, sink.line
            cause = self._causes.get((*line, sink.callee)) or self._causes.get((*line, None), "")
        place = f"{sink.path}:{sink.line}"
        return Stop(*self._seen_to(trunk.hops), place, _reason(cause))

    def _seen_to(self, hops: Sequence[ChainHop]) -> tuple[Callee | None, bool]:
        verdicts = [self._verdict_of(hop) for hop in hops]
        is_all = bool(hops) and all(map(is_seen, verdicts))
        return hops[-1].callee if is_all else None, set(verdicts) == {EdgeVerdict.CONFIRMED}


def _reason(cause: str) -> str:
    """`line 3 did not run: CLAUSE; depends on …`: the clause, since the place is told beside it."""
    told = cause.partition(" did not run: ")[2] or cause
    return told.partition("; depends on ")[0]
