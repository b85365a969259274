"""Claims that one function leads to another: rows of a From/To table, and arrows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.alternatives import same_function
from tracer.verify.arrows import NO_PATH, Arrow, Hop, arrows_of, hop_of, plain_text
from tracer.verify.call_places import CallPlaces, Judged, JudgedPair
from tracer.verify.citations import Citation
from tracer.verify.cited import JOINS, judge_citation
from tracer.verify.direct import is_binding_to
from tracer.verify.hops import HopJudge, Judgement
from tracer.verify.marks import Mark
from tracer.verify.names import candidates, one_function
from tracer.verify.places import definitions_in
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections
from tracer.verify.syntax import Definition

_COLUMNS = (("from", "to"), ("caller", "callee"))
_TIMES = re.compile(r"[\s*_]*(?:\([\s]*[×x]\s?[\dN]+\s*\))?[\s*_]*")


def flow_columns(columns: Sequence[str]) -> tuple[int, int] | None:
    """Where callers and callees stand in a table, if its header says so."""
    names = [column.strip().lower() for column in columns]
    for source, target in _COLUMNS:
        if source in names and target in names:
            return names.index(source), names.index(target)
    return None


class FlowJudge:
    """Judges claimed calls."""

    def __init__(self, reading: Reading, hops: HopJudge) -> None:
        self._reading = reading
        self._hops = hops
        self._places = CallPlaces(reading, hops)
        self._judged: list[JudgedPair] = []  # of the unit at hand

    def enter(self) -> None:
        """Begin a unit."""
        self._judged = []

    @property
    def pairs(self) -> Sequence[JudgedPair]:
        """The calls of the unit that name two functions, in order."""
        return tuple(self._judged)

    def at_calls(self, claims: Sequence[Claim], marks: Sequence[Mark], at: int) -> Sequence[Claim]:
        """Claims of a place directly behind a call of the unit: the call must stand there.

        `a` calls `b` at the place, `a` → `b` (the place): behind either end.
        """
        citation = marks[at].citation
        if at < 2 or citation is None or not citation.path:
            return claims
        if not JOINS.fullmatch(marks[at - 1].text):
            return claims
        said = marks[at - 2].text
        found: list[list[Claim]] = []
        for pair in self._judged:
            source, _, judgement = pair.judged
            is_here = said in (pair.left.text, pair.right.text) and judgement.lines
            if is_here and self._reading.find_paths(citation.path) == (source.path,):
                found.append(
                    [
                        self._places.at_call(claim, lines, pair.right, pair.judged)
                        for claim, lines in zip(claims, citation.lines, strict=False)
                    ]
                )
        # `a` (the place) calls `b` and `c`: it may be that of either call.
        right = [each for each in found if not any(claim.verdict.is_bad for claim in each)]
        return next(iter(right or found), claims)

    def row(
        self,
        source: Sequence[Mark],
        target: Sequence[Mark],
        others: Sequence[Sequence[Mark]],
        sections: Sections,
    ) -> list[Claim]:
        """One row of a From/To table: the call, and every place that the row names."""
        every = [mark for cell in (source, target, *others) for mark in cell]
        for mark in every:  # the files first: they decide which `load_model` is meant
            if mark.citation is not None and mark.citation.path:
                sections.resolve(mark.citation)
        caller, callee = _only_hop(source), _only_hop(target)
        line = every[0].line if every else 0
        claims: list[Claim] = []
        judged: Judged | None = None
        if caller is None or callee is None:
            text = f"{plain_text(source)} → {plain_text(target)}"
            why = "From and To are not each one code span that names a function"
            claims.append(Claim(ClaimKind.EDGE, text, line, ClaimVerdict.NOT_JUDGED, None, why))
        else:
            claim, judged = self.pair(ClaimKind.EDGE, caller, callee, sections.named())
            places = [m.citation for cell in others for m in cell if m.citation is not None]
            claims.append(self._by_place(claim, judged, places))
        beside = [mark for mark in every if mark.is_code and mark.citation is None]
        for cell in others:
            for at, mark in enumerate(cell):
                if mark.citation is not None:
                    claims += self._row_anchor(cell, at, beside, callee, judged, sections)
        for cell in (source, target):
            for at, mark in enumerate(cell):
                if mark.citation is not None:
                    claims += judge_citation(self._reading, sections, cell, at, beside)
        return claims

    def chains(self, marks: Sequence[Mark], files: Sequence[str]) -> list[Claim]:
        """Arrows of one unit, one claim for each arrow between two code spans."""
        found: list[tuple[Arrow, Claim, Judgement | None]] = []
        for left, right, between, denial in arrows_of(marks):
            named = [hop.citation.path for hop in (left, right) if hop.citation]
            near = [path for text in named if text for path in self._reading.find_paths(text)]
            claim, judged = self.pair(ClaimKind.CHAIN, left, right, [*near, *files])
            arrow = left, right, between, denial
            found.append((arrow, claim, judged[2] if judged else None))
        plain = [(c, j) for (_, _, between, denial), c, j in found if not between and not denial]
        is_of_calls = any(c.verdict.holds for c, _ in plain)
        order = _common_order([judgement for _, judgement in plain])
        claims: list[Claim] = []
        for (left, right, between, denial), claim, judgement in found:
            if denial:
                claims.append(_denied(claim, denial))
            elif not between:
                claims.append(_in_order(claim, order) if order else claim)
            elif judgement is not None and is_of_calls and judgement.siblings:
                text = f"{left.text} → {between} → {right.text}"
                claims.append(replace(claim, text=text))  # the chain's other hops are calls
            elif judgement is not None:
                claims.append(_around_prose(claim, left, right, between))
        return claims

    def pair(
        self, kind: ClaimKind, left: Hop, right: Hop, files: Sequence[str]
    ) -> tuple[Claim, Judged | None]:
        """The claim that one function leads to another, and what it was judged by."""
        text = f"{left.text} → {right.text}"
        source, why = self._function(left, files)
        source = source or self._of_variable(left)
        if source is None:
            return self._no_function(kind, text, left, why), None
        target, why = self._target(source, right, files, is_strict=kind is not ClaimKind.CHAIN)
        if target is None:
            return self._no_function(kind, text, right, why), None
        judgement = self._hops.judge(source, target)
        self._judged.append(JudgedPair(kind, left, right, (source, target, judgement)))
        claim = Claim(kind, text, left.line, judgement.verdict, judgement.ground, judgement.detail)
        return claim, (source, target, judgement)

    def _no_function(self, kind: ClaimKind, text: str, hop: Hop, why: str) -> Claim:
        """A hop that names no function of the tree: a name that is nowhere is missing."""
        is_call = hop.has_arguments or kind is not ClaimKind.CHAIN
        name = hop.dotted.rpartition(".")[2]
        if is_call and name and not hop.citation and not self._reading.is_word(name):
            owner = hop.dotted.partition(".")[0]
            if owner == name or self._reading.is_word(owner):
                detail = f"no `{name}` anywhere in the tree"
                return Claim(kind, text, hop.line, ClaimVerdict.MISSING, Ground.TEXT, detail)
        return Claim(kind, text, hop.line, ClaimVerdict.NOT_JUDGED, None, why)

    def _function(self, hop: Hop, files: Sequence[str]) -> tuple[Definition | None, str]:
        if not hop.dotted:
            return None, f"`{hop.text}` names no function"
        if hop.citation is not None and hop.citation.path:
            files = self._reading.find_paths(hop.citation.path)
            if len(files) == 1 and (file := self._reading.file(files[0])) is not None:
                found = [d for d in definitions_in(file, hop.dotted) if d.is_function]
                if "::" in hop.text:  # an id: methods of that name are not meant
                    found = [d for d in found if d.qualname == hop.dotted] or found
                if found and (same := same_function(found)) is not None:
                    return same, ""
                return None, f"`{hop.text}` is not one function of {file.path}"
        return one_function(hop.dotted, self._reading, files)

    def _target(
        self, source: Definition, hop: Hop, files: Sequence[str], *, is_strict: bool
    ) -> tuple[Definition | str | None, str]:
        """What the right side means, seen from the left: its imports come first."""
        if not hop.dotted:
            return None, f"`{hop.text}` names no function"
        file = self._reading.file(source.path)
        if file is not None and hop.citation is None:
            bound = self._reading.bound(hop.dotted, file, source.scope)
            functions = [t for t in bound if isinstance(t, Definition) and t.is_function]
            if len(bound) == 1 and functions:
                return functions[0], ""
        target, why = self._function(hop, files)
        if target is not None:
            return target, ""
        called = [
            definition
            for definition in candidates(hop.dotted, self._reading)
            if definition.is_function and self._hops.direct(source, definition)
        ]
        if len(called) == 1:
            return called[0], ""  # one of several is called: that is the one meant
        is_known = bool(candidates(hop.dotted, self._reading))
        if not called and not is_known and (method := self._method(hop, source, files)) is not None:
            return method, ""
        if not called and hop.is_external_form and not is_known:
            is_there = bool(self._hops.direct(source, hop.dotted))
            if is_there or (is_strict and "." in hop.dotted):
                return hop.dotted, ""
        return None, why

    def _method(self, hop: Hop, source: Definition, files: Sequence[str]) -> Definition | None:
        """`detector.get_coords()` with a variable in front: the one method of that name.

        Not where the name in front is bound by imports, nor where the caller calls something so
        written that the graph does not know to be this method: it may be one from outside.
        """
        receiver, _, name = hop.dotted.rpartition(".")
        file = self._reading.file(source.path)
        if not receiver or file is None:
            return None
        if self._reading.bound(hop.dotted, file, source.scope):
            return None
        found = candidates(name, self._reading, files)
        is_one = len(found) == 1 and found[0].owner_class is not None and found[0].is_function
        if not is_one or receiver.rpartition(".")[2][:1].isupper():
            return None
        if self._hops.direct(source, hop.dotted) and not self._hops.is_edge(source, found[0]):
            return None
        return found[0]

    def _by_place(self, claim: Claim, judged: Judged | None, places: Sequence[Citation]) -> Claim:
        """No call is known, and the place that the row names holds one by another function."""
        if judged is None or claim.verdict.holds or claim.verdict.is_bad:
            return claim
        _, target, _ = judged
        if not isinstance(target, Definition):
            return claim
        for citation in places:
            paths = self._reading.find_paths(citation.path) if citation.path else ()
            file = self._reading.file(paths[0]) if len(paths) == 1 else None
            for call in file.calls if file else ():
                is_here = any(call.touches(*lines) for lines in citation.lines)
                if file is None or call.name != target.name or not is_here:
                    continue
                owner = file.scopes[call.scope].definition
                if is_binding_to(self._reading.callees(call, file.path), target):
                    detail = f"the call at {file.path}:{call.line} is in {owner.qualname}"
                    return replace(
                        claim, verdict=ClaimVerdict.REFUTED, ground=Ground.SYNTAX, detail=detail
                    )
        return claim

    def _of_variable(self, hop: Hop) -> Definition | None:
        """`cart.add()` for `Cart.add`: a variable named as its class, where there is one such."""
        receiver, _, name = hop.dotted.rpartition(".")
        wanted = receiver.rpartition(".")[2].replace("_", "").lower()
        found = [
            definition
            for definition in candidates(name, self._reading)
            if wanted and definition.owner_class is not None and definition.is_function
            if definition.qualname.split(".")[-2].lower() == wanted
        ]
        return found[0] if len(found) == 1 else None

    def _row_anchor(
        self,
        marks: Sequence[Mark],
        at: int,
        beside: Sequence[Mark],
        callee: Hop | None,
        judged: Judged | None,
        sections: Sections,
    ) -> list[Claim]:
        """A place in a row whose call is known: the call or the callee must stand there."""
        plain = judge_citation(self._reading, sections, marks, at, beside)
        citation = marks[at].citation
        if callee is None or judged is None or citation is None or not citation.path:
            return plain
        source, target, judgement = judged
        files = self._reading.find_paths(citation.path)
        if len(files) != 1:
            return plain
        if files[0] != source.path:
            return [
                self._places.at_callee(claim, lines, files[0], target)
                for claim, lines in zip(plain, citation.lines, strict=False)
            ]
        if not judgement.lines:
            return plain
        return [
            self._places.at_call(claim, lines, callee, judged)
            for claim, lines in zip(plain, citation.lines, strict=False)
        ]


def _only_hop(cell: Sequence[Mark]) -> Hop | None:
    """The hop of a cell that holds one code span and nothing else but `(×2)`."""
    spans = [mark for mark in cell if mark.is_code]
    rest = "".join(mark.text for mark in cell if not mark.is_code)
    if len(spans) != 1 or not _TIMES.fullmatch(rest):
        return None
    hop = hop_of(spans[0])
    return hop if hop.dotted else None


def _common_order(judgements: Sequence[Judgement | None]) -> str:
    """The one function that calls all hops of a chain in their order, none calling the next.

    Such a chain tells an order and no calls. A single arrow is no chain.
    """
    if len(judgements) < 2 or any(j is None or not j.siblings for j in judgements):
        return ""
    callers = [{pair.caller for pair in j.siblings} for j in judgements if j is not None]
    common = sorted(set.intersection(*callers))
    return common[0] if common else ""


def _in_order(claim: Claim, caller: str) -> Claim:
    detail = f"an order, no call: {caller} calls one after the other"
    return replace(claim, verdict=ClaimVerdict.DERIVED, ground=Ground.SOLVER, detail=detail)


def _denied(claim: Claim, denial: str) -> Claim:
    """`no path A → B` is a claim of its own; any other denial is prose, and not judged."""
    if denial != NO_PATH:
        detail = f"the sentence denies it: {denial}"
        return replace(claim, verdict=ClaimVerdict.NOT_JUDGED, ground=None, detail=detail)
    text = f"no path {claim.text}"
    match claim.verdict:
        case ClaimVerdict.NO_PATH | ClaimVerdict.ORDER_ONLY | ClaimVerdict.REFUTED:
            return replace(claim, text=text, verdict=ClaimVerdict.DERIVED)
        case ClaimVerdict.VERIFIED | ClaimVerdict.DERIVED | ClaimVerdict.CALL_PATH:
            return replace(claim, text=text, verdict=ClaimVerdict.REFUTED)
        case _:
            return replace(claim, text=text)


def _around_prose(claim: Claim, left: Hop, right: Hop, between: str) -> Claim:
    """A hop that is no code span may stand for anything, so the chain is not judged across it."""
    text = f"{left.text} → {between} → {right.text}"
    told = (
        claim.detail
        if claim.detail.startswith(claim.verdict)
        else f"{claim.verdict}, {claim.detail}"
    )
    detail = f"`{between}` names no function; without it: {told}"
    return Claim(claim.kind, text, claim.line, ClaimVerdict.NOT_JUDGED, claim.ground, detail)
