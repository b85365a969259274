"""Claims that an exception left a place: `KeyError` left `a.py:3`, `f` raises `KeyError`.

What runs saw and what `raise` statements say decides. Any line may raise what nobody wrote there:
that nothing is known of it refutes nothing.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.source import FunctionKind
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.changes import RaiseStatement, raises_of
from tracer.verify.citations import Lines, range_text
from tracer.verify.cited import JOINS
from tracer.verify.marks import Mark
from tracer.verify.names import candidates, one_function, parse_span
from tracer.verify.places import quote
from tracer.verify.ran import Ran, Thrown
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections
from tracer.verify.sentences import sentences_of
from tracer.verify.syntax import Definition

_ACTIVE = r"(?:raises?|raised|raising|throws?|threw|throwing)"
_LEAVES = r"(?:left|leaves|leaving|escaped|escapes|surfaced|surfaces|propagated|propagates)"
_ADVERBS = r"(?:(?:then|also|once|twice|still|only|again|finally|which|that|it)\s+)*"
# `E` left the place; `E` is raised at the place.
_TO_PLACE = re.compile(
    rf"[\s*_]*(?:\([^()]*\)\s*)?{_ADVERBS}"
    rf"(?:{_LEAVES}|(?:is|was|gets?|got|are|were|being)\s+{_ADVERBS}(?:raised|thrown|seen))\s*"
    r"(?:(?:at|in|from|by|on|out of|through|line)\s*)*[\s*_(]*",
    re.IGNORECASE,
)
# The place raises `E`; `f` raised `E`.
_TO_TYPE = re.compile(rf"[\s*_]*,?\s*{_ADVERBS}{_ACTIVE}\s+(?:an?\s+|the\s+|with\s+)*[\s*_]*", re.I)
_RAISING = re.compile(rf"\b{_ACTIVE}\s+(?:an?\s+|the\s+|with\s+)*[\s*_]*$", re.IGNORECASE)
_SEEN = re.compile(r"\b(?:left|escaped|surfaced|propagated|raised|threw|thrown|seen)\b", re.I)
_PASSIVE_PRESENT = re.compile(r"\b(?:is|are|gets?|being)\s+(?:\w+\s+)?(?:raised|thrown)\b", re.I)
# Of what does not happen, might happen, or is caught there.
_DENIED = re.compile(
    r"\b(?:no|not|never|neither|nor|without|instead|rather|catch\w*|caught|handl\w+|swallow\w*"
    r"|suppress\w*|except|unless|avoid\w*|prevent\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
_MAY = re.compile(
    r"\b(?:may|might|can|could|should|must|will|would|if|when|whenever|where)\b", re.I
)
_ENDING = ("Error", "Exception", "Warning", "Interrupt", "Exit", "Iteration")
_DEEPEST = 10  # of base classes


@dataclass(frozen=True, slots=True)
class _Told:
    """One exception that a sentence tells of."""

    name: str  # dotted as written
    line: int  # of the document
    place: tuple[str, Lines] | None  # path and lines
    function: Definition | None
    is_seen: bool  # told of a run, and no rule


class ExceptionJudge:
    """Judges what documents say of exceptions."""

    def __init__(self, reading: Reading, ran: Ran) -> None:
        self._reading = reading
        self._ran = ran

    def sentences(self, sections: Sections, marks: Sequence[Mark]) -> list[Claim]:
        """Claims of one unit, one for each exception that has a place or a function."""
        return [
            self._judge(told)
            for sentence in sentences_of(marks)
            for told in self._told(sections, sentence)
        ]

    # What is told

    def _told(self, sections: Sections, marks: Sequence[Mark]) -> list[_Told]:
        found: list[_Told] = []
        for at, mark in enumerate(marks):
            name = self._exception(mark)
            if not name:
                continue
            before = marks[at - 1].text if at and not _is_span(marks[at - 1]) else ""
            behind = marks[at + 1].text if at + 1 < len(marks) else ""
            place: tuple[str, Lines] | None = None
            verb = ""
            if _TO_PLACE.fullmatch(behind):
                place, verb = self._place(sections, marks, at + 2), behind
            elif _RAISING.search(before):
                verb = before
                if JOINS.fullmatch(behind):
                    place = self._place(sections, marks, at + 2)
                if place is None and _TO_TYPE.fullmatch(before):
                    place = self._place(sections, marks, at - 2)
            function = self._function(sections, marks, at) if verb and place is None else None
            near = before[-_NEAR:] + " " + (behind if verb == behind else "")
            if (place is None and function is None) or _DENIED.search(near):
                continue
            is_seen = _SEEN.search(verb) is not None and not _PASSIVE_PRESENT.search(verb)
            is_rule = any(_MAY.search(m.text) for m in marks if not _is_span(m))
            found.append(_Told(name, mark.line, place, function, is_seen and not is_rule))
        return found

    def _exception(self, mark: Mark) -> str:
        """The dotted name of an exception's class, as a code span writes it; else empty."""
        written = parse_span(mark.text) if mark.is_code and mark.citation is None else None
        if written is None or not written.name[:1].isupper():
            return ""
        if _builtin(written.name) is not None or written.name.endswith(_ENDING):
            return written.dotted
        classes = [
            c
            for c in candidates(written.dotted, self._reading)
            if c.kind is FunctionKind.CLASS_BODY
        ]
        is_one = any(self._is_below(c, "BaseException", 0) for c in classes)
        return written.dotted if is_one or self._ran.knows_type(written.name) else ""

    def _place(
        self, sections: Sections, marks: Sequence[Mark], at: int
    ) -> tuple[str, Lines] | None:
        place = sections.place(marks[at].citation if 0 <= at < len(marks) else None)
        file = None if place is None else self._reading.file(place[0])
        return place if file is not None and file.scopes else None

    def _function(self, sections: Sections, marks: Sequence[Mark], at: int) -> Definition | None:
        """`f` raises `E`: the function directly before the verb."""
        if at < 2 or not _TO_TYPE.fullmatch(marks[at - 1].text):
            return None
        mark = marks[at - 2]
        if mark.citation is not None:
            if mark.citation.lines or not mark.citation.symbol:
                return None
            paths = self._reading.find_paths(mark.citation.path)
            return one_function(mark.citation.symbol, self._reading, paths)[0]
        written = parse_span(mark.text) if mark.is_code else None
        found = one_function(written.dotted, self._reading, sections.named()) if written else None
        return found[0] if found else None

    # What is known

    def _judge(self, told: _Told) -> Claim:
        if told.place is not None:
            path, lines = told.place
            file = self._reading.file(path)
            assert file is not None
            first, last = file.whole_statements(*lines)
            at = f"{path}:{range_text(lines)}"
        else:
            function = told.function
            assert function is not None
            path, first, last = function.path, function.first_line, function.end_line
            file = self._reading.file(path)
            assert file is not None
            at = function.qualname
        text = f"{told.name} at {at}"
        written = [
            each
            for each in raises_of(file.lines)
            if (first <= each.first_line and each.last_line <= last)
            or (told.place and each.first_line <= last and first <= each.last_line)
        ]
        seen = self._ran.thrown(path, (first, last))

        def claim(verdict: ClaimVerdict, ground: Ground | None, detail: str) -> Claim:
            return Claim(ClaimKind.EXCEPTION, text, told.line, verdict, ground, detail)

        if right := [each for each in seen if _is_named(each.type_name, told.name)]:
            detail = f"the run saw it leave line {right[0].line}, {_times(right)}"
            return claim(ClaimVerdict.VERIFIED, Ground.RUN, detail)
        there = [each for each in written if _is_named(each.name, told.name)]
        if there and not (told.is_seen and self._ran.has_calls):
            reads = f"line {there[0].first_line} reads: {_read(file.lines, there[0])}"
            return claim(ClaimVerdict.VERIFIED, Ground.SYNTAX, reads)
        if there:
            detail = f"line {there[0].first_line} raises it, and no run was seen to"
            return claim(ClaimVerdict.UNVERIFIABLE, None, detail)
        if told.place is None:
            detail = "it is raised there in no words of its own, and no run saw it"
            return claim(ClaimVerdict.UNVERIFIABLE, None, detail)
        if told.is_seen and seen:
            other = f"the run saw {_listed(seen)} leave line {seen[0].line}"
            if any(self._may_be(each.type_name, told.name) for each in seen):
                detail = f"{other}; whether {told.name} is a base of it is not known"
                return claim(ClaimVerdict.UNVERIFIABLE, None, detail)
            if self._ran.counts_all_thrown:
                return claim(ClaimVerdict.REFUTED, Ground.RUN, f"{other}, and no {told.name}")
            return claim(ClaimVerdict.UNVERIFIABLE, None, f"{other}; not all were counted")
        only = written[0] if len(written) == 1 else None
        if (
            only is not None
            and (only.first_line, only.last_line) == (first, last)
            and only.name
            and not self._may_be(only.name, told.name)
        ):
            reads = f"line {first} reads: {_read(file.lines, only)}"
            return claim(ClaimVerdict.REFUTED, Ground.SYNTAX, reads)
        if self._ran.is_empty and told.is_seen:
            why = "no recording is at hand: give the bundle"
            return claim(ClaimVerdict.NOT_JUDGED, None, why)
        detail = "no `raise` of it stands there, and no run saw one leave it"
        return claim(ClaimVerdict.UNVERIFIABLE, None, detail)

    def _may_be(self, raised: str, said: str) -> bool:
        """Whether the class that was raised may lie below the one that is told."""
        builtin, told = _builtin(raised), _builtin(said)
        if builtin is not None:
            return told is not None and issubclass(builtin, told)
        name = raised.rpartition(".")[2]
        classes = [c for c in candidates(name, self._reading) if c.kind is FunctionKind.CLASS_BODY]
        if len(classes) != 1:
            return True  # a library's: its bases are not read
        return self._is_below(classes[0], said.rpartition(".")[2], 0)

    def _classes(self, dotted: str) -> list[Definition]:
        found = candidates(dotted, self._reading)
        return [each for each in found if each.kind is FunctionKind.CLASS_BODY]

    def _is_below(self, derived: Definition, name: str, depth: int) -> bool:
        """Whether a class of the tree has a base of that name; one that nobody knows may."""
        if derived.name == name:
            return True
        for written in derived.bases:
            base = written.rpartition(".")[2]
            known, wanted = _builtin(base), _builtin(name)
            if base == name:
                return True
            if known is not None:
                if wanted is not None and issubclass(known, wanted):
                    return True
                continue
            above = [each for each in self._classes(written) if each != derived]
            if depth > _DEEPEST or (not above and name != "BaseException"):
                return True
            if any(self._is_below(each, name, depth + 1) for each in above):
                return True
        return False


_NEAR = 60  # characters before an exception in which a denial is one of it


def _is_span(mark: Mark) -> bool:
    return mark.is_code or mark.citation is not None


def _builtin(name: str) -> type[BaseException] | None:
    found = getattr(builtins, name, None) if "." not in name else None
    is_class = isinstance(found, type) and issubclass(found, BaseException)
    return found if is_class else None


def _is_named(dotted: str, said: str) -> bool:
    """Whether a class is the one that is told, by as much of its name as is written."""
    parts, told = dotted.split("."), said.split(".")
    if _builtin(dotted) is not None and _builtin(dotted) is _builtin(said):
        return True  # IOError is OSError
    return parts[-1] == told[-1] and bool(dotted)


def _listed(seen: Sequence[Thrown]) -> str:
    return ", ".join(sorted({each.type_name for each in seen}))


def _times(seen: Sequence[Thrown]) -> str:
    number = sum(each.times for each in seen)
    return f"{number} time{'s' * (number != 1)}"


def _read(lines: tuple[str, ...], statement: RaiseStatement) -> str:
    return quote(lines, (statement.first_line, statement.first_line))
