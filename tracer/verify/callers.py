"""Claims in words that one function calls another: `a` calls `b`, `b` is called by `a`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.arrows import Hop, hop_of
from tracer.verify.direct import written_names
from tracer.verify.flows import FlowJudge
from tracer.verify.hops import HopJudge, Judgement
from tracer.verify.marks import Mark
from tracer.verify.names import is_test, one_function
from tracer.verify.reading import Reading
from tracer.verify.syntax import Definition

_ADVERB = r"(?:(?:then|directly|also|itself|in turn|first|finally|only|simply|just|always)\s+)*"
_VERB = r"(?:calls|invokes|delegates to|dispatches to|hands over to)"
_CALLS = re.compile(rf"[\s*_]*{_ADVERB}{_VERB}[\s*_]*", re.IGNORECASE)
_DENIED = re.compile(
    r"[\s*_]*(?:does not|doesn['’]t|never|no longer|cannot)\s+(?:itself\s+)?(?:directly\s+)?"
    r"(?:calls?|invokes?)[\s*_]*",
    re.IGNORECASE,
)
_BY = re.compile(
    r"[\s*_,(—–-]*(?:(?:which|that)\s+)?(?:is |are |gets |was )?(?P<only>(?:only|solely)\s+)?"
    r"(?:directly\s+)?(?:called|invoked)\s+(?P<too>(?:only|solely)\s+)?(?P<how>by|from|at)[\s*_:]*",
    re.IGNORECASE,
)
_NEVER_BY = re.compile(
    r"[\s*_]*(?:is|are|was)\s+(?:never|not)\s+(?:directly\s+)?(?:called|invoked)\s+by[\s*_]*",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"[\s*_]*,?\s*(?:in|within|inside|by|from)(?: the body of)?[\s*_]+", re.I)
_CALL_OF = re.compile(r"\bcalls?\s+(?:of|to)[\s*_]*$", re.IGNORECASE)
_STANDS = re.compile(
    r"[\s*_]*(?:is|stands|sits)?\s*(?:at|on|:)[\s*_]*|[\s*_]*\([\s*_]*", re.IGNORECASE
)
_OPENS = re.compile(r"[\s*_]*\([\s*_]*")
_CLOSES = re.compile(r"[\s*_]*\)")
_CALLER_OF = re.compile(r"(?:(?P<only>only|sole|single)\s+)?callers? of[\s*_]*$", re.IGNORECASE)
_IS = re.compile(r"[\s*_]*(?:is|are|:|=|—)[\s*_:]*", re.IGNORECASE)
_DIRECTLY = re.compile(r"\b(?:directly|itself)\b", re.IGNORECASE)
_DIRECTLY_BEHIND = re.compile(r"[\s*_]*(?:directly|itself)\b", re.IGNORECASE)
_AND = re.compile(r"[\s*_]*(?:,|and|&|,\s*and)[\s*_]*", re.IGNORECASE)
_DENIAL = re.compile(r"\b(?:no|not|never|nothing|without|cannot|if|unless)\b|n['’]t\b", re.I)
_COLUMN = re.compile(r"(?:called (?:by|from)|callers?|call sites?)", re.IGNORECASE)
_CALLEES = re.compile(r"(?:function|method|callee|callable)s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    callers: tuple[Mark, ...]
    callee: Mark
    is_only: bool = False  # these are said to be all
    is_denied: bool = False
    is_direct: bool = False  # nothing is said to stand between
    before: str = ""  # the text before the first of them


class CallerJudge:
    """Judges who is said to call whom."""

    def __init__(self, reading: Reading, hops: HopJudge, flows: FlowJudge) -> None:
        self._reading = reading
        self._hops = hops
        self._flows = flows

    def sentences(self, marks: Sequence[Mark], files: Sequence[str]) -> list[Claim]:
        """Claims of one unit, one for each caller."""
        return [claim for said in _sayings(marks) for claim in self._judge(said, files)]

    def row(
        self, columns: Sequence[str], cells: Sequence[Sequence[Mark]], files: Sequence[str]
    ) -> list[Claim]:
        """A row of a table with a column of callers beside one of functions."""
        names = [column.strip() for column in columns]
        by = next((n for n, name in enumerate(names) if _COLUMN.fullmatch(name)), None)
        of = next((n for n, name in enumerate(names) if _CALLEES.fullmatch(name)), None)
        if by is None or of is None:
            return []
        callees = [mark for mark in cells[of] if mark.is_code]
        callers = tuple(mark for mark in cells[by] if mark.is_code or mark.citation)
        if len(callees) != 1 or not callers:
            return []
        return self._judge(_Said(callers, callees[0]), files)

    def _judge(self, said: _Said, files: Sequence[str]) -> list[Claim]:
        clause = re.split(r"[.;:!?]\s", said.before)[-1]
        if _DENIAL.search(clause):
            return []
        callee = hop_of(said.callee)
        claims: list[Claim] = []
        sources: list[Definition] = []
        for mark in said.callers:
            if mark.citation is not None and mark.citation.lines and not mark.citation.symbol:
                claims += self._at_place(mark, callee, files)
                continue
            caller = hop_of(mark)
            claim, judged = self._flows.pair(ClaimKind.CALLER, caller, callee, files)
            claim = replace(claim, text=f"{caller.text} calls {callee.text}")
            if judged is not None:
                sources.append(judged[0])
            if said.is_direct and judged is not None and not self._ran_directly(*judged[:2]):
                claim = _direct(claim, judged[2])
            if said.is_denied:
                is_fixed = judged is None or not self._is_rebound(judged[1])
                claim = _denied(claim, is_fixed=is_fixed)
            claims.append(claim)
        if said.is_only and sources and all(claim.verdict.holds for claim in claims):
            claims += self._others(callee, sources, files)
        return claims

    def _ran_directly(self, source: Definition, target: Definition | str) -> bool:
        return isinstance(target, Definition) and len(self._hops.ran.way(source, target)) == 2

    def _is_rebound(self, target: Definition | str) -> bool:
        return isinstance(target, Definition) and self._reading.may_be_rebound(target)

    def _at_place(self, mark: Mark, callee: Hop, files: Sequence[str]) -> list[Claim]:
        """`f` is called from `a.py:3`: such a call must stand there."""
        citation = mark.citation
        target, _ = (
            one_function(callee.dotted, self._reading, files) if callee.dotted else (None, "")
        )
        paths = self._reading.find_paths(citation.path) if citation and citation.path else ()
        file = self._reading.file(paths[0]) if len(paths) == 1 else None
        if citation is None or target is None or file is None or not file.scopes:
            return []
        claims: list[Claim] = []
        for lines in citation.lines:
            place = f"{file.path}:{lines[0]}" + (f"-{lines[1]}" if lines[1] > lines[0] else "")
            told = f"{place} calls {callee.text}"
            names = written_names(target)
            here = [c for c in file.calls if c.name in names and c.touches(*lines)]
            if not here and target.name.startswith("__"):
                continue  # a subclass, an operator: it runs under other names
            if here:
                detail = f"`{here[0].text}` is called at line {here[0].line}"
                verdict, ground = ClaimVerdict.VERIFIED, Ground.TEXT
            else:
                at = [f"{path}:{call.line}" for path, call in self._hops.callers(target)[:3]]
                detail = (
                    f"no such call there; it is called at {', '.join(at)}"
                    if at
                    else ("no such call there")
                )
                verdict, ground = (ClaimVerdict.MOVED if at else ClaimVerdict.REFUTED), Ground.TEXT
            claims.append(Claim(ClaimKind.CALLER, told, mark.line, verdict, ground, detail))
        return claims

    def _others(
        self, callee: Hop, sources: Sequence[Definition], files: Sequence[str]
    ) -> list[Claim]:
        """Said to be the only callers: another one refutes it; tests do not count."""
        target, _ = one_function(callee.dotted, self._reading, files)
        if target is None:
            return []
        told = f"nobody else calls {callee.text}"
        others = []
        for path, call in self._hops.callers(target):
            file = self._reading.file(path)
            is_inside = file is not None and any(
                source.path == path and call in file.calls_in(source) for source in sources
            )
            if not is_inside and not is_test(path):
                others.append(f"{path}:{call.line}")
        line = callee.line
        if others and not self._reading.may_be_rebound(target):
            detail = f"it is called at {', '.join(others[:3])}, too"
            verdict, ground = ClaimVerdict.REFUTED, Ground.SYNTAX
            return [Claim(ClaimKind.CALLER, told, line, verdict, ground, detail)]
        detail = "no other call is settled by imports and definitions"
        verdict, ground = ClaimVerdict.DERIVED, Ground.SOLVER
        return [Claim(ClaimKind.CALLER, told, line, verdict, ground, detail)]


def _without_places(marks: Sequence[Mark]) -> list[Mark]:
    """The marks without places in brackets behind a span: `a` (a.py:3) calls `b`."""
    found: list[Mark] = []
    at = 0
    while at < len(marks):
        found.append(marks[at])
        rest = _behind_place(marks[at : at + 4])
        if rest is not None:
            found += [rest] if rest.text else []
            at += 3
        at += 1
    return found


def _behind_place(marks: Sequence[Mark]) -> Mark | None:
    """What follows the bracket in which the place of the first of four marks stands."""
    if len(marks) < 4 or not _is_span(marks[0]) or not _OPENS.fullmatch(marks[1].text):
        return None
    place, behind = marks[2].citation, marks[3]
    closed = _CLOSES.match(behind.text)
    if place is None or not place.lines or _is_span(behind) or closed is None:
        return None
    return replace(behind, text=behind.text[closed.end() :])


def _sayings(marks: Sequence[Mark]) -> Iterator[_Said]:
    yield from _at_places(marks)
    marks = _without_places(marks)
    for at in range(len(marks) - 2):
        first, between, second = marks[at : at + 3]
        if not _is_span(first) or _is_span(between) or not _is_span(second):
            continue
        before = marks[at - 1].text if at else ""
        if _CALLS.fullmatch(between.text) or _DENIED.fullmatch(between.text):
            is_denied = _CALLS.fullmatch(between.text) is None
            is_direct = not is_denied and _is_direct(marks, at)
            for callee in _listed(marks, at + 2):
                if callee.is_code:
                    yield _Said((first,), callee, False, is_denied, is_direct, before)
        elif _NEVER_BY.fullmatch(between.text):
            yield _Said(_listed(marks, at + 2), first, is_denied=True, before=before)
        elif (by := _BY.fullmatch(between.text)) is not None:
            if by["how"].lower() == "at" and not (second.citation and second.citation.lines):
                continue
            is_only = bool(by["only"] or by["too"])
            is_direct = _is_direct(marks, at)
            yield _Said(_listed(marks, at + 2), first, is_only, is_direct=is_direct, before=before)
            within = _WITHIN.fullmatch(marks[at + 3].text) if at + 4 < len(marks) else None
            if by["how"].lower() == "at" and within and marks[at + 4].is_code:
                yield _Said((marks[at + 4],), first, before=before)
        elif (of := _CALLER_OF.search(before)) and _IS.fullmatch(between.text):
            yield _Said(
                _listed(marks, at + 2), first, bool(of["only"]), before=before[: of.start()]
            )


def _is_direct(marks: Sequence[Mark], at: int) -> bool:
    """Whether the words between two spans, or those behind, say that nothing stands between."""
    behind = marks[at + 3].text if at + 3 < len(marks) and not _is_span(marks[at + 3]) else ""
    return bool(_DIRECTLY.search(marks[at + 1].text) or _DIRECTLY_BEHIND.match(behind))


def _direct(claim: Claim, judgement: Judgement) -> Claim:
    """A way of several calls is no direct call; that nothing calls it unseen is not known."""
    if not claim.verdict.holds or judgement.lines:
        return claim
    detail = f"no direct call was found; {claim.detail}"
    return replace(claim, verdict=ClaimVerdict.NOT_FOUND, ground=Ground.SOLVER, detail=detail)


def _at_places(marks: Sequence[Mark]) -> Iterator[_Said]:
    """`The call of `b` stands at a.py:3`."""
    for before, callee, between, place in zip(marks, marks[1:], marks[2:], marks[3:], strict=False):
        is_place = place.citation is not None and bool(place.citation.lines)
        if not callee.is_code or callee.citation or not is_place or _is_span(before):
            continue
        if (of := _CALL_OF.search(before.text)) and _STANDS.fullmatch(between.text):
            yield _Said((place,), callee, before=before.text[: of.start()])


def _listed(marks: Sequence[Mark], at: int) -> tuple[Mark, ...]:
    """The code span there, and those that follow it in a list."""
    found = [marks[at]]
    while at + 2 < len(marks) and _AND.fullmatch(marks[at + 1].text) and _is_span(marks[at + 2]):
        # `a` calls `b` and `c` calls `d`: `c` begins another sentence.
        if at + 3 < len(marks) and (_CALLS.match(marks[at + 3].text)):
            break
        found.append(marks[at + 2])
        at += 2
    return tuple(found)


def _is_span(mark: Mark) -> bool:
    return mark.is_code or mark.citation is not None


def _denied(claim: Claim, *, is_fixed: bool) -> Claim:
    """`a` does not call `b`: the opposite, as far as it is settled.

    Where some code binds the name of `b` anew, what is written as its call may run something else.
    """
    text = claim.text.replace(" calls ", " does not call ", 1)
    match claim.verdict:
        case ClaimVerdict.VERIFIED if claim.ground is Ground.RUN or (
            is_fixed and claim.ground is Ground.SYNTAX
        ):
            return replace(claim, text=text, verdict=ClaimVerdict.REFUTED)
        case ClaimVerdict.NO_PATH | ClaimVerdict.ORDER_ONLY | ClaimVerdict.REFUTED:
            return replace(claim, text=text, verdict=ClaimVerdict.DERIVED)
        case _:
            return replace(claim, text=text, verdict=ClaimVerdict.NOT_JUDGED, ground=None)
