"""Of which expression of a line a call was, as far as its place tells.

Several may run something: in `f(config.site_dir)` a descriptor runs, and then `f`. To take any call
of the line would tell of the descriptor what holds for `f`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.graph import Resolution, SiteKind
from tracer.model.source import Span, is_function, qualname_of
from tracer.reconcile.observed import SeenCall


def site_of(call: SeenCall, at_line: Sequence[Resolution]) -> Resolution | None:
    """Of a call that reading did not have: the site that ends where it did, or bears its name.

    Names are needed where there are no columns, and where places differ because another version of
    Python read the file than ran it.

    Args:
        at_line: The sites of the caller that hold the line of the call.
    """
    if call.span is not None:
        for read in at_line:
            if call.is_at(read.site.span) and not _is_beside(call, read):
                return read
    if call.callee is None:
        return None
    name = _name_in_calls(qualname_of(call.callee))
    return next((read for read in at_line if name in _names(read)), None)


def of_this_site(calls: Sequence[SeenCall], span: Span, others: Sequence[Span]) -> list[SeenCall]:
    """Those of a pair's calls that belong to one of its expressions.

    `f(1) if x else f(2)`: what columns tell to be of one is not of both. What ends at none of them
    (`max(map(f, xs))` runs `f` at the end of `max`) is of one that has nothing of its own.
    """

    def has_own(place: Span) -> bool:
        return any(call.span is not None and call.is_at(place) for call in calls)

    without = [place for place in others if not has_own(place)]
    kept = []
    for call in calls:
        if call.span is None or call.is_at(span):
            kept.append(call)
            continue
        is_of_another = any(call.is_at(place) for place in others) or (
            has_own(span) and any(call.is_near(place) for place in without)
        )
        if not is_of_another:
            kept.append(call)
    return kept


def _is_beside(call: SeenCall, read: Resolution) -> bool:
    """Whether a statement ran what is seen, with the result of the call that stands there.

    A function outside may do so itself: `list(xs)` runs `__iter__`.
    """
    if call.through:
        return False
    is_called = any(not is_function(callee) for callee in read.callees)
    return call.is_of_statement and read.site.kind is SiteKind.CALL and not is_called


def _names(read: Resolution) -> set[str]:
    """As what the site is called: as written, and by what it was read as."""
    found = {_name_in_calls(qualname_of(each)) for each in read.callees if is_function(each)}
    return {*found, read.site.text.rpartition(".")[2]}


def _name_in_calls(qualname: str) -> str:
    """A class for its initialiser: `Cart` for `Cart.__init__`."""
    owner, _, name = qualname.partition("#")[0].rpartition(".")
    return owner.rpartition(".")[2] if owner and name in ("__init__", "__new__") else name
