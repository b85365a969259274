"""The table on top: what was asked of the tool, what it reached, and the best peer.

Floors with the ground `asked` are the owner's; those with `bar` were proposed from what the best
peers reached together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.static.tables import Table

_HEAD = ("", "measured", "floor", "ground", "met", "best peer")
_INTRO = (
    "What one minute allows; the tables below say how each figure was measured. A floor is met or "
    "not met by the figures as they are, the disputed truths included."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One line for a reader without time.

    Attributes:
        measured: In words, with its unit.
        floor: In words; empty where nothing was asked.
        is_met: None where there is no floor.
        peer: The best peer's figure and name.
    """

    question: str
    measured: str
    floor: str = ""
    ground: str = ""
    is_met: bool | None = None
    peer: str = ""


def at_least(
    question: str, value: float, floor: float, unit: str, ground: str, peer: str = ""
) -> Answer:
    return Answer(
        question, _figure(value, unit), f"≥ {floor:g}{unit}", ground, value >= floor, peer
    )


def at_most(
    question: str, value: float, floor: float, unit: str, ground: str, peer: str = ""
) -> Answer:
    return Answer(
        question, _figure(value, unit), f"≤ {floor:g}{unit}", ground, value <= floor, peer
    )


def best(peers: Iterable[tuple[str, float]], unit: str, is_low_good: bool = False) -> str:
    """`67.1 % (ty)`: the best of the peers that gave a figure."""
    found = list(peers)
    if not found:
        return "none measured"
    name, value = (min if is_low_good else max)(found, key=lambda pair: pair[1])
    return f"{_figure(value, unit)} ({name})"


def minute_table(tables: Sequence[Table]) -> Table:
    """The answers of all tables, and a sentence about the floors."""
    answers = [answer for table in tables for answer in table.answers]
    table = Table("In one minute", _HEAD, intro=_INTRO)
    if not answers:
        table.notes.append("nothing was measured")
        return table
    missed = [answer.question for answer in answers if answer.is_met is False]
    with_floor = sum(answer.is_met is not None for answer in answers)
    sentence = f"Floors met: {with_floor - len(missed)} of {with_floor}."
    if missed:
        sentence += f" Not met: {'; '.join(missed)}."
    table.intro = f"**{sentence}** {_INTRO}"
    for answer in answers:
        met = {None: "-", True: "yes", False: "**no**"}[answer.is_met]
        table.add(
            answer.question, answer.measured, answer.floor or "-", answer.ground or "-", met,
            answer.peer or "-",
        )  # fmt: skip
    return table


def _figure(value: float, unit: str) -> str:
    return f"{value:.4g}{unit}"  # 97.96 is not to look like a floor of 98
