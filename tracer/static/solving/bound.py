"""How much work a solution may take: counted, never timed, so that every run stops at one place.

The unit is a value that is handed on to one variable. A watcher that is told of it may do anything,
and counts as several; so does a class that is asked for a member.

Where a tree takes more than its share, the solution goes on with less: calls are no longer kept
apart, and a set that has a few values takes no more (`narrow`). Where that is not enough either, it
stops (`stop`). What was cut is open, with this as the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.static.flat import FileSummary

WATCHER_WORK = 8
CLASS_WORK = 24
NAMED_WORK = 64  # a variable that is found by a key: little time, and much memory
OWN_WORK = 8  # a variable of a code that is kept apart: likewise, and most of them stay empty
COPY_WORK = 2

# A second on one core is worth about four million. What is allowed for each site grows slower than
# the tree, since memory does not grow with it; what a site takes at least is well below.
_LEAST = 20_000_000
_PER_SITE = 3_000
_MOST = 160_000_000
_PER_SITE_BEYOND = 100
_MORE_WHERE_NARROW = 4  # a part of the limit, until it stops


class WorkBound:
    """Work that was done, and that may be done.

    Attributes:
        done: So far.
        limit: Where the solution narrows, and later where it stops.
        is_narrow: Whether the first limit was hit.
        is_stopped: Whether the second one was.
    """

    def __init__(self, limit: int) -> None:
        self.done = 0
        self.limit = self._first = limit
        self.is_narrow = False
        self.is_stopped = False

    def hit(self) -> None:
        """Go on with less, or not at all."""
        if self.is_narrow:
            self.is_stopped = True
        else:
            self.is_narrow = True
            self.limit += self._first // _MORE_WHERE_NARROW

    def words(self) -> tuple[str, ...]:
        """What there is to say of it: nothing, where it was not hit."""
        if self.is_stopped:
            return (f"the work bound of {self._first:,} steps was hit, and the search stopped",)
        if self.is_narrow:
            return (f"the work bound of {self._first:,} steps was hit, and large sets were cut",)
        return ()


def allowed_work(summaries: Sequence[FileSummary]) -> int:
    """The first limit for a tree, by its call sites."""
    sites = sum(len(scope.sites) for summary in summaries for scope in summary.scopes)
    return max(_LEAST, min(_PER_SITE * sites, _MOST + _PER_SITE_BEYOND * sites))
