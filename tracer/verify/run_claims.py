"""Claims of what a run showed: `a` → `b` at a line (confirmed), not taken, seen 3 times.

Only what a recording contradicts is refused. That a call was not seen says nothing where no frame
of its ends would be recorded, and nothing of its line where nobody looked from which line it came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracer.model.recording import ObservedCall
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.arrows import ARROW, Hop, hop_of, plain_text
from tracer.verify.call_places import Judged, JudgedPair
from tracer.verify.citations import Lines, range_text
from tracer.verify.direct import DirectCall
from tracer.verify.hops import HopJudge
from tracer.verify.marks import Mark
from tracer.verify.names import one_function, parse_span
from tracer.verify.reading import Reading
from tracer.verify.run_words import (
    RunWord,
    ToldRun,
    told_before,
    told_behind,
    told_in_cell,
    told_of_function,
)
from tracer.verify.syntax import Definition

Place = tuple[str, Lines]  # the path as cited, empty where it is implied

_PLACE = "\0"  # stands for a place in the text behind a call
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\0])|;\s")
_LATER = re.compile(r"\b(?:yield|async|await)\b")


@dataclass(frozen=True, slots=True)
class _Verdict:
    verdict: ClaimVerdict
    detail: str
    ground: Ground | None = None


class RunJudge:
    """Judges what documents say of the runs of a bundle."""

    def __init__(self, reading: Reading, hops: HopJudge, *, tells_apart: bool = False) -> None:
        """`tells_apart`: `confirmed` is read and seen, as the document has `dynamic only`, too."""
        self._reading = reading
        self._hops = hops
        self._ran = hops.ran
        self._tells_apart = tells_apart

    def sentences(
        self, marks: Sequence[Mark], pairs: Sequence[JudgedPair], files: Sequence[str]
    ) -> list[Claim]:
        """Claims of one unit: of the calls that it tells, else of single functions."""
        if not pairs:
            return self._of_functions(marks, files)
        ends = _ends(marks, pairs)
        claims: list[Claim] = []
        waiting: list[JudgedPair] = []  # hops of a chain whose word is yet to come
        told = _word_before(marks, pairs[0])
        for number, pair in enumerate(pairs):
            if waiting and waiting[-1].right.text != pair.left.text:
                waiting, told = [], None
            waiting.append(pair)
            until = ends[number + 1] if number + 1 < len(ends) else len(marks)
            text, places = _tail(marks[ends[number] + 1 : until])
            if len(pairs) == 1:
                places = _places(marks[: ends[0]]) + places  # at a line, `a` calls `b`
            behind = told_behind(text)
            here = behind or told
            if here is None:
                continue
            if len(waiting) > 1 and here.is_denied:
                claims += self._of_chain(waiting, here)
            else:
                for each in waiting:
                    claims += self._claims(each, here, places if each is pair else [])
            waiting = []
            told = None if behind else told
        return claims

    def row(
        self,
        cells: Sequence[Sequence[Mark]],
        pairs: Sequence[JudgedPair],
        files: Sequence[str] = (),
    ) -> list[Claim]:
        """A table's row: a cell that begins with such a word speaks of the row's call."""
        said = [told for cell in cells if (told := told_in_cell(plain_text(cell))) is not None]
        if len(said) != 1:
            return []
        if len(pairs) == 1:
            places = [place for cell in cells for place in _places(cell)]
            return self._claims(pairs[0], said[0], places)
        return [] if pairs else self._of_place(cells, said[0], files)

    def _of_place(
        self, cells: Sequence[Sequence[Mark]], told: ToldRun, files: Sequence[str]
    ) -> list[Claim]:
        """A row of one function, a line and the word: the call at that line, in whose it is."""
        marks = [mark for cell in cells for mark in cell]
        names = [m for m in marks if m.is_code and m.citation is None and _name_of(m)]
        places = _places(marks)
        if len(names) != 1 or len(places) != 1:
            return []
        hop = hop_of(names[0])
        target, _ = one_function(hop.dotted, self._reading, files)
        paths = self._reading.find_paths(places[0][0]) if places[0][0] else ()
        file = self._reading.file(paths[0]) if len(paths) == 1 else None
        source = file.innermost(places[0][1][0]) if file is not None else None
        if target is None or source is None or source == target or not source.is_function:
            return []
        if not self._calls_written(source, target, places[0][1]):
            return []
        judged = source, target, self._hops.judge(source, target)
        left = Hop(source.qualname, hop.line, source.qualname)
        return self._claims(JudgedPair(ClaimKind.EDGE, left, hop, judged), told, places)

    # Calls

    def _claims(self, pair: JudgedPair, told: ToldRun, places: Sequence[Place]) -> list[Claim]:
        """One claim on the word, and one on the number of calls where there is one."""
        source, target, _ = pair.judged
        lines = self._lines_in(source, target, places)
        at = f" at {source.path}:{','.join(map(range_text, lines))}" if lines else ""
        text = f"{pair.left.text} → {pair.right.text}{at}: {told.text}"

        def claim(found: _Verdict) -> Claim:
            return Claim(
                ClaimKind.RUN, text, pair.left.line, found.verdict, found.ground, found.detail
            )

        if (why := self._silence(pair.judged)) is not None:
            return [claim(why)]
        if told.word is RunWord.COUNTED:
            return [claim(self._counted(pair.judged, told, lines, is_bare=True))]
        if told.is_denied:
            return [claim(self._denied(pair.judged, lines))]
        seen = self._confirmed(pair.judged, told, lines)
        if self._tells_apart and told.is_confirmed and self._is_unread(pair.judged, seen):
            detail = f"{seen.detail}, and read nowhere: dynamic only"
            return [claim(_Verdict(ClaimVerdict.REFUTED, detail, Ground.RUN))]
        if told.times is None or seen.verdict is not ClaimVerdict.VERIFIED:
            return [claim(seen)]
        return [claim(self._counted(pair.judged, told, lines, is_bare=False))]

    def _is_unread(self, judged: Judged, seen: _Verdict) -> bool:
        """Whether a run saw the call itself, and reading did not."""
        source, target, _ = judged
        if seen.verdict is not ClaimVerdict.VERIFIED or isinstance(target, str):
            return False
        is_seen = any(self._ran.calls(source, target))
        return is_seen and self._hops.is_unread(source, target)

    def _of_chain(self, pairs: Sequence[JudgedPair], told: ToldRun) -> list[Claim]:
        """`a` → `b` → `c` (not taken): wrong only where every hop was seen."""
        found = [self._claims(pair, told, [])[0] for pair in pairs]
        text = " → ".join([pairs[0].left.text, *(pair.right.text for pair in pairs)])
        if all(claim.verdict is ClaimVerdict.REFUTED for claim in found):
            detail = f"every call of it was seen; {found[-1].detail}"
            claim = found[-1]
        else:
            claim = next(c for c in found if c.verdict is not ClaimVerdict.REFUTED)
            detail = claim.detail
        return [
            Claim(
                ClaimKind.RUN,
                f"{text}: {told.text}",
                pairs[0].left.line,
                claim.verdict,
                claim.ground,
                detail,
            )
        ]

    def _silence(self, judged: Judged) -> _Verdict | None:
        """Why no run can say anything of a call; None where one can."""
        source, target, _ = judged
        ends = [end for end in (source, target) if isinstance(end, Definition)]
        if self._ran.is_empty:
            return _Verdict(ClaimVerdict.NOT_JUDGED, "no recording is at hand: give the bundle")
        if moved := self._ran.moved(ends):
            return _Verdict(ClaimVerdict.UNVERIFIABLE, moved)
        return None

    def _confirmed(self, judged: Judged, told: ToldRun, lines: Sequence[Lines]) -> _Verdict:
        source, target, _ = judged
        if told.word is RunWord.STAND_INS:
            return self._seen_under_stand_ins(source, target)
        if not self._ran.has_calls:
            return _Verdict(ClaimVerdict.UNVERIFIABLE, "no run of the program itself saw calls")
        if isinstance(target, str):
            return self._external(source, target, judged, lines)
        calls = [call for run in self._ran.calls(source, target) for call in run]
        if calls:
            return self._at(judged, calls, lines)
        # Of the very call that stands at a place, a way over others tells nothing.
        is_of_call = any(
            item.call.touches(*each) for item in self._hops.direct(source, target) for each in lines
        )
        if not is_of_call and (way := self._ran.way(source, target)):
            detail = f"seen through others: {' → '.join(way)}"
            return _Verdict(ClaimVerdict.VERIFIED, detail, Ground.RUN)
        if outside := self._outside(source, target, lines):
            return _Verdict(ClaimVerdict.VERIFIED, f"seen at {_calls_of(outside)}", Ground.RUN)
        if why := self._ran.hides(source) or self._ran.hides(target):
            return _Verdict(ClaimVerdict.UNVERIFIABLE, why)
        if not self._ran.did_run(source):
            return _Verdict(ClaimVerdict.REFUTED, f"{source.qualname} never ran", Ground.RUN)
        if self._ran.did_run(target) and self._hops.direct(source, target):
            # A generator is created in silence, and a framework may have stood between the two.
            entered = f"{target.qualname} ran, but no run saw {source.qualname} call it"
            is_sure = not self._may_run_later(target)
            verdict = ClaimVerdict.REFUTED if is_sure else ClaimVerdict.UNVERIFIABLE
            return _Verdict(verdict, entered, Ground.RUN if is_sure else None)
        return _Verdict(ClaimVerdict.REFUTED, "the recording does not hold this call", Ground.RUN)

    def _at(
        self, judged: Judged, calls: Sequence[ObservedCall], lines: Sequence[Lines]
    ) -> _Verdict:
        """A call that was seen, and the lines at which it is said to have been."""
        source, target, _ = judged
        seen = sorted({call.line for call in calls if call.line})
        detail = f"seen at {source.path}:{_listed(seen)}" if seen else "seen; its line was not"
        right = _Verdict(ClaimVerdict.VERIFIED, detail, Ground.RUN)
        missed = [each for each in lines if not self._is_at(source, each, seen)]
        if not missed:
            return right
        if any(not call.line or call.how == "resume" for call in calls):
            detail = "the run saw the call, but not from which line each was made"
            return _Verdict(ClaimVerdict.UNVERIFIABLE, detail)
        if len(missed) < len(lines) and not self._calls_written(source, target, missed[0]):
            return right  # a condition or a loop is cited beside the call
        places = f"{source.path}:{_listed(seen)}"
        detail = f"the run saw it at {places}, and not at line {range_text(missed[0])}"
        return _Verdict(ClaimVerdict.MOVED, detail, Ground.RUN)

    def _external(
        self, source: Definition, target: str, judged: Judged, lines: Sequence[Lines]
    ) -> _Verdict:
        """A callee outside the tree: Python code has a frame, what is written in C has none."""
        direct = self._hops.direct(source, target)
        here = [d for d in direct if not lines or any(d.call.touches(*each) for each in lines)]
        if any(item.ground is Ground.RUN for item in here):
            return _Verdict(ClaimVerdict.VERIFIED, f"seen at {_calls_of(here)}", Ground.RUN)
        if why := self._ran.hides(source):
            return _Verdict(ClaimVerdict.UNVERIFIABLE, why)
        if not self._ran.did_run(source):
            return _Verdict(ClaimVerdict.REFUTED, f"{source.qualname} never ran", Ground.RUN)
        spans = [(item.call.line, item.call.end_line) for item in here]
        if spans and not any(self._ran.line_ran(source.path, span) for span in spans):
            detail = f"line {range_text(spans[0])} did not run"
            return _Verdict(ClaimVerdict.REFUTED, detail, Ground.RUN)
        detail = "its line ran; what is written in C has no frame that could be seen"
        return _Verdict(ClaimVerdict.UNVERIFIABLE, detail)

    def _external_count(
        self, source: Definition, target: str, told: ToldRun, lines: Sequence[Lines]
    ) -> _Verdict:
        """A number of calls of what is outside: right where it fits, else open.

        Such a callee is known by its last name, so that others may be counted with it.
        """
        here = [
            item.call
            for item in self._hops.direct(source, target)
            if not lines or any(item.call.touches(*each) for each in lines)
        ]
        spans = [(call.line, call.end_line) for call in here]
        seen = self._ran.recorded.external_calls(source, target, spans)
        if self._ran.recorded.counts_in_part and seen:
            detail = f"the run counted {seen} calls of that name there, and no further"
            return _Verdict(ClaimVerdict.UNVERIFIABLE, detail)
        if seen == told.times:
            return _Verdict(ClaimVerdict.VERIFIED, f"the run saw {seen}", Ground.RUN)
        return _Verdict(ClaimVerdict.UNVERIFIABLE, f"the run saw {seen} calls of that name there")

    def _seen_under_stand_ins(self, source: Definition, target: Definition | str) -> _Verdict:
        if isinstance(target, str):
            detail = "a callee outside the tree, in a run with stand-ins"
            return _Verdict(ClaimVerdict.UNVERIFIABLE, detail)
        if self._ran.under_stand_ins.lines(source, target):
            return _Verdict(ClaimVerdict.VERIFIED, "", Ground.RUN)
        detail = "no run under stand-ins holds this call"
        return _Verdict(ClaimVerdict.REFUTED, detail, Ground.RUN)

    def _denied(self, judged: Judged, lines: Sequence[Lines]) -> _Verdict:
        """Said not to have been seen: wrong where it was, at these lines or anywhere."""
        source, target, _ = judged
        if isinstance(target, str):
            direct = self._hops.direct(source, target)
            here = [d for d in direct if not lines or any(d.call.touches(*each) for each in lines)]
            seen = [item for item in here if item.ground is Ground.RUN]
            if seen:
                return _Verdict(ClaimVerdict.REFUTED, f"seen at {_calls_of(seen)}", Ground.RUN)
        else:
            calls = [call for run in self._ran.calls(source, target) for call in run]
            placed = sorted({call.line for call in calls if call.line})
            at = [line for line in placed if not lines or self._covers(source, lines, line)]
            if at or (calls and not placed and not lines):
                times = sum(c.calls for c in calls if c.line in at or not c.line)
                where = f" at {source.path}:{_listed(at)}" if at else ""
                detail = f"the run saw it{where}, {_times(times)}"
                return _Verdict(ClaimVerdict.REFUTED, detail, Ground.RUN)
            if outside := self._outside(source, target, lines):
                detail = f"the run saw it at {_calls_of(outside)}"
                return _Verdict(ClaimVerdict.REFUTED, detail, Ground.RUN)
            if (why := self._ran.hides(target)) and self._ran.did_run(source):
                return _Verdict(ClaimVerdict.UNVERIFIABLE, why)
            if any(not call.line for call in calls):
                detail = "the run saw the call, but not from which line each was made"
                return _Verdict(ClaimVerdict.UNVERIFIABLE, detail)
            if not calls and (way := self._ran.way(source, target)):
                detail = f"a run went there through others: {' → '.join(way)}"
                is_written = bool(self._hops.direct(source, target))
                verdict = ClaimVerdict.UNVERIFIABLE if is_written else ClaimVerdict.REFUTED
                return _Verdict(verdict, detail, None if is_written else Ground.RUN)
        if not self._ran.has_calls:
            return _Verdict(ClaimVerdict.UNVERIFIABLE, "no run of the program itself saw calls")
        if why := self._ran.hides(source):
            return _Verdict(ClaimVerdict.UNVERIFIABLE, why)
        if isinstance(target, str) and any(
            self._ran.line_ran(source.path, (d.call.line, d.call.end_line)) for d in here
        ):
            return _Verdict(ClaimVerdict.UNVERIFIABLE, "its line ran; its callee has no frame")
        ran = self._ran.did_run(source)
        detail = f"{source.qualname} ran, this call did not" if ran else "its caller never ran"
        return _Verdict(ClaimVerdict.VERIFIED, detail, Ground.RUN)

    def _counted(
        self, judged: Judged, told: ToldRun, lines: Sequence[Lines], *, is_bare: bool
    ) -> _Verdict:
        """A number of calls: of the pair in all runs or in one, or of those at the lines."""
        source, target, _ = judged
        if isinstance(target, str):
            return self._external_count(source, target, told, lines)
        runs = self._ran.calls(source, target)
        every = [call for run in runs for call in run]
        if not self._ran.has_calls or not every:
            if not is_bare:
                return _Verdict(ClaimVerdict.UNVERIFIABLE, "no run saw this very call")
            why = "the number may be one of call sites, or of a run that is not at hand"
            return _Verdict(ClaimVerdict.NOT_JUDGED, why)
        if any(call.how == "resume" for call in every):
            detail = "a generator: its calls and its resumptions are told as one"
            return _Verdict(ClaimVerdict.UNVERIFIABLE, detail)
        fitting = {sum(c.calls for c in every), *(sum(c.calls for c in run) for run in runs)}
        for run in [every, *runs]:
            fitting.add(sum(c.calls for c in run if self._covers(source, lines, c.line)))
            fitting.add(sum(c.calls for c in run if any(a <= c.line <= b for a, b in lines)))
        if is_bare:
            fitting.add(len(self._hops.direct(source, target)))  # a number of call sites
        total = sum(c.calls for c in every)
        at = sorted({c.line for c in every if c.line})
        detail = f"the run saw {total} call{'s' * (total != 1)}"
        detail += f" at {source.path}:{_listed(at)}" if at else ""
        if told.times in fitting:
            return _Verdict(ClaimVerdict.VERIFIED, detail, Ground.RUN)
        return _Verdict(ClaimVerdict.REFUTED, detail, Ground.RUN)

    def _outside(
        self, source: Definition, target: Definition, lines: Sequence[Lines]
    ) -> list[DirectCall]:
        """Calls that were seen of a function of the tree outside the recorded namespace."""
        return [
            item
            for item in self._hops.direct(source, target)
            if not lines or any(item.call.touches(*each) for each in lines)
            if self._ran.recorded.saw_outside(source, target, item.call.line, item.call.end_line)
        ]

    # Functions

    def _of_functions(self, marks: Sequence[Mark], files: Sequence[str]) -> list[Claim]:
        """`f` was not reached, `f` ran 4 times: a code span and the words behind it."""
        claims: list[Claim] = []
        has_places = any(mark.citation and mark.citation.lines for mark in marks)
        for mark, behind in pairwise(marks):
            if not (mark.is_code or mark.citation) or behind.is_code or behind.citation:
                continue
            told = told_of_function(behind.text, needs_verb=has_places)
            dotted = _name_of(mark)
            if told is None or not dotted:
                continue
            function, _ = one_function(dotted, self._reading, files)
            if function is None:
                continue
            found = self._function(function, told)
            text = f"{mark.text} {told.text}"
            claims.append(
                Claim(ClaimKind.RUN, text, mark.line, found.verdict, found.ground, found.detail)
            )
        return claims

    def _function(self, function: Definition, told: ToldRun) -> _Verdict:
        if self._ran.is_empty:
            return _Verdict(ClaimVerdict.NOT_JUDGED, "no recording is at hand: give the bundle")
        if moved := self._ran.moved([function]):
            return _Verdict(ClaimVerdict.UNVERIFIABLE, moved)
        entered = self._ran.entered(function)
        total = sum(entered)
        if told.word is RunWord.CONFIRMED:
            if self._ran.did_run(function):
                detail = f"it ran {_times(total)}" if total else "it ran"
                return _Verdict(ClaimVerdict.VERIFIED, detail, Ground.RUN)
            if why := self._ran.hides(function) if self._ran.has_calls else "no run saw calls":
                return _Verdict(ClaimVerdict.UNVERIFIABLE, why)
            return _Verdict(ClaimVerdict.REFUTED, "no run entered it", Ground.RUN)
        if told.word is RunWord.NOT_REACHED:
            if self._ran.did_run(function):
                detail = f"it ran {_times(total)}" if total else "it ran"
                return _Verdict(ClaimVerdict.REFUTED, detail, Ground.RUN)
            why = (
                self._ran.hides(function)
                if self._ran.has_calls
                else "no run of the program itself saw calls"
            )
            if why:
                return _Verdict(ClaimVerdict.UNVERIFIABLE, why)
            return _Verdict(ClaimVerdict.VERIFIED, "no run entered it", Ground.RUN)
        if not total or function.is_wrapped:
            detail = "no run counted it; the number may be one of call sites"
            return _Verdict(ClaimVerdict.NOT_JUDGED, detail)
        detail = f"the run entered it {_times(total)}"
        fitting = {total, *entered}
        if told.text.startswith("called"):  # in so many places, perhaps
            fitting.add(len(self._hops.callers(function)))
        if told.times in fitting:
            return _Verdict(ClaimVerdict.VERIFIED, detail, Ground.RUN)
        return _Verdict(ClaimVerdict.REFUTED, detail, Ground.RUN)

    # Lines

    def _lines_in(
        self,
        source: Definition,
        target: Definition | str,
        places: Sequence[Place],
    ) -> list[Lines]:
        """The cited lines in the caller's body: only there can its calls be made."""
        return [
            lines
            for path, lines in places
            if (not path or self._reading.find_paths(path) == (source.path,))
            and source.covers(*lines)
            and lines[0] > source.def_line
            and not (
                isinstance(target, Definition)
                and target.path == source.path
                and target.covers(*lines)
            )
        ]

    def _is_at(self, source: Definition, lines: Lines, seen: Sequence[int]) -> bool:
        return any(self._covers(source, [lines], line) for line in seen)

    def _covers(self, source: Definition, lines: Sequence[Lines], line: int) -> bool:
        """Whether a line is one of these, or of a statement that they cut."""
        file = self._reading.file(source.path)
        for each in lines:
            first, last = file.whole_statements(*each) if file else each
            if first <= line <= last:
                return True
        return False

    def _calls_written(self, source: Definition, target: Definition | str, lines: Lines) -> bool:
        return any(item.call.touches(*lines) for item in self._hops.direct(source, target))

    def _may_run_later(self, target: Definition) -> bool:
        """Whether the body may start elsewhere than at the call: of a generator or a coroutine."""
        file = self._reading.file(target.path)
        lines = file.lines[target.first_line - 1 : target.end_line] if file else ()
        return target.is_wrapped or any(_LATER.search(line) for line in lines)


