"""Questions that may need their own answer, each solved once."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from tracer.model.graph import OpenReason
from tracer.static.values import NONE, Open, Values, unknown

DEEPEST = 250
"""Steps from one value to the next; what lies deeper is open."""

_ROUNDS = 4
_NEVER = 1 << 30


class Rounds:
    """Remembers answers, and asks in rounds where a question leads back to itself."""

    def __init__(self) -> None:
        self._memo: dict[Hashable, Values] = {}
        self._active: dict[Hashable, int] = {}
        self._approximations: dict[Hashable, Values] = {}
        self._provisional: dict[Hashable, tuple[int, Values]] = {}
        self._floor = _NEVER

    def solve(self, key: Hashable, compute: Callable[[], Values]) -> Values:
        """Answer a question once. Questions that need their own answer are asked in rounds.

        The first question of such a circle starts from "nothing" and is asked again until its
        answer stays the same; the others are kept for the round only.
        """
        known = self._memo.get(key)
        if known is not None:
            return known
        depth = self._active.get(key)
        if depth is not None:
            self._floor = min(self._floor, depth)
            return self._approximations.get(key, NONE)
        kept = self._provisional.get(key)
        if kept is not None:
            self._floor = min(self._floor, kept[0])
            return kept[1]
        depth = len(self._active)
        if depth > DEEPEST:
            self._floor = -1
            return unknown(OpenReason.TOO_MANY, f"more than {DEEPEST} steps away")
        outer_floor = self._floor
        self._active[key] = depth
        kept_before = len(self._provisional)
        for round_number in range(1, _ROUNDS + 1):
            self._floor = _NEVER
            values = compute()
            if self._floor != depth or values == self._approximations.get(key, NONE):
                break
            if round_number == _ROUNDS:
                reason = values.open or Open(OpenReason.TOO_MANY, "a value that needs itself")
                values = Values(values.items, values.rank, reason)
                break
            self._approximations[key] = values
            self._drop_provisional(kept_before)
        del self._active[key]
        self._approximations.pop(key, None)
        if self._floor >= depth:
            self._memo[key] = values
            for inner in list(self._provisional)[kept_before:]:
                self._memo[inner] = self._provisional.pop(inner)[1]
            self._floor = outer_floor
        else:
            self._provisional[key] = (self._floor, values)
            self._floor = min(outer_floor, self._floor)
        if not self._active:
            self._provisional.clear()
            self._floor = _NEVER
        return values

    def _drop_provisional(self, kept: int) -> None:
        for key in list(self._provisional)[kept:]:
            del self._provisional[key]
