"""The verdict on one edge of a bundle: a call at a line, and what it is said to call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from tracer.model.evidence import EdgeVerdict, ReconciledEdge, SeenBy
from tracer.model.graph import SiteKind, Tier
from tracer.model.recording import Recording
from tracer.model.source import (
    Callee,
    Function,
    FunctionId,
    FunctionKind,
    is_function,
    path_of,
    qualname_of,
)
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.bundle_words import BundleWords
from tracer.verify.direct import STRENGTH, is_binding_to, may_be_written
from tracer.verify.executed import ExecutedLines
from tracer.verify.places import quote
from tracer.verify.reading import Reading, Targets
from tracer.verify.recorded import Recorded
from tracer.verify.syntax import CallExpression, Definition, FileReading

_SEEN = (EdgeVerdict.CONFIRMED, EdgeVerdict.STAND_INS)
_WRITTEN_KINDS = frozenset(
    {SiteKind.CALL, SiteKind.DECORATOR, SiteKind.IMPORT, SiteKind.CLASS_BODY}
)


class _ClaimMaker(Protocol):
    def __call__(self, verdict: ClaimVerdict, ground: Ground | None, detail: str = "") -> Claim: ...


class EdgeChecker:
    """Checks edges against one tree and a bundle's recordings."""

    def __init__(
        self,
        reading: Reading,
        recordings: Sequence[Recording],
        functions: Mapping[FunctionId, Function],
    ) -> None:
        self.recorded = Recorded(recordings)
        self.words = BundleWords(reading, recordings)
        self._executed = ExecutedLines(recordings)
        self._under_stand_ins = Recorded(recordings, under_stand_ins=True)
        self._reading = reading
        self._functions = functions
        self._hops: dict[tuple[FunctionId, Callee, int], Claim] = {}

    def check(self, edge: ReconciledEdge) -> Claim:
        """The verdict on an edge; the weakest that all of it deserves."""
        claim = self._check(edge)
        # Several sites on one line: a hop is as good as the best of them.
        key = edge.caller, edge.callee, edge.line
        if key not in self._hops or self._hops[key].verdict.is_bad:
            self._hops[key] = claim
        if not claim.verdict.is_bad and (why := self._against(edge)):
            # The call is there all the same: a chain that goes through it holds.
            return replace(claim, verdict=ClaimVerdict.REFUTED, ground=Ground.RUN, detail=why)
        return claim

    def _against(self, edge: ReconciledEdge) -> str:
        """What the recordings hold against the words for what they showed of an edge."""
        caller = self._definition(edge.caller)
        callee = self._definition(edge.callee) if is_function(edge.callee) else edge.callee
        if caller is None or callee is None or self._moved_since(edge):
            return ""
        return self.words.of_edge(edge, caller, callee)

    def hop(self, caller: FunctionId, callee: Callee, line: int) -> Claim:
        """The verdict on a step of a chain: that of its edge, if the bundle has it."""
        known = self._hops.get((caller, callee, line))
        if known is not None:
            return known
        claims = [
            self._check(
                ReconciledEdge(
                    caller, callee, line, None, "", kind, EdgeVerdict.NOT_RUN, is_exact=True
                )
            )
            for kind in SiteKind
            if kind in _WRITTEN_KINDS
        ]
        good = [claim for claim in claims if not claim.verdict.is_bad]
        if good:
            return min(good, key=lambda claim: STRENGTH[claim.ground or Ground.SOLVER])
        return self._implied(caller, callee, line, claims[0])

    def _implied(self, caller: FunctionId, callee: Callee, line: int, worst: Claim) -> Claim:
        """A step without a written call: a state write, a property. Its name must be there."""
        file = self._reading.file(path_of(caller))
        definition = self._definition(caller)
        names = re.findall(r"[A-Za-z_]\w*", callee.rpartition("::")[2])
        if file is None or definition is None or not definition.covers(line, line) or not names:
            return worst
        first, last = file.whole_statements(line, line)
        if names[-1].startswith("__") and any(map(str.strip, file.lines[first - 1 : last])):
            detail = "an operator: no call is written"
            return replace(worst, verdict=ClaimVerdict.DERIVED, ground=Ground.SOLVER, detail=detail)
        if re.search(rf"\b{re.escape(names[-1])}\b", "\n".join(file.lines[first - 1 : last])):
            return replace(worst, verdict=ClaimVerdict.VERIFIED, ground=Ground.TEXT, detail="")
        return worst

    def _check(self, edge: ReconciledEdge) -> Claim:
        told = (
            f"{_short(edge.caller)} → {_short(edge.callee)} at {path_of(edge.caller)}:{edge.line}"
        )

        def claim(verdict: ClaimVerdict, ground: Ground | None, detail: str = "") -> Claim:
            return Claim(ClaimKind.EDGE, told, 0, verdict, ground, detail)

        ends = [edge.caller, *([edge.callee] if is_function(edge.callee) else [])]
        if not edge.was_read and any("<" in path_of(end) for end in ends):
            return self._elsewhere(edge, claim)
        file = self._reading.file(path_of(edge.caller))
        if file is None:
            return claim(ClaimVerdict.MISSING, Ground.TEXT, f"no file {path_of(edge.caller)}")
        if file.problem:
            return claim(ClaimVerdict.UNVERIFIABLE, None, f"{file.path}: {file.problem}")
        caller = self._definition(edge.caller)
        if caller is None:
            return claim(ClaimVerdict.REFUTED, Ground.SYNTAX, f"no {edge.caller}")
        callee: Definition | str = edge.callee
        if is_function(edge.callee):
            defined = self._definition(edge.callee)
            if defined is None:
                problem = getattr(self._reading.file(path_of(edge.callee)), "problem", "")
                if problem:
                    return claim(ClaimVerdict.UNVERIFIABLE, None, f"{edge.callee}: {problem}")
                return claim(ClaimVerdict.REFUTED, Ground.SYNTAX, f"no {edge.callee}")
            callee = defined
        if not edge.line and not edge.was_read:  # nobody looked from which line it was called
            return self._of_site(edge, file, caller, callee, claim)
        if edge.line < 1 or edge.line > len(file.lines):
            length = f"{file.path} has {len(file.lines)} lines"
            return claim(ClaimVerdict.REFUTED, Ground.TEXT, length)
        if not caller.covers(edge.line, edge.line):
            where = f"{caller.qualname} stands at {caller.first_line}-{caller.end_line}"
            return claim(ClaimVerdict.REFUTED, Ground.TEXT, where)
        return self._of_site(edge, file, caller, callee, claim)

    def _elsewhere(self, edge: ReconciledEdge, claim: _ClaimMaker) -> Claim:
        """A caller or callee that no file of the tree defines: the recording alone knows it."""
        assert is_function(edge.callee)
        recorded = self._recorded_for(edge)
        caller, callee = (self._definition(each) or each for each in (edge.caller, edge.callee))
        if recorded.saw_frames(caller, callee, edge.line):
            return self._by_run(edge, claim)
        if self.recorded.is_empty:
            return claim(ClaimVerdict.UNVERIFIABLE, None, "the recording is not at hand")
        return claim(ClaimVerdict.REFUTED, Ground.RUN, "the recording does not hold this call")

    def _of_site(
        self,
        edge: ReconciledEdge,
        file: FileReading,
        caller: Definition,
        callee: Definition | str,
        claim: _ClaimMaker,
    ) -> Claim:
        seen = self._is_seen(edge, caller, callee)
        if not edge.was_read:
            if seen:
                return self._by_run(edge, claim)
            if self.recorded.is_empty:
                return claim(ClaimVerdict.UNVERIFIABLE, None, "the recording is not at hand")
            if moved := self._moved_since(edge):
                return claim(ClaimVerdict.UNVERIFIABLE, None, f"since the run {moved}")
            return claim(ClaimVerdict.REFUTED, Ground.RUN, "the recording does not hold this call")
        is_claimed = edge.verdict in _SEEN and edge.seen_by is SeenBy.CALL
        is_asked = is_claimed and not self.recorded.is_empty and not self._moved_since(edge)
        if is_asked and not seen and not self._may_be_seen(edge, caller, callee):
            return claim(ClaimVerdict.REFUTED, Ground.RUN, "the recording does not hold this call")
        is_executed = edge.verdict is EdgeVerdict.EXECUTED and not self._executed.is_empty
        if is_executed and not self._has_executed(edge, caller, callee):
            detail = "the coverage data do not hold these lines"
            return claim(ClaimVerdict.REFUTED, Ground.EXECUTED, detail)
        at_line = [call for call in file.calls if _is_at(call, edge)]
        sites = [call for call in at_line if call.scope == caller.scope]
        if edge.kind in _WRITTEN_KINDS and at_line and not sites:
            owner = file.scopes[at_line[0].scope].definition
            return claim(ClaimVerdict.REFUTED, Ground.SYNTAX, f"the call is in {owner.qualname}")
        if edge.kind in _WRITTEN_KINDS and not sites:
            reads = f"line {edge.line} reads: {quote(file.lines, (edge.line, edge.line))}"
            if (line := _only_line(edge, file, caller)) is not None:
                return claim(ClaimVerdict.MOVED, Ground.TEXT, f"written at line {line}; {reads}")
            return claim(ClaimVerdict.REFUTED, Ground.TEXT, f"no such call; {reads}")
        if seen and edge.verdict is not EdgeVerdict.STAND_INS:
            return claim(ClaimVerdict.VERIFIED, Ground.RUN)
        if edge.kind not in _WRITTEN_KINDS:
            detail = f"{edge.kind}: no call is written"
            found = claim(ClaimVerdict.DERIVED, Ground.SOLVER, detail)
        else:
            found = self._written(edge, sites, file, callee, claim)
        if is_executed and found.verdict is ClaimVerdict.DERIVED:
            return replace(found, ground=Ground.EXECUTED)
        return found

    def _written(
        self,
        edge: ReconciledEdge,
        sites: Sequence[CallExpression],
        file: FileReading,
        callee: Definition | str,
        claim: _ClaimMaker,
    ) -> Claim:
        """What the syntax alone says of the sites that the edge may mean."""
        bound = [self._bound(site, file, edge) for site in sites]
        if any(_is_bound_to(targets, callee, edge.kind) for targets in bound):
            return claim(ClaimVerdict.VERIFIED, Ground.SYNTAX)
        settled = [
            other
            for site, targets in zip(sites, bound, strict=True)
            if (other := self._settled(targets, callee, site))
        ]
        is_certain = edge.tier is Tier.DEFINITE or edge.is_exact
        if is_certain and settled and len(settled) == len(sites) and edge.kind is SiteKind.CALL:
            names = ", ".join(dict.fromkeys(settled))
            detail = f"imports and definitions bind the name to {names}"
            return claim(ClaimVerdict.REFUTED, Ground.SYNTAX, detail)
        name = callee.name if isinstance(callee, Definition) else callee.rpartition(".")[2]
        unsettled = [
            site
            for site, targets in zip(sites, bound, strict=True)
            if site.name == name and not targets and _says(site.text, callee)
        ]
        if unsettled:
            return claim(ClaimVerdict.VERIFIED, Ground.TEXT)
        return claim(ClaimVerdict.DERIVED, Ground.SOLVER, f"written `{edge.text}`")

    def _bound(self, site: CallExpression, file: FileReading, edge: ReconciledEdge) -> Targets:
        if site.kind is SiteKind.IMPORT:
            return self._reading.imported(site, file)
        if site.kind is SiteKind.CLASS_BODY:
            return frozenset(d for d in file.definitions if d.def_line == site.line)
        return self._reading.callees(site, file.path)

    def _settled(
        self, targets: Targets, callee: Definition | str, site: CallExpression
    ) -> str | None:
        """The one plain function that a name is bound to, beyond doubt; None where there is doubt.

        There is where some code binds the name anew, to what is said to be called here; and where
        `self` may be of a subclass, or `super()` lead elsewhere in one with several bases.
        """
        if len(targets) != 1:
            return None
        (target,) = targets
        if not isinstance(target, Definition) or not target.is_function or target.is_wrapped:
            return None
        if isinstance(callee, Definition) and callee.kind is FunctionKind.METHOD:
            is_by_super = site.text.startswith("super()") and callee.name == target.name
            if is_by_super or self._reading.may_override(callee, target, site):
                return None
        return None if self._reading.may_be_rebound(target, callee) else target.id

    def _recorded_for(self, edge: ReconciledEdge) -> Recorded:
        """The runs that a verdict of `seen` speaks of."""
        return self._under_stand_ins if edge.verdict is EdgeVerdict.STAND_INS else self.recorded

    def _by_run(self, edge: ReconciledEdge, claim: _ClaimMaker) -> Claim:
        """What a run alone tells; one under stand-ins tells nothing of the program itself."""
        if edge.verdict is EdgeVerdict.STAND_INS:
            return claim(ClaimVerdict.UNVERIFIABLE, None, "seen only in a run under stand-ins")
        return claim(ClaimVerdict.VERIFIED, Ground.RUN)

    def _is_seen(self, edge: ReconciledEdge, caller: Definition, callee: Definition | str) -> bool:
        recorded = self._recorded_for(edge)
        if isinstance(callee, str):
            last = edge.span.end_line if edge.span else edge.line
            return recorded.saw_external(caller, callee, edge.line, last, edge.span)
        first, last = edge.line, edge.line
        if edge.span is not None:
            first, last = min(first, edge.span.line), max(last, edge.span.end_line)
        lines = recorded.lines(caller, callee)
        if lines == (0,):  # from a line that nobody looked at: from whichever may call it
            return not edge.line or self._is_written(caller, callee.name, first, last)
        return any(first <= line <= last for line in lines) or recorded.saw_outside(
            caller, callee, first, last
        )

    def _is_written(self, caller: Definition, name: str, first: int, last: int) -> bool:
        file = self._reading.file(caller.path)
        calls = file.calls_in(caller) if file is not None else ()
        return any(call.name == name and call.touches(first, last) for call in calls)

    def _may_be_seen(
        self, edge: ReconciledEdge, caller: Definition, callee: Definition | str
    ) -> bool:
        """Whether a recording without columns may hold the call under another module's name."""
        last = edge.span.end_line if edge.span else edge.line
        recorded = self._recorded_for(edge)
        return isinstance(callee, str) and recorded.may_have_seen(caller, callee, edge.line, last)

    def _moved_since(self, edge: ReconciledEdge) -> str:
        """Which function of the edge stands elsewhere than in the tree that the runs saw: frames
        are known by their lines, and say nothing of it then. An empty text: none."""
        for end in (edge.caller, edge.callee):
            known = self._functions.get(end) if is_function(end) else None
            found = self._definition(known.id) if known is not None else None
            if known is not None and found is not None and found.def_line != known.def_line:
                return f"{found.qualname} has moved from {known.def_line} to {found.def_line}"
        return ""

    def _has_executed(
        self, edge: ReconciledEdge, caller: Definition, callee: Definition | str
    ) -> bool:
        last = edge.span.end_line if edge.span else edge.line
        is_run = isinstance(callee, str) or self._executed.ran(callee)
        return is_run and self._executed.ran(caller, edge.line, last)

    def _definition(self, function: FunctionId) -> Definition | None:
        known = self._functions.get(function)
        return self._reading.definition(function, known.def_line if known else None)


