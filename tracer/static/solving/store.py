"""Variables, what they hold, and how it spreads: difference propagation in a canonical order.

A variable is a number. Its set grows only; what is new is handed on once, along copies and to
watchers, first come first served. Nothing here knows what the numbers in the sets mean.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from tracer.static.solving.bound import COPY_WORK, WATCHER_WORK, WorkBound

LARGEST_SET = 60
"""More values than this for one variable tell nothing; what comes later is not kept."""
_LARGEST_NARROW = 8  # the same, once the work bound was hit

Watcher = tuple[Any, ...]
"""A function and what it is told besides the value: `watcher[0](watcher, value)`."""


class Store:
    """Sets of numbers, with copies between them."""

    def __init__(self, bound: WorkBound | None = None) -> None:
        self.bound = bound or WorkBound(1 << 62)
        self.sets: list[set[int] | None] = []
        self.copies: list[list[int] | None] = []
        self.watchers: list[list[Watcher] | None] = []
        self.overfull: set[int] = set()  # variables whose set was cut
        self.cut: set[int] = set()  # the same, because of the work bound
        self._largest = LARGEST_SET
        self._copied: set[int] = set()
        self._fresh: dict[int, list[int]] = {}
        self._queue: deque[int] = deque()

    def variable(self) -> int:
        """A new variable."""
        return self.variables(1)

    def variables(self, count: int) -> int:
        """As many new variables in a row; the answer is the first."""
        self.bound.done += count
        first = len(self.sets)
        nothing = [None] * count
        self.sets.extend(nothing)
        self.copies.extend(nothing)
        self.watchers.extend(nothing)
        return first

    def add(self, variable: int, value: int) -> None:
        """Put a value into a variable."""
        held = self.sets[variable]
        if held is None:
            self.sets[variable] = {value}
        elif value in held:
            return
        elif len(held) >= self._largest:
            self._cut(variable)
            return
        else:
            held.add(value)
        fresh = self._fresh.get(variable)
        if fresh is None:
            self._fresh[variable] = [value]
            self._queue.append(variable)
        else:
            fresh.append(value)

    def copy(self, source: int, target: int) -> None:
        """From now on the target holds whatever the source holds."""
        pair = (source << 32) | target  # one integer takes a third of what a tuple takes
        if source == target or pair in self._copied:
            return
        self._copied.add(pair)
        self.bound.done += COPY_WORK
        copies = self.copies[source]
        if copies is None:
            self.copies[source] = [target]
        else:
            copies.append(target)
        held = self.sets[source]
        if held:
            self.bound.done += len(held)
            for value in tuple(held):
                self.add(target, value)

    def watch(self, variable: int, *watcher: Any) -> None:
        """Call a function once for every value that the variable holds or will hold."""
        watchers = self.watchers[variable]
        if watchers is None:
            self.watchers[variable] = [watcher]
        else:
            watchers.append(watcher)
        held = self.sets[variable]
        if held:
            waiting = self._fresh.get(variable, ())
            known = [value for value in held if value not in waiting]
            if len(known) > self._largest:
                self.cut.add(variable)
                del known[self._largest :]
            self.bound.done += WATCHER_WORK * len(known)
            for value in known:
                watcher[0](watcher, value)

    def narrow(self) -> None:
        """Keep fewer values from now on."""
        self._largest = _LARGEST_NARROW

    def incomplete(self) -> set[int]:
        """The variables that the work bound kept values from, or from what they copy."""
        found = self.cut | self._fresh.keys()
        wanted = sorted(found)
        while wanted:
            for target in self.copies[wanted.pop()] or ():
                if target not in found:
                    found.add(target)
                    wanted.append(target)
        return found

    def _cut(self, variable: int) -> None:
        (self.overfull if self._largest == LARGEST_SET else self.cut).add(variable)

    def run(self, progress: Callable[[], None] | None = None) -> bool:
        """Hand on until nothing is new, or the work bound is hit: then the answer is false."""
        queue, fresh, bound = self._queue, self._fresh, self.bound
        copies, watchers, sets = self.copies, self.watchers, self.sets
        largest = self._largest
        while queue:
            if bound.done > bound.limit:
                return False
            variable = queue.popleft()
            values = fresh.pop(variable)
            targets = copies[variable]
            if targets is not None:
                bound.done += len(values) * len(targets)
                for target in targets:
                    held = sets[target]
                    if held is None:
                        new = values[:largest]
                        sets[target] = set(new)
                        if len(values) > largest:
                            self._cut(target)
                    else:
                        new = [value for value in values if value not in held]
                        if not new:
                            continue
                        if len(held) + len(new) > largest:
                            self._cut(target)
                            new = new[: max(largest - len(held), 0)]
                            if not new:
                                continue
                        held.update(new)
                    waiting = fresh.get(target)
                    if waiting is None:
                        fresh[target] = new
                        queue.append(target)
                    else:
                        waiting.extend(new)
            told = watchers[variable]
            if told is not None:
                bound.done += WATCHER_WORK * len(values) * len(told)
                for watcher in tuple(told):
                    handler = watcher[0]
                    for value in values:
                        handler(watcher, value)
            if progress is not None:
                progress()
        return True
