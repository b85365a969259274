"""The condition that stood in the way: read from source, decided by lines that really ran."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tracer.model.graph import Guard, GuardKind
from tracer.reconcile.obstacles import Obstacle, find_obstacle
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table


def _obstacle(folder: Path, body: str, *calls: tuple[object, ...]) -> Obstacle:
    """What kept `goal()` from running while `f` was called with these arguments."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"def goal(): pass\n\ndef f(a, b):\n{lines}"
    path = folder / "a.py"
    path.write_text(text)
    graph = build_call_graph(read_tree(folder), load_effect_table())
    (site,) = [r.site for r in graph.resolutions if r.site.text == "goal"]
    ran: set[int] = set()
    has_raised = False

    def hook(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal has_raised
        if frame.f_code.co_filename != str(path):
            return None
        if event == "line" and frame.f_code.co_name == "f":
            ran.add(frame.f_lineno)
        has_raised |= event == "exception"
        return hook

    namespace: dict[str, Any] = {}
    exec(compile(text, str(path), "exec"), namespace)
    before = sys.gettrace()
    sys.settrace(hook)
    try:
        for arguments in calls:
            with contextlib.suppress(ValueError):
                namespace["f"](*arguments)
    finally:
        sys.settrace(before)
    assert site.span.line not in ran, "the call ran: nothing stood in its way"
    return find_obstacle(site.guards, ran, has_raised)


@pytest.mark.parametrize(
    ("body", "calls", "text"),
    [
        ("if a:\n    goal()", [(0, 0)], "`a` (line 4) was never true"),
        ("if a:\n    if b:\n        goal()", [(1, 0), (0, 1)], "`b` (line 5) was never true"),
        ("if a:\n    if b:\n        goal()", [(0, 1)], "`a` (line 4) was never true"),
        ("if a:\n    b\nelse:\n    goal()", [(1, 0)], "`a` (line 4) was always true"),
        ("if (\n    a\n    and b\n):\n    goal()", [(1, 0)], "`a and b` (line 4) was never true"),
        ("for x in a:\n    goal()", [((), 0)], "the loop `x in a` (line 4) had no round"),
        ("if a:\n    return\ngoal()", [(1, 0)], "left early where `a` (line 4) was true"),
        (
            "if a:\n    return\nif b:\n    goal()",
            [(1, 1), (0, 0)],
            "`b` (line 6) was never true",
        ),
        (
            "try:\n    b\nexcept KeyError:\n    goal()",
            [(0, 0)],
            "nothing was caught by except `KeyError` (line 6)",
        ),
        (
            "try:\n    b\nexcept:\n    goal()",
            [(0, 0)],
            "nothing was caught by except any (line 6)",
        ),
        (
            "match a:\n    case 1:\n        goal()",
            [(2, 0)],
            "`a: 1` (line 5) never matched",
        ),
        ("while a:\n    goal()", [(0, 0)], "`a` (line 4) was never true"),
        (
            "if a == 1:\n    b\nelif a == 2:\n    goal()",
            [(1, 0), (3, 0)],
            "`a == 2` (line 6) was never true",
        ),
        (
            "if a == 1:\n    b\nelif a == 2:\n    goal()",
            [(1, 0)],
            "`a == 1` (line 4) was always true",
        ),
    ],
)
def test_the_innermost_condition_that_led_elsewhere(
    tmp_path: Path, body: str, calls: list[tuple[object, ...]], text: str
) -> None:
    """Not simply the nearest one: what control never came to decided nothing."""
    found = _obstacle(tmp_path, body, *calls)
    assert (found.text, found.is_decided) == (text, True)


def test_what_lines_cannot_decide_is_not_decided(tmp_path: Path) -> None:
    """A condition on the line of its branch, and a way out that no condition tells of."""
    found = _obstacle(tmp_path, "if a: return\ngoal()", (1, 0))
    assert not found.is_decided
    assert found.text == "after an early exit where `a` (line 4), and lines do not tell more"
    found = _obstacle(tmp_path, "if a:\n    int('x')\n    goal()", (1, 0))
    assert (found.guard, found.is_decided) == (None, False)
    assert "an exception passed through" in found.text
    found = _obstacle(tmp_path, "if b:\n    int('x')\nif a:\n    goal()", (1, 1))
    assert (found.guard, found.is_decided) == (None, False)
    assert found.text == (
        "control did not come to `a` (line 6); an exception passed through the function"
    )


def test_folded_exits_are_counted_where_one_of_them_left(tmp_path: Path) -> None:
    """Only the nearest exit is kept; the answer does not blame it."""
    found = _obstacle(tmp_path, "if a:\n    return\nif b:\n    return\ngoal()", (1, 0))
    assert found.text == "control did not come to `b` (line 6), with 1 earlier exit before it"
    assert not found.is_decided


def test_a_guard_knows_where_its_branch_begins() -> None:
    """The default says that nothing is known."""
    assert Guard(GuardKind.IF, "a", 1).branch_line == 0
