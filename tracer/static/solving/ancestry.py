"""What is known of the bases and members of classes from outside."""

from __future__ import annotations

from tracer.static.solving.engine import Solver

OBJECT_MEMBERS = frozenset(dir(object))


def is_outside_subclass(solver: Solver, dotted: str, other: str) -> bool:
    """Whether a class from outside is the other one or below it, as far as stubs say."""
    if dotted == other or other == "builtins.object":
        return True
    return other in solver.library.mro(dotted)


def ancestry(solver: Solver, dotted: str) -> tuple[str, ...]:
    """A class from outside and all its bases, where stubs or tables know each; else nothing."""
    return solver.library.mro(dotted) or solver.table.ancestry(dotted)


def may_be_other(solver: Solver, dotted: str, other: str) -> bool:
    """Whether what is known as an object of one class from outside may be one of another."""
    own, others = ancestry(solver, dotted), ancestry(solver, other)
    return not own or not others or other in own or dotted in others


def has_outside(solver: Solver, dotted: str, name: str) -> bool | None:
    """Whether a class from outside has a member; None where nobody knows."""
    if not solver.library.mro(dotted):
        return None
    return name in solver.library.members(dotted) and name not in OBJECT_MEMBERS - {
        "__init__", "__new__",
    }  # fmt: skip
