"""Places that are cited for a call: the call must stand there, as it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.arrows import Hop
from tracer.verify.citations import Lines
from tracer.verify.direct import DirectCall, best
from tracer.verify.hops import HopJudge, Judgement
from tracer.verify.places import is_written
from tracer.verify.reading import Reading
from tracer.verify.syntax import Definition

Judged = tuple[Definition, Definition | str, Judgement]


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two ends as written, and what they were found to be."""

    kind: ClaimKind
    left: Hop
    right: Hop
    judged: Judged


class CallPlaces:
    """Judges the places of calls that were judged already."""

    def __init__(self, reading: Reading, hops: HopJudge) -> None:
        self._reading = reading
        self._hops = hops

    def at_callee(self, claim: Claim, lines: Lines, path: str, target: Definition | str) -> Claim:
        """A place outside the caller's file, in the callee's: it must be the callee's."""
        if not isinstance(target, Definition) or target.path != path or claim.verdict.is_bad:
            return claim
        is_there = target.first_line <= lines[1] and lines[0] <= target.end_line
        file = self._reading.file(path)
        is_called = file is not None and any(
            call.name == target.name and call.touches(*lines) for call in file.calls
        )
        if is_there or is_called:
            return claim
        place = f"{path}:{target.def_line}-{target.end_line}"
        detail = f"{target.qualname} is defined at {place}"
        return Claim(claim.kind, claim.text, claim.line, ClaimVerdict.MOVED, Ground.SYNTAX, detail)

    def at_call(
        self,
        claim: Claim,
        lines: Lines,
        hop: Hop,
        judged: Judged,
    ) -> Claim:
        """The claim of a place at which one is said to call the other, as `hop` writes it."""
        source, target, judgement = judged
        file = self._reading.file(source.path)
        direct = self._hops.direct(source, target)
        here = [
            item
            for item in direct
            if item.call.touches(*lines)
            or (file and file.comment_start(item.call.statement[0]) <= lines[0] <= item.call.line)
        ]
        written = self._with_arguments(hop, source, direct) if isinstance(target, str) else []
        if here and written and not any(item in here for item in written):
            places = ", ".join(f"{source.path}:{item.call.line}" for item in written)
            detail = f"`{hop.text}` is written at {places}; here it has other arguments"
            moved = ClaimVerdict.MOVED
            return Claim(claim.kind, claim.text, claim.line, moved, Ground.TEXT, detail)
        if here:
            # A reader sent to a line of several calls means the one that is written there.
            exact = [
                item
                for item in here
                if item.call.line <= lines[1] and lines[0] <= item.call.end_line
            ]
            found = best(exact or here)
            assert found is not None
            detail = f"`{found.call.text}` is called at line {found.call.line}"
            verdict = ClaimVerdict.VERIFIED
            return Claim(claim.kind, claim.text, claim.line, verdict, found.ground, detail)
        is_definition = isinstance(target, Definition) and (
            target.path == source.path and target.covers(*lines)
        )
        if any(lines[0] <= line <= lines[1] for line in judgement.lines):
            return claim  # the solver has a call there, under another name
        is_at_head = source.first_line <= lines[0] <= source.def_line
        if claim.verdict is ClaimVerdict.VERIFIED and (is_definition or is_at_head):
            return claim
        called = ", ".join(f"{source.path}:{line}" for line in judgement.lines[:4])
        detail = f"{source.qualname} calls it at {called}"
        return Claim(
            claim.kind, claim.text, claim.line, ClaimVerdict.MOVED, judgement.ground, detail
        )

    def _with_arguments(
        self, hop: Hop, source: Definition, direct: Sequence[DirectCall]
    ) -> list[DirectCall]:
        """The calls that are written with the arguments of the hop, where it has some.

        Of what the tree defines a writer may give the parameters: then no call needs to look so.
        """
        if not hop.has_arguments:
            return []
        spans = [(item, (item.call.line, item.call.end_line)) for item in direct]
        return [item for item, at in spans if is_written(self._reading, source.path, at, hop.text)]
