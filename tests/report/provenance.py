"""Where the numbers of a report come from, found out by changing what it is made of.

Reports are pure functions of a bundle. So a number that stands for something must change when that
changes: a value when the value does, a count when what is counted gets less. A number that never
changes was written by hand.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from difflib import SequenceMatcher
from enum import Enum
from itertools import cycle, islice, zip_longest
from typing import Any

from tracer.model.evidence import Chain, Evidence
from tracer.model.verification import Verification

Report = Callable[[Evidence, Verification], str]

# A number by itself, not a part of a name, a version or a digest: `CONFIG-001`, `3.11.7`, `w1`.
NUMBER = re.compile(r"(?<![\w.#])(?<![A-Za-z]-)\d+(?: \d{3})*(?:\.\d+)?(?![\w.]*\w)")
# What every report has: the numbers of the sections, which the contract names; the numbers of the
# rows of a table; how lines of a diagram look; of what was cut the part that is shown, which is our
# own limit.
_FURNITURE = re.compile(
    r"^## (?=\d+\. )\d+|^\| \d+(?= \|)|^    classDef .*|\d+(?= of \d+ [^()]*shown\b)"
)
_WORDS = re.compile(rf"(?P<number>{NUMBER.pattern})|\w+|[^\w\s]")
_ENDINGS = re.compile(r"(\w)(?:ies|y|s)\b")
# What says how much is not shown; where nothing is hidden any more, it goes as a whole.
_NOTE = re.compile(
    r"\(\+?\d+ [^()]*\)|\(?\band \d+ (?:\w+ )?more\b[^,;|()]*\)?|; \d+ more\b"
    r"|\( of \d+ [^()]*shown[^()]*\)"
)
_ALIKE = 0.6  # of the words of two lines, that one may stand for the other


@dataclass(frozen=True)
class Written:
    """A number that nothing accounts for."""

    file: str
    line: int
    number: str
    text: str


def unaccounted(
    reports: Mapping[str, Report],
    evidence: Evidence,
    verification: Verification,
    *,
    rounds: int,
    seed: int = 0,
) -> list[Written]:
    """Numbers that changed with no value and with no count, in the order of the reports.

    A zero counts what is not there, so that nothing can be taken from it: zeros are not told.

    Args:
        reports: What makes each text; one is made again as long as a number of it is open.
        rounds: How often parts of the evidence are changed at random, at most.
    """
    before = {file: make(evidence, verification).splitlines() for file, make in reports.items()}
    open_numbers = {
        (file, at, number)
        for file, lines in before.items()
        for at, line in enumerate(lines)
        for number, found in enumerate(_numbers(line))
        if found != "0"
    }
    for other in _changes(evidence, verification, rounds, seed):
        for file in sorted({file for file, _, _ in open_numbers}):
            after = reports[file](*other).splitlines()
            for at, same in _aligned(before[file], after):
                for number in _changed(before[file][at], after[same]):
                    open_numbers.discard((file, at, number))
        if not open_numbers:
            break
    return [
        Written(file, at + 1, _numbers(before[file][at])[number], before[file][at])
        for file, at, number in sorted(open_numbers)
    ]


def _numbers(line: str) -> list[str]:
    return NUMBER.findall(_FURNITURE.sub("", line))


def _plain(line: str) -> str:
    """The line without its numbers, and without the endings of words that go by them."""
    return _ENDINGS.sub(r"\1", NUMBER.sub("#", _FURNITURE.sub("", line)))


def _aligned(lines: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Lines that are the same but for their numbers; between them, those that stand for another."""
    a, b = ([_plain(line) for line in side] for side in (lines, others))
    for tag, first, last, other, end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and last - first == end - other):
            yield from zip(range(first, last), range(other, end), strict=True)


def _changed(line: str, other: str) -> Iterator[int]:
    """Which numbers of a line are others in its counterpart, by their place among the words."""
    if _plain(line) == _plain(other):
        for number, (old, now) in enumerate(zip(_numbers(line), _numbers(other), strict=True)):
            if old != now:
                yield number
        return
    a, b = _words(line), _words(other)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return
    yield from _gone_notes(line, other)
    position = {at: number for number, at in enumerate(at for at, (_, n) in enumerate(a) if n)}
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "replace" and last - first == end - start:
            for at, now in zip(range(first, last), range(start, end), strict=True):
                if at in position and b[now][1]:
                    yield position[at]


def _gone_notes(line: str, other: str) -> Iterator[int]:
    """The numbers of notes on what is hidden, where the counterpart has fewer of these."""
    plain = _FURNITURE.sub("", line)
    notes = [match.span() for match in _NOTE.finditer(plain)]
    if len(notes) <= len(_NOTE.findall(_FURNITURE.sub("", other))):
        return
    for number, match in enumerate(NUMBER.finditer(plain)):
        if any(start <= match.start() < end for start, end in notes):
            yield number


def _words(line: str) -> list[tuple[str, bool]]:
    """Words, numbers and signs; whether each is a number by itself."""
    found = _WORDS.finditer(_FURNITURE.sub("", line))
    return [(match[0], match["number"] is not None) for match in found]


# What a report is made of, changed


def _changes(
    evidence: Evidence, verification: Verification, rounds: int, seed: int
) -> Iterator[tuple[Evidence, Verification]]:
    for step, least in ((1, 2), (1, 1), (1, 0), (10, 1)):
        yield _shifted(evidence, step, least), _shifted(verification, step, least)
    yield _grown(evidence), _grown(verification)
    for each in fields(evidence):
        items = getattr(evidence, each.name)
        if isinstance(items, tuple) and each.name not in _IN_STEP:
            yield _in_step(replace(evidence, **{each.name: _more(items)})), verification
    chance = random.Random(seed)
    for number in range(rounds):
        share = (0.02, 0.1, 0.4)[number % 3]
        yield _thinned(evidence, chance, share), _thinned(verification, chance, share)
        yield _without_functions(evidence, chance, share), verification
        edit = _Edit(chance, (0.05, 0.2, 0.6)[number % 3])
        yield edit.of(evidence), edit.of(verification)


