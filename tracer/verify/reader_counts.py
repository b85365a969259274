"""Claims of how many read or write a file: `two readers`, `the only writer`.

A run knows some of them, never that there are no more: what it saw refutes a number that is too
small, and leaves all others open, with those that it saw.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.model.recording import Frame, Recording
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.marks import Mark
from tracer.verify.names import is_test, one_function, parse_span
from tracer.verify.numbers import NUMBER, Said, fits, said_number
from tracer.verify.reading import Reading
from tracer.verify.recorded import is_frame_of
from tracer.verify.sections import Sections
from tracer.verify.sentences import sentences_of
from tracer.verify.syntax import Definition

_WHO = r"(?P<who>readers?|writers?)\b"
# «It names no reader» tells of a list, and not of the program.
_COUNTED = re.compile(rf"\b(?!no\b){NUMBER}\s+(?:\w+\s+)?{_WHO}", re.IGNORECASE)
_ONLY = re.compile(rf"\b(?:only|sole|single)\s+(?:\w+\s+)?{_WHO}", re.IGNORECASE)
KINDS = {
    "reader": frozenset({"file.read", "archive.read", "deserialize"}),
    "writer": frozenset({"file.write", "archive.write", "serialize"}),
}
_SHOWN = 3


class ReaderCountJudge:
    """Judges numbers of readers and writers by the effects that runs saw."""

    def __init__(self, reading: Reading, recordings: Sequence[Recording]) -> None:
        self._reading = reading
        self._runs = [each for each in recordings if each.stand_ins is None and each.effects]

    def sentences(self, sections: Sections, marks: Sequence[Mark]) -> list[Claim]:
        """Claims of one unit, one for each number that a sentence gives."""
        return [
            claim
            for sentence in sentences_of(marks)
            for mark in sentence
            if not mark.is_code and mark.citation is None
            for claim in self._told(sections, sentence, mark)
        ]

    def _told(self, sections: Sections, sentence: Sequence[Mark], mark: Mark) -> list[Claim]:
        counted, only = _COUNTED.search(mark.text), _ONLY.search(mark.text)
        match = only or counted
        if match is None:
            return []
        said = Said("only", 1) if only or counted is None else said_number(counted)
        who = match["who"].lower().rstrip("s")
        verdict, ground, detail = self._judge(sections, sentence, who, said)
        return [Claim(ClaimKind.COUNT, match[0], mark.line, verdict, ground, detail)]

    def _judge(
        self, sections: Sections, sentence: Sequence[Mark], who: str, said: Said
    ) -> tuple[ClaimVerdict, Ground | None, str]:
        if not self._runs:
            return ClaimVerdict.NOT_JUDGED, None, f"no run is at hand that saw a {who}"
        named = [f for mark in sentence if (f := self._function(sections, mark)) is not None]
        seen = self._known(named, [m.text for m in sentence if m.is_code], KINDS[who])
        if not seen:
            why = f"nothing in the sentence names what a run saw a {who} of"
            return ClaimVerdict.NOT_JUDGED, None, why
        names = [f"{frame.module}.{frame.qualname}" for frame in seen]
        listed = ", ".join(names[:_SHOWN])
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        told = f"the run saw {len(seen)}: {listed}{more}"
        # A reader may count functions, or the modules that they stand in.
        least = len({frame.path for frame in seen})
        is_too_few = not any(fits(said, n) for n in range(least, max(said.number, least) + 2))
        if is_too_few:
            return ClaimVerdict.REFUTED, Ground.RUN, told
        return ClaimVerdict.UNVERIFIABLE, None, f"{told}; that there are others no run rules out"

    def _function(self, sections: Sections, mark: Mark) -> Definition | None:
        if mark.citation is not None:
            if not mark.citation.symbol or mark.citation.lines:
                return None
            paths = self._reading.find_paths(mark.citation.path)
            return one_function(mark.citation.symbol, self._reading, paths)[0]
        written = parse_span(mark.text) if mark.is_code else None
        if written is None:
            return None
        return one_function(written.dotted, self._reading, sections.named())[0]

    def _known(
        self, named: Sequence[Definition], spans: Sequence[str], kinds: frozenset[str]
    ) -> list[Frame]:
        """Functions of the tree, tests aside, that touched what the sentence speaks of.

        That is a file that it names; else what the functions that it names touch.
        """
        found: set[Frame] = set()
        for run in self._runs:
            touched = [e for e in run.effects if e.kind in kinds and e.file and e.chain]
            files = {e.file for e in touched if any(is_called(e.subject, s) for s in spans)}
            files = files or {
                e.file for e in touched for f in named if is_frame_of(e.chain[0].frame, f)
            }
            found |= {e.chain[0].frame for e in touched if e.file in files}
        own = [f for f in found if self._reading.file(f.path) is not None and not is_test(f.path)]
        return sorted(own)


def is_called(subject: str, span: str) -> bool:
    return "." in span and (subject == span or subject.endswith(f"/{span.lstrip('/')}"))
