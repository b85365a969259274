"""Variables, what they hold, and how it spreads: difference propagation in a canonical order.

A variable is a number. Its set grows only; what is new is handed on once, along copies and to
watchers, first come first served. Nothing here knows what the numbers in the sets mean.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Set
from typing import Any, TypeAlias

from tracer.static.solving.bound import COPY_WORK, WATCHER_WORK, WorkBound

LARGEST_SET = 60
"""More values than this for one variable tell nothing; what comes later is not kept."""
_LARGEST_NARROW = 8  # the same, once the work bound was hit

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

    def __init__(self, bound: WorkBound | None = None) -> None:
        self.bound = bound or WorkBound(1 << 62)
        self.sets: list[Set[int] | None] = []
        self.overfull: set[int] = set()  # variables whose set was cut
        self.cut: set[int] = set()  # the same, because of the work bound
        # At the end: these, what copies them, what waits; and those that were overfull, likewise.
        self.incomplete: frozenset[int] = frozenset()
        self.crowded: frozenset[int] = frozenset()
        self._largest = LARGEST_SET
        self._copies: list[Targets | None] = []
        self._watchers: list[Watcher | list[Watcher] | None] = []
        self._single: dict[int, frozenset[int]] = {}
        self._full: dict[frozenset[int], frozenset[int]] = {}
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
        self.bound.done += COPY_WORK
        values, held = self.sets[source], self.sets[target]
        if values is None or values is held:
            return
        self.bound.done += len(values)
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

    def run(self, progress: Callable[[], None] | None = None) -> bool:
        """Hand on until nothing is new, or the work bound is hit: then the answer is false."""
        queue, fresh, bound = self._queue, self._fresh, self.bound
        copies, watchers, sets = self._copies, self._watchers, self.sets
        while queue:
            if bound.done > bound.limit:
                return False
            variable = queue.popleft()
            values = fresh.pop(variable)
            targets = copies[variable]
            if targets is not None:
                copied = _all(targets)
                bound.done += len(values) * len(copied)
                for target in copied:
                    held = sets[target]
                    if held is None:
                        self._put(target, None, values[:])
                    else:
                        new = [value for value in values if value not in held]
                        if new:
                            self._put(target, held, new)
            told = watchers[variable]
            if told is not None:
                watching = tuple(told) if isinstance(told, list) else (told,)
                bound.done += WATCHER_WORK * len(values) * len(watching)
                for watcher in watching:
                    handler = watcher[0]
                    for value in values:
                        handler(watcher, value)
            if progress is not None:
                progress()
        return True

    def close(self) -> None:
        """Say what is incomplete, and forget how values spread; what is held can still be read."""
        self.incomplete = self._copied_from(self.cut | self._fresh.keys())
        self.crowded = self._copied_from(self.overfull)
        self.forget()

    def _copied_from(self, variables: Set[int]) -> frozenset[int]:
        """These, and what holds copies of what they hold."""
        found = set(variables)
        wanted = sorted(found)
        while wanted:
            targets = self._copies[wanted.pop()]
            for target in () if targets is None else _all(targets):
                if target not in found:
                    found.add(target)
                    wanted.append(target)
        return frozenset(found)

    def forget(self) -> None:
        """Forget how values spread, and nothing else: most of the memory of a large tree."""
        self._copies = [None] * len(self.sets)
        self._watchers = [None] * len(self.sets)

    def _put(self, variable: int, held: Set[int] | None, new: list[int]) -> None:
        """Let a variable hold what it did not hold, as far as there is room.

        Args:
            held: What it holds so far.
            new: Kept, and handed on later.
        """
        grown: Set[int]
        room = self._largest - (0 if held is None else len(held))
        if len(new) > room:
            (self.overfull if self._largest == LARGEST_SET else self.cut).add(variable)
            if room <= 0:
                return
            new = new[:room]
        if held is None:
            grown = self._alone(new[0]) if len(new) == 1 else set(new)
        else:
            grown = set(held) if len(held) == 1 else held
            grown.update(new)  # type: ignore[attr-defined]
        if len(grown) == self._largest:
            full = frozenset(grown)
            grown = self._full.setdefault(full, full)
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


def _all(targets: Targets) -> Collection[int]:
    return (targets,) if isinstance(targets, int) else targets