def _ends(marks: Sequence[Mark], pairs: Sequence[JudgedPair]) -> list[int]:
    """For each pair the mark at which both its ends have been named, in the order of the pairs."""
    spans = [at for at, mark in enumerate(marks) if _is_span(mark) and not _is_place(mark)]
    found: list[int] = []
    at = 0  # number of the span that the pair before ended with
    for pair in pairs:
        left, right = pair.left.text, pair.right.text
        for number in range(at, len(spans)):
            here = marks[spans[number]]
            before = [marks[span] for span in spans[:number]]
            if _names(here, right) and (
                _names(here, left) or (before and _names(before[-1], left))
            ):
                break
            is_last = (_names(here, right) and any(_names(m, left) for m in before)) or (
                _names(here, left) and any(_names(m, right) for m in before)
            )
            if pair.kind is ClaimKind.CALLER and is_last:
                break
        else:
            number = at
        at = number
        found.append(spans[at] if spans else 0)
    return found


def _names(mark: Mark, text: str) -> bool:
    """Whether a mark is this end of a call, or one code span with arrows that holds it."""
    return mark.text == text or (text in mark.text and len(ARROW.split(mark.text)) > 1)


def _is_place(mark: Mark) -> bool:
    return mark.citation is not None and not mark.citation.symbol


