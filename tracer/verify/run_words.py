"""The words by which a document says what a run showed: confirmed, not taken, seen 3 times.

A word counts where it closes what was said: in brackets, behind a colon, a dash or a verb, or as a
table's cell. `the value is seen by every caller` tells of no run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class RunWord(StrEnum):
    """What a run is said to have shown."""

    CONFIRMED = "confirmed"
    UNSEEN = "not seen"
    NOT_TAKEN = "not taken"
    NOT_REACHED = "not reached"
    STAND_INS = "seen under stand-ins"
    COUNTED = "counted"  # nothing but a number of calls


@dataclass(frozen=True, slots=True)
class ToldRun:
    """One such word, or a number of calls, or both."""

    word: RunWord
    text: str
    times: int | None = None
    end: int = 0  # offset behind it, in the text that it was found in
    is_confirmed: bool = False  # `confirmed` as such, and not `seen` or `observed`

    @property
    def is_denied(self) -> bool:
        """Whether it says that the call was not seen."""
        return self.word in (RunWord.UNSEEN, RunWord.NOT_TAKEN, RunWord.NOT_REACHED)


_NUMBERS = {"once": 1, "twice": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_NUMBER = rf"\d{{1,3}}(?:[ ,\u202f]\d{{3}})+|\d+|{'|'.join(_NUMBERS)}"
_TIMES = (
    rf"(?:[×x]\s?(?P<factor>\d+)|(?P<adverb>once|twice)|(?P<number>{_NUMBER})\s?(?:×|times?|calls?))"
    r"(?![\w-])"
)
_WORD = (
    r"(?P<stand_ins>(?:seen|confirmed)\s+(?:only\s+)?under\s+stand-ins)"
    r"|(?P<not_taken>(?:was |were |is |are )?(?:not|never)\s+taken)"
    r"|(?P<not_reached>(?:was |were |is |are )?(?:not|never)\s+(?:reached|entered)|unreached)"
    r"|(?P<unseen>(?:was |were |is |are )?(?:not|never)\s+(?:confirmed|seen|observed|exercised)"
    r"|unconfirmed)"
    r"|(?P<seen>(?:was |were |is |are )?(?:confirmed|seen|observed))"
)
_OPENS = r"(?:^|(?<=[(\[:—–·;,|])|(?<=\s-))[\s*_]*"
_CLOSES = (
    r"(?=\s*[*_]*\s*(?:$|[)\],.;:·|—–\0]|by\s+(?:the\s+|a\s+)?runs?\b|in\s+(?:the|a|every|this)\s+"
    r"(?:\w+\s+)?runs?\b|to\s+run\b|(?:at|on)\s+(?:\0|[Ll]ines?\b)))"
)
_TOLD = re.compile(
    rf"{_OPENS}(?:(?P<word>{_WORD})(?:[\s,(*_]+{_TIMES})?"
    rf"|(?:(?:called|entered|executed|ran|runs)\s+)?{_TIMES.replace('P<', 'P<only_')}){_CLOSES}"
    rf"|^\s*(?:is |was |are |were )(?P<verb>{_WORD.replace('P<', 'P<verb_')})"
    rf"(?:\s+{_TIMES.replace('P<', 'P<verb_')})?{_CLOSES}",
    re.IGNORECASE,
)
_CELL = re.compile(
    rf"[\s*_]*(?:(?P<word>{_WORD})(?:[\s,(]+{_TIMES})?|{_TIMES.replace('P<', 'P<only_')})"
    r"(?=\s*[*_]*\s*(?:$|[,;:()·—–|]))",
    re.IGNORECASE,
)
_CELL_TIMES = re.compile(rf"(?<![\w.]){_TIMES}", re.IGNORECASE)
_BEFORE = re.compile(rf"(?:^|[\s(|])(?P<word>{_WORD})[\s*_]*[:—–][\s*_]*$", re.IGNORECASE)
_OF_FUNCTION = re.compile(
    r"[\s*_(,:—–]*(?P<verb>(?:is|was|itself|also)\s+)?(?:(?:itself|also)\s+)?"
    rf"(?:(?P<not_reached>(?:not|never)\s+(?:reached|entered|exercised)|never\s+(?:ran|runs)"
    r"|did\s+not\s+run)|(?P<reached>(?:(?<=is\s)|(?<=was\s))(?:reached|entered|exercised|executed)"
    r"|ran(?=\s+in\s+(?:the|this)\s)|(?<=\()seen(?=\)))"
    rf"|(?:(?P<ran>ran|runs|entered|executed|called|seen)\s+{_TIMES}))"
    r"(?=\s*[*_]*\s*(?:$|[)\],.;:·|—–]|by\s+(?:the|this|any|a)\s+runs?\b"
    r"|in\s+(?:the|a|any|this)\s+(?:\w+\s+)?runs?\b))",
    re.IGNORECASE,
)


def told_behind(text: str) -> ToldRun | None:
    """The first word of a stretch of text behind a call; places in it stand as NUL characters."""
    match = _TOLD.search(text)
    return _told(match) if match else None


def told_before(text: str) -> ToldRun | None:
    """`Confirmed: ` at the end of the text before a call."""
    match = _BEFORE.search(text)
    return _told(match) if match else None


def told_in_cell(text: str) -> ToldRun | None:
    """A cell that begins with such a word: `confirmed, definite exact, 3 calls`."""
    match = _CELL.match(text)
    if match is None:
        return None
    told = _told(match)
    if told is None or told.times is not None or told.is_denied:
        return told
    counted = _CELL_TIMES.search(text, match.end())
    times = _times(counted.groupdict(), "") if counted else None
    return replace(told, times=times)


def told_of_function(text: str, *, needs_verb: bool = False) -> ToldRun | None:
    """What is said of one function, behind its name: ` was not reached`, ` ran 4 times`.

    Args:
        needs_verb: `: not reached` does not do: beside a place it may speak of a call there.
    """
    match = _OF_FUNCTION.match(text)
    if match is None:
        return None
    if needs_verb and not match["verb"] and match["not_reached"] in ("not reached", "not entered"):
        return None
    groups = match.groupdict()
    if groups["not_reached"]:
        return ToldRun(RunWord.NOT_REACHED, "not reached", end=match.end())
    if groups["reached"]:
        return ToldRun(RunWord.CONFIRMED, "ran", end=match.end())
    times = _times(groups, "")
    verb = (groups["ran"] or "").lower()
    return ToldRun(RunWord.COUNTED, f"{verb} {times}×", times, match.end())


def _told(match: re.Match[str]) -> ToldRun | None:
    groups = match.groupdict()
    for prefix in ("", "verb_"):
        for name, word in (
            ("stand_ins", RunWord.STAND_INS),
            ("not_taken", RunWord.NOT_TAKEN),
            ("not_reached", RunWord.NOT_REACHED),
            ("unseen", RunWord.UNSEEN),
            ("seen", RunWord.CONFIRMED),
        ):
            if groups.get(prefix + name):
                times = _times(groups, prefix)
                text = word.value if times is None else f"{word}, {times}×"
                is_confirmed = name == "seen" and "confirmed" in groups[prefix + name].lower()
                return ToldRun(word, text, times, match.end(), is_confirmed)
    times = _times(groups, "only_")
    return None if times is None else ToldRun(RunWord.COUNTED, f"{times}×", times, match.end())


def _times(groups: dict[str, str | None], prefix: str) -> int | None:
    written = next(
        (
            value
            for name in ("factor", "adverb", "number")
            if (value := groups.get(prefix + name)) is not None
        ),
        None,
    )
    if written is None:
        return None
    plain = re.sub(r"\D", "", written)
    return int(plain) if plain else _NUMBERS[written.lower()]
