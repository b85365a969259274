"""Questions with a known answer, chosen by a hash, spread over functions and distances."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.asking.truth import Ran, Truth

HOPS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Question:
    """`callers` of the end (one hop), or a chain from start to end (two hops and more)."""

    project: str
    hops: int
    start: Ran | None
    end: Ran
    callers: tuple[Ran, ...] = ()  # that ran

    @property
    def text(self) -> str:
        if self.start is None:
            return f"who calls {self.end.id}?"
        return f"by which calls does {self.start.id} lead to {self.end.id}?"


def choose(project: str, truth: Truth, each: int, seed: str) -> list[Question]:
    """So many questions for each number of hops, no function twice as an end."""
    chosen: list[Question] = []
    used: set[Ran] = set()
    for hops in HOPS:
        candidates = list(_candidates(project, truth, hops))
        candidates.sort(key=lambda q: hashlib.sha256(f"{seed} {q.text}".encode()).hexdigest())
        taken = 0
        for question in candidates:
            ends = {end for end in (question.start, question.end) if end is not None}
            if taken < each and not ends & used:
                used |= ends
                chosen.append(question)
                taken += 1
    return chosen


def _candidates(project: str, truth: Truth, hops: int) -> Iterator[Question]:
    for start in sorted(truth.callees):
        if start not in truth.named and hops > 1:
            continue
        for end, distance in sorted(truth.distances(start).items()):
            if distance != hops or end not in truth.named:
                continue
            if hops > 1:
                yield Question(project, hops, start, end)
            elif start == truth.callers[end][0]:
                yield Question(project, hops, None, end, tuple(truth.callers[end]))
