"""Conditions as a reader of a table sees them."""

from __future__ import annotations

from tracer.model.graph import Guard, GuardKind
from tracer.report.conditions import guards_text


def test_early_exits_are_told_where_they_matter() -> None:
    """Those with a hidden input and the one directly above; the others are counted."""
    exists = Guard(GuardKind.UNLESS, "not os.path.exists(p)", 2, ("os.path.exists",))
    plain = Guard(GuardKind.UNLESS, "x is None", 5, (), earlier=2)
    inner = Guard(GuardKind.IF, "flag", 9)
    assert guards_text([exists, plain], 7) == (
        "unless not os.path.exists(p) · unless x is None · after 2 other early exits"
    )
    assert guards_text([exists, plain, inner], 40) == (
        "if flag · unless not os.path.exists(p) · after 3 other early exits"
    )
    assert guards_text([plain], 40) == "after 3 early exits"


def test_conditions_around_a_place_are_all_told() -> None:
    """The control: statements that hold the place count for nothing else."""
    assert guards_text([Guard(GuardKind.IF, "a", 1), Guard(GuardKind.ELSE, "b", 2)]) == (
        "if a · else b"
    )