def _is_at(site: CallExpression, edge: ReconciledEdge) -> bool:
    """Whether a site is the one that the edge means: by its end, else by line and last name."""
    if site.kind is not edge.kind:
        return False
    if edge.span is not None and edge.kind is SiteKind.CALL:
        end = edge.span.end_line, edge.span.end_column
        return (site.end_line, site.end_column) == end and _is_text(site, edge.text)
    if site.kind is SiteKind.CLASS_BODY:
        return edge.line == site.line
    if not site.line <= edge.line <= max(site.end_line, site.statement[1]):
        return False
    return edge.kind is not SiteKind.CALL or _is_text(site, edge.text)


def _only_line(edge: ReconciledEdge, file: FileReading, caller: Definition) -> int | None:
    """Where else in the caller this very call is written, if at one line only."""
    lines = {
        call.line
        for call in file.calls
        if call.scope == caller.scope and call.kind is edge.kind and call.text == edge.text
    }
    return lines.pop() if len(lines) == 1 and edge.text else None


def _is_text(site: CallExpression, text: str) -> bool:
    """Whether the callee is written so; only last names count, the rest may be cut short."""
    if not text or not site.name:
        return True
    written = text.partition("(")[0].rpartition(".")[2].strip()
    return site.name == written or not written.isidentifier() or text.endswith(f".{site.name}")


def _is_bound_to(targets: Targets, callee: Definition | str, kind: SiteKind) -> bool:
    if isinstance(callee, str):
        return targets == frozenset({callee})
    if kind in (SiteKind.IMPORT, SiteKind.CLASS_BODY):
        return callee in targets
    return is_binding_to(targets, callee)


def _says(text: str, callee: Definition | str) -> bool:
    """Whether an unsettled call says by its text alone what it calls.

    A method called on some object does not: the receiver's class is the solver's word.
    """
    if isinstance(callee, str):
        return text == callee or "." not in text
    return callee.kind is not FunctionKind.METHOD and may_be_written(text, callee)


def _short(callee: Callee) -> str:
    return qualname_of(callee) if is_function(callee) else callee