def _without_functions(evidence: Evidence, chance: random.Random, share: float) -> Evidence:
    """Without some functions, with all that they do and call."""
    gone = {function.id for function in evidence.functions if chance.random() < share}
    kept = [effect.function not in gone for effect in evidence.effects]
    verdicts = zip_longest(evidence.effect_verdicts, kept)
    return replace(
        evidence,
        chains=tuple(c for c in evidence.chains if gone.isdisjoint(h.caller for h in c.hops)),
        edges=tuple(edge for edge in evidence.edges if edge.caller not in gone),
        effects=tuple(each for each, stays in zip(evidence.effects, kept, strict=True) if stays),
        effect_verdicts=tuple(each for each, stays in verdicts if each is not None and stays),
    )


@dataclass
class _Edit:
    """Some fields with larger numbers, some with more items, in all values of their kind alike."""

    chance: random.Random
    share: float  # of the fields
    deeds: dict[str, str] = field(default_factory=dict)

    def of(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(self.of, value))
        if not is_dataclass(value) or isinstance(value, type):
            return value
        changed = {
            each.name: self._field(f"{type(value).__name__}.{each.name}", getattr(value, each.name))
            for each in fields(value)
            if each.name != "schema"
        }
        edited = replace(value, **changed)
        return _in_step(edited) if isinstance(edited, Evidence) else edited

    def _field(self, name: str, value: Any) -> Any:
        if name not in self.deeds:
            is_edited = self.chance.random() < self.share
            self.deeds[name] = self.chance.choice(("0", "1", "2", "more")) if is_edited else ""
        deed, item = self.deeds[name], self.of(value)
        if isinstance(item, Enum):
            return self.chance.choice((item, *type(item))) if deed == "more" else item
        if deed == "more":
            is_list = isinstance(item, tuple) and (
                name == "PathAnswer.hops" or name.rpartition(".")[2] not in _IN_STEP
            )
            return _more(item) if is_list else item
        holds_values = isinstance(item, tuple) and any(map(is_dataclass, item))
        if not deed or is_dataclass(item) or holds_values:
            return item
        return _shifted(item, 1, int(deed))


def _in_step(evidence: Evidence) -> Evidence:
    """With one verdict for each effect again."""
    verdicts = evidence.effect_verdicts
    if verdicts and len(verdicts) < len(evidence.effects):
        verdicts = tuple(islice(cycle(verdicts), len(evidence.effects)))
    return replace(evidence, effect_verdicts=verdicts[: len(evidence.effects)])


def _shifted(value: Any, step: int, least: int = 1) -> Any:
    """Every number from `least` on larger by the same, in integers and in texts alike, so that what
    joins on them still does, and all orders stay."""
    if isinstance(value, Enum | bool) or value is None:
        return value
    if isinstance(value, int | float):
        return value + step if abs(value) >= least else value
    if isinstance(value, str):
        return NUMBER.sub(lambda match: _larger(match[0], step, least), value)
    if isinstance(value, tuple):
        return tuple(_shifted(item, step, least) for item in value)
    return _mapped(value, lambda item: _shifted(item, step, least))


def _larger(text: str, step: int, least: int) -> str:
    whole, point, rest = text.replace(" ", "").partition(".")
    return f"{int(whole) + step}{point}{rest}" if int(whole) >= least else text


def _grown(value: Any) -> Any:
    """Every tuple twice, the second time at other lines: what is shown first stays, and what is
    counted is more."""
    if isinstance(value, tuple):
        return _more(tuple(_grown(item) for item in value))
    grown = _mapped(value, _grown, _IN_STEP)
    if isinstance(grown, Evidence):
        forks = tuple(map(_forked, value.chains))
        grown = _in_step(replace(grown, chains=(*value.chains, *value.chains, *forks)))
    return grown


def _more(items: tuple[Any, ...]) -> tuple[Any, ...]:
    if all(isinstance(item, str) and not isinstance(item, Enum) for item in items):
        return (*items, *(f"{item}_{at}" for at, item in enumerate(items)))
    return (*items, *_shifted(items, 1000))


def _forked(chain: Chain) -> Chain:
    """The same way to another sink."""
    return replace(chain, hops=(*chain.hops[:-1], *_shifted(chain.hops[-1:], 1000)))


def _thinned(value: Any, chance: random.Random, share: float) -> Any:
    """Every tuple without some of its items, but for the first."""
    if isinstance(value, Evidence):
        # One verdict for each effect: they are left out together.
        pairs = [
            pair
            for pair in zip_longest(value.effects, value.effect_verdicts)
            if chance.random() > share
        ]
        value = replace(
            value,
            effects=tuple(effect for effect, _ in pairs),
            effect_verdicts=tuple(verdict for _, verdict in pairs if verdict is not None),
        )
    if isinstance(value, tuple):
        kept = [item for at, item in enumerate(value) if not at or chance.random() > share]
        return tuple(_thinned(item, chance, share) for item in kept)
    return _mapped(value, lambda item: _thinned(item, chance, share), _IN_STEP)


# No lists of their own: one verdict for each effect, the two lines of a statement, steps that join.
_IN_STEP = ("effect_verdicts", "statement_lines", "hops")


def _mapped(value: Any, change: Callable[[Any], Any], but: Sequence[str] = ()) -> Any:
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(
        value,
        **{
            field.name: change(getattr(value, field.name))
            for field in fields(value)
            if field.name != "schema" and field.name not in but
        },
    )
