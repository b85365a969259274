"""Counts of one log, parted among the tests that ran meanwhile."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence


class TestCounts:
    """Counts in the order of the log: what comes after a test began is its own."""

    __test__ = False  # pytest takes any class of such a name for tests

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}  # id of a test -> its number, as they began
        self._calls: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._current: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of all tests, as they began; one that ran twice stands here once."""
        return tuple(self._numbers)

    def begin(self, name: str) -> None:
        """A test begins; an empty name: the one that ran has ended."""
        self._current = self._numbers.setdefault(name, len(self._numbers)) if name else None

    def add(self, counts: Iterable[Sequence[int]]) -> None:
        """Counts of the numbers of the log, since the last."""
        if self._current is not None:
            for number, count in counts:
                self._calls[number][self._current] += count

    def of(self, numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
        """The counts of some numbers of the log together, by test."""
        total: Counter[int] = Counter()
        for number in numbers:
            total.update(self._calls.get(number, ()))
        return tuple(sorted((test, count) for test, count in total.items() if count))
