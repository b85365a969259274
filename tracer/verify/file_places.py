"""Claims that a file or a watched object is touched at a place: `a.zip` is written at `b.py:3`.

Judged by runs alone: which file a call touches is told by its name only where that was seen. A
place is right where the run touched the file from there, however many calls away. It is moved only
where nothing is called: a call may write through what somebody else has opened. An object that runs
watched is never moved: another run may change it there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.recording import Place, Recording
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.citations import Lines, range_text
from tracer.verify.marks import Mark
from tracer.verify.reader_counts import KINDS, is_called
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections
from tracer.verify.sentences import sentences_of
from tracer.verify.syntax import FileReading

_WRITTEN = r"(?:written|saved|dumped|stored|created|produced)"
_READ = r"(?:read|loaded|opened|parsed)"
_CHANGED = r"(?:changed|updated|mutated|modified|overwritten|set|assigned|filled)"
_PASSIVE = re.compile(
    rf"[\s*_]*(?:is|are|was|were|gets?|got)\s+(?:(?!no\b|not\b|never\b|neither\b)\w+\s+)?"
    rf"(?:(?P<writer>{_WRITTEN})|(?P<reader>{_READ})|(?P<changer>{_CHANGED}))"
    rf"(?:\s+back)?\s+(?:at|in|on|by|\()[\s*_(]*",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"[\s*_)]*(?:(?P<writer>writes|saves|dumps|creates|produces)|(?P<reader>reads|loads|opens)"
    r"|(?P<changer>changes|updates|mutates|modifies|overwrites|sets|fills))"
    r"\s+(?:the\s+|an?\s+|file\s+|archive\s+)*[\s*_]*$",
    re.IGNORECASE,
)
_DOES = {"writer": "written", "reader": "read"}
_UNCHANGED = ("initial", "same")
_SHOWN = 3


class FilePlaceJudge:
    """Judges places of files by the effects that runs saw."""

    def __init__(self, reading: Reading, recordings: Sequence[Recording]) -> None:
        self._reading = reading
        self._runs = [
            run for run in recordings if run.stand_ins is None and (run.effects or run.state_writes)
        ]

    def sentences(self, sections: Sections, marks: Sequence[Mark]) -> list[Claim]:
        """Claims of one unit, one for each file with a place of its own."""
        claims: list[Claim] = []
        for sentence in sentences_of(marks) if self._runs else ():
            for first, between, second in zip(sentence, sentence[1:], sentence[2:], strict=False):
                said = _PASSIVE.fullmatch(between.text)
                file, place = first, second
                if said is None:
                    said, file, place = _ACTIVE.fullmatch(between.text), second, first
                is_told = said is not None and not between.is_code and between.citation is None
                if said is not None and is_told and _is_name(file):
                    claims += self._judge(sections, file, place, str(said.lastgroup))
        return claims

    def _judge(self, sections: Sections, file: Mark, place: Mark, who: str) -> list[Claim]:
        at = sections.place(place.citation)
        reading = None if at is None else self._reading.file(at[0])
        touched = self._touched(file.text, who) if who in KINDS else []
        is_object = not touched and who != "reader"
        if is_object:
            touched = self._changed(file.text)
        if at is None or reading is None or not reading.scopes or not touched:
            return []
        lines = reading.whole_statements(*at[1])
        does = "changed" if is_object else _DOES[who]
        text = f"{file.text} {does} at {reading.path}:{range_text(at[1])}"
        seen = _listed(touched)
        if right := [each for each in touched if each.is_from(reading.path, lines)]:
            verdict, ground = ClaimVerdict.VERIFIED, Ground.RUN
            detail = right[0].told
        elif not is_object and not _has_calls(reading, lines):
            verdict, ground = ClaimVerdict.MOVED, Ground.RUN
            detail = f"nothing is called there; the run saw it {does} at {seen}"
        else:
            verdict, ground = ClaimVerdict.UNVERIFIABLE, None
            detail = f"no run saw that; one saw it {does} at {seen}"
        return [Claim(ClaimKind.MEMBER, text, file.line, verdict, ground, detail)]

    def _touched(self, span: str, who: str) -> list[_Touched]:
        return [
            _Touched(f"{effect.operation} of `{effect.subject}`", effect.chain)
            for run in self._runs
            for effect in run.effects
            if effect.kind in KINDS[who] and effect.chain and is_called(effect.subject, span)
        ]

    def _changed(self, span: str) -> list[_Touched]:
        return [
            _Touched(f"{write.change} `{write.key}` of `{write.object}`", write.chain, write.until)
            for run in self._runs
            for write in run.state_writes
            if write.chain and write.change not in _UNCHANGED and _is_object(write.object, span)
        ]


@dataclass(frozen=True, slots=True)
class _Touched:
    """What a run did to a file or an object."""

    told: str
    chain: tuple[Place, ...]  # never empty
    until: int = 0  # found by comparing: it may have been any line up to this one

    def is_from(self, path: str, lines: Lines) -> bool:
        """Whether these lines did it, by whatever calls."""
        ends = [max(self.chain[0].line, self.until), *(place.line for place in self.chain[1:])]
        return any(
            place.frame.path == path and lines[0] <= end and place.line <= lines[1]
            for place, end in zip(self.chain, ends, strict=True)
        )


def _is_name(mark: Mark) -> bool:
    """Whether a mark names a file and no lines of it."""
    return mark.is_code if mark.citation is None else not mark.citation.lines


def _is_object(watched: str, span: str) -> bool:
    """`params.cfg` and `CACHE` mean `pkg.params:cfg` and `pkg.mod:CACHE`; a bare `cfg` need not."""
    dotted = watched.replace(":", ".")
    is_whole = dotted == span or dotted.endswith(f".{span}")
    return is_whole and ("." in span or span.isupper())


def _has_calls(reading: FileReading, lines: Lines) -> bool:
    return any(call.touches(*lines) for call in reading.calls)


def _listed(touched: Sequence[_Touched]) -> str:
    places = sorted({(e.chain[0].frame.path, e.chain[0].line) for e in touched})
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(f"{path}:{line}" for path, line in places[:_SHOWN]) + more
