"""Errors planted in a document that somebody wrote by hand: in what the verifier finds right.

Each document comes out with one error in a line, of those that can be made by changing the words
that stand there: a line number, the two ends of an arrow or a row, a number, a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from benchmarks.planting.papers import Paper
from benchmarks.planting.statements import INVENTED, Kind, Statement
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Verification

_PLACE = re.compile(r"(?<=\.py:)\d+(?:-\d+)?")
_ARROW = re.compile(r"(`[^`]+`)(\s*(?:→|->)\s*)(`[^`]+`)")
_CELLS = re.compile(r"^\| (`[^`]+`) \| (`[^`]+`) \|")


def plant_in(text: str, right: Verification, how_many: int, random: Random) -> Iterator[Paper]:
    """Documents with one error each; of the document as it is, its right lines are true."""
    lines = text.splitlines()
    good = {c.line for c in right.claims if c.verdict.holds}
    bad = {c.line for c in right.claims if c.verdict.is_bad}
    true = sorted(good - bad)
    yield Paper(text, [(Statement("prose", lines[n - 1]), range(n, n + 1)) for n in true])
    wrong = [
        (number, changed, kind)
        for number in true
        for changed, kind in _errors(lines[number - 1], _at(right, number), random)
        if changed != lines[number - 1]
    ]
    for number, changed, kind in random.sample(wrong, min(5 * how_many, len(wrong))):
        planted = [*lines[: number - 1], changed, *lines[number:]]
        statement = Statement("prose", changed, kind)
        yield Paper("\n".join(planted) + "\n", [(statement, range(number, number + 1))])


def _at(right: Verification, line: int) -> list[Claim]:
    return [claim for claim in right.claims if claim.line == line]


def _errors(line: str, claims: list[Claim], random: Random) -> Iterator[tuple[str, Kind]]:
    kinds = {claim.kind for claim in claims if claim.verdict.holds}
    is_named = any(
        claim.kind is ClaimKind.ANCHOR
        and claim.verdict is ClaimVerdict.VERIFIED
        and not claim.detail.startswith("line exists")
        for claim in claims
    )
    if ClaimKind.ANCHOR in kinds and is_named and _PLACE.search(line):
        yield _PLACE.sub(lambda m: _shifted(m[0], random), line, count=1), Kind.LINE
    if ClaimKind.CHAIN in kinds and _ARROW.search(line):
        yield _ARROW.sub(r"\3\2\1", line, count=1), Kind.SWAPPED
    if ClaimKind.EDGE in kinds and _CELLS.match(line):
        yield _CELLS.sub(r"| \2 | \1 |", line, count=1), Kind.SWAPPED
        name = random.choice(INVENTED)
        yield _CELLS.sub(rf"| \1 | `{name}` |", line, count=1), Kind.PROPOSAL
    if ClaimKind.COUNT in kinds:
        yield (
            re.sub(r"(?<![\w.:`-])\d+(?= )", lambda m: f"{int(m[0]) + 4}", line, count=1),
            Kind.COUNT,
        )


def _shifted(place: str, random: Random) -> str:
    """A place some lines further up or down, far enough to be another statement."""
    by = random.choice([-9, -7, -5, 5, 7, 9])
    return "-".join(str(max(int(number) + by, 1)) for number in place.split("-"))
