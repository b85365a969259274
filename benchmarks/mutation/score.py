"""The page: the score by package and kind with its interval, and every survivor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from benchmarks.mutation.mutants import Mutant
from benchmarks.mutation.operators import KINDS
from benchmarks.mutation.running import Outcome

_Z = 1.96  # 95 %
_NOTICED = ("killed", "too long")


@dataclass(frozen=True)
class Score:
    """Of some mutants: what the tests noticed."""

    tried: int
    equivalent: int
    noticed: int

    @property
    def counted(self) -> int:
        return self.tried - self.equivalent

    def interval(self) -> tuple[float, float]:
        """Wilson's, which holds near 1, too."""
        if not self.counted:
            return 0.0, 1.0
        share, n = self.noticed / self.counted, self.counted
        middle = share + _Z**2 / (2 * n)
        around = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        below = 1 + _Z**2 / n
        return max(0.0, (middle - around) / below), min(1.0, (middle + around) / below)


def score(
    mutants: Sequence[Mutant], outcomes: Mapping[str, Outcome], equivalent: Mapping[str, str]
) -> Score:
    """Of those that have an outcome; an equivalent one counts apart only where it survived."""
    done = [m for m in mutants if m.id in outcomes]
    noticed = [m for m in done if outcomes[m.id].status in _NOTICED]
    same = [m for m in done if m.id in equivalent and m not in noticed]
    return Score(len(done), len(same), len(noticed))


def row(name: str, found: Score) -> str:
    """One line of a table."""
    if not found.counted:
        return f"| {name} | {found.tried} | {found.equivalent} | {found.noticed} | | |"
    low, high = found.interval()
    share = found.noticed / found.counted
    told = f"{share:.1%} | {low:.1%} – {high:.1%}"
    return f"| {name} | {found.tried} | {found.equivalent} | {found.noticed} | {told} |"


def table(
    mutants: Sequence[Mutant], outcomes: Mapping[str, Outcome], equivalent: Mapping[str, str]
) -> list[str]:
    """By package, by kind, and all."""
    lines = [
        "| | tried | equivalent | noticed | score | 95 % interval |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for package in sorted({m.package for m in mutants}):
        some = [m for m in mutants if m.package == package]
        lines.append(row(f"`tracer/{package}`", score(some, outcomes, equivalent)))
    for kind in KINDS:
        some = [m for m in mutants if m.kind == kind]
        lines.append(row(kind, score(some, outcomes, equivalent)))
    return [*lines, row("**all**", score(mutants, outcomes, equivalent))]


def survivors(
    mutants: Sequence[Mutant], outcomes: Mapping[str, Outcome], equivalent: Mapping[str, str]
) -> list[str]:
    """One line each; those that change nothing come last, with the reason."""
    told: list[str] = []
    same: list[str] = []
    for each in sorted(mutants, key=lambda each: (each.path, each.line, each.text)):
        outcome = outcomes.get(each.id)
        if outcome is None or outcome.status in _NOTICED:
            continue
        where = f"`{each.path}` {each.owner or 'top level'}, {each.kind}: {_code(each.text)}"
        if each.id in equivalent:
            same.append(f"- {each.id} {where}. {equivalent[each.id]}")
        else:
            reach = f"tests that reach it: {outcome.tests or 'none'}"
            told.append(f"- {each.id} {where}; {reach}")
    return [
        "### Not noticed",
        "",
        *(told or ["None."]),
        "",
        "### Equivalent",
        "",
        *(same or ["None."]),
    ]


def _code(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > 160:
        before, _, after = text.partition(" → ")
        text = f"{before[:76]}… → {after[:76]}…"
    return f"``{text}``" if "`" in text else f"`{text}`"


def statuses(outcomes: Sequence[Outcome]) -> str:
    """How they ended, in a line."""
    counts = Counter(each.status for each in outcomes)
    return ", ".join(f"{count} {status}" for status, count in counts.most_common())
