"""Variables, what they hold, and how it spreads: difference propagation in a canonical order.

A variable is a number. Its set grows only; what is new is handed on once, along copies and to
watchers, first come first served. Nothing here knows what the numbers in the sets mean.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Set
from typing import Any, TypeAlias

LARGEST_SET = 60
"""More values than this for one variable tell nothing; what comes later is not kept."""

Watcher: TypeAlias = tuple[Any, ...]
"""A function and what it is told besides the value: `watcher[0](watcher, value)`."""

Targets: TypeAlias = int | list[int] | dict[int, None]
"""Where a variable is copied to, in order: one variable, a few, or so many that they are looked
up. Four of five variables that are copied at all are copied to one."""

_FEW = 8


class Store:
    """Sets of numbers, with copies between them.

    Millions of variables are kept, so what most of them have in common is kept once: the set of
    one value, and the full set that grows no more. Only a set between these sizes is changed.
    """

    def __init__(self) -> None:
        self.sets: list[Set[int] | None] = []
        self.overfull: set[int] = set()  # variables whose set was cut
        self.steps = 0  # values handed on, as a measure of work
        self._copies: list[Targets | None] = []
        self._watchers: list[Watcher | list[Watcher] | None] = []
        self._single: dict[int, frozenset[int]] = {}
        self._full: dict[tuple[int, ...], Set[int]] = {}
        self._fresh: dict[int, list[int]] = {}
        self._queue: deque[int] = deque()

    def variable(self) -> int:
        """A new variable."""
        return self.variables(1)

    def variables(self, count: int) -> int:
        """As many new variables in a row; the answer is the first."""
        first = len(self.sets)
        nothing = [None] * count
        self.sets.extend(nothing)
        self._copies.extend(nothing)
        self._watchers.extend(nothing)
        return first

    def add(self, variable: int, value: int) -> None:
        """Put a value into a variable."""
        held = self.sets[variable]
        if held is None or value not in held:
            self._put(variable, held, [value])

    def copy(self, source: int, target: int) -> None:
        """From now on the target holds whatever the source holds."""
        targets = self._copies[source]
        if source == target or targets == target:
            return
        if targets is None:
            self._copies[source] = target
        elif isinstance(targets, int):
            self._copies[source] = [targets, target]
        elif target in targets:
            return
        elif isinstance(targets, dict):
            targets[target] = None
        elif len(targets) < _FEW:
            targets.append(target)
        else:
            self._copies[source] = dict.fromkeys((*targets, target))
        values, held = self.sets[source], self.sets[target]
        if values is None or values is held:
            return
        new = [value for value in values if held is None or value not in held]
        if new:
            self._put(target, held, new)

    def watch(self, variable: int, *watcher: Any) -> None:
        """Call a function once for every value that the variable holds or will hold."""
        watchers = self._watchers[variable]
        if watchers is None:
            self._watchers[variable] = watcher
        elif isinstance(watchers, list):
            watchers.append(watcher)
        else:
            self._watchers[variable] = [watchers, watcher]
        held = self.sets[variable]
        if held:
            waiting = self._fresh.get(variable, ())
            for value in [value for value in held if value not in waiting]:
                watcher[0](watcher, value)

    def run(self, progress: Callable[[], None] | None = None) -> None:
        """Hand on until nothing is new."""
        queue, fresh = self._queue, self._fresh
        copies, watchers, sets = self._copies, self._watchers, self.sets
        while queue:
            variable = queue.popleft()
            values = fresh.pop(variable)
            self.steps += len(values)
            targets = copies[variable]
            if targets is not None:
                for target in (targets,) if isinstance(targets, int) else targets:
                    held = sets[target]
                    if held is None:
                        self._put(target, None, values[:])
                    else:
                        new = [value for value in values if value not in held]
                        if new:
                            self._put(target, held, new)
            told = watchers[variable]
            if told is not None:
                for watcher in tuple(told) if isinstance(told, list) else (told,):
                    handler = watcher[0]
                    for value in values:
                        handler(watcher, value)
            if progress is not None:
                progress()

    def close(self) -> None:
        """Forget how values spread, once nothing new will; what is held can still be read."""
        self._copies = [None] * len(self.sets)
        self._watchers = [None] * len(self.sets)

    def _put(self, variable: int, held: Set[int] | None, new: list[int]) -> None:
        """Let a variable hold what it did not hold, as far as there is room.

        Args:
            held: What it holds so far.
            new: Kept, and handed on later.
        """
        grown: Set[int]
        if held is None:
            grown = self._alone(new[0]) if len(new) == 1 else set(new)
        else:
            room = LARGEST_SET - len(held)
            if len(new) > room:
                self.overfull.add(variable)
                if not room:
                    return
                new = new[:room]
            grown = set(held) if len(held) == 1 else held
            grown.update(new)  # type: ignore[attr-defined]
        if len(grown) == LARGEST_SET:
            grown = self._full.setdefault(tuple(grown), grown)
        self.sets[variable] = grown
        waiting = self._fresh.get(variable)
        if waiting is None:
            self._fresh[variable] = new
            self._queue.append(variable)
        else:
            waiting.extend(new)

    def _alone(self, value: int) -> frozenset[int]:
        """The set of one value, which all variables share that hold no other."""
        known = self._single.get(value)
        if known is None:
            known = self._single[value] = frozenset((value,))
        return known
