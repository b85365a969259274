"""Which methods of a subclass a method of its base from outside runs, as the table says it."""

from __future__ import annotations

from typing import cast

from tracer.static.solving.engine import Solver
from tracer.tables.effects import Hook


def hooks_of(solver: Solver, dotted: str) -> tuple[Hook, ...]:
    """What a function or method from outside runs of the objects that it is called on or with.

    A class has the hooks of all its bases, as far as stubs or tables know them.
    """
    key = ("hooks", dotted)
    known = solver.views.get(key)
    if known is None:
        owner, _, name = dotted.rpartition(".")
        bases = solver.library.mro(owner)
        names = dict.fromkeys((dotted, *(f"{base}.{name}" for base in bases)))
        found = dict.fromkeys(hook for one in names for hook in solver.table.hooks_of(one))
        known = solver.views[key] = tuple(found)
    return cast("tuple[Hook, ...]", known)
