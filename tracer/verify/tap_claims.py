"""Claims of what taps read: paths and keys behind the word, in a sentence of a run's document.

A tap that read it at a place of the sentence is the ground. A path that only another tap read is
open: the sentence may speak of that one. Only where all that the taps there read is known, and
none of it fits, is a claim refuted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.recording import Recording, TapReading
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.citations import Lines
from tracer.verify.keys import key_lists
from tracer.verify.marks import Mark
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections
from tracer.verify.sentences import sentences_of

_TAP = re.compile(r"\btap(?:s|ped)?\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\btaps?\b[^()]*$", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|never|neither|nor|without|instead of|than)\b\s*$", re.IGNORECASE)
_ASKED = re.compile(r".*@(?P<path>[^@:]+):(?P<line>\d+)(?::\w+)?")
_TEXT = re.compile(r"'(?P<text>(?:[^'\\]|\\.)*)'(?P<cut>…)?")
_KEYS = re.compile(r"len (?P<number>\d+) keys (?P<keys>'.*)")
_FILE = re.compile(
    r"[\w*<>{}.-]+\.(?:json|zip|h5|hdf5|npz|npy|txt|ya?ml|csv|pkl|pickle|dill|log|toml|keras|pt|ckpt)"
)
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Tap:
    """What the taps of one key read, in all runs that asked for it."""

    key: str
    path: str
    line: int
    values: tuple[str, ...]
    is_whole: bool  # nothing was read beyond the values

    @property
    def place(self) -> str:
        return f"{self.key} at {self.path}:{self.line}"

    def has_path(self, said: str) -> bool:
        return any(_fits(said, text, is_cut=is_cut) for text, is_cut in self.texts)

    @property
    def texts(self) -> list[tuple[str, bool]]:
        """Values that are text or a path, and whether they were cut."""
        found = [_TEXT.search(v) for v in self.values if " keys " not in v]
        return [(match["text"], match["cut"] is not None) for match in found if match]

    @property
    def keys(self) -> set[str]:
        return {key for value in self.values for key in _keys_in(value)[0]}

    @property
    def has_all_keys(self) -> bool:
        """Whether each value is a container whose keys are all known."""
        return self.is_whole and bool(self.values) and all(_keys_in(v)[1] for v in self.values)


class TapJudge:
    """Judges what documents say of the taps of a bundle's runs."""

    def __init__(self, reading: Reading, recordings: Sequence[Recording]) -> None:
        self._reading = reading
        own = [each for each in recordings if each.stand_ins is None]
        self._taps = [
            _tap(key, match, reading_)
            for recording in own
            for key, asked in recording.asked_taps or ()
            if (match := _ASKED.fullmatch(asked)) is not None
            for reading_ in recording.taps
            if reading_.key == key
        ]
        self._opened = {each.path for run in own for each in run.opened}
        self._opened |= {each.subject for run in own for each in run.effects if each.file}

    def sentences(self, sections: Sections, marks: Sequence[Mark]) -> list[Claim]:
        """Claims of one unit, one for each path and key that taps are said to have read."""
        if not self._taps:
            return []
        return [
            claim
            for sentence in sentences_of(marks)
            for claim in self._of_sentence(sections, sentence)
        ]

    def _of_sentence(self, sections: Sections, marks: Sequence[Mark]) -> list[Claim]:
        told = [n for n, m in enumerate(marks) if _is_text(m) and _TAP.search(m.text)]
        if not told:
            return []
        near = self._near(sections, marks)
        keys = {n for first, last in key_lists(marks) for n in range(first, last + 1, 2)}
        claims: list[Claim] = []
        for at, mark in enumerate(marks):
            is_behind = at > told[0] or (at + 1 in told and _opens_bracket(marks[at + 1].text))
            before = marks[at - 1].text if at and _is_text(marks[at - 1]) else ""
            if not _is_value(mark) or not is_behind:
                continue
            if _DENIED.search(before):
                continue
            if at in keys:
                claims += self._key(mark, near)
            elif "/" in mark.text.strip("/") or _FILE.fullmatch(mark.text):
                claims += self._path(mark, near)
        return claims

    def _near(self, sections: Sections, marks: Sequence[Mark]) -> list[_Tap]:
        """The taps at the places of a sentence."""
        places: list[tuple[str, Lines]] = []
        for mark in marks:
            citation = mark.citation
            if citation is None or not citation.lines:
                continue
            paths = self._reading.find_paths(citation.path) if citation.path else ()
            path = paths[0] if len(paths) == 1 else sections.implied()[0]
            places += [(path, lines) for lines in citation.lines]
        return [
            tap
            for tap in self._taps
            if any(tap.path == path and a <= tap.line <= b for path, (a, b) in places)
        ]

    def _path(self, mark: Mark, near: Sequence[_Tap]) -> list[Claim]:
        if right := [tap for tap in near if tap.has_path(mark.text)]:
            return [_claim(mark, ClaimVerdict.VERIFIED, f"read by {right[0].place}")]
        texts = [tap for tap in near or self._taps if tap.texts]
        if others := [tap for tap in self._taps if tap.has_path(mark.text)]:
            verdict = ClaimVerdict.UNVERIFIABLE if texts and near else ClaimVerdict.VERIFIED
            there = ", and by no tap at the places told here" if texts and near else ""
            return [_claim(mark, verdict, f"read by {others[0].place}{there}")]
        if any(_fits(mark.text, path, is_cut=False) for path in self._opened):
            detail = "the run touched such a file, and no tap read its path"
            return [_claim(mark, ClaimVerdict.UNVERIFIABLE, detail)]
        if not texts or not all(tap.is_whole for tap in self._taps if tap.texts):
            detail = "no tap is known to have read it; not all that they read is known"
            return [_claim(mark, ClaimVerdict.UNVERIFIABLE, detail)]
        found = sorted({text for tap in texts for text, _ in tap.texts})
        read = ", ".join(f"`{text}`" for text in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        where = "the taps there read" if near else "no tap read it: they read"
        return [_claim(mark, ClaimVerdict.REFUTED, f"{where} {read}{more}")]

    def _key(self, mark: Mark, near: Sequence[_Tap]) -> list[Claim]:
        key = mark.text.strip("'\"")
        if right := [tap for tap in near or self._taps if key in tap.keys]:
            return [_claim(mark, ClaimVerdict.VERIFIED, f"a key of what {right[0].place} read")]
        holding = [tap for tap in near if tap.keys]
        if not holding or not all(tap.has_all_keys for tap in holding):
            detail = "no tap at the places told here is known to have read all keys"
            return [_claim(mark, ClaimVerdict.UNVERIFIABLE, detail)]
        keys = ", ".join(sorted(holding[0].keys))
        detail = f"what {holding[0].place} read has the keys {keys}"
        return [_claim(mark, ClaimVerdict.REFUTED, detail)]


def _claim(mark: Mark, verdict: ClaimVerdict, detail: str) -> Claim:
    ground = Ground.RUN if verdict.holds or verdict.is_bad else None
    return Claim(ClaimKind.RUN, f"tap: {mark.text}", mark.line, verdict, ground, detail)


def _tap(key: str, asked: re.Match[str], read: TapReading) -> _Tap:
    is_whole = not read.others and not read.failures and len(read.values) == len(set(read.values))
    return _Tap(key, asked["path"], int(asked["line"]), read.values, is_whole)


def _is_text(mark: Mark) -> bool:
    return not mark.is_code and mark.citation is None


def _is_value(mark: Mark) -> bool:
    """Whether a mark may be what a tap read: a span, or a path that is no place in the sources."""
    if mark.citation is None:
        return mark.is_code
    is_source = mark.citation.path.endswith(".py")
    return not (is_source or mark.citation.lines or mark.citation.symbol)


def _opens_bracket(text: str) -> bool:
    """`path` (cut by the tap at …: what is told stands before the word."""
    return _IN_BRACKETS.match(text) is not None


def _fits(said: str, text: str, *, is_cut: bool) -> bool:
    """Whether a path that is told is one that was read, cut by the tap or by the writer."""
    is_short = said.endswith("…")
    said = said.rstrip("…").strip("'\"")
    if not said:
        return False
    if said == text or (is_short and text.startswith(said)):
        return True
    tail = f"/{said.lstrip('/')}"
    if text.endswith(tail) or (is_short and tail in text):
        return True
    # Of a text that was cut the end is missing: `…/replay/mine.jso` may be of `replay/mine.json`.
    begins = [0, *(match.end() for match in re.finditer("/", text))]
    return is_cut and any(text[at:] and said.startswith(text[at:]) for at in begins)


def _keys_in(value: str) -> tuple[tuple[str, ...], bool]:
    """The keys of a summary, and whether they are all."""
    match = _KEYS.search(value)
    if match is None:
        return (), False
    keys = tuple(found["text"] for found in _TEXT.finditer(match["keys"]))
    is_cut = any(found["cut"] for found in _TEXT.finditer(match["keys"]))
    return keys, len(keys) == int(match["number"]) and not is_cut