def _tail(marks: Sequence[Mark]) -> tuple[str, list[Place]]:
    """The text up to the next code span, and the places that are cited in it."""
    text, places = "", []
    for mark in marks:
        if mark.citation is not None:
            text += _PLACE
            places += _places([mark])
        elif mark.is_code:
            break
        else:
            text += mark.text
    sentence = _SENTENCE_END.split(text, maxsplit=1)[0]
    return sentence, places[: sentence.count(_PLACE)] if len(sentence) < len(text) else places


def _places(marks: Sequence[Mark]) -> list[Place]:
    return [
        (mark.citation.path, lines)
        for mark in marks
        if mark.citation is not None
        for lines in mark.citation.lines
    ]


def _word_before(marks: Sequence[Mark], pair: JudgedPair) -> ToldRun | None:
    at = next((n for n, m in enumerate(marks) if _is_span(m) and _names(m, pair.left.text)), 0)
    return told_before(marks[at - 1].text) if at and not _is_span(marks[at - 1]) else None


def _is_span(mark: Mark) -> bool:
    return mark.is_code or mark.citation is not None


def _name_of(mark: Mark) -> str:
    if mark.citation is not None:
        return "" if mark.citation.lines else mark.citation.symbol
    written = parse_span(mark.text)
    return written.dotted if written else ""


def _calls_of(items: Sequence[DirectCall]) -> str:
    return f"line {_listed(sorted({item.call.line for item in items}))}"


def _listed(lines: Sequence[int]) -> str:
    shown = ",".join(str(line) for line in lines[:5])
    return f"{shown},…" if len(lines) > 5 else shown


def _times(number: int) -> str:
    return f"{number} time{'s' * (number != 1)}"
